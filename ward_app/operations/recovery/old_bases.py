"""Base backups and files of the kept log that no moment of the last days needs any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup.preflight import folder_held
from ward_app.operations.backup_symptoms import NO_FOLDER
from ward_app.operations.recovery import base_backup, wal_archive
from ward_app.operations.recovery.base_backup import BaseBackup

_NAME_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Outdated:
    """What no recovery to a moment of the last days begins with, or goes through.

    Attributes:
        bases: base backups, newest first.
        log: files of the kept log, in their order.
        first: the oldest base backup that is needed; None = none is old enough for another to go.
    """

    bases: tuple[BaseBackup, ...]
    log: tuple[Path, ...]
    first: BaseBackup | None


def outdated(folder: Path, log_folder: Path, now: datetime, retention_days: int) -> Outdated:
    """Return what may be deleted, so that every moment of the last days can still be recovered.

    The newest base backup from before those days stays, and the log from its beginning on. Where
    a folder has the copies of several servers, nothing goes: nobody knows whose the log is.

    Raises:
        CodedError: a record cannot be read.
        ConfigurationError: the log's folder may not be read.
    """
    bases = base_backup.backups(folder)
    oldest = now - timedelta(days=retention_days)
    old = [one for one in bases if one.finished_at <= oldest]
    if not old or len({one.system_identifier for one in bases}) > 1:
        return Outdated((), (), None)
    return Outdated(tuple(old[1:]), _log_before(old[0], log_folder), old[0])


def prune(
    folder: Path, log_folder: Path, secret: str | None, *, now: datetime, retention_days: int
) -> Outdated:
    """Delete what is outdated, once the oldest that stays was read through, and return it.

    Raises:
        CodedError: that one is damaged, or its key is not here, so nothing was deleted; or the
            folder cannot be written.
        ConfigurationError: the log's folder may not be read.
    """
    if not base_backup.backups(folder):
        return Outdated((), (), None)
    with folder_held(folder):
        going = outdated(folder, log_folder, now, retention_days)
        if going.first is None or not (going.bases or going.log):
            return going
        base_backup.opened(going.first, folder, secret)
        try:
            for one in going.bases:
                # the record last: what is left of it can be seen
                (folder / one.file).unlink(missing_ok=True)
                (folder / f"{one.id}.json").unlink(missing_ok=True)
            for file in going.log:
                file.unlink(missing_ok=True)
        except OSError as error:
            words = f"{error.filename} is outdated and cannot be deleted: {error.strerror}."
            raise CodedError(NO_FOLDER, words) from error
    return going


def _log_before(first: BaseBackup, folder: Path) -> tuple[Path, ...]:
    """Return the files from before a base backup; none, unless its own first file is there too.

    That one shows that it is the log of the same server.
    """
    if not folder.is_dir():
        return ()
    begins = wal_archive.number_of_lsn(first.start_lsn, first.segment_bytes)
    known = wal_archive.archive(folder, segment_bytes=first.segment_bytes)
    own = [one for one in known.segments if one.number == begins]
    if not any(one.timeline == first.timeline and not one.is_partial for one in own):
        return ()
    name = wal_archive.name_of(begins, first.timeline, first.segment_bytes)
    return tuple(
        file
        for file in sorted(folder.iterdir())
        if wal_archive.is_of_the_log(file.name)
        and wal_archive.segment_of(file.name[:_NAME_LENGTH]) is not None
        and file.name[:_NAME_LENGTH] < name
    )
