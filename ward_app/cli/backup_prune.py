"""`wardctl backup prune`: delete backups, and what goes with them, that are old enough."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.backup_wal import ArchiveOption, archive_beside
from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.core.errors import WardError
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import prune as backups
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.nightly import Gone
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
    ids = [one.id for one in going]
    with _told_when_refused(ids, dry_run=dry_run, as_json=as_json):
        if dry_run:
            old = bases.outdated(base_backup.folder_beside(there), log, now, days)
        else:
            old = _pruned(settings, there, log, now)
    if as_json:
        typer.echo(_document(ids, _gone(old), dry_run=dry_run))
        return
    for base in old.bases:
        typer.echo(f"{done}  {base.id}  {size_text(base.bytes)}")
    if old.log:
        typer.echo(f"{done}  {log_text(_gone(old).log)}")
    if not ids and not old.bases and not old.log:
        typer.echo(f"Nothing is older than {days} days and replaced by a newer good backup.")


@contextmanager
def _told_when_refused(ids: list[str], *, dry_run: bool, as_json: bool) -> Iterator[None]:
    """Have a program read what went already, also when the rest is refused."""
    try:
        yield
    except WardError as error:
        if as_json:
            typer.echo(_document(ids, Gone(), dry_run=dry_run, problem=str(error)))
        raise


def _document(ids: list[str], more: Gone, *, dry_run: bool, problem: str = "") -> str:
    told = {"bases": more.ids, "log": more.log, "problem": problem}
    return json.dumps({"deleted": not dry_run, "backups": ids} | told)


def old_bases(settings: Settings, folder: Path, log: Path) -> Gone:
    """Delete base backups and files of the kept log that are old enough; return what went.

    Raises:
        WardError: as `prune`.
    """
    old = _pruned(settings, folder, log, datetime.now(UTC))
    return _gone(old)


def log_text(names: Sequence[str]) -> str:
    """Return what is said of files of the kept log that are too old, in their order."""
    return f"{len(names)} files of the kept log, up to {names[-1]}"


def _gone(old: Outdated) -> Gone:
    return Gone(tuple(one.id for one in old.bases), tuple(one.name for one in old.log))


def _pruned(settings: Settings, folder: Path, log: Path, now: datetime) -> Outdated:
    return bases.prune(
        base_backup.folder_beside(folder),
        log,
        backup_secret(settings.backup.key),
        now=now,
        retention_days=settings.backup.retention_days,
    )
