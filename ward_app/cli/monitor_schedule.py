"""`wardctl monitor schedule`: the weekly report by itself, kept to see what grows."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.backup_schedule import (
    FolderOption,
    KindOption,
    plan_of,
    put_to_use,
    usual_folder,
    usual_kind,
)
from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations.backup.timetable import WEEKLY_REPORT
from ward_app.operations.backup.timetable import install as write_files
from ward_app.operations.backup.timetable import remove as remove_files

app = typer.Typer(help="Have the report made and kept every week.", no_args_is_help=True)


@app.command()
def install(
    dsn: DsnOption = None,
    kind: KindOption = None,
    folder: FolderOption = None,
    *,
    weekly: Annotated[bool, typer.Option("--weekly", help="Mondays at 06:00.")] = False,
) -> None:
    """Write the files that wake wardctl monitor --keep, and say how they are put to use.

    A password is not among them: it comes from ~/.pgpass of the account.
    """
    if not weekly:
        raise RuleBrokenError("Say how often: --weekly.")
    if dsn is not None:
        target_dsn(dsn)  # complains of a password, or of a connection that is not safe
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    plan = plan_of(dsn, "monitor", "--keep", "--trend", "30d", rhythm=WEEKLY_REPORT)
    for path in write_files(chosen, there, plan):
        typer.echo(f"Written: {path}")
    typer.echo(f"Then: {put_to_use(chosen, there, WEEKLY_REPORT.name)}")


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; what was kept stays."""
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    gone = remove_files(chosen, there, WEEKLY_REPORT)
    for path in gone:
        typer.echo(f"Removed: {path}")
    if not gone:
        typer.echo(f"There is nothing of it in {there}.")
