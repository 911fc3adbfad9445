"""`wardctl measurements`: the kinds of bedside measurement that this program knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import number_text
from ward_app.measurements.types import Field, FieldType, Kind, UsualRange

app = typer.Typer(help="Kinds of bedside measurement.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Kinds of bedside measurement."""


@app.command("kinds")
def show(
    *, fields: Annotated[bool, typer.Option("--fields", help="Also every field's limits.")] = False
) -> None:
    """List the kinds: name, version, hash, source, and what a clinician must still sign off.

    Each kind comes out as the examples in its file say, or the command fails.
    """
    for kind in kinds().values():
        typer.echo(f"{kind.name}  {kind.version}  {kind.hash}")
        for line in _about(kind):
            typer.echo(f"    {line}")
        if fields:
            for field in kind.fields:
                typer.echo(f"    {field.name}: {_limits(field)}")


def _about(kind: Kind) -> Iterator[str]:
    yield f"{kind.title} ({kind.key})"
    yield f"Source: {kind.source}"
    if kind.needs_sign_off:
        yield f"Needs a clinician's sign-off: {kind.needs_sign_off}"
    if kind.reassess_minutes is not None:
        yield f"Due again after {kind.reassess_minutes} minutes"


def _limits(field: Field) -> str:
    if field.type is FieldType.CHOICE:
        return "one of " + ", ".join(choice.value for choice in field.choices)
    if field.possible is None:
        return "yes or no" if field.type is FieldType.FLAG else "text"
    lowest, highest = map(number_text, field.possible)
    usual = "".join(f"; usual {_usual(one)}" for one in field.usual)
    return f"{lowest} to {highest} {field.unit}".rstrip() + usual


def _usual(one: UsualRange) -> str:
    """Return "30 to 250 from 192 months", "1.5 to 15 from 0 to below 12 months"."""
    until = "" if one.to_months is None else f" to below {one.to_months}"
    span = f"{number_text(one.lowest)} to {number_text(one.highest)}"
    return f"{span} from {one.from_months}{until} months"
