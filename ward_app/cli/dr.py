"""`wardctl dr`: whether a disaster would be survived."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from ward_app.cli.backup_wal import ArchiveOption, archive_folder
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.settings import load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.recovery.checklist import checklist as look

app = typer.Typer(help="Whether a disaster would be survived.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Keep the command's name, though it is the only one."""


@app.command()
def checklist(
    dsn: DsnOption = None,
    archive: ArchiveOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look at the seven things that must be so; the exit status is 1 when one is not."""
    settings, target = load_settings(), target_dsn(dsn)
    folder = backup_folder(settings)
    log = archive or archive_folder(settings)
    items = look(target, database_name(target), settings, folder, log)
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in items], indent=2))
    else:
        for item in items:
            typer.echo(f"{'pass' if item.passed else 'FAIL'}  {item.name}. {item.says}")
    raise typer.Exit(0 if all(item.passed for item in items) else 1)
