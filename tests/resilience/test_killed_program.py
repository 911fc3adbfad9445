"""The real program killed with -9 while its nurse charts without a server.

Whatever she was told to be saved arrives, once each, however often the program died.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from time import perf_counter

import pytest

from tests.conftest import STATION_PASSWORD
from tests.downtime.stations import a_station
from tests.patience import PATIENCE_S
from tests.resilience.proxy import Proxy
from tests.steps import admit

PROGRAM = [sys.executable, "-m", "tests.resilience.charting_program"]
LONGEST_S = 0.02
# a start is a hundred times the work of anything else that is waited for
STARTING_S = 4 * PATIENCE_S
RANDOM = random.Random()  # noqa: S311 - when a program is killed is no secret


class Killed:
    """A program that was started, and what it said until it was killed."""

    def __init__(self, given) -> None:
        self.acknowledged = []
        self._lines = SimpleQueue()
        self._patience_s = STARTING_S
        self.process = subprocess.Popen(
            PROGRAM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        self.process.stdin.write(json.dumps(given) + "\n")
        self.process.stdin.close()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.strip())
        self._lines.put(None)

    def hear(self, wanted):
        """Wait until it says something that ends so; note what it acknowledges meanwhile."""
        while True:
            line, self._patience_s = self._lines.get(timeout=self._patience_s), PATIENCE_S
            assert line is not None, "the program ended by itself"
            assert not line.startswith("failed"), line
            self._note(line)
            if line.endswith(wanted):
                return

    def kill(self):
        """Kill it now, and note what it had said until then."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdout.close()
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self._note(line)

    def _note(self, line):
        number, _, place = line.partition(" ")
        if place in {"here", "there"}:
            self.acknowledged.append(number)


@pytest.fixture
def way(server, tmp_path):
    """The way to the server, which can be shut."""
    folder = tmp_path / "w"
    folder.mkdir()
    way = Proxy(folder, server.socket_dir / f".s.PGSQL.{server.port}")
    yield way
    way.close()


@pytest.fixture
def given(way, server, database_name, tmp_path, database, nurse):
    """What each program is started with."""
    return {
        "settings": {
            "host": str(way.folder),
            "port": server.port,
            "name": database_name,
            "user": "ws_alpha",
            "connect_timeout_s": 2,
        },
        "password": STATION_PASSWORD,
        "folder": str(tmp_path),
        "stay": str(admit(database, nurse, "Okafor", label="1")),
    }


@contextmanager
def started(given):
    program = Killed(given)
    try:
        yield program
    finally:
        program.kill()


def chart_a_while(program):
    """Let it chart until a random moment."""
    for _ in range(RANDOM.randint(1, 4)):
        program.hear(" here")
    until = perf_counter() + RANDOM.uniform(0, LONGEST_S)
    while perf_counter() < until:
        pass  # a sleep would end at moments of the scheduler's alone


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.soak)])
def test_that_what_the_program_acknowledged_before_it_was_killed_arrives_once(
    given, way, admin, tmp_path, kills
):
    acknowledged = []
    for turn in range(kills):
        with started(given) as program:
            if turn == 0:
                program.hear("ready")
                way.shut()
            chart_a_while(program)
        acknowledged += program.acknowledged
    way.open()
    with started(given) as program:
        program.hear("sent")
    acknowledged += program.acknowledged
    assert a_station(tmp_path / "downtime").outbox.damage() is None
    stored = Counter(str(row[0]) for row in admin.execute("SELECT id FROM report.vital_signs"))
    assert len(acknowledged) > kills
    assert set(acknowledged) <= stored.keys()
    assert set(stored.values()) == {1}
    # of what it was killed at, each program may have kept one that it could not tell of
    assert len(stored) <= len(acknowledged) + kills + 1
