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
    return open_window(_station(json.load(sys.stdin)), lambda: None)


def _station(told: dict[str, Any]) -> Station:
    database = told["database"]
    pool = PoolSettings(**database.pop("pool"))
    return Station(**(told | {"database": DatabaseSettings(**database, pool=pool)}))


if __name__ == "__main__":
    sys.exit(main())
