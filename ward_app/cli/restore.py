"""`wardctl restore`: bring the ward database back, from a backup or to a moment."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.backup_base import BasesOption, bases_folder
from ward_app.cli.backup_wal import ArchiveOption, archive_folder
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import load_settings
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import base_backup, point_in_time
from ward_app.operations.recovery.point_in_time import Job, Recovered, Target

app = typer.Typer(help="Bring the ward database back.", no_args_is_help=True)

BaseOption = Annotated[
    str | None, typer.Option("--base", help="Begin with this base backup; usually the newest.")
]


@app.callback()
def about() -> None:
    """Keep the command's name while it has one part."""


@app.command()
def pitr(  # noqa: PLR0913, PLR0917 - options of a command
    into: Annotated[Path, typer.Option(help="New data folder of a server, named in full.")],
    target_time: Annotated[
        str, typer.Option(help="Up to this moment: '2026-01-31 14:05:00', here or with a zone.")
    ] = "",
    target_lsn: Annotated[str, typer.Option(help="Up to this place in the log.")] = "",
    target_name: Annotated[str, typer.Option(help="Up to this named restore point.")] = "",
    base: BaseOption = None,
    bases: BasesOption = None,
    archive: ArchiveOption = None,
    *,
    latest: Annotated[bool, typer.Option("--latest", help="Everything that was kept.")] = False,
    leave_running: Annotated[
        bool, typer.Option("--leave-running", help="Leave its server up, for a look from here.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """Make a new data folder with everything up to a moment; what runs is not touched."""
    target = _target(target_time, target_lsn, target_name, latest=latest)
    settings = load_settings()
    folder = bases or bases_folder(settings)
    there = [one for one in base_backup.backups(folder) if base in (None, one.id)]
    first = point_in_time.chosen(there, target)
    secret = backup_secret(settings.backup.key) if first.encryption else None
    job = Job(
        base=first,
        folder=folder,
        secret=secret,
        archive=archive or archive_folder(settings),
        into=into,
        target=target,
        leave_running=leave_running,
    )
    made = point_in_time.recover(job, announce=lambda words: typer.echo(words, err=True))
    _tell(made, as_json=as_json)


def _target(time: str, lsn: str, name: str, *, latest: bool) -> Target:
    if sum((bool(time), bool(lsn), bool(name), latest)) != 1:
        raise RuleBrokenError(
            "Say up to where, in one way: --target-time, --target-lsn, --target-name or --latest."
        )
    try:
        moment = datetime.fromisoformat(time).astimezone() if time else None
    except ValueError:
        raise RuleBrokenError(f"{time} is no time. Write it so: 2026-01-31 14:05:00.") from None
    return Target(time=moment, lsn=lsn, name=name)


def _tell(made: Recovered, *, as_json: bool) -> None:
    if as_json:
        facts = asdict(made) | {"base": made.base.id, "data_dir": str(made.data_dir)}
        typer.echo(json.dumps(facts, indent=2))
        return
    last = made.last_transaction or "none after the base backup"
    typer.echo(f"Recovered into {made.data_dir}. Its last change: {last}.")
    if made.missing:
        typer.echo(f"! {made.missing[0]} is missing from the archive; nothing after it is in.")
    typer.echo(f"{made.sessions_ended} sessions were ended: people sign in again.")
    if made.dsn:
        typer.echo(f"Its server runs, for this computer alone: --dsn '{made.dsn}'.")
        typer.echo(f"End it: pg_ctl stop -D {made.data_dir}")
    else:
        typer.echo("Its server is stopped. Put the folder in the old one's place, and start it.")
