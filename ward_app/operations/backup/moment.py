"""The moment a backup shows: an exported snapshot, and what the database holds in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from ward_app.core.environment import Environment
from ward_app.core.errors import CodedError
from ward_app.operations import audit_seals
from ward_app.operations.backup import lock_wait
from ward_app.operations.backup.manifest import SealHead
from ward_app.operations.backup_symptoms import NO_SERVER, NOT_LET_IN
from ward_app.operations.symptoms import of_error

# it reads every row despite row security
ROLE = "ward_backup"
# nothing may end the transaction that keeps the snapshot while pg_dump works with it
_UNDISTURBED = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL lock_timeout = '10min'",
    f"SET LOCAL ROLE {ROLE}",
    # without its right to read everything this fails, instead of leaving rows out
    "SET LOCAL row_security = off",
)
_FACTS = """
SELECT pg_export_snapshot(), current_database()::text,
    current_setting('server_version_num')::int, pg_database_size(current_database()),
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text,
    (SELECT system_identifier::text FROM pg_control_system()),
    to_regclass('public.alembic_version') IS NOT NULL,
    to_regclass('public.installation') IS NOT NULL,
    to_regclass('audit.seals') IS NOT NULL
"""  # noqa: E501 - one expression
_TABLES = """
SELECT n.nspname::text, c.relname::text FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a database holds in one snapshot.

    Attributes:
        snapshot: its name, for `pg_dump --snapshot`.
        environment, revision, seal: None where the database does not have them.
        tables: rows by table.
    """

    snapshot: str
    database: str
    server_number: int
    server_version: str
    database_bytes: int
    lsn: str
    system_identifier: str
    environment: str | None
    revision: str | None
    seal: SealHead | None
    tables: dict[str, int]

    @property
    def needs_key(self) -> bool:
        """Whether there may be patients in it, as where nobody says what it is for."""
        if self.environment is None:
            return any(self.tables.values())
        return Environment(self.environment).has_real_patients


@contextmanager
def exported(dsn: str) -> Iterator[Moment]:
    """Yield the present moment; its snapshot is there until the end.

    Raises:
        CodedError: the server is not reached, the role may not read everything, or somebody
            locks a table.
    """
    with _connected(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        try:
            made = _looked_at(connection)
        except psycopg.errors.LockNotAvailable as error:
            raise lock_wait.refusal(dsn) from error
        except psycopg.Error as error:
            raise _refused(error) from error
        yield made


def _looked_at(connection: psycopg.Connection[Any]) -> Moment:
    for statement in _UNDISTURBED:
        connection.execute(statement)
    facts = connection.execute(_FACTS).fetchone()
    assert facts is not None  # noqa: S101 - it selects from nothing
    snapshot, database, number, size, lsn, system, has_revision, has_purpose, has_seals = facts
    revision = "SELECT version_num FROM public.alembic_version"
    purpose = "SELECT environment FROM public.installation"
    return Moment(
        snapshot=snapshot,
        database=database,
        server_number=number,
        server_version=connection.info.parameter_status("server_version") or "",
        database_bytes=size,
        lsn=lsn,
        system_identifier=system,
        environment=_value(connection, purpose) if has_purpose else None,
        revision=_value(connection, revision) if has_revision else None,
        seal=_seal(connection) if has_seals else None,
        tables=_counted(connection),
    )


def _counted(connection: psycopg.Connection[Any]) -> dict[str, int]:
    count = sql.SQL("SELECT count(*) FROM ONLY {}")
    return {
        f"{schema}.{name}": int(
            _value(connection, count.format(sql.Identifier(schema, name))) or "0"
        )
        for schema, name in connection.execute(_TABLES).fetchall()
    }


def _seal(connection: psycopg.Connection[Any]) -> SealHead | None:
    found = audit_seals.head(connection)
    return SealHead(k=found.k, era=found.era, hash=found.hash.hex()) if found else None


def _value(connection: psycopg.Connection[Any], statement: str | sql.Composed) -> str | None:
    row = connection.execute(statement).fetchone()
    return None if row is None else str(row[0])


@contextmanager
def _connected(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(dsn)
    except psycopg.OperationalError as error:
        raise _refused(error) from error
    with connection:
        yield connection


def _refused(error: psycopg.Error) -> CodedError:
    symptom = of_error(error)
    is_shut_out = isinstance(error, psycopg.errors.InsufficientPrivilege)
    is_shut_out |= isinstance(error, psycopg.errors.InvalidParameterValue)  # no such role
    said = str(error).strip().splitlines()[0]
    if is_shut_out or (symptom is not None and symptom.code == "WDB-102"):
        return CodedError(NOT_LET_IN, f"The role of the backup is not let in: {said}")
    return CodedError(NO_SERVER, f"The server of the backup does not answer: {said}")
