"""What is done about what is kept long enough: months made, old rows archived, months dropped.

A job for a timer. Of the audit trail it removes nothing that it has not written to a file and read
back; old reports on the server go without.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ward_app.core.errors import ConfigurationError
from ward_app.operations import audit_retention, log_months
from ward_app.operations.audit_retention import Retention
from ward_app.operations.monitor import old_snapshots


@dataclass(frozen=True, slots=True)
class Done:
    """What one run did.

    Attributes:
        made: months of the logs, by name; dropped: those that were over and empty.
        archive: the new file, None where nothing was old enough or no folder was named.
        rows: that went into it and out of the database.
        waiting: rows that are old enough and still here, for no folder was named.
        reports: on the server that were old enough and are gone.
    """

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    archive: Path | None
    rows: int
    waiting: int
    reports: int


def run(admin_dsn: str, *, database: str, monitor_d: int, archives: Path | None = None) -> Done:
    """Make months, archive and remove what the trail need not keep, drop months that are empty.

    Args:
        admin_dsn: how the administrator connects.
        database: which database.
        monitor_d: reports on the server that are older go.
        archives: folder that archives are written to; None = nothing is archived or removed.

    Raises:
        ConfigurationError: there is no such folder; nothing was done.
        ConflictError: the trail is not as it was sealed, or a log stayed in use.
    """
    if archives is not None and not archives.is_dir():
        raise ConfigurationError(f"There is no folder {archives}, so nothing was archived.")
    made = log_months.add_months(admin_dsn, database=database)
    found = audit_retention.retention(admin_dsn, database=database)
    path = _archived(admin_dsn, database, found, archives) if archives and found.old else None
    dropped = log_months.drop_emptied(admin_dsn, database=database)
    return Done(
        made=made,
        dropped=dropped,
        archive=path,
        rows=found.rows if path else 0,
        waiting=0 if path else found.rows,
        reports=old_snapshots.remove_old(admin_dsn, monitor_d, database=database),
    )


def _archived(admin_dsn: str, database: str, found: Retention, archives: Path) -> Path:
    """Archive what is old and remove it then; the name of the file says which seals it holds."""
    path = archives / f"ward-audit-{found.old[0].k:08d}-{found.old[-1].k:08d}.gz"
    audit_retention.archive(admin_dsn, path, database=database)
    audit_retention.remove(admin_dsn, path, database=database)
    return path
