"""A migration tried out on a copy: the fresh backup, restored on another server, up, down, up.

Each way must lead to the schema that was there before: who goes back must be able to rely on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from uuid import uuid4

from psycopg.conninfo import make_conninfo

from ward_app.core.errors import ConflictError
from ward_app.operations import migrate
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.bootstrap import drop_database
from ward_app.operations.recovery.load import load
from ward_app.operations.recovery.source import source
from ward_app.operations.schema_text import first_difference, schema_lines

Tell = Callable[[str], None]


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


def rehearse(rehearsal: Rehearsal, tell: Tell) -> tuple[Timing, ...]:
    """Restore the backup there, migrate up, down and up, drop it again; return what took how long.

    Raises:
        WardError: it failed there, or down or up again led to another schema; the copy is dropped
            all the same.
    """
    timings: list[Timing] = []
    with _copy(rehearsal, timings, tell) as copy:
        below, old = migrate.status(copy).current, schema_lines(copy)
        _timed("migrating up", lambda: migrate.upgrade(copy), timings, tell)
        new = schema_lines(copy)
        _timed("migrating down", lambda: migrate.downgrade(copy, below), timings, tell)
        _require_same(old, schema_lines(copy), "Going down")
        _timed("migrating up again", lambda: migrate.upgrade(copy), timings, tell)
        _require_same(new, schema_lines(copy), "Going up again")
    return tuple(timings)


def _require_same(before: list[str], after: list[str], way: str) -> None:
    difference = first_difference(before, after)
    if difference:
        raise ConflictError(f"{way} led to another schema than before ({difference}).")


@contextmanager
def _copy(rehearsal: Rehearsal, timings: list[Timing], tell: Tell) -> Iterator[str]:
    """Yield how to connect to a copy of the backup's database, which nobody else is let into."""
    name = f"ward_rehearsal_{uuid4().hex[:12]}"
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
