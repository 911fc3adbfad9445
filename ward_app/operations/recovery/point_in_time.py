"""Recovery to a moment: a base backup and the kept log make a new data folder.

What runs is not touched. The new folder is a complete server, stopped, that IT looks at and puts
in the place of the old one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from ward_app.core.errors import CodedError, ConfigurationError, RuleBrokenError
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery import base_backup, wal_archive, wal_fetch
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.recovery.full_disk import SAID_BY_SERVERS, told_when_full
from ward_app.operations.recovery.recovery_server import RecoveryServer, recovery_server
from ward_app.operations.recovery.sealed_log import LogKey
from ward_app.operations.recovery.sessions import end_sessions
from ward_app.operations.recovery.wal_archive import Archive
from ward_app.operations.recovery_symptoms import NO_ROOM, NOT_REACHED
from ward_app.operations.sizes import size_text

_ENDED = "recovery ended before configured recovery target was reached"
_TOO_EARLY = "requested recovery stop point is before consistent recovery point"
_END = "SELECT pg_current_wal_lsn()::text"
_IS_THERE = "SELECT FROM pg_database WHERE datname = %s"

Announce = Callable[[str], None]


class _Complete(Protocol):
    """When a base backup was complete, by the server's clock and in its log."""

    @property
    def finished_at(self) -> datetime: ...
    @property
    def stop_lsn(self) -> str: ...


