"""The way into the database for bulk loads: may add rows of every ward, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError
from ward_app.operations.unready import in_sentences

Connection = psycopg.Connection[TupleRow]

_ROLE = "ward_loader"


@contextmanager
def loader(dsn: str) -> Iterator[Connection]:
    """Yield a connection as the loader; what it adds is committed at the end.

    Raises:
        ConfigurationError: the database has no schema yet, or an older one.
        DatabaseUnavailableError: the server cannot be reached.
    """
    try:
        connection = psycopg.connect(make_conninfo(dsn, options=f"-c role={_ROLE}"))
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError(f"The ward database does not answer: {error}") from error
    with connection, in_sentences():
        _require_schema(connection)
        yield connection


def _require_schema(connection: Connection) -> None:
    try:
        connection.execute("SELECT FROM public.facilities")
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
        raise ConfigurationError(
            "The ward database has no schema yet. Make it first: wardctl migrate run."
        ) from error
