"""`wardctl monitor schedule`: the weekly report by itself, kept to see what grows."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli import timetables
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption
from ward_app.cli.timetables import FolderOption, KindOption, plan_of
from ward_app.core.errors import RuleBrokenError
from ward_app.operations.backup.timetable import WEEKLY_REPORT

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
    plan = plan_of(dsn, "monitor", "--keep", "--trend", "30d", rhythm=WEEKLY_REPORT)
    timetables.install(plan, dsn, kind, folder)


@app.command()
def status(
    kind: KindOption = None, folder: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """Say whether they are there and in use; the exit status is 1 when they are not."""
    timetables.status(WEEKLY_REPORT, kind, folder, as_json=as_json)


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; what was kept stays."""
    timetables.remove(WEEKLY_REPORT, kind, folder)
