"""Simulated workstations in a process of their own: each with a pool and a listener, at work."""

from __future__ import annotations

import selectors
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.database import a_set
from benchmarks.hospital import STATION_PASSWORD
from benchmarks.measure import once_ms
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor, Database
from ward_app.core.settings import DatabaseSettings
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations

# what a station does one after the other: it looks far more often than it writes
MIX = ("board", "chart", "board", "record", "board", "chart", "board", "board", "chart", "board")
# ten times as busy as a ward at its busiest
PACE_S = 2.0
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one station stands: its ward, and a stay of it with its patient."""

    number: int
    ward_id: UUID
    admission_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What a process' stations did: ms by kind of work, and notifications heard."""

    spent_ms: dict[str, list[float]]
    heard: int
    failed: list[str]


class Station:
    """One workstation, where somebody who is signed in works at an even pace."""

    def __init__(self, settings: DatabaseSettings, desk: Desk, actor: Actor) -> None:
        self._desk = desk
        self.database = Database.connect(settings, STATION_PASSWORD)
        self._actor = actor
        self._basis = self.database.read(self._actor, scoring_of, desk.admission_id)

    def works(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield what to do, for ever."""
        doing = {"board": self._look, "chart": self._read_chart, "record": self._record}
        for kind in cycle(MIX[self._desk.number % len(MIX) :] + MIX):
            yield kind, doing[kind]

    def _look(self) -> None:
        self.database.read(self._actor, ward_board, (self._desk.ward_id,))

    def _read_chart(self) -> None:
        self.database.run(self._actor, open_chart, self._desk.patient_id)
        self.database.read(self._actor, observation_chart, self._desk.admission_id)

    def _record(self) -> None:
        new = a_set(self._desk.admission_id)
        self.database.run(self._actor, record_observations, new, self._basis)


class Listening:
    """The listeners of a process, heard by one thread."""

    def __init__(self, settings: DatabaseSettings, count: int) -> None:
        self.heard = 0
        arguments: dict[str, Any] = {**settings.conninfo(), "password": STATION_PASSWORD}
        self._connections = [psycopg.connect(**arguments, autocommit=True) for _ in range(count)]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._hear)
        for connection in self._connections:
            connection.execute("LISTEN ward")
        self._thread.start()

    def stop(self) -> None:
        """Hear no more."""
        self._stopped.set()
        self._thread.join()
        for connection in self._connections:
            connection.close()

    def _hear(self) -> None:
        with selectors.DefaultSelector() as selector:
            for connection in self._connections:
                selector.register(connection.fileno(), selectors.EVENT_READ, connection)
            while not self._stopped.is_set():
                for key, _ in selector.select(0.2):
                    key.data.pgconn.consume_input()
                    while key.data.pgconn.notifies():
                        self.heard += 1


def work(
    way: DatabaseSettings,
    desks: list[Desk],
    actor: Actor,
    begin: Event,
    told: Connection,
) -> None:
    """Have stations stand ready, say so, and work for `SECONDS` from `begin` on.

    All of them in one session: so many sign-ins at one workstation would lock it.
    """
    listening = Listening(way.direct, len(desks))
    stations = [Station(way, desk, actor) for desk in desks]
    spent: dict[str, list[float]] = {kind: [] for kind in MIX}
    failed: list[str] = []
    told.send("ready")
    begin.wait()
    threads = [
        threading.Thread(target=_work_on, args=(station, number, spent, failed))
        for number, station in enumerate(stations)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for station in stations:
        station.database.close()
    listening.stop()
    told.send(Worked(spent_ms=spent, heard=listening.heard, failed=failed))


def _work_on(
    station: Station,
    number: int,
    spent: dict[str, list[float]],
    failed: list[str],
) -> None:
    """Work at the pace until the time is over; what comes late is done at once."""
    pause, began = threading.Event(), perf_counter()
    due_s = (number * 0.618) % 1 * PACE_S  # not all at one moment
    for kind, doing in station.works():
        if due_s >= SECONDS:
            return
        pause.wait(max(began + due_s - perf_counter(), 0))
        try:
            spent[kind].append(once_ms(doing))
        except Exception as error:  # noqa: BLE001 - the bench tells it, and the others go on
            failed.append(f"{kind}: {error}")
        due_s += PACE_S
