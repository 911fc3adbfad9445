"""What is looked at before a backup begins, so that none fails half way without a need."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ward_app.core import file_lock
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.operations import migrate
from ward_app.operations.backup.moment import Moment
from ward_app.operations.backup.programs import Programs
from ward_app.operations.backup_symptoms import NO_FOLDER, NO_ROOM, OLD_PROGRAM, PLAIN_REFUSED
from ward_app.operations.installation import environment
from ward_app.operations.sizes import size_text

# a dump has no indexes: what is left and compressed is usually less than a quarter
_SHARE = {Compression.NONE: 1.0, Compression.GZIP: 0.25, Compression.ZSTD: 0.25}
_FIRST_WITH_ZSTD = 16
LOCK = "lock"


def require_folder(folder: Path) -> None:
    """Make the folder of the backups, or find that it can be written.

    Raises:
        CodedError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "logs").mkdir(exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CodedError(
            NO_FOLDER, f"The folder of the backups, {folder}, cannot be written: {error.strerror}."
        ) from error


@contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder of backups as long as it is entered; waits its turn.

    Raises:
        CodedError: its lock cannot be taken.
    """
    lock = folder / LOCK
    with ExitStack() as until_done:
        try:
            until_done.enter_context(file_lock.held(lock))
        except OSError as error:
            raise CodedError(
                NO_FOLDER, f"The lock of the backups, {lock}, cannot be taken: {error.strerror}."
            ) from error
        yield


def require_room(folder: Path, needed_bytes: float) -> None:
    """Find that the disk has room for the backup.

    Raises:
        CodedError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise CodedError(
            NO_ROOM,
            f"The backup needs about {size_text(needed_bytes)} in {folder}, and "
            f"{size_text(free)} are free. Nothing was written.",
        )


def needed_bytes(moment: Moment, compression: Compression, last_bytes: int | None) -> float:
    """Return about how large the backup will be: as the last one and some, or a guess."""
    if last_bytes is not None:
        return last_bytes * 1.2
    return moment.database_bytes * _SHARE[compression]


def require_zstd(programs: Programs, compression: Compression) -> None:
    """Find that pg_dump knows the compression.

    Raises:
        CodedError: it does not.
    """
    if compression is Compression.ZSTD and programs.major < _FIRST_WITH_ZSTD:
        raise CodedError(
            OLD_PROGRAM,
            f"zstd needs pg_dump {_FIRST_WITH_ZSTD} or newer, and here is {programs.version}. Set "
            'backup.compression = "gzip".',
        )


def require_key(moment: Moment, secret: str | None) -> None:
    """Find that patients' data would be encrypted.

    Raises:
        CodedError: they would not.
    """
    if secret is None and moment.needs_key:
        raise CodedError(
            PLAIN_REFUSED,
            f"The database {moment.database} is for {moment.environment or 'an unnamed purpose'}, "
            "and its backup would not be encrypted. Nothing was written.",
        )


def refuse_plain(dsn: str, database: str) -> None:
    """Let a copy that is not encrypted be made only of a server that is for no patients.

    Raises:
        CodedError: its ward database is for patients, or for nobody knows what.
    """
    dsn = make_conninfo(dsn, dbname=database)
    named = environment(dsn)
    if named.has_real_patients if named else migrate.status(dsn).applied:
        raise CodedError(
            PLAIN_REFUSED,
            f"The database {database} is for {named or 'an unnamed purpose'}, and a copy of "
            "its server would not be encrypted. Nothing was written.",
        )


def forget_unfinished(folder: Path, mark: str) -> None:
    """Remove what a run that was killed left behind; the caller holds the folder's lock."""
    for left in folder.glob(f"*{mark}"):
        left.unlink(missing_ok=True)
