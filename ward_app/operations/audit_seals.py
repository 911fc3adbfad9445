"""Seal the audit logs: a hash over what finished transactions wrote, chained to the one before.

A seal covers the rows whose transaction began after the horizon of the seal before and is older
than every transaction that still runs. So no row is ever added to what is sealed, however late its
transaction commits, and nobody waits for a seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from ward_app.audit.rules import BEGINNING, FORMAT, rows_digest, sealed
from ward_app.audit.types import Seal, SealKind
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator

Connection = psycopg.Connection[Any]

# What is sealed of each log, column by column: format 1. JSON reads the same on every server.
LOGS = {
    "change_logs": (
        "id", "at", "xact", "era", "schema_name", "table_name", "action", "row_id", "before",
        "after", "user_id", "session_id", "database_role", "patient_id", "ward_id",
    ),
    "access_logs": (
        "id", "at", "xact", "era", "user_id", "session_id", "workstation", "patient_id", "kind",
        "reason", "valid_until", "action", "ward_id",
    ),
    "login_history": (
        "id", "at", "xact", "era", "action", "login", "user_id", "workstation", "succeeded",
        "reason", "session_id",
    ),
}  # fmt: skip

EVER = ("-infinity", "infinity")
_LINE = "jsonb_build_array({})::text"
_ROWS = """
SELECT sha256(convert_to({line}, 'UTF8')), at FROM audit.{log}
WHERE era = %s AND xact >= %s AND xact < %s AND at BETWEEN %s AND %s ORDER BY xact, id
"""
_SEALS = "SELECT {} FROM audit.seals ORDER BY k"
_HEAD = "SELECT {} FROM audit.seals ORDER BY k DESC LIMIT 1"
_ADD = "INSERT INTO audit.seals ({}) VALUES ({})"
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, clock_timestamp()"
_CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"
_ERA = "SELECT era, system_identifier FROM audit.eras ORDER BY era DESC LIMIT 1"
_NEWEST = """
SELECT coalesce(max(xact), 0), pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM (
    (SELECT xact FROM audit.change_logs WHERE era = %(era)s ORDER BY xact DESC LIMIT 1) UNION ALL
    (SELECT xact FROM audit.access_logs WHERE era = %(era)s ORDER BY xact DESC LIMIT 1) UNION ALL
    (SELECT xact FROM audit.login_history WHERE era = %(era)s ORDER BY xact DESC LIMIT 1)) newest
"""
_NEW_ERA = """
INSERT INTO audit.eras (id, era, system_identifier, reason) VALUES (%s, %s, %s, %s)
"""
_RESTORED = (
    "This database was restored: its transaction numbers are those of another server, so nothing "
    "was sealed. When the restore is done and checked: wardctl audit begin-era."
)
_FIELDS = tuple(field.name for field in fields(Seal))
_COLUMNS = sql.SQL(", ").join(sql.Identifier(name) for name in _FIELDS)


@dataclass(frozen=True, slots=True)
class SealedRows:
    """What a stretch of the logs holds: how many rows of each, from when to when, its digest."""

    counts: tuple[int, int, int]
    first_at: datetime | None
    last_at: datetime | None
    digest: bytes


@contextmanager
def sealing(admin_dsn: str, database: str, *, snapshot: bool = False) -> Iterator[Connection]:
    """Yield a connection in a transaction that reads the logs; `snapshot`: all of one moment.

    Raises:
        ConfigurationError: the schema is older than the program, or the role may not.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        if snapshot:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        try:
            with connection.transaction():
                connection.execute("SET LOCAL timezone = 'UTC'")
                yield connection
        except psycopg.errors.UniqueViolation as error:
            raise ConflictError(
                "Another seal was made in the same moment; nothing is missing."
            ) from error


def seal(admin_dsn: str, *, database: str) -> Seal | None:
    """Seal what finished since the last seal and return it, None when there is nothing new.

    Raises:
        ConfigurationError: the database was restored and no era was begun.
        ConflictError: another program sealed in the same moment.
    """
    with sealing(admin_dsn, database) as connection:
        era, system_identifier = _one(connection, _ERA)
        _require_era(connection, era, system_identifier)
        as_definer(connection)
        until_xact, now = _one(connection, _HORIZON)
        return _add_rows(connection, era, until_xact, now)


