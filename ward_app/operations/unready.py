"""A database that is not ready for what is asked of it: an older schema, or a server to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from ward_app.core.errors import ConfigurationError

OLDER_SCHEMA = "The database's schema is older than this program: wardctl migrate run."
READ_ONLY = (
    "This server can only be read: it is a standby, or was set so. Nothing was changed; name the "
    "primary: --dsn."
)
_NOT_THERE = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)


@contextmanager
def in_sentences() -> Iterator[None]:
    """Say in a sentence what an unready database answers.

    Raises:
        ConfigurationError: it lacks what was asked for, or can only be read.
    """
    try:
        yield
    except _NOT_THERE as error:
        raise ConfigurationError(OLDER_SCHEMA) from error
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise ConfigurationError(READ_ONLY) from error
