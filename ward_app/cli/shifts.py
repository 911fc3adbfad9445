"""`wardctl shifts`: the wards' own shift times and wanted staff, and the grades of people."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations.shift_settings import (
    ShiftWish,
    newest,
    set_grade,
    set_ward_shift,
    shift_settings_history,
)

app = typer.Typer(help="Shifts: a ward's own times and wanted staff.", no_args_is_help=True)
_By = Annotated[str, typer.Option("--by", help="Who decided it: name and role.")]
_Source = Annotated[str, typer.Option("--source", help="Where it comes from.")]


@app.command()
def show(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """Show the shifts of every ward, with since when and who decided."""
    target = target_dsn(dsn)
    every = shift_settings_history(target, database=database_name(target))
    for one in every if history else newest(every):
        used = "" if one.is_used else " (not used)"
        wants = "".join(f", {number} {grade}" for grade, number in sorted(one.wanted.items()))
        typer.echo(
            f"{one.ward_code} {one.ward_name}: {one.name} {one.starts_at:%H:%M} to"
            f" {one.ends_at:%H:%M}{used}{wants}"
        )
        typer.echo(f"  From {one.in_force_from:%d-%b-%Y}. {one.source}")
    if not every:
        typer.echo("No ward has shifts yet: wardctl shifts set.")


@app.command("set")
def set_(  # noqa: PLR0913 - each is said by name
    ward: Annotated[str, typer.Argument(help="Code of the ward, as `show` names it.")],
    name: Annotated[str, typer.Argument(help="Name of the shift: Day, Night, ...")],
    *,
    starts: Annotated[str, typer.Option("--starts", help="Local time, as 07:30.")],
    ends: Annotated[str, typer.Option("--ends", help="Local time; before the start: next day.")],
    by: _By,
    source: _Source,
    wants: Annotated[
        list[str] | None, typer.Option("--wants", help="registered_nurse=3, as often as needed.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="First day, as 2026-12-01.")] = None,
    unused: Annotated[bool, typer.Option("--unused", help="Not run from that day on.")] = False,
    dsn: DsnOption = None,
) -> None:
    """Set a shift of a ward from a day on; what was in force stays on record."""
    target = target_dsn(dsn)
    wish = ShiftWish(
        ward_code=ward,
        name=name,
        starts_at=_time(starts),
        ends_at=_time(ends),
        wanted=dict(_wanted(each) for each in wants or ()),
        is_used=not unused,
        in_force_from=_day(on) if on else None,
    )
    set_ward_shift(target, wish, database=database_name(target), set_by=by, source=source)
    typer.echo(f"Set for ward {ward}: {name}, {starts} to {ends}.")


@app.command()
def grade(
    login: Annotated[str, typer.Argument(help="User name of the person.")],
    name: Annotated[str, typer.Argument(help="registered_nurse, student, ...")],
    by: _By,
    source: _Source,
    dsn: DsnOption = None,
) -> None:
    """Record the grade of a person; a student, for one, holds no beds."""
    target = target_dsn(dsn)
    set_grade(target, login, name, database=database_name(target), set_by=by, source=source)
    typer.echo(f"{login} is {name} from now on.")


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise RuleBrokenError(f"{text} is no time like 07:30.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleBrokenError(f"{text} is no day like 2026-12-01.") from None


def _wanted(text: str) -> tuple[str, int]:
    grade_name, _, number = text.partition("=")
    if not number.isdigit():
        raise RuleBrokenError(f"--wants {text}: write it like registered_nurse=3.")
    return grade_name, int(number)
