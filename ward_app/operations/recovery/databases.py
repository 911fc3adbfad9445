"""The databases beside the ward database while it is restored, and the swap of their names.

ward_restore_test_<id>   a test restore: dropped when it is done
ward_restoring_<id>      becomes the ward database
ward_before_<time>       the ward database of before a restore: kept
ward_undone_<time>       what a rollback of a restore put aside: kept
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from ward_app.core.errors import (
    CodedError,
    ConflictError,
    DatabaseUnavailableError,
    RuleBrokenError,
)
from ward_app.core.locks import AdvisoryLock
from ward_app.operations.bootstrap import (
    administrator,
    close_to_clients,
    drop_database,
    let_roles_in,
)
from ward_app.operations.findings import Finding, Level
from ward_app.operations.recovery.properties import give, properties
from ward_app.operations.recovery_symptoms import NOT_LET_IN, RESTORE_FAILED
from ward_app.operations.sizes import size_text
from ward_app.operations.symptoms import of_error

Connection = psycopg.Connection[Any]

_UNFINISHED = ("restore_test", "restoring")
_KEPT = ("before", "undone")
# what is put behind it fits into PostgreSQL's 63 signs
_LONGEST_NAME = 34
_STAMP = "%Y%m%d_%H%M%S"
_TRIES = 3
_LOOKS_EVERY_S = 0.05
_OURS = """
SELECT datname::text, pg_database_size(oid) FROM pg_database
WHERE datname ~ %s ORDER BY datname DESC
"""
_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = ANY (%s) AND pid <> pg_backend_pid()
"""
_MAY = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
_RESTORES = """
SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = %s AND l.objsubid = 1 AND l.granted
"""
_IS_THERE = "SELECT FROM pg_database WHERE datname = %s"


@dataclass(frozen=True, slots=True)
class Kept:
    """A database that an earlier restore left, newest first."""

    name: str
    size_bytes: int


