"""Where settings come from: TOML file, DATABASE_URL, environment; all as dotted keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ward_app.core.errors import ConfigurationError

_PREFIX = "WARD_"
_SECRET_WORDS = ("password", "passwd", "secret", "token", "passphrase", "_key")
_POOLER = "pgbouncer"
_URL_PARTS = {
    "host": "database.host",
    "port": "database.port",
    "dbname": "database.name",
    "user": "database.user",
    "sslmode": "database.sslmode",
    "sslrootcert": "database.sslrootcert",
    "sslcert": "database.sslcert",
    "sslkey": "database.sslkey",
    "connect_timeout": "database.connect_timeout_s",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody set, not yet checked, and where."""

    value: object
    source: str


def from_file(file: Path) -> dict[str, Given]:
    """Return the settings of a TOML file; a missing file has none.

    Raises:
        ConfigurationError: not TOML, not readable, or it contains a secret.
    """
    given = {key: Given(value, str(file)) for key, value in _flat(_read(file))}
    for key, entry in given.items():
        is_secret = any(word in key.lower() for word in _SECRET_WORDS)
        has_secret = "://" in str(entry.value) and "password" in _parts(entry.value, key)
        if is_secret or has_secret:
            raise _secret_found(f"{file} contains a password or a key in {key}")
    return given


def from_url(environment: Mapping[str, str]) -> dict[str, Given]:
    """Return the settings in DATABASE_URL; none without it.

    Raises:
        ConfigurationError: no PostgreSQL address, an unknown option, or a password in it.
    """
    url, pooler = _without_pooler(environment.get("DATABASE_URL", ""))
    parts = _parts(url, "DATABASE_URL") if url else {}
    if "password" in parts:
        raise _secret_found("DATABASE_URL contains a password")
    unknown = sorted(parts.keys() - _URL_PARTS.keys())
    if unknown:
        raise ConfigurationError(
            f"DATABASE_URL: {', '.join(unknown)} is not known; "
            f"allowed are {', '.join(_URL_PARTS)}, {_POOLER}."
        )
    given = {_URL_PARTS[part]: Given(value, "DATABASE_URL") for part, value in parts.items()}
    if pooler:
        given["database.via_pgbouncer"] = Given(pooler[-1], "DATABASE_URL")
    return given


def from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    """Return the settings in `WARD_ENVIRONMENT` and `WARD_SECTION__KEY` variables."""
    return {
        name.removeprefix(_PREFIX).lower().replace("__", "."): Given(value, name)
        for name, value in environment.items()
        if name == "WARD_ENVIRONMENT" or (name.startswith(_PREFIX) and "__" in name)
    }


def _without_pooler(url: str) -> tuple[str, list[str]]:
    """Return an address without `pgbouncer=…`, which others know and libpq does not, and that."""
    if f"{_POOLER}=" not in url:
        return url, []
    parts = urlsplit(url)
    options = parse_qsl(parts.query)
    rest = urlencode([option for option in options if option[0] != _POOLER])
    return urlunsplit(parts._replace(query=rest)), [v for k, v in options if k == _POOLER]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def _flat(values: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{section}{key}.")
        else:
            yield f"{section}{key}", value


def _parts(url: object, name: str) -> dict[str, Any]:
    """Return the parts of a PostgreSQL address by libpq's names."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return conninfo_to_dict(str(url))
    except ProgrammingError:
        raise ConfigurationError(
            f"{name} is not a PostgreSQL address, such as postgresql://db.example:5432/ward."
        ) from None


def _secret_found(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"{what}. Remove it: the workstation's password belongs in the keyring of the computer, "
        "where `wardctl workstation enrol` puts it."
    )
