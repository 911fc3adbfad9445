"""[L14] A standby takes over while eight nurses save, twice: from a server that was killed, and
from one that takes no changes any more. Nobody starts the program again, nothing is missing."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S
from tests.resilience.server.conftest import OwnServer
from tests.resilience.server.savers import Saver
from tests.resilience.server.standbys import let_saves_wait
from tests.resilience.server.waiting import until
from ward_app.core.connect_texts import READ_ONLY
from ward_app.core.database import Actor, Database
from ward_app.core.database_errors import UNREACHABLE
from ward_app.core.events import PrimaryMoved
from ward_app.core.listen import Changed, Connected, Disconnected, Listener
from ward_app.core.settings import PoolSettings
from ward_app.staff.service import sign_in

FIRST, SECOND = "ward_first", "ward_second"
PLACES = [("east", label) for label in ("1", "2", "3", "4", "9", "10", "S1")] + [("west", "1")]
WRITTEN = "SELECT id, note FROM report.vital_signs"


class Recorder(Saver):
    """A nurse at a workstation of her own who only records sets."""

    def _move(self, number):
        return self._record(number)


@pytest.fixture
def first(own_server, make_standby):
    """The primary of this test, with its hospital."""
    standby = make_standby(FIRST, of=own_server.cluster)
    standby.promote()
    server = OwnServer(standby.cluster)
    server.name = own_server.name
    server.as_standby = standby
    yield server
    standby.give_slot_back()


@pytest.fixture
def second(first, make_standby):
    """Its standby, which every save waits for."""
    standby = make_standby(SECOND, of=first.cluster)
    let_saves_wait(first.cluster, SECOND)
    server = OwnServer(standby.cluster)
    server.name = first.name
    server.as_standby = standby
    return server


@pytest.fixture
def settings(first, second):
    """How a workstation reaches whichever of the two takes changes."""
    both = f"{first.cluster.socket_dir},{second.cluster.socket_dir}"
    return replace(first.settings(), host=both, pool=PoolSettings(min=1, max=1))


@pytest.fixture
def recorders(settings):
    made = []
    for number, (ward, bed) in enumerate(PLACES):
        station = ("ws_alpha", "ws_beta")[number % 2]
        database = Database.connect(replace(settings, user=station), STATION_PASSWORD)
        actor = Actor(database.run(None, sign_in, "both", world.PASSWORD).token)
        made.append(Recorder(database, actor, f"Nurse {number}", ward, (bed, bed)))
    yield made
    for recorder in made:
        recorder.database.close()


@contextmanager
def at_work(recorders):
    for recorder in recorders:
        recorder.start()
    try:
        yield
    finally:
        for recorder in recorders:
            recorder.enough.set()
        for recorder in recorders:
            recorder.stop()
    assert [recorder.leak for recorder in recorders if recorder.leak] == []


@contextmanager
def listening(settings):
    """Yield the queue of what a workstation hears of the others' changes."""
    heard = SimpleQueue()
    connection = {**settings.conninfo(), "password": STATION_PASSWORD}
    listener = Listener(connection, heartbeat_seconds=0.5)
    thread = Thread(target=lambda: [heard.put(event) for event in listener.events()])
    thread.start()
    try:
        yield heard
    finally:
        listener.stop()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def set_up(cluster, **settings):
    """Change settings of a running server."""
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        admin.execute("SELECT pg_reload_conf()")


def everybody_goes_on(recorders, saves=5):
    wanted = [len(recorder.acknowledged) + saves for recorder in recorders]
    until(
        lambda: all(
            len(recorder.acknowledged) >= count
            for recorder, count in zip(recorders, wanted, strict=True)
        )
    )


def heard_until(heard, *kinds):
    """Wait until each of these kinds was heard, in this order."""
    for kind in kinds:
        while not isinstance(heard.get(timeout=PATIENCE_S), kind):
            pass


@pytest.mark.long
def test_that_two_fail_overs_lose_and_double_nothing(first, second, settings, recorders):
    moves = []
    for recorder in recorders:
        recorder.database.events.subscribe(moves.append)
    with listening(settings) as heard, at_work(recorders):
        heard_until(heard, Connected, Changed)
        everybody_goes_on(recorders)

        first.kill()
        second.as_standby.promote()
        heard_until(heard, Disconnected, Connected, Changed)
        everybody_goes_on(recorders)

        first.as_standby.come_back(second.cluster)
        everybody_goes_on(recorders)

        set_up(second.cluster, default_transaction_read_only="on")
        until(lambda: all(said(one, READ_ONLY) for one in recorders))
        [(end,)] = second.ask("SELECT pg_current_wal_lsn()")
        until(lambda: first.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", end)[0][0])
        first.as_standby.promote()
        everybody_goes_on(recorders)
        heard_until(heard, Connected, Changed)

    acknowledged = [told for recorder in recorders for told in recorder.acknowledged]
    assert Counter(first.ask(WRITTEN)) == Counter(acknowledged)
    hosts = [str(second.cluster.socket_dir), str(first.cluster.socket_dir)]
    assert Counter(move.host for move in moves if isinstance(move, PrimaryMoved)) == Counter(
        hosts * len(recorders)
    )
    assert {str(failure.text) for one in recorders for failure in one.failures} <= {
        READ_ONLY, UNREACHABLE, UNKNOWN
    }  # fmt: skip


UNKNOWN = (
    "The connection broke while this was being saved. It is not known whether it was. Save again: "
    "nothing will be there twice."
)


def said(recorder, sentence):
    return any(failure.text == sentence for failure in recorder.failures)
