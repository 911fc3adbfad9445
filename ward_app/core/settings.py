"""The settings of this installation: one validated object, read once at the start.

Stronger first: `WARD_…` environment variables (`WARD_DATABASE__HOST`), `DATABASE_URL`, the TOML
file, the defaults below. A password is never among them: it lives in the keyring.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from typing_extensions import override

from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places

_SECRET_WORDS = ("password", "passwd", "secret", "token")
_URL_PARTS = {
    "host": "host",
    "port": "port",
    "dbname": "name",
    "user": "user",
    "sslmode": "sslmode",
    "sslrootcert": "sslrootcert",
    "connect_timeout": "connect_timeout_s",
}
_WHAT_TO_DO_WITH_PASSWORDS = (
    "Remove it: the workstation's password belongs in the keyring of the computer, where "
    "`wardctl workstation enrol` puts it."
)


class Environment(StrEnum):
    """What the installation is for; guards everything that destroys data."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"
    TRAINING = "training"
    PRODUCTION = "production"


class PoolSettings(BaseModel):
    """The client's own connections; a workstation's role may hold six in all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: int = Field(default=1, ge=0, le=4)
    max: int = Field(default=4, ge=1, le=6)
    timeout_s: PositiveInt = 10


class DatabaseSettings(BaseModel):
    """Where the ward database is and how long to wait for it.

    Attributes:
        host: name or address, or the folder of a socket; empty means nothing is configured.
        user: the workstation's role, such as `ws_ward_7a`.
        sslmode: a socket ignores it; the weaker modes of libpq are not offered.
        sslrootcert: file with the certificate authority; None means libpq's own place.
        socket_timeout_s: after so long without an answer the connection counts as broken.
        query_timeout_ms: the server ends a longer statement.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = ""
    port: int = Field(default=5432, ge=1, le=65535)
    name: str = "ward"
    user: str = ""
    sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = "verify-full"
    sslrootcert: str | None = None
    connect_timeout_s: PositiveInt = 5
    socket_timeout_s: PositiveInt = 60
    query_timeout_ms: PositiveInt = 30_000
    pool: PoolSettings = PoolSettings()

    @property
    def on_socket(self) -> bool:
        """Whether the server is reached through a socket of this computer."""
        return self.host.startswith(("/", "@"))

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
            "options": f"-c statement_timeout={self.query_timeout_ms}",
        }
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
        if self.sslmode != "disable":
            parts["channel_binding"] = "require"
        if self.sslrootcert:
            parts["sslrootcert"] = self.sslrootcert
        return parts


class Settings(BaseSettings):
    """Everything that can be configured."""

    model_config = SettingsConfigDict(
        env_prefix="WARD_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    environment: Environment = Environment.PRODUCTION
    database: DatabaseSettings = DatabaseSettings()

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        url = InitSettingsSource(settings_cls, init_kwargs=_from_url(os.environ))
        return env_settings, url, init_settings


def load_settings(config_file: Path | None = None) -> Settings:
    """Return the settings of the file (by default WARD_HOME's or the user's) and environment.

    A missing file is an empty one.

    Raises:
        ConfigurationError: names each key that is wrong and what it may be.
    """
    file = config_file or places().config_file
    values = _read(file)
    for key in _secret_keys(values):
        raise ConfigurationError(f"{file} contains {key}. {_WHAT_TO_DO_WITH_PASSWORDS}")
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(_explained(error, file)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def _secret_keys(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the dotted names of keys that look like a secret, and of URLs with a password."""
    for key, value in values.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            yield from _secret_keys(value, f"{name}.")
        elif any(word in key.lower() for word in _SECRET_WORDS):
            yield f"a secret in {name}"
        elif isinstance(value, str) and "://" in value and "password" in _url_parts(value, name):
            yield f"a password in {name}"


def _from_url(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return `database` settings from DATABASE_URL, an empty mapping without one."""
    url = environment.get("DATABASE_URL")
    if not url:
        return {}
    given = _url_parts(url, "DATABASE_URL")
    if "password" in given:
        raise ConfigurationError(f"DATABASE_URL contains a password. {_WHAT_TO_DO_WITH_PASSWORDS}")
    unknown = sorted(given.keys() - _URL_PARTS.keys())
    if unknown:
        raise ConfigurationError(
            f"DATABASE_URL: {', '.join(unknown)} is not known; "
            f"allowed are {', '.join(_URL_PARTS)}."
        )
    return {"database": {_URL_PARTS[part]: value for part, value in given.items()}}


def _url_parts(url: str, name: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(url.replace("postgres://", "postgresql://", 1))
    except psycopg.ProgrammingError as error:
        raise ConfigurationError(f"{name} is not a PostgreSQL address: {error}") from None


def _explained(error: ValidationError, file: Path) -> str:
    """Return one line per wrong key; never the value, which may be a secret out of place."""
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        known = _known_keys(problem["loc"][:-1])
        is_unknown = problem["type"] == "extra_forbidden"
        lines.append(f"{key}: unknown; known are {known}" if is_unknown else _line(key, problem))
    return f"The settings (in {file} or the environment) are wrong. " + "; ".join(lines) + "."


def _line(key: str, problem: Any) -> str:
    said = str(problem["msg"]).removeprefix("Input ")
    return f"{key} {said[:1].lower()}{said[1:]}"


def _known_keys(path: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Settings
    for part in path:
        inner = model.model_fields[str(part)].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return ", ".join(model.model_fields)
