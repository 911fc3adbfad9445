"""Looking into a table with the rights of who is signed in, on record before anything is shown."""

from __future__ import annotations

from typing import Any

from psycopg import sql

from ward_app.audit.service import record_report
from ward_app.audit.types import Action
from ward_app.core.database import Actor, Database
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.transaction import Transaction

_TABLE = """
SELECT n.nspname, c.relname, a.attname, has_table_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
WHERE n.nspname || '.' || c.relname = %s AND c.relkind IN ('r', 'p', 'v')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def rows_of(database: Database, actor: Actor, table: str, *, limit: int) -> list[dict[str, Any]]:
    """Return up to so many rows that the person may see, by column; the largest keys first.

    What row security hides is not there: patients of other wards, charts nobody opened.

    Args:
        database: as this workstation reaches it.
        actor: who looks.
        table: as "room.beds".
        limit: how many rows at most.

    Raises:
        RuleBrokenError: there is no such table.
        NotPermittedError: the person has no ward, or workstations may not read the table.
    """
    schema, name, key = database.read(actor, _checked, table)
    database.run(actor, _put_on_record, table, limit)
    newest = sql.SQL("SELECT row_to_json(t) FROM {} t ORDER BY t.{} DESC LIMIT %s")
    statement = newest.format(sql.Identifier(schema, name), sql.Identifier(key)).as_string()
    return database.read(actor, _read, statement, limit)


def _checked(tx: Transaction, table: str) -> tuple[str, str, str]:
    """Return schema, name and first column of a table that may be read."""
    found = tx.tuples(_TABLE, (table,))
    if not found:
        raise RuleBrokenError(f"There is no table {table}. Name one as room.beds.")
    [(schema, name, key, may_read)] = found
    if not may_read:
        raise NotPermittedError(f"{table} cannot be read from a workstation, by nobody.")
    return schema, name, key


def _put_on_record(tx: Transaction, table: str, limit: int) -> None:
    ward_ids = tx.value("SELECT auth.ward_ids()") or []
    record_report(tx, ward_ids, f"Browse {table}, up to {limit} rows", action=Action.EXPORT)


def _read(tx: Transaction, statement: str, limit: int) -> list[dict[str, Any]]:
    return [row for (row,) in tx.tuples(statement, (limit,))]
