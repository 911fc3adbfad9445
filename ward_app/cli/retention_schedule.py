"""`wardctl retention schedule`: what is old enough goes by itself, every Sunday."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli import timetables
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption
from ward_app.cli.timetables import FolderOption, KindOption, plan_of
from ward_app.operations.backup.timetable import WEEKLY_RETENTION

app = typer.Typer(help="Have what is old enough go every week.", no_args_is_help=True)


@app.command()
def install(
    dsn: DsnOption = None,
    kind: KindOption = None,
    folder: FolderOption = None,
    archive_to: Annotated[
        Path | None,
        typer.Option(help="Folder for archives; without it nothing of the trail is removed."),
    ] = None,
) -> None:
    """Write the files that wake wardctl retention run on Sundays at 03:00, and say what is next.

    A password is not among them: it comes from ~/.pgpass of the account.
    """
    words = () if archive_to is None else ("--archive-to", str(archive_to.resolve()))
    plan = plan_of(dsn, "retention", "run", *words, rhythm=WEEKLY_RETENTION)
    timetables.install(plan, dsn, kind, folder)


@app.command()
def status(
    kind: KindOption = None, folder: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """Say whether they are there and in use; the exit status is 1 when they are not."""
    timetables.status(WEEKLY_RETENTION, kind, folder, as_json=as_json)


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; archives stay."""
    timetables.remove(WEEKLY_RETENTION, kind, folder)
