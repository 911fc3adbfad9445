"""A connection that can be broken at the worst moment."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import STATION_PASSWORD
from tests.resilience import fault_table
from tests.resilience.proxy import Proxy
from ward_app.core.database import Database
from ward_app.core.settings import PoolSettings


def pytest_terminal_summary(terminalreporter):
    """Tell what became of what was saved while something went wrong."""
    stats = terminalreporter.stats
    lines = fault_table.lines_of([*stats.get("passed", ()), *stats.get("failed", ())])
    if lines:
        terminalreporter.section("what befell the server")
    for line in lines:
        terminalreporter.line(line)


@pytest.fixture
def proxy(server):
    """The way to the server that a test may break."""
    with tempfile.TemporaryDirectory(prefix="ward-proxy-") as folder:
        proxy = Proxy(Path(folder), server.socket_dir / f".s.PGSQL.{server.port}")
        yield proxy
        proxy.close()


@pytest.fixture
def shaky(proxy, station_settings):
    """The database as workstation alpha reaches it past the proxy."""
    settings = replace(
        station_settings("ws_alpha"),
        host=str(proxy.folder),
        connect_timeout_s=2,
        pool=PoolSettings(min=1, max=1),
    )
    database = Database.connect(settings, STATION_PASSWORD)
    yield database
    database.close()
