"""`wardctl backup schedule`: the night's backup by itself, at two o'clock."""

from __future__ import annotations

import typer

from ward_app.cli import timetables
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption
from ward_app.cli.timetables import FolderOption, KindOption, plan_of
from ward_app.operations.backup.timetable import NIGHTLY

app = typer.Typer(help="Have the backup made every night.", no_args_is_help=True)


@app.command()
def install(dsn: DsnOption = None, kind: KindOption = None, folder: FolderOption = None) -> None:
    """Write the files that wake wardctl backup nightly at 02:00, and say how they are put to use.

    A password is not among them: it comes from ~/.pgpass of the account.
    """
    timetables.install(plan_of(dsn, "backup", "nightly"), dsn, kind, folder)


@app.command()
def status(
    kind: KindOption = None, folder: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """Say whether they are there and in use; the exit status is 1 when they are not."""
    timetables.status(NIGHTLY, kind, folder, as_json=as_json)


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; backups stay."""
    timetables.remove(NIGHTLY, kind, folder)
