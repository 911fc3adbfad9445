"""The settings of this installation: one validated object, read once at the start.

Stronger first: `WARD_…` environment variables (`WARD_DATABASE__PORT`), `DATABASE_URL`, the TOML
file, the defaults below. A password is never among them: it lives in the keyring.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError, TlsError
from ward_app.core.places import places
from ward_app.core.settings_keys import address, one_of, signs, text, whole, yes_or_no
from ward_app.core.settings_sources import Given, from_environment, from_file, from_url

VERIFY_FULL = "verify-full"
_PORT = 5432


class Environment(StrEnum):
    """What the installation is for; guards everything that destroys data."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"
    TRAINING = "training"
    PRODUCTION = "production"


class EncryptionEngine(StrEnum):
    """What encrypts protected details: AES-256-GCM in the client, or pgcrypto in the server."""

    AES_GCM = "aes-gcm"
    PGCRYPTO = "pgcrypto"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionSettings:
    """How protected details are encrypted; what the other engine wrote stays readable.

    Attributes:
        engine: with pgcrypto the key and the values reach the server, in memory and as bound
            parameters.
    """

    engine: EncryptionEngine = EncryptionEngine.AES_GCM


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeSettings:
    """How a badge reader that types like a keyboard is told from a person.

    Attributes:
        prefix: what the reader is set up to type before each badge; nothing else is one then.
            Empty: it types as it comes, and a badge is known by its pace.
    """

    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """The client's own connections; a workstation's role may hold six in all."""

    min: int = 1
    max: int = 4
    timeout_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where the ward database is and how long to wait for it.

    Attributes:
        host: name or address, or the folder of a socket; empty means nothing is configured.
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
    """

    host: str = ""
    port: int = _PORT
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
    pool: PoolSettings = field(default_factory=PoolSettings)

    @property
    def on_socket(self) -> bool:
        """Whether the server is reached through a socket of this computer."""
        return self.host.startswith(("/", "@"))

    @property
    def direct(self) -> DatabaseSettings:
        """The settings of a connection that no pooler is part of."""
        if not self.via_pgbouncer:
            return self
        from psycopg.conninfo import conninfo_to_dict

        to = conninfo_to_dict(self.direct_url)
        return replace(
            self,
            host=str(to.get("host", "")),
            port=int(to.get("port") or _PORT),
            name=str(to.get("dbname") or self.name),
            via_pgbouncer=False,
            direct_url="",
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
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    encryption: EncryptionSettings = field(default_factory=EncryptionSettings)
    badge: BadgeSettings = field(default_factory=BadgeSettings)


# The workstation's role is limited to six connections: four here, the listener, one to spare.
KEYS = {
    "environment": one_of(*Environment),
    "badge.prefix": signs(8),
    "encryption.engine": one_of(*EncryptionEngine),
    "database.host": text,
    "database.port": whole(1, 65_535),
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
    "database.pool.min": whole(0, 4),
    "database.pool.max": whole(1, 5),
    "database.pool.timeout_s": whole(1, 600),
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
    file = config_file or places(environment).config_file
    given = from_file(file) | from_url(environment) | from_environment(environment)
    values = _validated(given)
    pool = PoolSettings(**_section(values, "database.pool"))
    database = DatabaseSettings(**_section(values, "database"), pool=pool)
    encryption = EncryptionSettings(**_section(values, "encryption"))
    badge = BadgeSettings(**_section(values, "badge"))
    settings = Settings(
        **_section(values, ""), database=database, encryption=encryption, badge=badge
    )
    _refuse_without_direct(database)
    refuse_insecure(settings.environment, database)
    refuse_insecure(settings.environment, database.direct)
    return settings


def refuse_insecure(environment: Environment, database: DatabaseSettings) -> None:
    """Refuse to care for patients over a connection that somebody else may read or answer.

    Raises:
        TlsError: the server is reached over a network, and need not prove who it is.
    """
    is_safe = not database.host or database.on_socket or database.sslmode == VERIFY_FULL
    if environment is Environment.PRODUCTION and not (is_safe or database.allow_insecure):
        raise TlsError(
            f"database.sslmode is {database.sslmode}, which does not prove that the server is the "
            f"right one. Set it to {VERIFY_FULL}, or say that it is meant so: "
            "database.allow_insecure = true."
        )


def _refuse_without_direct(database: DatabaseSettings) -> None:
    if database.via_pgbouncer and not database.direct_url:
        raise ConfigurationError(
            "database.via_pgbouncer also needs database.direct_url, the address of the server "
            "itself: what other workstations change is heard past PgBouncer only."
        )


def _validated(given: Mapping[str, Given]) -> dict[str, Any]:
    """Return the values by key, or tell everything that is wrong at once.

    A value is never repeated in the message: it may be a secret in the wrong place.
    """
    values, problems = {}, []
    for key, entry in given.items():
        reader = KEYS.get(key)
        if reader is None:
            problems.append(f"{key} ({entry.source}) is not known; {_known_beside(key)}")
            continue
        try:
            values[key] = reader(entry.value)
        except ValueError as error:
            problems.append(f"{key} ({entry.source}) must be {error}")
    if problems:
        raise ConfigurationError("The settings are wrong: " + "; ".join(problems) + ".")
    return values


def _section(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the values directly inside one section ("" is the top), by their last word."""
    parts = {key: key.rpartition(".") for key in values}
    return {word: values[key] for key, (section, _, word) in parts.items() if section == name}


def _known_beside(key: str) -> str:
    section = key.rpartition(".")[0]
    words = [known for known in KEYS if known.rpartition(".")[0] == section]
    return "known are " + ", ".join(words or KEYS)
