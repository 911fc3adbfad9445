"""From settings and options to a recovery: which copy, which log, which key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ward_app.cli.backup_base import bases_folder
from ward_app.cli.backup_wal import archive_folder
from ward_app.core.settings import Settings
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup.good import is_ahead
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import base_backup, pgbackrest_recovery, point_in_time
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.recovery.point_in_time import Target
from ward_app.operations.recovery.wal_archive import archive as archive_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A recovery as somebody wants it.

    Attributes:
        copy: id of the copy to begin with; None = the newest that leads to the target.
        into: the new data folder.
        leave_running: its server stays up.
    """

    copy: str | None
    into: Path
    target: Target
    leave_running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where things are; None = where the settings say."""

    bases: Path | None = None
    archive: Path | None = None
    key_file: Path | None = None


def of_base(settings: Settings, wanted: Wanted, folders: Folders) -> point_in_time.Job:
    """Return a recovery from a base backup and the kept log.

    Raises:
        WardError: there is none that leads to the target, or its key cannot be read.
    """
    bases = folders.bases or bases_folder(settings)
    first = point_in_time.chosen(_offered(bases, wanted.copy), wanted.target)
    log = folders.archive or archive_folder(settings)
    return point_in_time.Job(
        base=first,
        folder=bases,
        secret=_secret(settings, folders.key_file, first, log),
        archive=log,
        into=wanted.into,
        target=wanted.target,
        leave_running=wanted.leave_running,
    )


def _offered(folder: Path, name: str | None) -> list[BaseBackup]:
    """Return the base backup of that name, or all, newest first; those of a day to come last."""
    now = datetime.now(UTC)
    there = [one for one in base_backup.backups(folder) if name in (None, one.id)]
    return sorted(there, key=lambda one: is_ahead(one.finished_at, now))


def of_copy(settings: Settings, wanted: Wanted) -> pgbackrest_recovery.Job:
    """Return a recovery from a good backup of pgBackRest.

    Raises:
        WardError: there is none that leads to the target, or pgBackRest does not answer.
    """
    stanza = pgbackrest.stanza_of(settings.backup)
    copies = pgbackrest.repository(stanza).copies
    there = [one for one in copies if one.is_good and wanted.copy in (None, one.id)]
    return pgbackrest_recovery.Job(
        stanza=stanza,
        copy=point_in_time.chosen(there, wanted.target),
        into=wanted.into,
        target=wanted.target,
        database=settings.database.name,
        leave_running=wanted.leave_running,
    )


def _secret(settings: Settings, key_file: Path | None, base: BaseBackup, log: Path) -> str | None:
    """Return the key, where anything that is read is encrypted."""
    if base.encryption is None and not any(one.is_sealed for one in archive_of(log).segments):
        return None
    return backup_secret(str(key_file) if key_file else settings.backup.key)
