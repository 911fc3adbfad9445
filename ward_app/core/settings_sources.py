"""Where settings come from: TOML file, variables of others, environment; all as dotted keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ward_app.core.errors import ConfigurationError
from ward_app.core.settings_aliases import SECRET_VARIABLES, URL_OPTIONS, URL_PARTS, VARIABLES

_PREFIX = "WARD_"
_SECRET_WORDS = ("password", "passwd", "secret", "token", "passphrase", "_key")
URL_KEY = "database.url"


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody set, not yet checked, and where.

    Attributes:
        may_be: what it must be, in the words of the source; "" = in those of the setting.
    """

    value: object
    source: str
    may_be: str = ""


# all that one kind of source says about each key
Layer = dict[str, list[Given]]


def given_in(file: Path, environment: Mapping[str, str]) -> list[Layer]:
    """Return what each kind of source says, the weakest first.

    Raises:
        ConfigurationError: a source cannot be read, or it contains a secret.
    """
    return [from_file(file), from_others(environment), from_environment(environment)]


def from_file(file: Path) -> Layer:
    """Return the settings of a TOML file; a missing file has none.

    Raises:
        ConfigurationError: not TOML, not readable, or it contains a secret.
    """
    given = {key: [Given(value, str(file))] for key, value in flat(read_toml(file))}
    for key, [entry] in given.items():
        is_secret = any(word in key.lower() for word in _SECRET_WORDS)
        has_secret = "://" in str(entry.value) and "password" in _parts(entry.value, key)
        if is_secret or has_secret:
            raise _secret_found(f"{file} contains a password or a key in {key}")
    return _unfolded(given)


def from_others(environment: Mapping[str, str]) -> Layer:
    """Return the settings in DATABASE_URL and in variables that other programs know.

    An empty variable says nothing.

    Raises:
        ConfigurationError: no PostgreSQL address, an unknown option, or a password.
    """
    for name in SECRET_VARIABLES:
        if environment.get(name):
            raise _secret_found(f"The environment contains a password in {name}")
    layer = from_url(environment.get("DATABASE_URL", ""), "DATABASE_URL")
    for name, alias in VARIABLES.items():
        if value := environment.get(name):
            given = Given(alias.turned(value), name, alias.may_be)
            layer.setdefault(alias.key, []).append(given)
    return layer


def from_environment(environment: Mapping[str, str]) -> Layer:
    """Return the settings in `WARD_ENVIRONMENT` and `WARD_SECTION__KEY` variables."""
    return _unfolded(
        {
            name.removeprefix(_PREFIX).lower().replace("__", "."): [Given(value, name)]
            for name, value in environment.items()
            if name == "WARD_ENVIRONMENT" or (name.startswith(_PREFIX) and "__" in name)
        }
    )


def from_url(url: str, name: str) -> Layer:
    """Return the settings in the address that `name` has; none for an empty one.

    Raises:
        ConfigurationError: no PostgreSQL address, an unknown option, or a password in it.
    """
    given, password = url_settings(url, name) if url else ({}, None)
    if password is not None:
        raise _secret_found(f"{name} contains a password")
    return {key: [Given(value, name)] for key, value in given.items()}


def url_settings(url: str, name: str) -> tuple[dict[str, str], str | None]:
    """Return the settings in an address by key, and the password in it, None for none.

    Raises:
        ConfigurationError: no PostgreSQL address, or an unknown option; what it says never
            repeats the address.
    """
    plain, options = _without_options(url)
    parts = _parts(plain, name)
    password = parts.pop("password", None)
    unknown = sorted(parts.keys() - URL_PARTS.keys())
    if unknown:
        raise ConfigurationError(
            f"{name}: {', '.join(unknown)} is not known; "
            f"allowed are {', '.join([*URL_PARTS, *URL_OPTIONS])}."
        )
    given = {URL_PARTS[part]: str(value) for part, value in parts.items()}
    return given | {URL_OPTIONS[option]: value for option, value in options}, password


def _unfolded(layer: Layer) -> Layer:
    """Return the layer with an address in it taken apart."""
    for entry in layer.pop(URL_KEY, []):
        source = f"{URL_KEY} in {entry.source}" if "/" in entry.source else entry.source
        for key, entries in from_url(str(entry.value), source).items():
            layer.setdefault(key, []).extend(entries)
    return layer


def _without_options(url: str) -> tuple[str, list[tuple[str, str]]]:
    """Return an address without the options that libpq does not know, and those."""
    if "://" not in url:
        return url, []
    try:
        parts = urlsplit(url)
    except ValueError:  # no address; whoever takes it apart says so
        return url, []
    options = parse_qsl(parts.query)
    others = [option for option in options if option[0] in URL_OPTIONS]
    if not others:
        return url, []
    rest = urlencode([option for option in options if option[0] not in URL_OPTIONS])
    return urlunsplit(parts._replace(query=rest)), others


def read_toml(file: Path) -> dict[str, Any]:
    """Return what a TOML file has; a missing one has nothing.

    Raises:
        ConfigurationError: not TOML, or not readable.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def flat(values: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, object]]:
    """Yield the values of a TOML file with their dotted keys."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{section}{key}.")
        else:
            yield f"{section}{key}", value


def _parts(url: object, name: str) -> dict[str, Any]:
    """Return the parts of a PostgreSQL address by libpq's names."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    plain, _ = _without_options(str(url))
    try:
        return conninfo_to_dict(plain)
    except ProgrammingError:
        raise ConfigurationError(
            f"{name} is not a PostgreSQL address, such as postgresql://db.example:5432/ward."
        ) from None


def _secret_found(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"{what}. Remove it: the workstation's password belongs in the keyring of the computer, "
        "where `wardctl workstation enrol` puts it."
    )
