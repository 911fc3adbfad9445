"""How the database does: healthy, slow, busy or down, and told once when that changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from time import time

import pytest

from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S, until
from ward_app.core import health
from ward_app.core.database import Database
from ward_app.core.health import HealthStatus, HealthTimer, jittered
from ward_app.core.settings import PoolSettings


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """A busy computer is not slow unless a test says so."""
    monkeypatch.setattr(health, "SLOW_MS", 60_000)


def test_that_a_database_that_answers_is_healthy(database):
    """[H01]"""
    found = database.look()
    assert found.status is HealthStatus.HEALTHY
    assert found.latency_ms > 0
    assert not found.is_slow
    assert found.problem is None


def test_that_a_server_nobody_reaches_is_down_with_the_reason(station_settings):
    """[H01]"""
    settings = replace(station_settings(), host="/nowhere", connect_timeout_s=1)
    database = Database.connect(settings, STATION_PASSWORD)
    found = database.look()
    assert (found.status, found.latency_ms) == (HealthStatus.DOWN, None)
    assert "cannot be reached" in found.problem
    database.close()


def test_that_a_slow_answer_or_a_busy_pool_is_degraded(station_settings, monkeypatch):
    """[H03]"""
    pool = PoolSettings(min=1, max=1, timeout_s=1)
    database = Database.connect(replace(station_settings(), pool=pool), STATION_PASSWORD)
    with database.transaction(None):
        busy = database.look()
    assert (busy.status, busy.latency_ms, busy.is_slow) == (HealthStatus.DEGRADED, None, False)
    assert "busy with other work" in busy.problem
    monkeypatch.setattr(health, "SLOW_MS", 0)
    slow = database.look()
    assert (slow.status, slow.is_slow) == (HealthStatus.DEGRADED, True)
    database.close()


def test_that_a_pool_that_is_nearly_used_up_is_degraded_though_it_answers(database, monkeypatch):
    """[H03] At nine tenths of the connections."""
    assert health.MOST_IN_USE == 0.9
    monkeypatch.setattr(health, "MOST_IN_USE", 1 / database.pool.max)
    with database.transaction(None):
        found = database.look()
    assert (found.status, found.is_slow) == (HealthStatus.DEGRADED, False)
    assert found.latency_ms is not None
    assert database.look().status is HealthStatus.HEALTHY


def test_that_only_a_change_is_told(database, monkeypatch):
    """[H15]"""
    told = []
    database.events.subscribe(told.append)
    for slow_ms in (60_000, 0, 0, 60_000, 60_000):
        monkeypatch.setattr(health, "SLOW_MS", slow_ms)
        database.look()
    assert [(one.NAME, one.status) for one in told] == [
        ("database.health.degraded", "degraded"),
        ("database.health.recovered", "healthy"),
    ]


def test_that_a_wrong_clock_is_told_by_how_far_and_once(database, monkeypatch):
    told = []
    database.events.subscribe(told.append)
    for off_s in (0, 3_600, 3_605, -7_200, 20):
        monkeypatch.setattr(health, "time", lambda off_s=off_s: time() + off_s)
        assert abs(database.look().clock_ahead_s - off_s) < health.CLOCKS_APART_S
    assert [round(event.ahead_s / 60) for event in told] == [60, -120, 0]
    assert database.events.clock == told[-1]


def test_that_an_exhausted_pool_is_told_once_until_a_connection_is_free(station_settings):
    """[H14]"""
    told = []
    pool = PoolSettings(min=1, max=1, timeout_s=1)
    settings = replace(station_settings(), pool=pool)
    database = Database.connect(settings, STATION_PASSWORD)
    database.events.subscribe(told.append)
    for _ in range(2):
        with database.transaction(None):
            database.look()
            database.look()
    exhausted = [one for one in told if one.NAME == "database.connection.pool.exhausted"]
    assert [(one.pool_size, one.active_connections) for one in exhausted] == [(1, 1), (1, 1)]
    database.close()


def test_that_looks_never_overlap_and_end_with_the_timer():
    """[H04] [L11]"""
    running, most, looks = [], [], threading.Semaphore(0)

    def look():
        running.append(1)
        most.append(len(running))
        running.pop()
        looks.release()

    timer = HealthTimer(look, 0.001)
    timer.start()
    for _ in range(5):
        assert looks.acquire(timeout=PATIENCE_S)
    timer.stop()
    assert max(most) == 1
    assert "health" not in {thread.name for thread in threading.enumerate()}


def test_that_a_database_ends_its_looks_when_it_is_closed(database):
    database.keep_looking()
    until(lambda: "health" in {thread.name for thread in threading.enumerate()})
    database.close()
    assert "health" not in {thread.name for thread in threading.enumerate()}


def test_that_stations_do_not_look_all_at_once():
    """[H04]"""
    intervals = [jittered(30) for _ in range(200)]
    assert 24 <= min(intervals) < 27
    assert 33 < max(intervals) <= 36


@pytest.mark.parametrize("name", ["healthy", "degraded", "down"])
def test_that_the_words_are_those_other_programs_know(name):
    assert HealthStatus(name).value == name
