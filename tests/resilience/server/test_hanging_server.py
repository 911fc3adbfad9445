"""A server that neither answers nor hangs up: whoever waits for it is told within the limit."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread
from time import perf_counter

import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S
from tests.steps import a_set, admit
from ward_app.core.database import Actor, Database
from ward_app.core.errors import DatabaseUnavailableError, OutcomeUnknownError
from ward_app.core.listen import Connected, Disconnected, Event, Listener
from ward_app.observations.service import record_observations
from ward_app.staff.service import sign_in

LIMIT_S = 3
LONGEST_S = 20


@pytest.fixture
def nora(own_server):
    """Nora at a workstation that waits three seconds for an answer: (database, actor)."""
    settings = replace(own_server.settings(), socket_timeout_s=LIMIT_S, connect_timeout_s=5)
    database = Database.connect(settings, STATION_PASSWORD)
    own_server.databases.append(database)
    return database, Actor(database.run(None, sign_in, "nora", world.PASSWORD).token)


@contextmanager
def hanging(own_server):
    own_server.pause(signal.SIGSTOP, "ws_alpha")
    try:
        yield
    finally:
        own_server.pause(signal.SIGCONT, "ws_alpha")


def saved_sets(own_server):
    return own_server.ask("SELECT id FROM report.vital_signs")


def test_that_a_save_without_an_answer_is_told_in_time_and_can_be_repeated(own_server, nora):
    database, actor = nora
    wish = a_set(admit(database, actor, label="1"))
    with hanging(own_server):
        began = perf_counter()
        with pytest.raises(DatabaseUnavailableError, match="did not answer"):
            database.run(actor, record_observations, wish)
        assert LIMIT_S <= perf_counter() - began < LONGEST_S
    database.run(actor, record_observations, wish)
    assert saved_sets(own_server) == [(wish.id,)]


def test_that_a_commit_without_an_answer_is_said_to_be_unknown(own_server, nora):
    database, actor = nora
    wish = a_set(admit(database, actor, label="1"))

    def record_then_hang(tx):
        record_observations(tx, wish)
        own_server.pause(signal.SIGSTOP, "ws_alpha")

    try:
        with pytest.raises(OutcomeUnknownError, match="not known whether it was"):
            database.run(actor, record_then_hang)
    finally:
        own_server.pause(signal.SIGCONT, "ws_alpha")
    database.run(actor, record_observations, wish)
    assert saved_sets(own_server) == [(wish.id,)]


def test_that_a_listener_notices_and_ends_in_time(own_server, nora):
    """The window waits for it when somebody signs out."""
    connection = {**own_server.settings().conninfo(), "password": STATION_PASSWORD}
    listener = Listener(connection, heartbeat_seconds=0)
    heard: SimpleQueue[Event] = SimpleQueue()
    thread = Thread(target=lambda: [heard.put(event) for event in listener.events()])
    thread.start()
    assert heard.get(timeout=PATIENCE_S) == Connected()
    with hanging(own_server):
        assert isinstance(heard.get(timeout=PATIENCE_S), Disconnected)
        began = perf_counter()
        listener.stop()
        thread.join(PATIENCE_S)
        assert perf_counter() - began < LONGEST_S
    assert not thread.is_alive()
