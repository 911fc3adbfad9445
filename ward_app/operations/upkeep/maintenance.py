"""Tidying tables by hand: statistics brought up to date, dead rows taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

from psycopg import Connection, errors, sql

from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.operations.bootstrap import administrator
from ward_app.operations.metadata import SCHEMAS

_LOCK_WAIT_S = 10
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY pg_total_relation_size(c.oid) DESC, 1, 2
"""
_SIZE = "SELECT pg_total_relation_size(format('%%I.%%I', %s::text, %s::text)::regclass)"


class Work(StrEnum):
    """What is done to a table, as the server calls it."""

    ANALYZE = "ANALYZE"
    VACUUM = "VACUUM (ANALYZE)"
    FULL = "VACUUM (FULL, ANALYZE)"


@dataclass(frozen=True, slots=True)
class Tidied:
    """One table: how long it took, and its bytes before and after, with indexes."""

    table: str
    seconds: float
    bytes_before: int
    bytes_after: int


def tidy(
    admin_dsn: str,
    work: Work,
    table: str | None = None,
    *,
    database: str,
    done: Callable[[Tidied], object] = lambda _: None,
) -> list[Tidied]:
    """Do the work on one table or on all of ours, the largest first, and return what it came to.

    Args:
        admin_dsn: how the server's administrator connects.
        work: FULL needs a table: it locks it, for reading too, until it is done.
        table: as "report.vital_signs"; None = every one.
        database: the ward database.
        done: called after each table.

    Raises:
        RuleBrokenError: there is no such table, or FULL names none.
        ConflictError: somebody uses the table that FULL would lock; nothing was changed.
    """
    if work is Work.FULL and table is None:
        raise RuleBrokenError("Say which table: --table report.vital_signs.")
    finished = []
    with administrator(admin_dsn, database) as connection:
        for schema, name in _chosen(connection, table):
            finished.append(_tidied(connection, work, schema, name))
            done(finished[-1])
    return finished


def _chosen(connection: Connection[Any], table: str | None) -> list[tuple[str, str]]:
    there = [(schema, name) for schema, name in connection.execute(_TABLES, (list(SCHEMAS),))]
    found = [one for one in there if table in {None, ".".join(one)}]
    if not found:
        raise RuleBrokenError(
            f"There is no table {table} of the program. Name one as report.vital_signs."
        )
    return found


def _tidied(connection: Connection[Any], work: Work, schema: str, name: str) -> Tidied:
    before, began = _size(connection, schema, name), monotonic()
    # a report that holds the table must not make everybody after it wait too
    connection.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
    statement = sql.SQL("{} {}").format(sql.SQL(work), sql.Identifier(schema, name))
    try:
        connection.execute(statement)
    except errors.LockNotAvailable as error:
        raise ConflictError(
            f"{schema}.{name} is in use: it could not be locked within {_LOCK_WAIT_S} s. "
            "Nothing was changed. Who holds it: wardctl activity list."
        ) from error
    took = monotonic() - began
    return Tidied(f"{schema}.{name}", took, before, _size(connection, schema, name))


def _size(connection: Connection[Any], schema: str, name: str) -> int:
    row = connection.execute(_SIZE, (schema, name)).fetchone()
    return 0 if row is None else int(row[0])
