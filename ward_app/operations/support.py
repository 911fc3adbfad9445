"""What IT sends to who maintains the program: settings, findings, logs; no patient and no secret.

Nothing is copied as it stands. Settings hold no secret; of the server only names, counts and
sizes are taken; of the log only lines that the program wrote itself, which never quote a value.
"""

from __future__ import annotations

import json
import os
import platform
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg

from ward_app.core.errors import ConfigurationError, WardError
from ward_app.core.places import Places
from ward_app.core.settings import KEYS, Settings
from ward_app.core.whole_file import write_whole
from ward_app.operations import config_files
from ward_app.operations.bootstrap import administrator
from ward_app.operations.findings import Finding

_PACKAGES = ("ward-app", "PySide6-Essentials", "psycopg", "psycopg-pool", "SQLAlchemy", "alembic")
_LOG_BYTES = 2_000_000
# as ui/app.py writes it; only what our own modules say is taken with its words
_LINE = re.compile(r"^(\S+ \S+) (\w+) ([\w.]+): (.*)$")
_OWN = ("ui.", "ward_app.")
_LEFT_OUT = "(words left out)"
_NAMED = r"\b((?:password|passphrase|token|secret|key)\s*[=:]\s*)"
_SECRETS = (
    (re.compile(r"(://[^\s:/@]+:)[^\s@]+@"), r"\1***@"),
    (re.compile(_NAMED + r'"[^"\n]*"', re.IGNORECASE), r'\1"***"'),
    (re.compile(_NAMED + r'[^\s"]\S*', re.IGNORECASE), r"\1***"),
)
_NUMBERS = """
SELECT datname, numbackends, xact_commit, xact_rollback, blks_read, blks_hit, deadlocks,
    temp_bytes, pg_database_size(datid) FROM pg_stat_database WHERE datname = current_database()
"""
_TABLES = """
SELECT relid::regclass::text, n_live_tup, n_dead_tup, seq_scan, idx_scan,
    pg_total_relation_size(relid), last_autovacuum, last_autoanalyze
FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found on the server.

    Attributes:
        findings: of the doctor.
        numbers: counts and sizes by name.
    """

    findings: list[Finding]
    numbers: dict[str, Any]


def bundle(places: Places, environment: Mapping[str, str], looked: Looked) -> bytes:
    """Return the zip file."""
    settings, problems = config_files.examine(places.config_file, environment)
    parts = {
        "about.json": _json(_about(environment)),
        "settings.toml": config_files.toml(_values(settings)),
        "settings-problems.txt": "".join(f"{problem}\n" for problem in problems),
        "doctor.json": _json([asdict(finding) for finding in looked.findings]),
        "database.json": _json(looked.numbers),
        **dict(_logs(places.data_dir / "logs")),
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, _without_secrets(text))
    return packed.getvalue()


def keep(packed: bytes, file: Path) -> None:
    """Write the bundle, for this account alone to read.

    Raises:
        ConfigurationError: the file is there, or cannot be written.
    """
    if file.exists():
        raise ConfigurationError(f"{file} is there already, and was left as it is.")
    try:
        write_whole(file, packed)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error


def numbers(admin_dsn: str, database: str) -> dict[str, Any]:
    """Return counts and sizes of the database and its tables, or why they are not known."""
    try:
        with administrator(admin_dsn, database) as connection:
            return {
                "database": _rows(connection, _NUMBERS),
                "tables": _rows(connection, _TABLES),
            }
    except WardError as error:
        return {"not known": str(error)}


def _rows(connection: psycopg.Connection[Any], statement: str) -> list[dict[str, Any]]:
    cursor = connection.execute(statement)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _about(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libpq": psycopg.pq.version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        # names alone: their values are settings, or somebody else's secrets
        "variables": sorted(name for name in environment if name.startswith(("WARD_", "PG"))),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _values(settings: Settings) -> dict[str, object]:
    """Return all settings by key, those too that nobody has changed."""
    values: dict[str, object] = {}
    for key in KEYS:
        value: Any = settings
        for word in key.split("."):
            value = getattr(value, word)
        values[key] = value
    # who knows it can make a keyboard pass for a badge reader
    return values | ({"badge.prefix": "***"} if settings.badge.prefix else {})


def _logs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the program's logs by name, with the words of its own modules alone."""
    for file in sorted(folder.glob("ward-app.log*")):
        yield f"logs/{file.name}", "\n".join(_own_words(_end(file))) + "\n"
    crash = folder / "crash.log"
    if crash.exists():
        yield "logs/crash.log", _end(crash)


def _own_words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            yield _LEFT_OUT
        elif found[3].startswith(_OWN):
            yield line
        else:
            yield f"{found[1]} {found[2]} {found[3]}: {_LEFT_OUT}"


def _end(file: Path) -> str:
    with file.open("rb") as log:
        log.seek(max(os.fstat(log.fileno()).st_size - _LOG_BYTES, 0))
        return log.read().decode(errors="replace")


def _json(value: object) -> str:
    return json.dumps(value, indent=2, default=str)


def _without_secrets(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
