"""`wardctl backup base`: copies of the whole server, to go back to any later moment from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.pgbackrest import Copy, Kind
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import base_backup, pgbackrest_copy
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.sizes import size_text

BasesOption = Annotated[
    Path | None, typer.Option("--bases", help="Folder of the base backups; usually backup.dir.")
]


def base(
    dsn: DsnOption = None,
    bases: BasesOption = None,
    kind: Annotated[
        Kind | None,
        typer.Option("--type", help="Of pgBackRest; usually full once a week, else diff."),
    ] = None,
    *,
    list_them: Annotated[bool, typer.Option("--list", help="List those there are.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole server, read the copy again and verify every file of it.

    With the kept log (wardctl backup wal) any later moment can be recovered. pgBackRest copies
    it where it is set up (backup.base_engine), unless --bases names a folder.
    """
    settings = load_settings()
    if by_pgbackrest(settings, bases):
        _by_pgbackrest(settings, dsn, kind, list_them=list_them, as_json=as_json)
        return
    if kind is not None:
        raise RuleBrokenError(
            "Only pgBackRest makes backups of a type, and it is not set up here. Without --type "
            "everything is copied: wardctl backup base."
        )
    folder = bases or bases_folder(settings)
    if list_them:
        _list(folder, as_json=as_json)
    else:
        _take(settings, dsn, folder, as_json=as_json)


def _list(folder: Path, *, as_json: bool) -> None:
    found = base_backup.backups(folder)
    _tell(found, as_json=as_json)
    if not found and not as_json:
        typer.echo(f"There are no base backups in {folder}. Make one: wardctl backup base.")


def _take(settings: Settings, dsn: str | None, folder: Path, *, as_json: bool) -> None:
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


def by_pgbackrest(settings: Settings, *folders: Path | None) -> bool:
    """Whether pgBackRest is meant: it copies the server, and no folder of ours was named."""
    return not any(folders) and pgbackrest.copies_server(settings.backup)


def copy_document(copy: Copy) -> dict[str, Any]:
    """Return a backup of pgBackRest as JSON has it."""
    times = {name: getattr(copy, name).isoformat() for name in ("started_at", "finished_at")}
    return asdict(copy) | times


def copy_line(copy: Copy) -> str:
    """Return a backup of pgBackRest as a line of a list."""
    size = size_text(copy.data_bytes)
    state = "good" if copy.is_good else "FAULTY"
    return (
        f"{copy.id}  {copy.kind}  {size}  complete at "
        f"{copy.finished_at:%Y-%m-%d %H:%M:%S} UTC, {state}"
    )


def _by_pgbackrest(
    settings: Settings, dsn: str | None, kind: Kind | None, *, list_them: bool, as_json: bool
) -> None:
    stanza = pgbackrest.stanza_of(settings.backup)
    if list_them:
        copies = pgbackrest.repository(stanza).copies
        _tell_copies(copies, as_json=as_json)
        if not copies and not as_json:
            typer.echo(f"pgBackRest has none of {stanza.name}. Make one: wardctl backup base.")
        return
    target = target_dsn(dsn)
    job = pgbackrest_copy.Job(dsn=target, database=database_name(target), stanza=stanza, kind=kind)
    with progress("Copying the server", hidden=as_json):
        made = pgbackrest_copy.take(job, announce=lambda words: typer.echo(words, err=True))
    _tell_copies([made], as_json=as_json)
    if not as_json:
        typer.echo("The repository was read again: every checksum is right.")


def _tell_copies(copies: Sequence[Copy], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([copy_document(one) for one in copies], indent=2))
        return
    for one in copies:
        typer.echo(copy_line(one))


def bases_folder(settings: Settings) -> Path:
    """Return the folder of the base backups, made or not."""
    return base_backup.folder_beside(backup_folder(settings))


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
