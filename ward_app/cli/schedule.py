"""`wardctl schedule`: the hospital's own numbers of the schedule of observations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.schedule_settings import (
    ScheduleSettings,
    set_settings,
    settings_history,
)

app = typer.Typer(help="The schedule of observations: its numbers.", no_args_is_help=True)

Minutes = Annotated[int | None, typer.Option(help="Minutes; without it: as before.")]


@app.command()
def show(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """Show the numbers in force, in minutes, with their source."""
    target = target_dsn(dsn)
    versions = settings_history(target, database=database_name(target))
    for version in versions if history else versions[:1]:
        typer.echo(f"Since {version.since:%d-%b-%Y %H:%M %Z}. {version.source}")
        typer.echo(f"  {_words(version.settings)}")


@app.command("set")
def set_(  # noqa: PLR0913, PLR0917 - the options of the command
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    source: Annotated[str, typer.Option(help="Where the numbers come from.")],
    arrival: Minutes = None,
    restart: Minutes = None,
    unknown: Minutes = None,
    refusal_cap: Minutes = None,
    longest_deferral: Minutes = None,
    shortest: Minutes = None,
    grace: Minutes = None,
    dsn: DsnOption = None,
) -> None:
    """Set numbers from now on; what was in force before stays on record."""
    named = {
        "arrival": arrival,
        "restart": restart,
        "unknown": unknown,
        "refusal_cap": refusal_cap,
        "longest_deferral": longest_deferral,
        "shortest": shortest,
        "grace": grace,
    }
    changes = {name: minutes for name, minutes in named.items() if minutes is not None}
    target = target_dsn(dsn)
    wanted = set_settings(
        target, changes, database=database_name(target), set_by=by, source=source
    )
    typer.echo(f"In force from now on: {_words(wanted)}.")


def _words(settings: ScheduleSettings) -> str:
    return ", ".join(
        f"{name.replace('_', '-')} {minutes}" for name, minutes in asdict(settings).items()
    )
