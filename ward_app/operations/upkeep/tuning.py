"""What the server's settings should be for its computer; told, never applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from ward_app.operations.bootstrap import administrator
from ward_app.operations.findings import Finding, Level
from ward_app.operations.server_config import ServerSize, sections

_SETTINGS = """
SELECT name, current_setting(name), context = 'postmaster' FROM pg_settings WHERE name = ANY (%s)
"""
_REPORTS = "ward_readonly"
_REPORT_MOST_MB = 256
_WORKERS_MOST = 8
_AMOUNT = re.compile(r"^(\d+)\s*(kB|MB|GB|TB|ms|s|min|h)$")
_BYTES_OR_MS = {
    "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4,
    "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000,
}  # fmt: skip
# a check of its own says those louder, and a hospital's own sizes are its own business
_OTHERS = frozenset({"Memory", "Connections", "Patients' data"})


@dataclass(frozen=True, slots=True)
class Deviation:
    """A setting that is not as advised.

    Attributes:
        restarts: whether the server must be restarted for it; otherwise a reload is enough.
    """

    name: str
    is_so: str
    advised: str
    restarts: bool


def proposals(size: ServerSize, cores: int) -> dict[str, str]:
    """Return every advised setting of a server of this size, by name, as its file has it."""
    advised = {
        name: value.strip("'")
        for section in sections(size)
        for name, value in section.settings.items()
    }
    workers = max(2, min(cores, _WORKERS_MOST))
    return advised | {
        "max_worker_processes": str(max(8, workers)),
        "max_parallel_workers": str(workers),
        # a nurse's question is short; many ask at once
        "max_parallel_workers_per_gather": str(min(2, workers // 2)),
    }


def of_roles(size: ServerSize) -> dict[str, str]:
    """Return advised settings of single roles, as statements by role.

    Reports sort much and are few: what they may use for it would be too much for everybody.
    """
    report_mb = min(max(size.ram_mb // 32, 16), _REPORT_MOST_MB)
    return {_REPORTS: f"ALTER ROLE {_REPORTS} SET work_mem = '{report_mb}MB'"}


def deviations(admin_dsn: str, advised: dict[str, str], *, database: str) -> list[Deviation]:
    """Return the settings of a server that are not as advised, by name."""
    with administrator(admin_dsn, database) as connection:
        return list(_deviations(connection, advised))


def look(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield which settings differ from the advised ones that go for servers of every size."""
    advised = {
        name: value.strip("'")
        for section in sections(ServerSize(1024))
        if section.heading not in _OTHERS
        for name, value in section.settings.items()
    }
    found = [
        f"{one.name} is {one.is_so}, not {one.advised}" for one in _deviations(connection, advised)
    ]
    if found:
        words = f"{len(found)} settings differ from the advised: {'; '.join(found)}."
        yield Finding("Tuning", Level.INFO, words, "wardctl tune --ram 16GB says what to change.")
    else:
        yield Finding("Tuning", Level.GOOD, "The settings are as advised.")


def _deviations(connection: Connection[Any], advised: dict[str, str]) -> Iterator[Deviation]:
    rows = connection.execute(_SETTINGS, (list(advised),)).fetchall()
    for name, is_so, restarts in sorted(rows):
        if _comparable(is_so) != _comparable(advised[name]):
            yield Deviation(name, is_so, advised[name], restarts)


def _comparable(value: str) -> str | int | float:
    """Return an amount in bytes or ms and a number as a number; the server writes them its way."""
    found = _AMOUNT.match(value)
    if found is not None:
        return int(found[1]) * _BYTES_OR_MS[found[2]]
    try:
        return float(value)
    except ValueError:
        return value
