"""End the sessions of a database that went back in time: nobody acts on in it unasked."""

from __future__ import annotations

import psycopg

from ward_app.core.errors import ConfigurationError
from ward_app.operations.bootstrap import administrator

_END = """
UPDATE public.sessions SET ended_at = clock_timestamp(), end_reason = 'restored'
WHERE ended_at IS NULL
"""


def end_sessions(admin_dsn: str, database: str) -> int:
    """End every session of the database, and return how many were open.

    Raises:
        ConfigurationError: it is no ward database.
    """
    with administrator(admin_dsn, database) as connection:
        try:
            return connection.execute(_END).rowcount
        except psycopg.errors.UndefinedTable as error:
            raise ConfigurationError(
                f"{database} is no ward database: it has no sessions."
            ) from error
