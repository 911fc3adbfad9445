"""What commands that manage people and the building have in common: who decided it, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import database_name, target_dsn
from ward_app.operations.staff_accounts import Office

By = Annotated[str, typer.Option(help="Who decided it: name and role.")]
Reason = Annotated[str, typer.Option(help="Why; it stays on record.")]
FacilityOption = Annotated[
    str | None, typer.Option("--facility", help="Code of the hospital, where there are several.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")]
WardCode = Annotated[str, typer.Argument(help="Ward, as `wardctl ward list` names it.")]


def office(dsn: str | None, by: str, reason: str) -> Office:
    """Return where it is done, by whom and why."""
    target = target_dsn(dsn)
    return Office(target, database_name(target), by, reason)


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its word: `1 bed`, `4 beds`."""
    return f"{number} {one if number == 1 else many}"