def begin_era(admin_dsn: str, reason: str, *, database: str, restored: bool = False) -> int:
    """Seal what the restored logs hold, begin a new era on this server and return its number.

    Args:
        admin_dsn: how the administrator connects.
        reason: which backup was restored, and why.
        database: which database.
        restored: it was, though to its own server, where the numbers alone do not show it.

    Raises:
        RuleBrokenError: no reason, or the database was not restored.
    """
    if not reason.strip():
        raise RuleBrokenError("Say why: --reason 'restored from the backup of …'.")
    with sealing(admin_dsn, database) as connection:
        era, system_identifier = _one(connection, _ERA)
        here = _one(connection, _CLUSTER)[0]
        newest, following = _one(connection, _NEWEST, {"era": era})
        if not restored and here == system_identifier and newest < following:
            raise RuleBrokenError("This database was not restored; its seals go on.")
        _add_rows(connection, era, newest + 1, _one(connection, _HORIZON)[1])
        for log in LOGS:
            default = sql.SQL("ALTER TABLE audit.{} ALTER COLUMN era SET DEFAULT {}")
            connection.execute(default.format(sql.Identifier(log), sql.Literal(era + 1)))
        # last, so that the log of it is the first row of the new era
        connection.execute(_NEW_ERA, (new_id(), era + 1, here, reason.strip()))
        return int(era) + 1


def seals(connection: Connection) -> list[Seal]:
    """Return every seal, by number."""
    return [_seal_of(row) for row in connection.execute(sql.SQL(_SEALS).format(_COLUMNS))]


def head(connection: Connection) -> Seal | None:
    """Return the newest seal, None before the first."""
    row = connection.execute(sql.SQL(_HEAD).format(_COLUMNS)).fetchone()
    return None if row is None else _seal_of(row)


def add_seal(connection: Connection, seal: Seal) -> Seal:
    """Give a seal its hash, keep it and return it."""
    made = sealed(seal)
    places = sql.SQL(", ").join(sql.Placeholder() for _ in _FIELDS)
    values = [value.value if isinstance(value, SealKind) else value for value in astuple(made)]
    connection.execute(sql.SQL(_ADD).format(_COLUMNS, places), values)
    return made


def sealed_rows(
    connection: Connection,
    era: int,
    from_xact: int,
    until_xact: int,
    *,
    between: tuple[object, object] = EVER,
) -> SealedRows:
    """Return what the logs hold between two transaction numbers, read in their order.

    `between`: moments that no such row lies outside of; months outside of them are not opened.
    """
    counts: list[int] = []
    times: list[datetime] = []

    def digests() -> Iterator[tuple[str, bytes]]:
        for log in LOGS:
            number = 0
            with connection.cursor(name=f"rows_of_{log}") as cursor:
                cursor.itersize = 10_000
                cursor.execute(_rows_of(log), (era, from_xact, until_xact, *between))
                for digest, at in cursor:
                    number += 1
                    times[:] = (min(times[0], at), max(times[1], at)) if times else (at, at)
                    yield log, digest
            counts.append(number)

    digest = rows_digest(digests())
    first_at, last_at = times or (None, None)
    return SealedRows((counts[0], counts[1], counts[2]), first_at, last_at, digest)


def line_of(log: str) -> sql.Composed:
    """Return the expression of the text of a row that is sealed."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in LOGS[log])
    return sql.SQL(_LINE).format(columns)


def as_definer(connection: Connection) -> None:
    """Go on, until the end of the transaction, as the role that may read the logs and seal."""
    connection.execute("SET LOCAL ROLE ward_definer")


def _add_rows(connection: Connection, era: int, until_xact: int, now: datetime) -> Seal | None:
    before = head(connection)
    from_xact = before.until_xact if before and before.era == era else 0
    found = sealed_rows(connection, era, from_xact, until_xact)
    if found.first_at is None or found.last_at is None:
        return None
    changes, accesses, logins = found.counts
    made = Seal(
        k=before.k + 1 if before else 1,
        format=FORMAT,
        era=era,
        kind=SealKind.ROWS,
        from_xact=from_xact,
        until_xact=until_xact,
        changes=changes,
        accesses=accesses,
        logins=logins,
        first_at=found.first_at,
        last_at=found.last_at,
        cut_k=None,
        digest=found.digest,
        previous=before.hash if before else BEGINNING,
        hash=b"",
        sealed_at=now,
    )
    return add_seal(connection, made)


def _require_era(connection: Connection, era: int, system_identifier: str) -> None:
    """Refuse to seal with transaction numbers that are not those of the rows."""
    newest, following = _one(connection, _NEWEST, {"era": era})
    if _one(connection, _CLUSTER)[0] != system_identifier or newest >= following:
        raise ConfigurationError(_RESTORED)


def _rows_of(log: str) -> sql.Composed:
    return sql.SQL(_ROWS).format(line=line_of(log), log=sql.Identifier(log))


def _one(connection: Connection, statement: str, values: Any = ()) -> tuple[Any, ...]:
    row = connection.execute(statement, values).fetchone()
    if row is None:
        raise ConfigurationError("The audit logs have no era: wardctl migrate run.")
    return tuple(row)


def _seal_of(row: tuple[Any, ...]) -> Seal:
    values = dict(zip(_FIELDS, row, strict=True))
    values["kind"] = SealKind(values["kind"])
    return Seal(**values)
