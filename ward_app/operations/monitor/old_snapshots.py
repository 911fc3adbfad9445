"""Reports on the server that were kept for long enough: counted, and removed.

No patient is in them, and nothing refers to them. That they went stands in the audit trail.
"""

from __future__ import annotations

from typing import Any

import psycopg

from ward_app.operations.decision import deciding

_OLD = (
    "FROM public.monitor_snapshots WHERE taken_at < clock_timestamp() - make_interval(days => %s)"
)
_TRIGGER = "ALTER TABLE public.monitor_snapshots {} TRIGGER append_only"


def count_old(admin_dsn: str, days: int, *, database: str) -> int:
    """Return how many reports are older than so many days."""
    with deciding(admin_dsn, database) as connection:
        return _count(connection, days)


def remove_old(admin_dsn: str, days: int, *, database: str) -> int:
    """Remove the reports that are older than so many days, and return how many.

    Raises:
        ConfigurationError: the role is no administrator.
    """
    with deciding(admin_dsn, database) as connection:
        if not _count(connection, days):
            return 0
        connection.execute(_TRIGGER.format("DISABLE"))
        gone = connection.execute(f"DELETE {_OLD}", (days,)).rowcount
        connection.execute(_TRIGGER.format("ENABLE"))
    return gone


def _count(connection: psycopg.Connection[Any], days: int) -> int:
    row = connection.execute(f"SELECT count(*) {_OLD}", (days,)).fetchone()
    return int(row[0]) if row else 0
