"""`wardctl backup wal`: the server's log of changes, kept to lose minutes and not a day."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ward_app.cli.options import JsonOption, KeyOption
from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.errors import CodedError, WardError
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import wal_archive, wal_fetch, wal_push, wal_receiver
from ward_app.operations.recovery.sealed_log import LogKey
from ward_app.operations.recovery.wal_status import (
    LogKept,
    WalStatus,
    hints,
    hints_of_repository,
    hints_of_server,
    server_status,
    wal_status,
)
from ward_app.operations.recovery_symptoms import NO_KEY
from ward_app.operations.sizes import size_text

app = typer.Typer(
    help="The server's log of changes, kept beside the backups.", no_args_is_help=True
)

ArchiveOption = Annotated[
    Path | None, typer.Option("--archive", help="Folder of the kept log; usually backup.archive.")
]


# from 126 on the server gives up; anything below it takes for the end of the log
_NOT_THERE, _GIVE_UP = 1, 126


@app.command()
def push(
    file: Annotated[Path, typer.Argument(help="As the server names it: %p.")],
    archive: ArchiveOption = None,
    key_file: KeyOption = None,
) -> None:
    """Keep one file of the log; for archive_command. It never writes over another."""
    settings = load_settings()
    wal_push.push(file, archive or archive_folder(settings), sealing_key(settings, key_file))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="As the server asks for it: %f.")],
    into: Annotated[Path, typer.Argument(help="Where the server wants it: %p.")],
    archive: ArchiveOption = None,
    key_file: KeyOption = None,
) -> None:
    """Take one file of the log out again; for restore_command. Exit status 1: it ends before."""
    # whatever fails, the server must not take it for the end of the log
    try:
        settings = load_settings()
        key = opening_key(settings, key_file)
        found = wal_fetch.fetch(name, archive or archive_folder(settings), into, key)
    except Exception as error:
        said = error if isinstance(error, WardError) else getattr(error, "strerror", None)
        why = said or type(error).__name__
        typer.echo(f"{name} was not taken out of the archive: {why}", err=True)
        raise typer.Exit(_GIVE_UP) from error
    if not found:
        typer.echo(f"The archive does not have {name}.", err=True)
        raise typer.Exit(_NOT_THERE)


@app.command()
def seal(archive: ArchiveOption = None, key_file: KeyOption = None) -> None:
    """Encrypt the complete files of an archive that are not; the newest stays beside its copy."""
    settings = load_settings()
    key = sealing_key(settings, key_file)
    if key is None:
        raise CodedError(
            NO_KEY,
            "The kept log is not to be encrypted: backup.key is empty, or backup.encrypt_log off.",
        )
    gone = wal_push.seal_finished(archive or archive_folder(settings), key)
    typer.echo(f"{len(gone)} files are encrypted, and no longer there in the clear.")


@app.command()
def start(
    dsn: DsnOption = None,
    archive: ArchiveOption = None,
    slot: Annotated[
        str, typer.Option(help="By this name the server keeps what was not received yet.")
    ] = wal_receiver.SLOT,
    key_file: KeyOption = None,
) -> None:
    """Receive the log as it is written, until it is ended; made to run as a service.

    Each file is encrypted as soon as it is complete, where there is a key.
    """
    settings = load_settings()
    folder = archive or archive_folder(settings)
    key = sealing_key(settings, key_file)
    wal_receiver.receive(target_dsn(dsn), folder, slot=slot, key=key)


@app.command()
def status(
    dsn: DsnOption = None,
    archive: ArchiveOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell how much would be lost with the server now; exit status 1 when it is too much."""
    settings = load_settings()
    if archive is None and pgbackrest.copies_server(settings.backup):
        _status_of_repository(target_dsn(dsn), settings, as_json=as_json)
    found = wal_status(target_dsn(dsn), archive or archive_folder(settings))
    sealing = bool(settings.backup.key) and settings.backup.encrypt_log
    advice = list(hints(found, sealing=sealing))
    if as_json:
        facts = asdict(found) | {"clear": len(found.archive.clear), "hints": advice}
        typer.echo(json.dumps(facts, default=_shown, indent=2))
    else:
        _tell(found)
        for hint in advice:
            typer.echo(f"! {hint}")
    raise typer.Exit(1 if advice else 0)


def archive_folder(settings: Settings) -> Path:
    """Return the folder of the kept log, made or not."""
    named = settings.backup.archive
    if named:
        return Path(named).expanduser()
    return wal_archive.folder_beside(backup_folder(settings))


def archive_beside(settings: Settings, folder: Path | None) -> Path:
    """Return the folder of the kept log that belongs to backups in `folder`, made or not.

    None = those of the settings, whose log is not that of others: the files have the same names.
    """
    return wal_archive.folder_beside(folder) if folder else archive_folder(settings)


def opening_key(settings: Settings, key_file: Path | None) -> LogKey | None:
    """Return what opens the kept log; None = no key is set.

    Raises:
        CodedError: the key cannot be read.
    """
    secret = backup_secret(str(key_file) if key_file else settings.backup.key)
    return LogKey(secret) if secret else None


def sealing_key(settings: Settings, key_file: Path | None) -> LogKey | None:
    """Return what the kept log is to be encrypted with; None = it is not to be.

    Raises:
        CodedError: the key cannot be read, and nothing may be kept in the clear for that.
    """
    wanted = key_file is not None or settings.backup.encrypt_log
    return opening_key(settings, key_file) if wanted else None


def _status_of_repository(dsn: str, settings: Settings, *, as_json: bool) -> NoReturn:
    """Tell what pgBackRest keeps of the log, and end."""
    stanza = pgbackrest.stanza_of(settings.backup)
    there, server = pgbackrest.repository(stanza), server_status(dsn)
    advice = [*hints_of_server(server), *hints_of_repository(there)]
    if as_json:
        log = {"stanza": stanza.name, "first": there.first_log, "last": there.last_log}
        told = {"server": asdict(server), "pgbackrest": log, "hints": advice}
        typer.echo(json.dumps(told, default=_shown, indent=2))
    else:
        typer.echo(
            f"pgBackRest keeps the log of {stanza.name}: "
            f"{there.first_log or 'nothing'} to {there.last_log or 'nothing'}."
        )
        _tell_server(server)
        for hint in advice:
            typer.echo(f"! {hint}")
    raise typer.Exit(1 if advice else 0)


def _tell(found: WalStatus) -> None:
    kept = found.archive
    typer.echo(f"{kept.folder}: {len(kept.segments)} files, {size_text(kept.size_bytes)}.")
    if kept.segments:
        in_clear = len(kept.clear)
        words = f"{in_clear} of them are not" if in_clear else "All complete ones are"
        typer.echo(f"{words} encrypted.")
    if kept.newest_at is not None:
        typer.echo(f"The newest is of {kept.newest_at:%Y-%m-%d %H:%M:%S} UTC.")
    _tell_server(found.server)


def _tell_server(server: LogKept) -> None:
    typer.echo(f"The server archives by itself: {server.archive_mode}.")
    if server.receiver is not None:
        used = "is connected" if server.receiver.active else "is NOT connected"
        typer.echo(f"The receiver {server.receiver.name} {used}.")
    behind = "unknown" if server.behind_s is None else f"{server.behind_s:.0f} s of charting"
    typer.echo(f"Lost at most, if the server were lost now: {behind}.")


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
