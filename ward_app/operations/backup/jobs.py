"""From the settings to a backup: where it goes, and what encrypts it."""

from __future__ import annotations

from pathlib import Path

from ward_app.core.places import places
from ward_app.core.settings import Settings
from ward_app.operations.backup.create import Job
from ward_app.operations.backup.manifest import DumpFormat, Purpose
from ward_app.operations.backup.secret import backup_secret


def backup_folder(settings: Settings) -> Path:
    """Return the folder of the backups, made or not."""
    named = settings.backup.dir
    return Path(named).expanduser() if named else places().data_dir / "backups"


def job_for(
    dsn: str,
    settings: Settings,
    *,
    purpose: Purpose = Purpose.REGULAR,
    how: DumpFormat = DumpFormat.CUSTOM,
    schema_only: bool = False,
    encrypted: bool = True,
) -> Job:
    """Return the backup of a database as the settings want it.

    Args:
        dsn: how a member of ward_backup, or the administrator, connects; it has no password.
        settings: with folder, key and compression.
        purpose: why it is made.
        how: for pg_restore, or for psql.
        schema_only: without rows.
        encrypted: False leaves the key aside, which production refuses.

    Raises:
        CodedError: the key cannot be read.
    """
    return Job(
        dsn=dsn,
        folder=backup_folder(settings),
        secret=backup_secret(settings.backup.key) if encrypted else None,
        compression=settings.backup.compression,
        format=how,
        purpose=purpose,
        schema_only=schema_only,
    )
