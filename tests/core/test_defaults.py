"""The defaults that were asked for, and the names that other programs have for them."""

from __future__ import annotations

import pytest

from ward_app.core.environment import Environment
from ward_app.core.settings import DatabaseSettings, Settings, load_settings
from ward_app.core.settings_aliases import VARIABLES


def value_of(settings, key):
    found = settings
    for word in key.split("."):
        found = getattr(found, word)
    return found


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("database.port", 5432),
        ("database.name", "ward"),
        ("database.sslmode", "verify-full"),
        ("database.connect_timeout_s", 5),
        ("database.socket_timeout_s", 60),
        ("database.query_timeout_ms", 30_000),
        ("database.replica_url", ""),
        ("database.pool.min", 1),
        ("database.pool.max", 4),
        ("database.pool.timeout_s", 10),
        ("database.pool.idle_s", 30),
        ("database.pool.max_uses", 7_500),
        ("database.pool.max_lifetime_s", 1_800),
        ("database.pool.prepared_max", 100),
        ("database.pool.prepare_threshold", 5),
        ("database.pool.fleet_budget", 500),
        ("retry.max", 3),
        ("retry.delay_ms", 1_000),
        ("retry.backoff", 2),
        ("retry.jitter", 0.2),
        ("health.interval_ms", 30_000),
        ("metrics.slow_query_ms", 1_000),
        ("backup.retention_days", 30),
        ("backup.compression", "gzip"),
        ("environment", Environment.PRODUCTION),
    ],
)
def test_that_each_default_is_the_one_that_was_asked_for(key, default):
    """[C02] to [C16] [C18] [C21] [Z1] to [Z6]"""
    assert value_of(Settings(), key) == default


# name -> (text, setting, value)
NAMES = {
    "USE_POSTGRES": ("false", "storage.backend", "demo"),
    "POSTGRES_HOST": ("db", "database.host", "db"),
    "POSTGRES_PORT": ("5433", "database.port", 5433),
    "POSTGRES_DB": ("ward_7", "database.name", "ward_7"),
    "POSTGRES_USER": ("ws_a", "database.user", "ws_a"),
    "POSTGRES_CONNECTION_TIMEOUT": ("10000", "database.connect_timeout_s", 10),
    "DATABASE_CONNECTION_TIMEOUT": ("5000", "database.connect_timeout_s", 5),
    "DB_CONNECT_TIMEOUT": ("7", "database.connect_timeout_s", 7),
    "DB_SOCKET_TIMEOUT": ("90", "database.socket_timeout_s", 90),
    "DB_QUERY_TIMEOUT": ("20000", "database.query_timeout_ms", 20_000),
    "DATABASE_QUERY_TIMEOUT": ("20000", "database.query_timeout_ms", 20_000),
    "DB_READ_REPLICA_URL": ("postgresql://two/", "database.replica_url", "postgresql://two/"),
    "DATABASE_READ_REPLICA_URL": ("host=two", "database.replica_url", "host=two"),
    "POSTGRES_POOL_MIN": ("2", "database.pool.min", 2),
    "POSTGRES_POOL_MAX": ("3", "database.pool.max", 3),
    "DB_CONNECTION_LIMIT": ("3", "database.pool.max", 3),
    "DB_POOL_TIMEOUT": ("20", "database.pool.timeout_s", 20),
    "POSTGRES_IDLE_TIMEOUT": ("60000", "database.pool.idle_s", 60),
    "DATABASE_POOL_SIZE": ("400", "database.pool.fleet_budget", 400),
    "DB_MAX_RETRIES": ("5", "retry.max", 5),
    "DB_RETRY_DELAY": ("500", "retry.delay_ms", 500),
    "DB_RETRY_BACKOFF": ("1.5", "retry.backoff", 1.5),
    "DB_HEALTH_CHECK_INTERVAL": ("60000", "health.interval_ms", 60_000),
    "DATABASE_HEALTH_CHECK_INTERVAL": ("60000", "health.interval_ms", 60_000),
    "DB_SLOW_QUERY_THRESHOLD": ("2000", "metrics.slow_query_ms", 2_000),
    "BACKUP_DIR": ("/backups", "backup.dir", "/backups"),
    "BACKUP_RETENTION_DAYS": ("60", "backup.retention_days", 60),
    "BACKUP_COMPRESSION": ("none", "backup.compression", "none"),
    "CLOUD_STORAGE_ENABLED": ("true", "backup.offsite.enabled", True),
    "CLOUD_STORAGE_PROVIDER": ("azure", "backup.offsite.provider", "azure"),
    "AZURE_STORAGE_ACCOUNT": ("ward", "backup.offsite.account", "ward"),
    "AZURE_STORAGE_CONTAINER": ("box", "backup.offsite.container", "box"),
    "NOTIFICATION_ENABLED": ("true", "notify.enabled", True),
    "NOTIFICATION_EMAIL": ("it@ward.example", "notify.email", "it@ward.example"),
    "NOTIFICATION_WEBHOOK": ("https://it.example/w", "notify.webhook", "https://it.example/w"),
}


@pytest.mark.parametrize("name", NAMES)
def test_that_each_name_of_other_programs_sets_what_it_names(tmp_path, name):
    """[C02] [C04] [C07] to [C14] [C16] [C18] to [C20]"""
    text, key, value = NAMES[name]
    assert value_of(load_settings(tmp_path / "none.toml", {name: text}), key) == value


def test_that_no_name_of_other_programs_is_left_out_here():
    assert NAMES.keys() == VARIABLES.keys()


def test_that_the_time_outs_reach_the_connection():
    """[C07] [C08] [C09] In the units that the library and the server have."""
    settings = DatabaseSettings(
        host="db.example",
        user="ws_a",
        connect_timeout_s=7,
        socket_timeout_s=50,
        query_timeout_ms=2_000,
    )
    told = settings.conninfo()
    assert (told["connect_timeout"], told["tcp_user_timeout"]) == (7, 50_000)
    assert {"keepalives_idle", "keepalives_interval", "keepalives_count"} <= told.keys()
    assert "statement_timeout=2000" in told["options"]
