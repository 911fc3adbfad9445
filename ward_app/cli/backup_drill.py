"""`wardctl backup drill`: try a restore, so that it is no first time when it counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.settings import load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery.drill import Drill, document, newest_name
from ward_app.operations.recovery.drill import drill as run_drill
from ward_app.operations.recovery.restore import Job

_LATE = 1


def drill(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which backup; usually the newest.")
    ] = None,
    dsn: DsnOption = None,
    folder: BackupsOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Verify a backup and restore it for a test; what runs is not touched.

    The exit status is 1 when it fails, or when a restore would take more than four hours.
    """
    settings = load_settings()
    target = target_dsn(dsn)
    there = folder or backup_folder(settings)
    job = Job(
        dsn=target,
        database=database_name(target),
        name=name or newest_name(there),
        folder=there,
        secret=backup_secret(settings.backup.key),
        backup=None,
    )
    with progress("Restoring for a test", hidden=as_json) as report:
        made = run_drill(job, report)
    if as_json:
        typer.echo(json.dumps(document(made), indent=2))
    else:
        _tell(made, there)
    if made.is_late:
        raise typer.Exit(_LATE)


def _tell(made: Drill, folder: Path) -> None:
    typer.echo(f"{made.backup} is good: {made.rows} rows were restored and counted.")
    for step, seconds in made.steps_s.items():
        typer.echo(f"{step}  {seconds:.1f} s")
    typer.echo(f"A whole restore would take some {(made.projected_s or 0) / 60:.1f} minutes.")
    if made.is_late:
        typer.echo("! That is more than four hours: wardctl doctor --explain WDB-611.")
    typer.echo(f"The report: {folder / 'drills' / made.id}.json")
