"""The settings of this installation: one validated object, read once at the start.

Stronger first: `WARD_…` environment variables (`WARD_DATABASE__PORT`), the variables of other
programs (`DATABASE_URL`, `POSTGRES_HOST`), the TOML file, the defaults below. A password is never
among them: it lives in the keyring.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ward_app.core.environment import Environment
from ward_app.core.errors import ConfigurationError, TlsError
from ward_app.core.places import places
from ward_app.core.settings_alerts import ALERT_KEYS, AlertSettings
from ward_app.core.settings_aliases import ENCRYPTION_ASKED
from ward_app.core.settings_groups import (
    DOWNTIME_KEYS,
    POOL_KEYS,
    POOL_SIZES,
    STORAGE_KEYS,
    BadgeSettings,
    DowntimeSettings,
    EncryptionEngine,
    EncryptionSettings,
    HealthSettings,
    MetricsSettings,
    PoolProfile,
    RetrySettings,
    StorageBackend,
    StorageSettings,
    pool_problems,
)
from ward_app.core.settings_keys import (
    SESSION_ATTRS,
    address,
    decimal,
    one_of,
    ports,
    signs,
    text,
    whole,
    yes_or_no,
)
from ward_app.core.settings_operations import (
    OPERATIONS_KEYS,
    BackupSettings,
    NotifySettings,
    RetentionSettings,
    backup_settings,
)
from ward_app.core.settings_sources import given_in
from ward_app.core.settings_values import read_values, section_of

VERIFY_FULL = "verify-full"
_PORT = 5432


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """The client's own connections; a workstation's role may hold six in all.

    Attributes:
        profile: gives `min` and `max` where the settings do not.
        timeout_s: how long work waits for a free connection.
        idle_s: connections above `min` are closed after so long without work.
        max_uses: a connection lent so often is replaced.
        max_lifetime_s: a connection so old is replaced.
        prepared_max: how many prepared statements a connection keeps.
        prepare_threshold: so many uses go before a statement is prepared.
        exit_on_idle: whether the program may end without waiting for work that still runs.
        fleet_budget: how many connections all computers of the hospital may hold together.
    """

    profile: PoolProfile = PoolProfile.WORKSTATION
    min: int = 1
    max: int = 4
    timeout_s: int = 10
    idle_s: int = 30
    max_uses: int = 7_500
    max_lifetime_s: int = 1_800
    prepared_max: int = 100
    prepare_threshold: int = 5
    exit_on_idle: bool = False
    fleet_budget: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where the ward database is and how long to wait for it.

    Attributes:
        host: name or address, or the folder of a socket; empty means nothing is configured.
            Several, with commas between, are servers of one database that replicate.
        port: one for all hosts, or as many as hosts, with commas between ("5432,5433").
        user: the workstation's role, such as `ws_ward_7a`.
        sslmode: a socket ignores it; the weaker modes of libpq are not offered.
        sslrootcert: file with the certificate authority; empty means libpq's own place.
        sslcert, sslkey: this workstation's own certificate and its key; empty means none, or
            libpq's own place.
        allow_insecure: use a weaker sslmode than verify-full for the care of patients too.
        socket_timeout_s: after so long without an answer the connection counts as broken.
        query_timeout_ms: the server ends a longer statement.
        via_pgbouncer: `host` and `port` are those of PgBouncer in transaction mode.
        direct_url: of the server itself behind PgBouncer: what hears changes, and migrations,
            go past it.
        pgbouncer_prepares: it is 1.21 or newer and has `max_prepared_statements`.
        target_session_attrs: which of several hosts will do; of one it is not asked.
        replica_url: address of a server that only repeats what the first one has.
        replica_enabled: whether reads that may be a little late go there.
        replica_max_lag_s: a replica that is further behind is not read.
    """

    host: str = ""
    port: int | str = _PORT
    name: str = "ward"
    user: str = ""
    sslmode: str = VERIFY_FULL
    sslrootcert: str = ""
    sslcert: str = ""
    sslkey: str = ""
    allow_insecure: bool = False
    connect_timeout_s: int = 5
    socket_timeout_s: int = 60
    query_timeout_ms: int = 30_000
    via_pgbouncer: bool = False
    direct_url: str = ""
    pgbouncer_prepares: bool = False
    target_session_attrs: str = "read-write"
    replica_url: str = ""
    replica_enabled: bool = True
    replica_max_lag_s: int = 10
    pool: PoolSettings = field(default_factory=PoolSettings)

    @property
    def hosts(self) -> list[str]:
        """The hosts one by one, [""] for none."""
        return [host.strip() for host in self.host.split(",")]

    @property
    def on_socket(self) -> bool:
        """Whether every server is reached through a socket of this computer."""
        return all(host.startswith(("/", "@")) for host in self.hosts)

    @property
    def prepare_threshold(self) -> int | None:
        """After how many uses a statement is prepared; None: never."""
        if self.via_pgbouncer and not self.pgbouncer_prepares:
            return None  # before 1.21 it does not know which connection a statement is prepared on
        return self.pool.prepare_threshold

    @property
    def direct(self) -> DatabaseSettings:
        """The settings of a connection that no pooler is part of."""
        return self._at(self.direct_url) if self.via_pgbouncer else self

    @property
    def replica(self) -> DatabaseSettings | None:
        """The settings of the server that only repeats, None when none is read."""
        if not self.replica_url or not self.replica_enabled:
            return None
        return replace(self._at(self.replica_url), target_session_attrs="any")

    def _at(self, url: str) -> DatabaseSettings:
        """Return these settings for the server of an address, past any pooler."""
        from psycopg.conninfo import conninfo_to_dict

        to = conninfo_to_dict(url)
        return replace(
            self,
            host=str(to.get("host", "")),
            port=ports(str(to.get("port") or _PORT)),
            name=str(to.get("dbname") or self.name),
            via_pgbouncer=False,
            direct_url="",
            replica_url="",
        )

    def conninfo(self) -> dict[str, str | int]:
        """Return the connection arguments of psycopg, all but the password.

        Raises:
            ConfigurationError: no host or no user is configured.
        """
        for key, value in (("host", self.host), ("user", self.user)):
            if not value:
                raise ConfigurationError(
                    f"No ward database is configured: database.{key} is empty. Set it in "
                    f"{places().config_file}, or try the program with ./dev demo."
                )
        parts: dict[str, str | int] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.name,
            "user": self.user,
            "connect_timeout": self.connect_timeout_s,
            "application_name": "ward-app",
        }
        if len(self.hosts) > 1:
            parts["target_session_attrs"] = self.target_session_attrs
        if not self.via_pgbouncer:
            parts["options"] = f"-c statement_timeout={self.query_timeout_ms}"
        return parts if self.on_socket else parts | self._network()

    def _network(self) -> dict[str, str | int]:
        """Return what only a network needs: encryption, and noticing a silent break."""
        parts: dict[str, str | int] = {
            "sslmode": self.sslmode,
            # A false server must not be able to ask for the password in the clear.
            "require_auth": "scram-sha-256",
            "tcp_user_timeout": self.socket_timeout_s * 1000,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
        # PgBouncer cannot bind what it only passes on
        if self.sslmode != "disable" and not self.via_pgbouncer:
            parts["channel_binding"] = "require"
        files = {"sslrootcert": self.sslrootcert, "sslcert": self.sslcert, "sslkey": self.sslkey}
        return parts | {name: file for name, file in files.items() if file}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured."""

    environment: Environment = Environment.PRODUCTION
    storage: StorageSettings = field(default_factory=StorageSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    encryption: EncryptionSettings = field(default_factory=EncryptionSettings)
    badge: BadgeSettings = field(default_factory=BadgeSettings)
    retry: RetrySettings = field(default_factory=RetrySettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    downtime: DowntimeSettings = field(default_factory=DowntimeSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)

    @property
    def is_for_a_ward(self) -> bool:
        """Whether this computer is set up for the database of real patients."""
        return self.environment.has_real_patients and bool(self.database.host)


KEYS = {
    "environment": one_of(*Environment),
    **STORAGE_KEYS,
    "badge.prefix": signs(8),
    "encryption.engine": one_of(*EncryptionEngine),
    "database.host": text,
    "database.port": ports,
    "database.name": text,
    "database.user": text,
    "database.sslmode": one_of("disable", "require", "verify-ca", VERIFY_FULL),
    "database.sslrootcert": text,
    "database.sslcert": text,
    "database.sslkey": text,
    "database.allow_insecure": yes_or_no,
    "database.connect_timeout_s": whole(1, 600),
    "database.socket_timeout_s": whole(1, 3_600),
    "database.query_timeout_ms": whole(1, 3_600_000),
    "database.via_pgbouncer": yes_or_no,
    "database.direct_url": address,
    "database.pgbouncer_prepares": yes_or_no,
    "database.target_session_attrs": one_of(*SESSION_ATTRS),
    "database.replica_url": address,
    "database.replica_enabled": yes_or_no,
    "database.replica_max_lag_s": whole(1, 3_600),
    **POOL_KEYS,
    "retry.max": whole(0, 20),
    "retry.delay_ms": whole(0, 60_000),
    "retry.backoff": decimal(1, 10),
    "retry.jitter": decimal(0, 1),
    "retry.deadline_s": whole(1, 600),
    "health.interval_ms": whole(100, 3_600_000),
    "metrics.slow_query_ms": whole(1, 3_600_000),
    "metrics.trace_on_server": yes_or_no,
    **DOWNTIME_KEYS,
    **OPERATIONS_KEYS,
    **ALERT_KEYS,
}


def load_settings(
    config_file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Return the settings of the file (by default WARD_HOME's or the user's) and environment.

    A missing file is an empty one.

    Raises:
        ConfigurationError: names each key that is wrong and what it may be.
        TlsError: for the care of patients, and the server would not be proved to be the right one.
    """
    settings, problems = examine_settings(config_file, environment)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ConfigurationError("The settings are wrong: " + " ".join(map(str, problems)))
    return settings


def examine_settings(
    config_file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[Settings, list[ConfigurationError]]:
    """Return the settings as far as they can be read, and everything that is wrong with them.

    Raises:
        ConfigurationError: a source cannot be read at all, or has a secret in it.
    """
    layers = given_in(config_file or places(environment).config_file, environment)
    values, wrong = read_values(layers, KEYS)
    if wrong:
        return Settings(), [ConfigurationError(words) for words in wrong]
    settings = _made(values)
    return settings, list(_contradictions(settings, environment))


def refuse_insecure(environment: Environment, database: DatabaseSettings) -> None:
    """Refuse to read of real patients over a connection that somebody else may read or answer.

    Raises:
        TlsError: the server is reached over a network, and need not prove who it is.
    """
    is_safe = not database.host or database.on_socket or database.sslmode == VERIFY_FULL
    if environment.has_real_patients and not (is_safe or database.allow_insecure):
        raise TlsError(
            f"database.sslmode is {database.sslmode}, which does not prove that the server is the "
            f"right one. Set it to {VERIFY_FULL}, or say that it is meant so: "
            "database.allow_insecure = true."
        )


def _made(values: Mapping[str, object]) -> Settings:
    """Return the settings with these values, and the defaults for the rest."""
    sizes = section_of(values, "database.pool")
    least, most = POOL_SIZES[sizes.get("profile", PoolProfile.WORKSTATION)]
    pool = PoolSettings(**{"min": min(least, sizes.get("max", most)), "max": most} | sizes)
    return Settings(
        **section_of(values, ""),
        storage=StorageSettings(**section_of(values, "storage")),
        database=DatabaseSettings(**section_of(values, "database"), pool=pool),
        encryption=EncryptionSettings(**section_of(values, "encryption")),
        badge=BadgeSettings(**section_of(values, "badge")),
        retry=RetrySettings(**section_of(values, "retry")),
        health=HealthSettings(**section_of(values, "health")),
        metrics=MetricsSettings(**section_of(values, "metrics")),
        downtime=DowntimeSettings(**section_of(values, "downtime")),
        backup=backup_settings(values),
        retention=RetentionSettings(**section_of(values, "retention")),
        notify=NotifySettings(**section_of(values, "notify")),
        alerts=AlertSettings(**section_of(values, "alerts")),
    )


def _contradictions(
    settings: Settings, environment: Mapping[str, str]
) -> Iterator[ConfigurationError]:
    """Yield what is wrong with settings each of which is allowed, but not with one another."""
    database, pool = settings.database, settings.database.pool
    if database.via_pgbouncer and not database.direct_url:
        yield ConfigurationError(
            "database.via_pgbouncer also needs database.direct_url, the address of the server "
            "itself: what other workstations change is heard past PgBouncer only."
        )
    for words in pool_problems(pool.profile, pool.min, pool.max):
        yield ConfigurationError(words)
    if isinstance(database.port, str) and database.port.count(",") + 1 != len(database.hosts):
        yield ConfigurationError("database.port names one port for all hosts, or one for each.")
    is_plain = database.sslmode == "disable" and database.host and not database.on_socket
    if is_plain and environment.get(ENCRYPTION_ASKED) == "true":
        yield TlsError(
            f"{ENCRYPTION_ASKED} asks for encryption, and database.sslmode is disable. Set "
            f"database.sslmode to {VERIFY_FULL}, or remove {ENCRYPTION_ASKED}."
        )
    if settings.storage.backend is StorageBackend.DEMO and settings.is_for_a_ward:
        yield ConfigurationError(
            "storage.backend asks for the demo, and database.host names a ward's own database. "
            "Invented patients are not shown beside real ones: remove one of the two."
        )
    yield from _insecure(settings)


def _insecure(settings: Settings) -> Iterator[TlsError]:
    """Yield why the care of patients may not go over one of the connections."""
    database = settings.database
    for server in filter(None, (database, database.direct, database.replica)):
        try:
            refuse_insecure(settings.environment, server)
        except TlsError as refusal:
            yield refusal
            return