@contextmanager
def alone(admin_dsn: str) -> Iterator[Connection]:
    """Keep restores of this server out as long as it is entered; yield a connection to it.

    Raises:
        CodedError: the role may not restore.
        ConflictError: somebody else restores.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with _let_in(admin_dsn) as connection:
        locked = connection.execute("SELECT pg_try_advisory_lock(%s)", (AdvisoryLock.RESTORE,))
        if locked.fetchone() != (True,):
            raise ConflictError("Somebody else restores on this server in this moment. Wait.")
        yield connection


@contextmanager
def restoring(admin_dsn: str, database: str) -> Iterator[tuple[str, ...]]:
    """Keep other restores of this server out; yield what an interrupted one left, now dropped.

    Raises: as `alone`; and
        RuleBrokenError: the database's name is too long.
    """
    if len(database) > _LONGEST_NAME:
        raise RuleBrokenError(f"{database} is too long a name: no room for _restore_test_… in it.")
    with alone(admin_dsn) as connection:
        left = [one.name for one in _matching(connection, database, _UNFINISHED)]
        for name in left:
            drop_database(admin_dsn, name)
        yield tuple(left)


def kept(admin_dsn: str, database: str) -> list[Kept]:
    """Return the databases that earlier restores put aside, newest first of each kind."""
    with administrator(admin_dsn) as connection:
        return _matching(connection, database, _KEPT)


def unfinished(admin_dsn: str, database: str) -> list[Kept]:
    """Return the databases that interrupted restores left; none while somebody restores."""
    with administrator(admin_dsn) as connection:
        if connection.execute(_RESTORES, (AdvisoryLock.RESTORE,)).fetchone() is not None:
            return []
        return _matching(connection, database, _UNFINISHED)


def drop(admin_dsn: str, database: str, name: str) -> None:
    """Drop a database that a restore put aside or left, while nobody restores.

    Raises: as `alone`; and
        RuleBrokenError: it is none of those, or not any more.
    """
    with alone(admin_dsn) as connection:
        found = _matching(connection, database, (*_KEPT, *_UNFINISHED))
        if name not in {one.name for one in found}:
            raise RuleBrokenError(f"{name} is none that a restore kept: wardctl restore kept.")
        drop_database(admin_dsn, name)


def look(admin_dsn: str, database: str) -> Iterator[Finding]:
    """Yield for `doctor` what interrupted restores left."""
    for one in unfinished(admin_dsn, database):
        yield Finding(
            "Restore",
            Level.WARNING,
            f"An interrupted restore left {one.name} ({size_text(one.size_bytes)}): patients' "
            "data that nobody uses.",
            f"Remove it: wardctl restore discard {one.name}.",
        )


def newest_before(admin_dsn: str, database: str) -> str | None:
    """Return the name of the ward database of before the last restore, None if it is not there."""
    with administrator(admin_dsn) as connection:
        found = _matching(connection, database, ("before",))
    return found[0].name if found else None


def exists(admin_dsn: str, database: str) -> bool:
    """Whether the server has a database of that name."""
    with administrator(admin_dsn) as connection:
        return connection.execute(_IS_THERE, (database,)).fetchone() is not None


def aside(database: str, kind: str) -> str:
    """Return the name under which a database is put aside now."""
    return f"{database}_{kind}_{datetime.now(UTC):{_STAMP}}"


def beside(database: str, kind: str, source: str) -> str:
    """Return the name of the database that a backup is restored into."""
    stamp = re.search(r"[0-9]{8}_[0-9]{6}[0-9_]*", source)
    return f"{database}_{kind}_{stamp[0]}" if stamp else aside(database, kind)


def swap(admin_dsn: str, *, live: str, new: str, put_aside: str | None) -> tuple[str, ...]:
    """Let `new` become `live`, which is called `put_aside` from then on: both, or neither.

    Who is connected is cut off. A rename waits for that and lets nobody in meanwhile, so nobody
    is ever in between. What `live` had beside its contents goes with the name; stations are let
    in by that name alone.

    Returns what was not taken over, in words.

    Args:
        admin_dsn: how the administrator connects.
        live: the name that programs know.
        new: the database that takes it.
        put_aside: None when there is no database of that name.

    Raises:
        CodedError: somebody could not be cut off; nothing was changed.
    """
    again = Retrying(
        stop=stop_after_attempt(_TRIES),
        retry=retry_if_exception_type(psycopg.errors.ObjectInUse),
        reraise=True,
    )
    try:
        return again(_renamed, admin_dsn, _Names(live, new, put_aside))
    except psycopg.errors.ObjectInUse as error:
        raise CodedError(
            RESTORE_FAILED,
            f"{live} is still in use ({error.diag.message_detail}), so nothing was changed. End "
            "what holds it, and restore again.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Names:
    """The three names of a swap."""

    live: str
    new: str
    put_aside: str | None


def _renamed(admin_dsn: str, names: _Names) -> tuple[str, ...]:
    with (
        administrator(admin_dsn) as renaming,
        administrator(admin_dsn) as ending,
        ThreadPoolExecutor(1) as lane,
    ):
        done = lane.submit(_rename, renaming, names)
        while not done.done():
            ending.execute(_END, ([names.live, names.new],))
            wait({done}, timeout=_LOOKS_EVERY_S)
        return done.result()


def _rename(connection: Connection, names: _Names) -> tuple[str, ...]:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    live = sql.Identifier(names.live)
    wanted = None
    with connection.transaction():
        if names.put_aside is not None:
            wanted = properties(connection, names.live)
            connection.execute(rename.format(live, sql.Identifier(names.put_aside)))
            close_to_clients(connection, names.put_aside)
        connection.execute(rename.format(sql.Identifier(names.new), live))
        let_roles_in(connection, names.live)
        return () if wanted is None else give(connection, names.live, wanted)


@contextmanager
def _let_in(admin_dsn: str) -> Iterator[Connection]:
    try:
        with administrator(admin_dsn) as connection:
            if connection.execute(_MAY).fetchone() != (True,):
                raise CodedError(
                    NOT_LET_IN,
                    f"{connection.info.user} is no administrator of the server, and a restore "
                    "makes and renames databases.",
                )
            yield connection
    except DatabaseUnavailableError as error:
        symptom = of_error(error)
        if symptom is not None and symptom.code == "WDB-102":
            raise CodedError(NOT_LET_IN, str(error)) from error
        raise


def _matching(connection: Connection, database: str, kinds: tuple[str, ...]) -> list[Kept]:
    pattern = rf"^{re.escape(database)}_({'|'.join(kinds)})_[0-9]{{8}}_[0-9]{{6}}[0-9_]*$"
    return [Kept(*row) for row in connection.execute(_OURS, (pattern,))]
