"""What commands that manage people and the building have in common: who decided it, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ward_app.cli.target import database_name, target_dsn
from ward_app.operations.staff_accounts import Office

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

By = Annotated[str, typer.Option(help="Who decided it: name and role.")]
Reason = Annotated[str, typer.Option(help="Why; it stays on record.")]
FacilityOption = Annotated[
    str | None, typer.Option("--facility", help="Code of the hospital, where there are several.")
]
WardCode = Annotated[str, typer.Argument(help="Ward, as `wardctl ward list` names it.")]


def office(dsn: str | None, by: str, reason: str) -> Office:
    """Return where it is done, by whom and why."""
    target = target_dsn(dsn)
    return Office(target, database_name(target), by, reason)


def tell(found: Sequence[T], line: Callable[[T], str], nothing: str, *, as_json: bool) -> None:
    """Print what was found, a line each or as JSON; `nothing` says what to do without any."""
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    for each in found:
        typer.echo(line(each))
    if not found:
        typer.echo(nothing)


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its word: `1 bed`, `4 beds`."""
    return f"{number} {one if number == 1 else many}"
