"""A window of the demo in a process of its own; what it needs comes through its input."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from ui.demo.window import Station, open_window
from ward_app.core.settings import DatabaseSettings, PoolSettings


def start_station(station: Station) -> subprocess.Popen[str]:
    """Start a window; its credential goes through a pipe, never by command line or environment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.demo.station"],
        stdin=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    with process.stdin as pipe:
        json.dump(asdict(station), pipe)
    return process


def main() -> int:
    """Open the window that the input describes; return the exit status."""
    return open_window(station_of(json.load(sys.stdin)), lambda: None)


def station_of(told: dict[str, Any]) -> Station:
    """Return the workstation that `asdict` made into a table of plain values."""
    database = told["database"]
    pool = PoolSettings(**database["pool"])
    settings = DatabaseSettings(**(database | {"pool": pool}))
    return Station(**(told | {"database": settings}))


if __name__ == "__main__":
    sys.exit(main())
