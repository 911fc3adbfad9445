"""Load a dump into a new database, with PostgreSQL's own programs.

`pg_restore` works with two jobs, for which it must find its place in the file: what was encrypted
is opened into a file without a name, which is gone with the process however that ends.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from psycopg import Connection
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.core.progress import Report, silent
from ward_app.operations.backup.programs import Programs, environment, programs_for
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.bootstrap import administrator, initialise
from ward_app.operations.recovery.full_disk import SAID_BY_SERVERS
from ward_app.operations.recovery.source import Kind, Source
from ward_app.operations.recovery_symptoms import NO_ROOM, RESTORE_FAILED

_JOBS = 2
# thousands of small statements need not each wait for the disk: the first that does so afterwards,
# at the latest the swap of names, has all of them on it
_WITHOUT_WAITING = "-c synchronous_commit=off"
_CONNECT = b"\n\\connect"
_LEAVES = re.compile(rb"\n\\(connect|c\s)")
_LOOKS_EVERY_S = 0.5
_SIZE = "SELECT pg_database_size(%s)"


def load(
    source: Source, admin_dsn: str, name: str, *, log: RunLog, report: Report = silent
) -> None:
    """Load the dump into a new database that no station is let into, with the planner's figures.

    Args:
        source: the dump.
        admin_dsn: how the administrator connects.
        name: of the database to make.
        log: takes what PostgreSQL's programs complain of.
        report: is told how far it is.

    Raises:
        CodedError: it could not be loaded; the half loaded database is there.
        DatabaseUnavailableError: the server cannot be reached.
    """
    initialise(admin_dsn, name, is_copy=True)
    _fill(source, admin_dsn, name, log=log, report=report)


def _fill(source: Source, admin_dsn: str, name: str, *, log: RunLog, report: Report) -> None:
    dsn = make_conninfo(admin_dsn, dbname=name)
    with administrator(admin_dsn) as connection:
        programs = programs_for(_newest(connection, source))
        expected = source.told.database_bytes if source.told else None
        if source.kind is Kind.CUSTOM:
            with _seekable(source) as (path, handles):
                command = [
                    programs.path("pg_restore"), f"--dbname={dsn}", "--exit-on-error",
                    "--no-password", f"--jobs={_JOBS}", path,
                ]  # fmt: skip
                _run(command, log, lambda: report(_size(connection, name), expected), handles)
        else:
            _load_sql(source, programs, dsn, log)
    with administrator(admin_dsn, name) as inside:
        inside.execute("ANALYZE")


def _load_sql(source: Source, programs: Programs, dsn: str, log: RunLog) -> None:
    command = [
        programs.path("psql"), f"--dbname={dsn}", "--no-psqlrc", "--quiet", "--no-password",
        "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=log.file, env=environment()
    ) as reader:
        assert reader.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            for piece in _of_one_database(source.pieces()):
                reader.stdin.write(piece)
            reader.stdin.close()
        except BrokenPipeError:
            pass  # its exit status tells
        except BaseException:
            # without the end of its input it must not commit what it has
            reader.kill()
            raise
    _require_done(command, reader.returncode, log)


def _of_one_database(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield SQL that stays in the database it is given.

    Raises:
        RuleBrokenError: it goes to another one, perhaps the one in use.
    """
    before = b"\n"
    for piece in pieces:
        if _LEAVES.search(before + piece):
            raise RuleBrokenError(
                "This dump names the database it wants to go to (pg_dump --create), which would "
                "change that one. Make it without --create."
            )
        before = piece[-len(_CONNECT) :]
        yield piece


def _run(
    command: list[str], log: RunLog, done: Callable[[], None], pass_fds: tuple[int, ...]
) -> None:
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log.file,
        env={**environment(), "PGOPTIONS": _WITHOUT_WAITING},
        pass_fds=pass_fds,
    )
    try:
        while True:
            try:
                program.wait(_LOOKS_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                done()
    except BaseException:
        program.kill()
        program.wait()
        raise
    _require_done(command, program.returncode, log)


def _require_done(command: list[str], status: int, log: RunLog) -> None:
    if status:
        raise CodedError(
            NO_ROOM if log.has(SAID_BY_SERVERS) else RESTORE_FAILED,
            f"{Path(command[0]).name} failed: {log.last_words()} The log is {log.path}.",
        )


@contextmanager
def _seekable(source: Source) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a path to the dump as pg_restore reads it, and what it must inherit for that."""
    if source.keys is None:
        yield str(source.path), ()
        return
    with tempfile.TemporaryFile(dir=source.path.parent) as opened:
        for piece in source.pieces():
            opened.write(piece)
        opened.flush()
        yield _path_of(opened), (opened.fileno(),)


def _path_of(file: IO[bytes]) -> str:
    by_number = Path("/proc/self/fd")
    return str(by_number / str(file.fileno())) if by_number.is_dir() else file.name


def _newest(connection: Connection[Any], source: Source) -> int:
    """Return of which version programs must be: as new as the server, and as what wrote it."""
    wrote = int(source.told.dump_version.split(".")[0]) if source.told else 0
    return max(connection.info.server_version // 10_000, wrote)


def _size(connection: Connection[Any], name: str) -> int:
    row = connection.execute(_SIZE, (name,)).fetchone()
    return int(row[0]) if row else 0
