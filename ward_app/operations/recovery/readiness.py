"""Whether the ward could be brought back now, and how much would be lost: [V10] in one place.

The doctor, `wardctl dr checklist`, `wardctl monitor` and `wardctl alerts check` ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from ward_app.core.errors import ConfigurationError
from ward_app.core.settings_operations import BackupSettings
from ward_app.operations.backup.looks import OLDEST as OLDEST_BACKUP
from ward_app.operations.findings import Finding, Level
from ward_app.operations.recovery.drill import RTO_S, drills
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.recovery.wal_archive import archive, folder_beside
from ward_app.operations.recovery.wal_status import ALARM_S, LogKept, hints_of_server, log_kept
from ward_app.operations.recovery_symptoms import ARCHIVE_BEHIND, LOG_IN_CLEAR, NO_DRILL

OLDEST_DRILL = timedelta(days=31)
_LOG, _DRILL = "Log of changes", "Restore drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a folder of backups tells, and another program that makes some.

    Attributes:
        last_backup_at: of the newest good backup; None = there is none, or `problem`.
        ahead: the good backups of a day to come, which do not count.
        last_drill_at: of the newest drill that went well; None = there was none.
        projected_s: how long a restore would take, as that drill says; None = unknown.
        problem: why it is not known of some backups whether there are any; "" = it is.
    """

    last_backup_at: datetime | None
    last_drill_at: datetime | None
    projected_s: float | None
    problem: str = ""
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is known at a moment.

    Attributes:
        log: who keeps the server's log, and how far behind that is.
        log_in_clear: complete files of the kept log that are not encrypted; None = there is no
            archive here, so nobody knows from here.
        last_backup_at: of the newest good backup of this folder; None = there is none.
        ahead: the good backups of a day to come, which do not count.
        last_drill_at: of the newest drill that went well; None = there was none.
        projected_s: how long a restore would take, as that drill says; None = unknown.
        problem: why it is not known when the last backup was; "" = it is.
    """

    at: datetime
    log: LogKept
    last_backup_at: datetime | None
    last_drill_at: datetime | None
    projected_s: float | None
    problem: str = ""
    log_in_clear: int | None = None
    ahead: tuple[str, ...] = ()

    @property
    def loses_too_much(self) -> bool:
        """Whether more than 15 minutes would be lost with the server, or nobody knows."""
        return self.log.behind_s is None or self.log.behind_s > ALARM_S

    @property
    def backup_is_old(self) -> bool:
        """Whether the newest good backup is older than 26 hours, or there is none."""
        return self.last_backup_at is None or self.at - self.last_backup_at > OLDEST_BACKUP

    @property
    def drill_is_old(self) -> bool:
        """Whether no restore was tried for 31 days."""
        return self.last_drill_at is None or self.at - self.last_drill_at > OLDEST_DRILL

    @property
    def takes_too_long(self) -> bool:
        """Whether a restore would take more than four hours."""
        return (self.projected_s or 0) > RTO_S


def kept(folder: Path, database: str, settings: BackupSettings, now: datetime) -> Kept:
    """Return what the folder of the backups tells of a database, and who else makes them."""
    made = last_good(folder, database, settings, now)
    tried = (one for one in drills(folder) if one.database == database and one.problem is None)
    good = next(tried, None)
    return Kept(
        last_backup_at=made.last_at,
        last_drill_at=good.started_at if good else None,
        projected_s=good.projected_s if good else None,
        problem=" ".join(map(str, made.problems)),
        ahead=made.ahead_ids,
    )


def readiness(
    connection: psycopg.Connection[Any],
    folder: Path,
    database: str,
    settings: BackupSettings,
    log_folder: Path | None = None,
) -> Readiness:
    """Return what the server, the folder of the backups and who else makes them tell.

    Args:
        connection: an administrator's, or that of a member of pg_monitor, in autocommit mode.
        folder: of the backups.
        database: whose backups and drills count.
        settings: what makes the backups.
        log_folder: of the kept log; None = beside the backups.
    """
    now = datetime.now(UTC)
    found = kept(folder, database, settings, now)
    return Readiness(
        at=now,
        log=log_kept(connection),
        last_backup_at=found.last_backup_at,
        last_drill_at=found.last_drill_at,
        projected_s=found.projected_s,
        problem=found.problem,
        ahead=found.ahead,
        log_in_clear=_in_clear(log_folder or folder_beside(folder)),
    )


def findings(found: Readiness, *, is_production: bool) -> Iterator[Finding]:
    """Yield what is to be said of the log and the drill; the backups' age is told elsewhere."""
    level = Level.WARNING if is_production else Level.INFO
    words = list(hints_of_server(found.log))
    for one in words:
        yield Finding(_LOG, level, one, "See: wardctl backup wal status.", ARCHIVE_BEHIND)
    if not words:
        yield Finding(_LOG, Level.GOOD, f"At most {found.log.behind_s or 0:.0f} s would be lost.")
    if found.log_in_clear:
        clear = f"{found.log_in_clear} complete files of the kept log are not encrypted."
        yield Finding(_LOG, level, clear, "Encrypt them: wardctl backup wal seal.", LOG_IN_CLEAR)
    yield _of_drill(found, level)


def _in_clear(folder: Path) -> int | None:
    try:
        found = archive(folder)
    except ConfigurationError:
        return None
    return len(found.clear) if found.segments else None


def _of_drill(found: Readiness, level: Level) -> Finding:
    if found.last_drill_at is None:
        words = "No restore was ever tried."
    elif found.drill_is_old:
        words = f"The last restore was tried on {found.last_drill_at:%Y-%m-%d}."
    elif found.takes_too_long:
        words = f"A restore would take {(found.projected_s or 0) / 3600:.1f} hours, more than 4."
    else:
        minutes = (found.projected_s or 0) / 60
        words = f"Tried on {found.last_drill_at:%Y-%m-%d}; a restore takes {minutes:.0f} minutes."
        return Finding(_DRILL, Level.GOOD, words)
    return Finding(_DRILL, level, words, "Try it: wardctl backup drill.", NO_DRILL)
