"""Names that other programs have for these settings, and how their values become ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SERVER = "postgresql"
# what other programs write for it, in any case
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


def _same(value: str) -> str:
    return value


def _milliseconds(value: str) -> str:
    """Return whole seconds, rounded up; what is no number is left to the setting's own check."""
    return str(-(-int(value) // 1000)) if value.isdecimal() else value


def _backend(value: str) -> str:
    """Return the backend; "" for what is neither true nor false, which no backend is."""
    word = value.strip().lower()
    return _SERVER if word in _TRUE else "demo" if word in _FALSE else ""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a setting.

    Attributes:
        key: the setting.
        unit: of the alias, where it is another one than the setting's; "" = the same.
        turned: returns the text as the setting has it.
        may_be: what the alias must be, where that is said in other words than the setting's.
    """

    key: str
    unit: str = ""
    turned: Callable[[str], str] = _same
    may_be: str = ""


def _in_ms(key: str) -> Alias:
    return Alias(key, "milliseconds", _milliseconds)


# "true" is for a server, never for invented patients, also where the demo is asked for
SERVER_ASKED = "USE_POSTGRES"

# environment variables
VARIABLES = {
    SERVER_ASKED: Alias(
        "storage.backend",
        "true: postgresql, false: demo",
        _backend,
        "true (for postgresql) or false (for the demo)",
    ),
    "POSTGRES_HOST": Alias("database.host"),
    "POSTGRES_PORT": Alias("database.port"),
    "POSTGRES_DB": Alias("database.name"),
    "POSTGRES_USER": Alias("database.user"),
    "POSTGRES_CONNECTION_TIMEOUT": _in_ms("database.connect_timeout_s"),
    "DATABASE_CONNECTION_TIMEOUT": _in_ms("database.connect_timeout_s"),
    "DB_CONNECT_TIMEOUT": Alias("database.connect_timeout_s"),
    "DB_SOCKET_TIMEOUT": Alias("database.socket_timeout_s"),
    "DB_QUERY_TIMEOUT": Alias("database.query_timeout_ms"),
    "DATABASE_QUERY_TIMEOUT": Alias("database.query_timeout_ms"),
    "DB_READ_REPLICA_URL": Alias("database.replica_url"),
    "DATABASE_READ_REPLICA_URL": Alias("database.replica_url"),
    "POSTGRES_POOL_MIN": Alias("database.pool.min"),
    "POSTGRES_POOL_MAX": Alias("database.pool.max"),
    "DB_CONNECTION_LIMIT": Alias("database.pool.max"),
    "DB_POOL_TIMEOUT": Alias("database.pool.timeout_s"),
    "POSTGRES_IDLE_TIMEOUT": _in_ms("database.pool.idle_s"),
    "DATABASE_POOL_SIZE": Alias("database.pool.fleet_budget"),
    "DB_MAX_RETRIES": Alias("retry.max"),
    "DB_RETRY_DELAY": Alias("retry.delay_ms"),
    "DB_RETRY_BACKOFF": Alias("retry.backoff"),
    "DB_HEALTH_CHECK_INTERVAL": Alias("health.interval_ms"),
    "DATABASE_HEALTH_CHECK_INTERVAL": Alias("health.interval_ms"),
    "DB_SLOW_QUERY_THRESHOLD": Alias("metrics.slow_query_ms"),
    "BACKUP_DIR": Alias("backup.dir"),
    "BACKUP_RETENTION_DAYS": Alias("backup.retention_days"),
    "BACKUP_COMPRESSION": Alias("backup.compression"),
    "CLOUD_STORAGE_ENABLED": Alias("backup.offsite.enabled"),
    "CLOUD_STORAGE_PROVIDER": Alias("backup.offsite.provider"),
    "AZURE_STORAGE_ACCOUNT": Alias("backup.offsite.account"),
    "AZURE_STORAGE_CONTAINER": Alias("backup.offsite.container"),
    "NOTIFICATION_ENABLED": Alias("notify.enabled"),
    "NOTIFICATION_EMAIL": Alias("notify.email"),
    "NOTIFICATION_WEBHOOK": Alias("notify.webhook"),
}

# what libpq calls the parts of an address
URL_PARTS = {
    "host": "database.host",
    "port": "database.port",
    "dbname": "database.name",
    "user": "database.user",
    "sslmode": "database.sslmode",
    "sslrootcert": "database.sslrootcert",
    "sslcert": "database.sslcert",
    "sslkey": "database.sslkey",
    "connect_timeout": "database.connect_timeout_s",
    "target_session_attrs": "database.target_session_attrs",
}

# options of an address that other programs know and libpq does not
URL_OPTIONS = {
    "pgbouncer": "database.via_pgbouncer",
    "connection_limit": "database.pool.max",
    "pool_timeout": "database.pool.timeout_s",
    "socket_timeout": "database.socket_timeout_s",
    "statement_cache_size": "database.pool.prepared_max",
}

# no settings: a password never comes this way
SECRET_VARIABLES = ("POSTGRES_PASSWORD", "DB_PASSWORD")
# no setting either: "true" refuses to connect without encryption
ENCRYPTION_ASKED = "POSTGRES_SSL"


def is_server_asked(environment: Mapping[str, str]) -> bool:
    """Return whether another program's variable asks for a ward's own database."""
    return _backend(environment.get(SERVER_ASKED, "")) == _SERVER
