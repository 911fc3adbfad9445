"""Recovery to a moment from pgBackRest's repository: into a new data folder, as ever."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations import accounts
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup.pgbackrest import Copy, Stanza
from ward_app.operations.backup_symptoms import ENGINE_FAILED
from ward_app.operations.recovery import point_in_time
from ward_app.operations.recovery.point_in_time import Announce, Recovered, Target
from ward_app.operations.recovery.recovery_server import (
    RecoveryServer,
    recovery_server,
    tablespaces_beside,
)
from ward_app.operations.recovery.wal_archive import number_of_lsn, segment_of
from ward_app.operations.recovery_symptoms import NO_ROOM
from ward_app.operations.sizes import size_text

# the log comes file by file; a server keeps about so much of it (max_wal_size)
_LOG_BYTES = 1024**3
_PACKAGED_ADMINISTRATOR = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A recovery to be done.

    Attributes:
        copy: that it begins with.
        into: the new data folder, which must not exist or be empty.
        database: the ward database, where the copy does not say.
        leave_running: its server stays up for this computer's administrator to look.
    """

    stanza: Stanza
    copy: Copy
    into: Path
    target: Target
    database: str
    leave_running: bool = False


def recover(job: Job, announce: Announce = lambda _: None) -> Recovered:
    """Make a new data folder with everything up to the target, and return what is in it.

    Raises:
        RuleBrokenError: the folder is not new.
        CodedError: something is damaged, or the log does not lead to the target; the new folder
            stays to be looked at.
        ConfigurationError: the new server does not start.
    """
    copy = job.copy
    if not copy.major:
        raise CodedError(
            ENGINE_FAILED, f"The repository has forgotten of which server {copy.id} is."
        )
    _require_room(job)
    server = recovery_server(
        job.into, major=copy.major, admin=copy.administrator or _PACKAGED_ADMINISTRATOR
    )
    announce(f"Restoring {copy.id} into {job.into}, and comparing every checksum.")
    _restore(job, server)
    announce(f"Replaying the log, to {job.target}.")
    last_log = pgbackrest.repository(job.stanza).last_log
    point_in_time.replay(server, job.target, fetch=_fetch(job))
    database = copy.database or job.database
    found = point_in_time.looked_into(server, base=copy.id, database=database)
    if job.target == Target():
        found = replace(found, missing=_missing(found.lsn, last_log))
    return found if job.leave_running else point_in_time.put_down(server, found)


def _require_room(job: Job) -> None:
    there = next(folder for folder in (job.into, *job.into.parents) if folder.exists())
    free, needed = shutil.disk_usage(there).free, job.copy.data_bytes + _LOG_BYTES
    if free < needed:
        raise CodedError(
            NO_ROOM,
            f"{there} has room for {size_text(free)}, and up to {size_text(needed)} are needed. "
            "Name a folder on a larger disk.",
        )


def _restore(job: Job, server: RecoveryServer) -> None:
    """Have the copy put into the new folder, tablespaces too: never where the old ones are."""
    accounts.private_folder(job.into, server.account)
    pgbackrest.said_by(
        job.stanza,
        f"--set={job.copy.id}",
        f"--pg1-path={job.into}",
        f"--tablespace-map-all={tablespaces_beside(job.into)}",
        # the target is the recovery server's business, and the old server's settings stay
        "--type=none",
        "restore",
    )


def _fetch(job: Job) -> str:
    """Return what brings a file of the log; it leaves the living server's queue alone."""
    words = job.stanza.words(f"--pg1-path={job.into}", "--no-archive-async", "archive-get")
    return f'{shlex.join(words)} %f "%p"'


def _missing(lsn: str, last_log: str) -> tuple[str, ...]:
    """Return the file at which a recovery of everything ended too early; none if it did not."""
    last = segment_of(last_log)
    if last is None or last.number <= number_of_lsn(lsn):
        return ()
    return (f"A file of the log before {last_log}",)
