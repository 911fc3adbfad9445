"""What stands with every setting that IT makes: who decided it, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.bootstrap import administrator


def require_decider(set_by: str) -> None:
    """Refuse a setting that nobody stands for.

    Raises:
        RuleBrokenError: no name is given.
    """
    if not set_by.strip():
        raise RuleBrokenError("Say who decided it: --by 'name and role'.")


def decision_words(set_by: str, source: str) -> str:
    """Return the words kept with a setting: its source, and who decided it.

    Raises:
        RuleBrokenError: one of them is missing.
    """
    require_decider(set_by)
    if not source.strip():
        raise RuleBrokenError("Say where the numbers come from: --source.")
    return f"{source.strip()} Decided by {set_by.strip()}."


@contextmanager
def deciding(admin_dsn: str, database: str) -> Iterator[psycopg.Connection[TupleRow]]:
    """Yield the administrator's connection in a transaction; what it refuses, in its words.

    Raises:
        ConfigurationError: the database's schema is older than the program.
    """
    with administrator(admin_dsn, database) as connection:
        try:
            with connection.transaction():
                yield connection
        except psycopg.Error as error:
            if error.sqlstate != "WA001":
                raise
            raise RuleBrokenError(str(error.diag.message_primary)) from error
