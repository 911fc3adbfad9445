"""`wardctl backup prune`: delete backups, and what goes with them, that are old enough."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.backup_wal import ArchiveOption, archive_beside
from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import prune as backups
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.recovery import base_backup
from ward_app.operations.recovery import old_bases as bases
from ward_app.operations.recovery.old_bases import Outdated
from ward_app.operations.sizes import size_text


def prune(
    folder: BackupsOption = None,
    archive: ArchiveOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete backups older than backup.retention_days; never the last good one.

    Of base backups and the kept log only what no recovery to a moment of those days needs.
    """
    settings = load_settings()
    there, days = folder or backup_folder(settings), settings.backup.retention_days
    log, now = archive or archive_beside(settings, folder), datetime.now(UTC)
    done = "would go" if dry_run else "deleted"
    if dry_run:
        going = backups.outdated(on_shelf(there), now, days)
    else:
        key = backup_secret(settings.backup.key)
        going = backups.prune(there, key, now=now, retention_days=days)
    if not as_json:  # at once: what follows may be refused, and these are gone
        for backup in going:
            typer.echo(f"{done}  {backup.id}  {size_text(backup.bytes)}")
    if dry_run:
        old = bases.outdated(base_backup.folder_beside(there), log, now, days)
    else:
        old = _pruned(settings, there, log, now)
    ids = [one.id for one in going]
    if as_json:
        more = {"bases": [one.id for one in old.bases], "log": [one.name for one in old.log]}
        typer.echo(json.dumps({"deleted": not dry_run, "backups": ids} | more))
        return
    for base in old.bases:
        typer.echo(f"{done}  {base.id}  {size_text(base.bytes)}")
    if old.log:
        typer.echo(f"{done}  {_log_text(old)}")
    if not ids and not old.bases and not old.log:
        typer.echo(f"Nothing is older than {days} days and replaced by a newer good backup.")


def old_bases(settings: Settings, folder: Path, log: Path) -> tuple[str, ...]:
    """Delete base backups and files of the kept log that are old enough; return what went.

    Raises:
        WardError: as `prune`.
    """
    old = _pruned(settings, folder, log, datetime.now(UTC))
    return (*(one.id for one in old.bases), *([_log_text(old)] if old.log else []))


def _log_text(old: Outdated) -> str:
    return f"{len(old.log)} files of the kept log, up to {old.log[-1].name}"


def _pruned(settings: Settings, folder: Path, log: Path, now: datetime) -> Outdated:
    return bases.prune(
        base_backup.folder_beside(folder),
        log,
        backup_secret(settings.backup.key),
        now=now,
        retention_days=settings.backup.retention_days,
    )
