"""The database as this workstation reaches it, or as an administrator who names it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.conninfo import conninfo_to_dict

from ward_app.cli.station_secrets import opened
from ward_app.cli.target import target_dsn
from ward_app.core.database import Database
from ward_app.core.secret_store import own_secrets
from ward_app.core.settings import VERIFY_FULL, DatabaseSettings, PoolSettings, load_settings
from ward_app.operations.unready import in_sentences

# a look has one thing to do
_POOL = PoolSettings(min=0, max=1)


@contextmanager
def station_database(dsn: str | None, station_fd: int | None) -> Iterator[Database]:
    """Yield the database that `dsn` names, else the settings', else the private cluster's.

    Raises:
        ConfigurationError: there is none, it is not ready for what is asked of it, or the
            workstation's credential cannot be used.
    """
    configured = load_settings().database
    if dsn is None and configured.host:
        password = opened(own_secrets(), station_fd).get(configured.user)
        database = Database.connect(configured, password)
    else:
        # libpq finds the password where an administrator keeps it
        database = Database.connect(_settings(target_dsn(dsn)), None)
    try:
        with in_sentences():
            yield database
    finally:
        database.close()


def _settings(dsn: str) -> DatabaseSettings:
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    return DatabaseSettings(
        host=parts.get("host", ""),
        port=parts.get("port", "5432"),
        name=parts["dbname"],
        user=parts.get("user", ""),
        sslmode=parts.get("sslmode", VERIFY_FULL),
        sslrootcert=parts.get("sslrootcert", ""),
        pool=_POOL,
    )
