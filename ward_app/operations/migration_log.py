"""The log of migrations: who ran which revision, when, how long it took, and how it ended.

It is made when the first migration runs, as Alembic makes its own table. Writing needs a
connection beside the migration's, so that a failure stays on record though its work is undone.
"""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Any

import psycopg
from psycopg.rows import class_row

from ward_app.core.locks import AdvisoryLock

Connection = psycopg.Connection[Any]

# Early revisions grant what is in `public` to loads, and their undoing opens every table: so
# it is closed again after each revision. Only what is missing is done, as each is on record.
_MAKE_OR_CLOSE = """
DO $$
BEGIN
    IF to_regclass('public.migration_log') IS NULL THEN
        CREATE TABLE public.migration_log (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_migration_log PRIMARY KEY,
            revision text NOT NULL,
            is_upgrade boolean NOT NULL,
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            duration_s double precision,
            database_role text NOT NULL DEFAULT session_user,
            account text NOT NULL,
            computer text NOT NULL,
            checksum text NOT NULL,
            outcome text NOT NULL DEFAULT 'running' CONSTRAINT ck_migration_log_outcome_known
                CHECK (outcome IN ('running', 'done', 'failed', 'interrupted')),
            reason text
        );
        COMMENT ON TABLE public.migration_log IS
            'Attempts to run a revision: who, when, how long, how it ended. Bookkeeping.';
        COMMENT ON COLUMN public.migration_log.account IS 'on the computer it was run from';
        COMMENT ON COLUMN public.migration_log.checksum IS 'SHA-256 of the revision''s files';
    END IF;
    IF NOT (SELECT relforcerowsecurity FROM pg_class
            WHERE oid = 'public.migration_log'::regclass) THEN
        ALTER TABLE public.migration_log ENABLE ROW LEVEL SECURITY;
        ALTER TABLE public.migration_log FORCE ROW LEVEL SECURITY;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'public.migration_log'::regclass) THEN
        CREATE POLICY migrations ON public.migration_log TO ward_owner
            USING (true) WITH CHECK (true);
    END IF;
    IF has_table_privilege('ward_loader', 'public.migration_log', 'SELECT') THEN
        REVOKE ALL ON public.migration_log FROM ward_loader;
    END IF;
END $$
"""
_INTERRUPTED = """
UPDATE public.migration_log SET outcome = 'interrupted',
    reason = 'The program or the connection ended before the revision did.'
WHERE outcome = 'running'
"""
_BEGIN = """
INSERT INTO public.migration_log (revision, is_upgrade, account, computer, checksum)
VALUES (%s, %s, %s, %s, %s) RETURNING id
"""
_END = """
UPDATE public.migration_log SET outcome = %s, reason = %s, duration_s = %s WHERE id = %s
"""
# the last attempt of each revision; what runs without holding the lock does not run any more
_LAST = """
SELECT DISTINCT ON (revision) revision, is_upgrade, started_at, duration_s, database_role,
    account, computer, checksum, reason,
    CASE WHEN outcome = 'running' AND NOT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    THEN 'interrupted' ELSE outcome END AS outcome
FROM public.migration_log ORDER BY revision, id DESC
"""


class Outcome(StrEnum):
    """How an attempt to run a revision ended, or that it runs."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to apply a revision, or to undo it.

    Attributes:
        is_upgrade: whether it was to be applied.
        duration_s: seconds it took; None while it runs or when it was interrupted.
        database_role: who was signed in to the server.
        account: who was signed in to the computer.
        checksum: of the revision's files then, SHA-256 in hexadecimal.
        reason: why it failed; None if it did not.
    """

    revision: str
    is_upgrade: bool
    started_at: datetime
    duration_s: float | None
    database_role: str
    account: str
    computer: str
    checksum: str
    reason: str | None
    outcome: Outcome

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", Outcome(self.outcome))


def open_log(connection: Connection) -> None:
    """Make the log if it is missing, and close what was interrupted; needs the lock."""
    connection.execute(_MAKE_OR_CLOSE)
    connection.execute(_INTERRUPTED)


@contextmanager
def logged(
    connection: Connection, revision: str, *, is_upgrade: bool, checksum: str
) -> Iterator[None]:
    """Keep on record that a revision is run in this block, and how that ends.

    Args:
        connection: in autocommit mode, beside the one that migrates.
        revision: its number.
        is_upgrade: whether it is applied.
        checksum: of its files.
    """
    said = (revision, is_upgrade, _account(), platform.node(), checksum)
    row = connection.execute(_BEGIN, said).fetchone()
    began = monotonic()
    try:
        yield
    except Exception as error:
        # what went wrong counts, also where the server is gone and cannot be told
        with suppress(psycopg.Error):
            _end(connection, row, Outcome.FAILED, reason=str(error), began=began)
        raise
    _end(connection, row, Outcome.DONE, reason=None, began=began)


def last_attempts(connection: Connection) -> dict[str, Attempt]:
    """Return the last attempt of each revision by number; nothing before the log was kept."""
    try:
        with connection.cursor(row_factory=class_row(Attempt)) as cursor:
            found = cursor.execute(_LAST, (AdvisoryLock.MIGRATION,)).fetchall()
    except psycopg.errors.UndefinedTable:
        return {}
    return {attempt.revision: attempt for attempt in found}


def _end(
    connection: Connection, row: Any, outcome: Outcome, *, reason: str | None, began: float
) -> None:
    connection.execute(_MAKE_OR_CLOSE)
    connection.execute(_END, (outcome, reason, round(monotonic() - began, 3), row[0]))


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a service account that the computer has no name for
