"""The settings file of this computer: what is wrong with it, and making it from an address."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.settings import Settings, examine_settings
from ward_app.core.settings_sources import URL_KEY, flat, read_toml, url_settings
from ward_app.core.whole_file import write_whole
from ward_app.operations.settings_reference import default, written

_SUFFIX_OF_OLD = ".old"


def examine(file: Path, environment: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Return the settings as far as they can be read, and all that is wrong, in sentences."""
    try:
        settings, problems = examine_settings(file, environment)
    except ConfigurationError as error:
        return Settings(), [str(error)]
    return settings, [*map(str, problems), *([] if problems else _doubts(settings))]


def from_url(file: Path, url: str) -> tuple[str, str, str]:
    """Return the file's new text, the role and the password of an address; writes nothing.

    Settings that the file has and the address does not are kept.

    Raises:
        RuleBrokenError: the address has no host, no user or no password.
        ConfigurationError: it is none, or the settings with it would be wrong.
    """
    given, password = url_settings(url.strip(), "The address")
    missing = [word for word in ("host", "user") if f"database.{word}" not in given]
    if password is None:
        missing.append("password")
    if missing or password is None:
        raise RuleBrokenError(f"The address has no {' and no '.join(missing)}.")
    kept = {key: value for key, value in flat(read_toml(file)) if key != URL_KEY}
    text = toml({**kept, **dict(_typed(given))})
    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder) / file.name
        tried.write_text(text, encoding="utf-8")
        _, problems = examine_settings(tried, {})
    if problems:
        raise ConfigurationError(" ".join(map(str, problems)))
    return text, given["database.user"], password


def replace_file(file: Path, text: str) -> Path | None:
    """Write the settings file; return where the old one is kept, None when there was none."""
    old = None
    if file.exists():
        old = file.with_name(file.name + _SUFFIX_OF_OLD)
        write_whole(old, file.read_bytes())
    write_whole(file, text.encode())
    return old


def toml(values: Mapping[str, object]) -> str:
    """Return a TOML file with these values by dotted key, the top of the file first."""
    sections: dict[str, list[str]] = {"": []}
    for key, value in values.items():
        section, _, word = key.rpartition(".")
        sections.setdefault(section, []).append(f"{word} = {written(value)}")
    parts = ["\n".join([f"[{name}]"] * bool(name) + lines) for name, lines in sections.items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _typed(given: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Yield the settings of an address as TOML has them: numbers and truth without quotes."""
    for key, value in given.items():
        usual = default(key)
        if isinstance(usual, bool) and value in {"true", "false"}:
            yield key, value == "true"
        elif not isinstance(usual, str) and value.isdecimal():
            yield key, int(value)
        else:
            yield key, value


def _doubts(settings: Settings) -> Iterator[str]:
    """Yield what is allowed and will not work, or not for long."""
    database = settings.database
    for word, value in (("host", database.host), ("user", database.user)):
        if not value:
            yield f"database.{word} is empty, so the program does not start."
    if database.socket_timeout_s * 1000 <= database.query_timeout_ms:
        yield (
            "database.socket_timeout_s is not longer than database.query_timeout_ms: a slow "
            "statement would count as a broken connection."
        )
    for word in ("sslrootcert", "sslcert", "sslkey"):
        file = getattr(database, word)
        if file and not os.access(file, os.R_OK):
            yield f"database.{word}: this account cannot read {file}."