Beginning = TypeVar("Beginning", bound=_Complete)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Up to where; with none of them set, everything that was kept.

    Attributes:
        time: what was committed until then is kept, what was committed later is not.
        lsn: a place in the log, such as "0/3000060".
        name: of a point that pg_create_restore_point() named.
    """

    time: datetime | None = None
    lsn: str = ""
    name: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """The target as the setting of a server; {} for everything."""
        if self.time is not None:
            return {"recovery_target_time": self.time.astimezone(UTC).isoformat(sep=" ")}
        names = {"recovery_target_lsn": self.lsn, "recovery_target_name": self.name}
        return {name: value for name, value in names.items() if value}

    def __str__(self) -> str:
        if self.time is not None:
            return f"{self.time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return self.lsn or self.name or "the end of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A recovery to be done.

    Attributes:
        base: the base backup that it begins with.
        folder: where that is.
        secret: opens it and the log, where they are encrypted.
        archive: of the log; it is only read.
        into: the new data folder, which must not exist or be empty.
        leave_running: its server stays up for this computer's administrator to look.
    """

    base: BaseBackup
    folder: Path
    secret: str | None
    archive: Path
    into: Path
    target: Target
    leave_running: bool = False

    def __repr__(self) -> str:
        return f"Job({self.base.id} into {self.into})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a recovery made.

    Attributes:
        last_transaction: when the last one that it has was committed, UTC; "" if there was none
            after the base backup.
        sessions_ended: people who were signed in then and must sign in again.
        missing: files of the log that the archive lacks, so that what came later is not in it.
        base: id of the base backup that it began with.
        unread: the file of the log that could not be read to its end though later ones are there;
            "" when there is none.
        dsn: how to connect, while its server was left running; "" when it is stopped.
    """

    data_dir: Path
    base: str
    last_transaction: str
    lsn: str
    sessions_ended: int
    missing: tuple[str, ...]
    dsn: str = ""
    unread: str = ""


def chosen(bases: Sequence[Beginning], target: Target) -> Beginning:
    """Return the newest of these base backups, newest first, that leads to the target.

    Raises:
        CodedError: there is none, or all are later than the target.
        RuleBrokenError: the target has not come yet.
    """
    if not bases:
        raise CodedError(
            NOT_REACHED,
            "There is no base backup, so there is nothing to recover from: wardctl backup base "
            "makes one. The newest dump can be restored: wardctl restore.",
        )
    if target.time is not None and target.time > datetime.now(UTC):
        raise RuleBrokenError(f"{target} has not come yet. Say a moment of the past.")
    found = next((base for base in bases if _leads_to(base, target)), None)
    if found is None:
        oldest = bases[-1]
        raise CodedError(
            NOT_REACHED,
            f"{target} is before the oldest base backup was complete, at "
            f"{oldest.finished_at:%Y-%m-%d %H:%M:%S} UTC ({oldest.stop_lsn}). Nothing earlier "
            "can be recovered from it; a dump of before may be there: wardctl backup list.",
        )
    return found


def recover(job: Job, announce: Announce = lambda _: None) -> Recovered:
    """Make a new data folder with everything up to the target, and return what is in it.

    Args:
        job: from what, whereto and how far.
        announce: is told each step as it begins.

    Raises:
        RuleBrokenError: the folder is not new.
        CodedError: something is damaged, or its key is not here, or the log does not lead to the
            target, and then the new folder stays to be looked at.
        ConfigurationError: the new server does not start.
    """
    base = job.base
    announce(f"Checking {base.file}.")
    pieces = base_backup.opened(base, job.folder, job.secret)
    server = recovery_server(job.into, major=base.major, admin=base.administrator)
    with told_when_full(job.into):
        announce("Checking the log.")
        staged = _staged(job, server)
        announce(f"Unpacking {base.file} into {job.into}, and verifying every file.")
        base_backup.unpack(pieces, job.into, base.major)
    announce(f"Replaying {len(staged.segments)} files of the log, to {job.target}.")
    replay(server, job.target, missing=staged.missing)
    found = looked_into(server, base=base.id, database=base.database)
    unread = _unread(found, staged, base) if job.target == Target() and not staged.missing else ""
    found = replace(found, missing=staged.missing, unread=unread)
    return found if job.leave_running else put_down(server, found)


def replay(
    server: RecoveryServer, target: Target, *, missing: tuple[str, ...] = (), fetch: str = ""
) -> None:
    """Replay the log, or say in plain words why it does not lead to the target.

    Args:
        server: has the unpacked base backup.
        target: how far.
        missing: files that the log is known to lack.
        fetch: brings a file of the log; "" takes it from the server's own folder.

    Raises:
        CodedError: it does not lead there.
        ConfigurationError: the server ended for another reason.
    """
    try:
        server.replay(target.settings, fetch=fetch)
    except ConfigurationError as error:
        why = server.last_error()
        if _ENDED in why:
            raise CodedError(NOT_REACHED, _too_short(server, target, missing)) from error
        if SAID_BY_SERVERS in why:
            raise CodedError(
                NO_ROOM, f"The disk of {server.data_dir} ran full. What runs was not touched."
            ) from error
        if _TOO_EARLY in why:
            raise CodedError(
                NOT_REACHED,
                f"{target} is before the base backup was complete. Choose an earlier one: --base.",
            ) from error
        raise


def looked_into(server: RecoveryServer, *, base: str, database: str) -> Recovered:
    """End the sessions of the recovered database, and return what is there.

    Raises:
        WardError: it cannot be looked into; its server is stopped.
    """
    try:
        with administrator(server.dsn("postgres")) as connection:
            [(lsn,)] = connection.execute(_END).fetchall()
            is_there = connection.execute(_IS_THERE, (database,)).fetchone() is not None
        return Recovered(
            data_dir=server.data_dir,
            base=base,
            last_transaction=server.last_transaction(),
            lsn=lsn,
            sessions_ended=end_sessions(server.dsn(database), database) if is_there else 0,
            missing=(),
            dsn=server.dsn(database),
        )
    except BaseException:
        server.stop()
        raise


def put_down(server: RecoveryServer, found: Recovered) -> Recovered:
    """Stop the recovered server and remove what lies beside its folder."""
    server.stop()
    server.remove_files()
    return replace(found, dsn="")


def _staged(job: Job, server: RecoveryServer) -> Archive:
    """Return what there is of the log, laid out for the server; nothing is left when it fails."""
    base = job.base
    try:
        _require_room(job)
        staged = wal_fetch.stage(
            job.archive,
            server.wal_dir,
            from_number=wal_archive.number_of_lsn(base.start_lsn, base.segment_bytes),
            segment_bytes=base.segment_bytes,
            key=LogKey(job.secret) if job.secret else None,
        )
    except BaseException:
        server.remove_files()
        raise
    return replace(staged, missing=(*_before(staged, base), *staged.missing))


def _unread(found: Recovered, staged: Archive, base: BaseBackup) -> str:
    """Return the file at which the replay ended though complete ones follow; "" if none do.

    The server takes what it cannot read for the end of the log, and says nothing. Only what was
    laid out for it counts: the archive has grown since.
    """
    size = base.segment_bytes
    complete = [each for each in staged.segments if not each.is_partial]
    last = max(complete, key=lambda each: (each.timeline, each.number), default=None)
    ended = wal_archive.number_of_lsn(found.lsn, size)
    if last is None or ended >= last.number:
        return ""
    return wal_archive.name_of(ended, last.timeline, size)


def _before(staged: Archive, base: BaseBackup) -> tuple[str, ...]:
    """Return the first file that follows the base backup, unless it is there or nothing is."""
    number = (wal_archive.bytes_of_lsn(base.stop_lsn) - 1) // base.segment_bytes + 1
    if staged.segments and staged.segments[0].number > number:
        return (wal_archive.name_of(number, base.timeline, base.segment_bytes),)
    return ()


def _leads_to(base: _Complete, target: Target) -> bool:
    if target.time is not None:
        return base.finished_at <= target.time
    if target.lsn:
        return wal_archive.bytes_of_lsn(base.stop_lsn) <= wal_archive.bytes_of_lsn(target.lsn)
    return True


def _require_room(job: Job) -> None:
    kept = wal_archive.archive(job.archive, segment_bytes=job.base.segment_bytes).size_bytes
    free, needed = shutil.disk_usage(job.into).free, job.base.data_bytes + 2 * kept
    if free < needed:
        raise CodedError(
            NO_ROOM,
            f"{job.into} has room for {size_text(free)}, and up to {size_text(needed)} are "
            "needed. Name a folder on a larger disk.",
        )


def _too_short(server: RecoveryServer, target: Target, missing: tuple[str, ...]) -> str:
    last = server.last_transaction()
    until = f"The last change in it is of {last}" if last else "There is no change in it"
    gap = f" {missing[0]} is missing from the archive." if missing else ""
    # the log before the base backup is not read, so a name that stands there is not found
    earlier = " Was it set before the base backup? Then choose an earlier one: --base."
    return (
        f"The archive does not reach {target}. {until}.{gap}{earlier if target.name else ''} "
        "To recover everything that it has: --latest. "
        f"Remove what was begun: wardctl restore discard {server.data_dir}."
    )
