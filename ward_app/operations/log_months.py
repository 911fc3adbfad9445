"""The months of the audit logs: made ahead, counted, and dropped when they are empty and over.

Only the owner of the logs makes or drops a month. What comes for a month that was not made lands
in the rest of its log, where it is as safe as in a month of its own, and moves there later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from ward_app.core.errors import ConfigurationError, ConflictError
from ward_app.operations.audit_retention import retention
from ward_app.operations.bootstrap import administrator
from ward_app.operations.findings import Finding, Level

AHEAD = 3
PATIENCE = "10s"
# partitioning it makes reading a chart slower, and deleting nothing is its point: docs/adr
MANY_SETS = 20_000_000
CODE = "WDB-306"

Connection = psycopg.Connection[Any]

_LOGS = ("change_logs", "access_logs")
_STATE = """
SELECT l.log, audit.months_end(l.log), count(i.inhrelid)::int,
    (SELECT c.reltuples::bigint FROM pg_class c WHERE c.oid = 'report.vital_signs'::regclass),
    date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
FROM unnest(%s::text[]) l (log)
LEFT JOIN pg_inherits i ON i.inhparent = ('audit.' || l.log)::regclass
GROUP BY l.log ORDER BY l.log DESC
"""
# as one whom row security lets see every row: the owner would see none and take it for empty
_IN_REST = "SELECT count(*) FROM audit.{log} WHERE tableoid = %s::regclass"
_ADD = "SELECT audit.add_months(%s)"
_OVER = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = ('audit.' || %s)::regclass
  AND substring(pg_get_expr(c.relpartbound, c.oid) FROM $q$TO \\('([^']+)'\\)$q$)::timestamptz
      <= %s
ORDER BY c.relname
"""
_IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM audit.{log} WHERE tableoid = %s::regclass)"


@dataclass(frozen=True, slots=True)
class LogMonths:
    """The parts of one log.

    Attributes:
        end: from here on there is no month; aware.
        ahead: months that are made after this one; negative: this one is missing.
        parts: how many there are, with the rest.
        in_rest: rows for which no month was made.
    """

    log: str
    end: datetime
    ahead: int
    parts: int
    in_rest: int


@dataclass(frozen=True, slots=True)
class Months:
    """The parts of the logs, and how many sets of observations there are, about."""

    logs: tuple[LogMonths, ...]
    sets: int


def months(connection: Connection) -> Months:
    """Return how far the logs have months.

    Args:
        connection: of the administrator or a member of `ward_definer`, in autocommit mode.
    """
    with connection.transaction():
        connection.execute("SET LOCAL timezone = 'UTC'")
        found = connection.execute(_STATE, (list(_LOGS),)).fetchall()
        connection.execute("SET LOCAL ROLE ward_definer")
        logs = [
            LogMonths(
                log, end, _months_between(this_month, end) - 1, parts, _rest(connection, log)
            )
            for log, end, parts, _, this_month in found
        ]
    return Months(tuple(logs), max(0, found[0][3]))


def add_months(admin_dsn: str, *, database: str, ahead: int = AHEAD) -> tuple[str, ...]:
    """Make the months that are missing up to so many after this one, and return their names.

    What waits in the rest for one of them moves there; nobody reads or writes meanwhile.

    Raises:
        ConflictError: a log stayed in use for ten seconds; nothing was changed.
        ConfigurationError: the role may not, or the schema is older than the program.
    """
    with _owning(admin_dsn, database) as connection:
        made = connection.execute(_ADD, (ahead,)).fetchall()
    return tuple(name for (name,) in made)


def drop_emptied(admin_dsn: str, *, database: str) -> tuple[str, ...]:
    """Drop the months that the trail need not keep and that hold nothing; return their names.

    They were emptied by `audit_retention.remove`, which archives first. What holds a row stays.

    Raises: as `add_months`.
    """
    before = retention(admin_dsn, database=database).before
    dropped: list[str] = []
    with _owning(admin_dsn, database) as connection:
        connection.execute("SELECT audit.show_recent_openings()")  # it names none that is over
        for log in _LOGS:
            over = connection.execute(_OVER, (log, before)).fetchall()
            dropped += [part for (part,) in over if _drop_if_empty(connection, log, part)]
    return tuple(dropped)


@contextmanager
def _owning(admin_dsn: str, database: str) -> Iterator[Connection]:
    """Yield a connection in a transaction of the owner of the logs, who waits ten seconds."""
    with administrator(admin_dsn, database) as connection:
        try:
            with connection.transaction():
                connection.execute("SELECT set_config('lock_timeout', %s, true)", (PATIENCE,))
                connection.execute("SET LOCAL ROLE ward_owner")
                yield connection
        except psycopg.errors.LockNotAvailable as error:
            raise ConflictError(
                "The logs were in use for ten seconds, so no month was made or dropped. "
                "Try again when fewer people are signed in."
            ) from error
        except psycopg.errors.DatetimeFieldOverflow as error:
            raise ConfigurationError(
                "The clock of the server is years ahead of the newest month of the logs, so no "
                "month was made. Set it right first."
            ) from error


def look(connection: Connection) -> Iterator[Finding]:
    """Yield for `doctor` whether every log has its months, and whether the charts grow large."""
    row = connection.execute("SELECT to_regproc('audit.months_end')").fetchone()
    if row is None or row[0] is None:
        return  # an older schema, which is told elsewhere
    found = months(connection)
    for log in found.logs:
        if log.in_rest or log.ahead < 1:
            yield Finding("Months of the logs", Level.WARNING, _trouble(log), _REMEDY, CODE)
    if all(log.in_rest == 0 and log.ahead >= 1 for log in found.logs):
        ahead = min(log.ahead for log in found.logs)
        yield Finding("Months of the logs", Level.GOOD, f"{ahead} are made ahead.")
    if found.sets > MANY_SETS:
        yield Finding(
            "Size of the charts",
            Level.INFO,
            f"There are about {found.sets:,} sets of observations.",
            "Ask whether they should be kept by year: docs/adr/partitions.md.",
        )


_REMEDY = "Run: wardctl maintenance partitions; then see that it runs by itself."


def _trouble(log: LogMonths) -> str:
    if log.in_rest:
        rows = "1 row" if log.in_rest == 1 else f"{log.in_rest} rows"
        return f"{rows} of {log.log} came for a month that was not made."
    return f"{log.log} has no month from {log.end:%d-%b-%Y} on."


def _months_between(first: datetime, last: datetime) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _rest(connection: Connection, log: str) -> int:
    statement = sql.SQL(_IN_REST).format(log=sql.Identifier(log))
    row = connection.execute(statement, (f"audit.{log}_rest",)).fetchone()
    return int(row[0]) if row else 0


def _drop_if_empty(connection: Connection, log: str, part: str) -> bool:
    name = sql.Identifier("audit", part)
    connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
    connection.execute("SET LOCAL ROLE ward_definer")
    statement = sql.SQL(_IS_EMPTY).format(log=sql.Identifier(log))
    row = connection.execute(statement, (f"audit.{part}",)).fetchone()
    connection.execute("SET LOCAL ROLE ward_owner")
    if row is None or not row[0]:
        return False
    connection.execute(sql.SQL("DROP TABLE {}").format(name))
    return True
