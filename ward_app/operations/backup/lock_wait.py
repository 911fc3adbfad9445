"""Why a backup did not get to read a table: who keeps everybody from reading it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from ward_app.core.errors import CodedError
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.backup_symptoms import DUMP_FAILED

# whoever waits for such a lock keeps out all who come after it, as one who has it does
_KEEPERS = """
SELECT c.oid::regclass::text, l.pid, a.usename::text, l.granted
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND c.relnamespace <> 'pg_catalog'::regnamespace
ORDER BY l.granted DESC, a.xact_start, l.pid LIMIT 1
"""
# the server tells in its own language that it ended a wait; the statement is in none
_WAITS_IN = "LOCK TABLE"


@contextmanager
def told(dsn: str, log: RunLog) -> Iterator[None]:
    """Say who locks a table where pg_dump did not get one.

    Raises:
        CodedError: in place of what pg_dump said.
    """
    try:
        yield
    except CodedError as error:
        if error.code == DUMP_FAILED and log.has(_WAITS_IN):
            raise refusal(dsn) from error
        raise


def refusal(dsn: str) -> CodedError:
    """Return what to say of a table that could not be read in time."""
    try:
        with psycopg.connect(dsn) as connection:
            found = connection.execute(_KEEPERS).fetchone()
    except psycopg.Error:
        found = None
    if found is None:
        words = "A table was locked, and the backup did not get to read it. Make the backup again."
        return CodedError(DUMP_FAILED, words)
    table, pid, role, has_it = found
    does = "locks" if has_it else "waits to lock"
    return CodedError(
        DUMP_FAILED,
        f"Process {pid} ({role}) {does} {table}, so the backup did not get to read it. Make the "
        "backup again when that is done; what it is: wardctl activity list. To end it: wardctl "
        f"activity cancel {pid} --terminate.",
    )
