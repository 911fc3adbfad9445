"""How much would be lost if the server were lost now: what of its log is not kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from ward_app.operations.backup.pgbackrest import Repository
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery.wal_archive import SEGMENT_BYTES, Archive, archive
from ward_app.operations.recovery.wal_receiver import SLOT

ALARM_S = 900.0
# A file waits to be archived from its switch on. With none waiting, the server closes a file that
# something was written to after archive_timeout at the latest: an idle night is no failure.
_ARCHIVER = """
SELECT current_setting('archive_mode'), last_archived_wal, last_archived_time, last_failed_wal,
    last_failed_time IS NOT NULL
        AND (last_archived_time IS NULL OR last_failed_time > last_archived_time),
    CASE WHEN current_setting('archive_mode') = 'off' THEN NULL
        WHEN waiting.since IS NOT NULL
            THEN extract(epoch FROM clock_timestamp() - waiting.since)::float8 + timeout.seconds
        WHEN last_archived_time IS NULL THEN NULL
        WHEN timeout.seconds > 0 THEN least(timeout.seconds, since_last.seconds)
        ELSE since_last.seconds END
FROM pg_stat_archiver
CROSS JOIN (SELECT min(modification) AS since FROM pg_ls_archive_statusdir()
            WHERE name ~ '[.]ready$') AS waiting
CROSS JOIN (SELECT setting::float8 AS seconds FROM pg_settings
            WHERE name = 'archive_timeout') AS timeout
CROSS JOIN LATERAL (SELECT extract(epoch FROM clock_timestamp() - last_archived_time)::float8
                    AS seconds) AS since_last
"""
_RECEIVER = """
SELECT s.slot_name::text, s.active,
    extract(epoch FROM clock_timestamp() - r.reply_time)::float8
FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
WHERE s.slot_name = %s
"""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives the log; `behind_s`: since it last said that it has everything, None: away."""

    name: str
    active: bool
    behind_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKept:
    """What the server knows of who keeps its log.

    Attributes:
        archive_mode: "off", "on" or "always".
        last_archived_at: None before the first file, or after the statistics were reset.
        archive_fails: the last try failed; `failed` names the file.
        archive_behind_s: how old the oldest change may be that is not in the archive; None =
            unknown, or it does not archive.
        receiver: None when there never was one.
    """

    archive_mode: str
    last_archived: str | None
    last_archived_at: datetime | None
    failed: str | None
    archive_fails: bool
    archive_behind_s: float | None
    receiver: Receiver | None

    @property
    def behind_s(self) -> float | None:
        """How much would be lost at most, in seconds; None = unknown or everything."""
        received = self.receiver.behind_s if self.receiver else None
        known = [each for each in (self.archive_behind_s, received) if each is not None]
        return min(known, default=None)

    @property
    def is_kept(self) -> bool:
        """Whether anybody is meant to keep the log at all."""
        return self.archive_mode != "off" or self.receiver is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalStatus:
    """The log as the server and the archive's folder tell of it."""

    server: LogKept
    archive: Archive


def log_kept(connection: psycopg.Connection[Any]) -> LogKept:
    """Return what an administrator's connection, or a monitor's, is told of the log."""
    [row] = connection.execute(_ARCHIVER).fetchall()
    received = connection.execute(_RECEIVER, (SLOT,)).fetchone()
    return LogKept(
        archive_mode=row[0],
        last_archived=row[1],
        last_archived_at=row[2],
        failed=row[3],
        archive_fails=row[4],
        archive_behind_s=row[5],
        receiver=None if received is None else Receiver(*received),
    )


def server_status(admin_dsn: str) -> LogKept:
    """Return how the server says that its log is kept.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
        ConfigurationError: the role may not see it.
    """
    with administrator(admin_dsn) as connection:
        return log_kept(connection)


def wal_status(admin_dsn: str, folder: Path) -> WalStatus:
    """Return how the log is kept, and what the archive's folder has.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
        ConfigurationError: the folder cannot be read, or the role may not see it.
    """
    return WalStatus(server=server_status(admin_dsn), archive=_found(folder))


def hints(found: WalStatus, *, sealing: bool = False) -> Iterator[str]:
    """Yield what IT should look at, sentences; none while all is well.

    Args:
        found: the log as it is kept.
        sealing: whether it should be encrypted.
    """
    yield from hints_of_server(found.server)
    if found.server.is_kept and not found.archive.segments:
        yield f"There is nothing in {found.archive.folder}. Say where it is kept: --archive."
    if sealing and found.archive.clear:
        yield (
            f"{len(found.archive.clear)} complete files of it are not encrypted, though there is "
            "a key: wardctl backup wal seal."
        )
    for name in found.archive.missing:
        yield (
            f"{name} is missing from the archive: nothing after it can be recovered from a base "
            "backup before it. Look for it in the server's pg_wal, and make a new base backup."
        )


def hints_of_repository(found: Repository) -> Iterator[str]:
    """Yield what IT should look at in pgBackRest's repository; nothing while all is well."""
    if found.problem:
        yield f"pgBackRest says: {found.problem}."
    if not found.copies:
        yield "The log leads nowhere without a copy of the server: wardctl backup base."
    if not found.last_log:
        yield (
            "pgBackRest keeps nothing of the log. wardctl server-config pitr --stanza prints the "
            "setting that hands it over."
        )


def hints_of_server(kept: LogKept) -> Iterator[str]:
    """Yield what the server alone tells to look at."""
    if not kept.is_kept:
        yield (
            "Nobody keeps the log of changes: whatever was charted since the last backup is lost "
            "with the server. wardctl server-config pitr, or wardctl backup wal start."
        )
        return
    if kept.archive_fails:
        yield f"The archive did not take {kept.failed} at the last try; the server's log says why."
    if kept.receiver is not None and not kept.receiver.active:
        yield (
            f"The receiver {kept.receiver.name} is not connected, and the server keeps the log "
            "for it until its disk is full. Start it again: wardctl backup wal start."
        )
    if kept.behind_s is None or kept.behind_s > ALARM_S:
        known = "" if kept.behind_s is None else f" ({kept.behind_s / 60:.0f} minutes)"
        yield f"More than 15 minutes of charting may be lost with the server{known}."


def _found(folder: Path) -> Archive:
    if folder.is_dir():
        return archive(folder, segment_bytes=SEGMENT_BYTES)
    return Archive(folder=folder, segments=(), size_bytes=0, newest_at=None, missing=())
