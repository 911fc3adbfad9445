"""A migration tried out on a copy: the fresh backup, restored on another server, up, down, up.

Each way must lead to the schema that was there before: who goes back must be able to rely on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import ConflictError
from ward_app.core.locks import AdvisoryLock
from ward_app.operations import migrate
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.bootstrap import administrator, drop_database
from ward_app.operations.recovery.load import load
from ward_app.operations.recovery.source import source
from ward_app.operations.schema_text import first_difference, schema_lines

Tell = Callable[[str], None]
Connection = psycopg.Connection[Any]

_PREFIX = "ward_rehearsal_"
_LEFT = """
SELECT datname::text, pg_database_size(oid) FROM pg_database WHERE datname ~ %s ORDER BY datname
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """What was done, and how many seconds it took."""

    what: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Where a migration is tried out, and on what.

    Attributes:
        server: how an administrator of the other server connects; its database does not matter.
        folder: of the backup.
        backup: the one to try it on.
        secret: of the backup, None where it is not encrypted.
    """

    server: str
    folder: Path
    backup: Manifest
    secret: str | None

    def __repr__(self) -> str:
        return f"Rehearsal(with {self.backup.id})"


@dataclass(frozen=True, slots=True)
class LeftCopy:
    """A database that a rehearsal that was killed left: patients' data that nobody uses."""

    name: str
    size_bytes: int


def left_copies(server: str) -> tuple[LeftCopy, ...]:
    """Return what killed rehearsals left on a server.

    Raises:
        ConflictError: one runs there.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with _nobody_rehearsing(server) as connection:
        return _left(connection)


def drop_left_copies(server: str) -> tuple[LeftCopy, ...]:
    """Drop it, and return what was there.

    Raises: as `left_copies`.
    """
    with _nobody_rehearsing(server) as connection:
        found = _left(connection)
        for one in found:
            drop_database(server, one.name)
    return found


def rehearse(rehearsal: Rehearsal, tell: Tell) -> tuple[Timing, ...]:
    """Restore the backup there, migrate up, down and up, drop it again; return what took how long.

    Raises:
        WardError: it failed there, or down or up again led to another schema; the copy is dropped
            all the same.
    """
    timings: list[Timing] = []
    with _rehearsing(rehearsal.server), _copy(rehearsal, timings, tell) as copy:
        below, old = migrate.status(copy).current, schema_lines(copy)
        _timed("migrating up", lambda: migrate.upgrade(copy), timings, tell)
        new = schema_lines(copy)
        _timed("migrating down", lambda: migrate.downgrade(copy, below), timings, tell)
        _require_same(old, schema_lines(copy), "Going down")
        _timed("migrating up again", lambda: migrate.upgrade(copy), timings, tell)
        _require_same(new, schema_lines(copy), "Going up again")
    return tuple(timings)


@contextmanager
def _rehearsing(server: str) -> Iterator[None]:
    """Keep others from taking the copy for one that was left."""
    with administrator(server) as connection:
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (AdvisoryLock.REHEARSAL,))
        yield


@contextmanager
def _nobody_rehearsing(server: str) -> Iterator[Connection]:
    with administrator(server) as connection:
        asked = connection.execute("SELECT pg_try_advisory_lock(%s)", (AdvisoryLock.REHEARSAL,))
        if asked.fetchone() != (True,):
            raise ConflictError(
                "A migration is rehearsed on that server, or somebody tidies it, in this moment. "
                "Nothing was dropped; wait until that is done."
            )
        yield connection


def _left(connection: Connection) -> tuple[LeftCopy, ...]:
    pattern = f"^{_PREFIX}[0-9a-f]{{12}}$"
    return tuple(LeftCopy(*row) for row in connection.execute(_LEFT, (pattern,)))


def _require_same(before: list[str], after: list[str], way: str) -> None:
    difference = first_difference(before, after)
    if difference:
        raise ConflictError(f"{way} led to another schema than before ({difference}).")


@contextmanager
def _copy(rehearsal: Rehearsal, timings: list[Timing], tell: Tell) -> Iterator[str]:
    """Yield how to connect to a copy of the backup's database, which nobody else is let into."""
    name = f"{_PREFIX}{uuid4().hex[:12]}"
    try:
        _timed("restoring the copy", lambda: _restore(rehearsal, name), timings, tell)
        yield make_conninfo(rehearsal.server, dbname=name)
    finally:
        drop_database(rehearsal.server, name)


def _timed(what: str, work: Callable[[], object], timings: list[Timing], tell: Tell) -> None:
    began = monotonic()
    work()
    timings.append(Timing(what, round(monotonic() - began, 1)))
    tell(f"rehearsed: {what}, {timings[-1].duration_s:.1f} s")


def _restore(rehearsal: Rehearsal, name: str) -> None:
    """Restore the backup into a new database there.

    Raises:
        CodedError: it is not good, or could not be restored.
    """
    what = source(rehearsal.backup.id, rehearsal.folder, rehearsal.secret)
    with RunLog(rehearsal.folder / "logs" / f"{name}.log") as log:
        load(what, rehearsal.server, name, log=log)
