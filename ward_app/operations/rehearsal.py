"""A migration tried out on a copy: the fresh backup, restored on another server, up, down, up."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from uuid import uuid4

from psycopg import sql
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import WardError
from ward_app.operations import migrate
from ward_app.operations.backup.container import content
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.programs import environment
from ward_app.operations.backup.verify import keys_given, programs_of
from ward_app.operations.bootstrap import (
    CONNECTING_ROLES,
    administrator,
    drop_database,
    initialise,
)

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
        WardError: it failed there; the copy is dropped all the same.
    """
    timings: list[Timing] = []
    with _copy(rehearsal, timings, tell) as copy:
        below = migrate.status(copy).current
        for what, work in (
            ("up", lambda: migrate.upgrade(copy)),
            ("down", lambda: migrate.downgrade(copy, below)),
            ("up again", lambda: migrate.upgrade(copy)),
        ):
            _timed(f"migrating {what}", work, timings, tell)
    return tuple(timings)


@contextmanager
def _copy(rehearsal: Rehearsal, timings: list[Timing], tell: Tell) -> Iterator[str]:
    """Yield how to connect to a copy of the backup's database, which nobody else is let into."""
    name = f"ward_rehearsal_{uuid4().hex[:12]}"
    initialise(rehearsal.server, name)
    try:
        _close(rehearsal.server, name)
        copy = make_conninfo(rehearsal.server, dbname=name)
        _timed("restoring the copy", lambda: _restore(rehearsal, copy), timings, tell)
        yield copy
    finally:
        drop_database(rehearsal.server, name)


def _timed(what: str, work: Callable[[], object], timings: list[Timing], tell: Tell) -> None:
    began = monotonic()
    work()
    timings.append(Timing(what, round(monotonic() - began, 1)))
    tell(f"rehearsed: {what}, {timings[-1].duration_s:.1f} s")


def _close(server: str, name: str) -> None:
    """Let nobody but administrators into a copy of everything that is known of patients."""
    close = sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}")
    with administrator(server) as connection:
        for role in CONNECTING_ROLES:
            connection.execute(close.format(sql.Identifier(name), sql.Identifier(role)))


def _restore(rehearsal: Rehearsal, copy: str) -> None:
    """Restore the backup, which is never on the disk decrypted.

    Raises:
        WardError: pg_restore did not manage.
    """
    told = rehearsal.backup
    keys = keys_given(told, rehearsal.secret)
    command = [programs_of(told).path("pg_restore"), "--exit-on-error", f"--dbname={copy}"]
    with tempfile.TemporaryFile() as complaints:
        restorer = subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=complaints, env=environment()
        )
        assert restorer.stdin is not None  # noqa: S101 - a pipe was asked for
        # it says itself why it did not listen to the end
        with suppress(BrokenPipeError), restorer.stdin:
            for piece in content(rehearsal.folder / told.file, keys, told.sums):
                restorer.stdin.write(piece)
        if restorer.wait():
            complaints.seek(0)
            first = complaints.read().decode(errors="replace").partition("\n")[0]
            raise WardError(f"The backup could not be restored for the rehearsal: {first}")
