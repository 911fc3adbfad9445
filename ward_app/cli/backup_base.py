"""`wardctl backup base`: copies of the whole server, to go back to any later moment from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import base_backup
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.sizes import size_text

BasesOption = Annotated[
    Path | None, typer.Option("--bases", help="Folder of the base backups; usually backup.dir.")
]


def base(
    dsn: DsnOption = None,
    bases: BasesOption = None,
    *,
    list_them: Annotated[bool, typer.Option("--list", help="List those there are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """Copy the whole server, unpack the copy again and verify every file of it.

    With the kept log (wardctl backup wal) any later moment can be recovered.
    """
    settings = load_settings()
    folder = bases or bases_folder(settings)
    if list_them:
        found = base_backup.backups(folder)
        _tell(found, as_json=as_json)
        if not found and not as_json:
            typer.echo(f"There are no base backups in {folder}. Make one: wardctl backup base.")
        return
    target = target_dsn(dsn)
    job = base_backup.Job(
        dsn=target,
        folder=folder,
        database=database_name(target),
        secret=backup_secret(settings.backup.key),
    )
    with progress("Copying the server", hidden=as_json) as report:
        made = base_backup.take(job, report)
    _tell([made], as_json=as_json)


def bases_folder(settings: Settings) -> Path:
    """Return the folder of the base backups, made or not."""
    return backup_folder(settings) / "base"


def _tell(found: list[BaseBackup], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([base_backup.document(one) for one in found], indent=2))
        return
    for one in found:
        how = "encrypted" if one.encryption else "not encrypted"
        typer.echo(
            f"{one.id}  {size_text(one.bytes)}  complete at "
            f"{one.finished_at:%Y-%m-%d %H:%M:%S} UTC, verified, {how}"
        )
