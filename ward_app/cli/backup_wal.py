"""`wardctl backup wal`: the server's log of changes, kept to lose minutes and not a day."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.recovery import wal_archive, wal_receiver
from ward_app.operations.recovery.wal_status import WalStatus, hints, wal_status
from ward_app.operations.sizes import size_text

app = typer.Typer(
    help="The server's log of changes, kept beside the backups.", no_args_is_help=True
)

ArchiveOption = Annotated[
    Path | None, typer.Option("--archive", help="Folder of the kept log; usually backup.dir/wal.")
]


@app.command()
def push(
    file: Annotated[Path, typer.Argument(help="As the server names it: %p.")],
    archive: ArchiveOption = None,
) -> None:
    """Keep one file of the log; for archive_command. It never writes over another."""
    wal_archive.push(file, archive or archive_folder(load_settings()))


@app.command()
def start(
    dsn: DsnOption = None,
    archive: ArchiveOption = None,
    slot: Annotated[
        str, typer.Option(help="By this name the server keeps what was not received yet.")
    ] = wal_receiver.SLOT,
) -> None:
    """Receive the log as it is written, until it is ended; made to run as a service."""
    folder = archive or archive_folder(load_settings())
    wal_receiver.receive(target_dsn(dsn), folder, slot=slot)


@app.command()
def status(
    dsn: DsnOption = None,
    archive: ArchiveOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """Tell how much would be lost with the server now; exit status 1 when it is too much."""
    found = wal_status(target_dsn(dsn), archive or archive_folder(load_settings()))
    advice = list(hints(found))
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"hints": advice}, default=_shown, indent=2))
    else:
        _tell(found)
        for hint in advice:
            typer.echo(f"! {hint}")
    raise typer.Exit(1 if advice else 0)


def archive_folder(settings: Settings) -> Path:
    """Return the folder of the kept log, made or not."""
    return backup_folder(settings) / "wal"


def _tell(found: WalStatus) -> None:
    kept, server = found.archive, found.server
    typer.echo(f"{kept.folder}: {len(kept.segments)} files, {size_text(kept.size_bytes)}.")
    if kept.newest_at is not None:
        typer.echo(f"The newest is of {kept.newest_at:%Y-%m-%d %H:%M:%S} UTC.")
    typer.echo(f"The server archives by itself: {server.archive_mode}.")
    if server.receiver is not None:
        used = "is connected" if server.receiver.active else "is NOT connected"
        typer.echo(f"The receiver {server.receiver.name} {used}.")
    behind = "unknown" if server.behind_s is None else f"{server.behind_s:.0f} s of charting"
    typer.echo(f"Lost at most, if the server were lost now: {behind}.")


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
