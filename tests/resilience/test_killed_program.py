"""The real program killed with -9 while its nurse charts without a server.

Whatever she was told to be saved arrives, once each, however often the program died.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from time import perf_counter

import pytest

from tests.conftest import STATION_PASSWORD
from tests.downtime.stations import a_station
from tests.killing import RANDOM, Doomed
from tests.resilience.charting_program import chart_for_ever
from tests.resilience.proxy import Proxy
from tests.steps import admit

# how long a program looks for the server: where it must find it, and where it cannot
PATIENT_S, HASTY_S = 60, 1


class Workstation:
    """Where a program is started again and again.

    Attributes:
        acknowledged: ids of what its programs told to be saved.
    """

    def __init__(self, given, number) -> None:
        self.acknowledged = []
        self.folder = given["folder"] / f"station{number}"
        self._given = {**given, "folder": self.folder}
        self.folder.mkdir()

    @contextmanager
    def program(self, looks_s=PATIENT_S):
        """Yield a program at work; it is killed at the end, wherever it is then."""
        settings = {**self._given["settings"], "connect_timeout_s": looks_s}
        program = Doomed(chart_for_ever, {**self._given, "settings": settings})
        try:
            yield program
        finally:
            for told in program.kill():
                self._note(told)

    def hear_of(self, wanted, program):
        """Wait until it tells something that ends so; note what it acknowledges meanwhile."""
        while True:
            told = program.hear()
            assert not told.startswith("failed"), told
            self._note(told)
            if told.endswith(wanted):
                return

    def chart_a_while(self, program):
        """Let it chart, and a moment more: somewhere in the next set or the one after."""
        self.hear_of(" here", program)
        for _ in range(RANDOM.randint(1, 4)):
            began = perf_counter()
            self.hear_of(" here", program)
        program.go_on_a_moment(2 * (perf_counter() - began))

    def be_killed(self, times):
        """Start so many programs, one after the other, each killed while it charts."""
        for _ in range(times):
            with self.program(HASTY_S) as program:
                self.chart_a_while(program)

    def _note(self, told):
        number, _, place = told.partition(" ")
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
        },
        "password": STATION_PASSWORD,
        "folder": tmp_path,
        "stay": admit(database, nurse, "Okafor", label="1"),
    }


def killed_at_each(stations, way, kills):
    """Let the programs of each station be killed so often, all the time without the server."""
    with ExitStack() as first:
        programs = [(each, first.enter_context(each.program())) for each in stations]
        for station, program in programs:
            station.hear_of("ready", program)
        way.shut()
        for station, program in programs:
            station.chart_a_while(program)
    with ThreadPoolExecutor(len(stations)) as hands:
        list(hands.map(lambda station: station.be_killed(kills - 1), stations))


def all_sent(stations, way):
    """Let the programs of each station be started once more, with the server there."""
    way.open()
    for station in stations:
        with station.program() as program:
            station.hear_of("sent", program)
        assert a_station(station.folder / "downtime").outbox.damage() is None


@pytest.mark.long
@pytest.mark.parametrize(
    ("stations", "kills"), [(1, 3), pytest.param(4, 50, marks=pytest.mark.soak)]
)
def test_that_what_the_program_acknowledged_before_it_was_killed_arrives_once(
    given, way, admin, record_property, stations, kills
):
    stations = [Workstation(given, number) for number in range(stations)]
    killed_at_each(stations, way, kills)
    all_sent(stations, way)
    acknowledged = [number for station in stations for number in station.acknowledged]
    stored = Counter(str(row[0]) for row in admin.execute("SELECT id FROM report.vital_signs"))
    record_property("kills", kills * len(stations))
    record_property("acknowledged", len(acknowledged))
    record_property("arrived", len(stored))
    assert len(acknowledged) >= 2 * kills * len(stations)
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= stored.keys()
    assert set(stored.values()) == {1}
    # of what it was killed at, each program may have kept one that it could not tell of
    assert len(stored) <= len(acknowledged) + (kills + 1) * len(stations)
