"""What the lamp says of the way to the database, whichever thread it is heard on."""

from __future__ import annotations

import random
from datetime import UTC
from threading import Thread

import pytest
import shiboken6

from tests.conftest import STATION_PASSWORD
from tests.patience import until
from tests.ui_frame.builders import NOON, Clock
from ui import pulse as pulse_module
from ui.database_signals import DatabaseSignals
from ui.pulse import Pulse
from ui.staff.front_door import Access, FrontDoor
from ward_app.core.events import (
    ClockCompared,
    Events,
    HealthDegraded,
    HealthRecovered,
    PoolExhausted,
    PrimaryMoved,
    QuerySlow,
    ReplicaBack,
    ReplicaLeft,
)
from ward_app.core.reference_data import REFERENCE
from ward_app.core.settings_groups import HealthSettings
from ward_app.core.tuning import Tuning


@pytest.fixture
def events():
    return Events()


def tell_elsewhere(events, *told):
    """Tell them on another thread, as the database does."""
    teller = Thread(target=lambda: [events.tell(event) for event in told])
    teller.start()
    teller.join()


def test_that_the_lamp_says_when_the_server_is_slow_and_when_it_is_not(qtbot, events):
    pulse = Pulse(Clock())
    pulse.follow(events)
    pulse._begin_hearing()

    def words():
        return pulse.freshness(NOON, UTC).words

    for told, expected in (
        (HealthDegraded(status="degraded", latency_ms=900), "live, server slow"),
        (HealthRecovered(status="healthy", latency_ms=1), "live"),
        (HealthDegraded(status="down", latency_ms=None), "live"),  # a reading tells soon enough
        (ClockCompared(ahead_s=3_660), "live, clock 1 h fast"),
        (ClockCompared(ahead_s=-120), "live, clock 2 min slow"),
        (ClockCompared(ahead_s=0), "live"),
    ):
        with qtbot.waitSignal(pulse.ticked):
            tell_elsewhere(events, told)
        assert words() == expected
    pulse.deleteLater()


def test_that_who_comes_later_is_told_of_a_wrong_clock_too(qapp, events):
    events.tell(ClockCompared(ahead_s=-600))
    pulse = Pulse(Clock())
    pulse.follow(events)
    pulse._begin_hearing()
    assert pulse.freshness(NOON, UTC).words == "live, clock 10 min slow"
    pulse.deleteLater()


def test_that_each_event_is_a_signal_on_the_gui_thread(qtbot, events):
    """[H13] [H14] [H15]"""
    signals = DatabaseSignals(events)
    for signal, event in (
        (signals.query_slow, QuerySlow(query="", duration_ms=1, ward_id=None, trace="")),
        (signals.pool_exhausted, PoolExhausted(pool_size=4, active_connections=4)),
        (signals.health_degraded, HealthDegraded(status="down", latency_ms=None)),
        (signals.health_recovered, HealthRecovered(status="healthy", latency_ms=1)),
        (signals.clock_compared, ClockCompared(ahead_s=60)),
        (signals.primary_moved, PrimaryMoved(host="db2", port=5432)),
    ):
        with qtbot.waitSignal(signal) as heard:
            tell_elsewhere(events, event)
        assert heard.args == [event]
    signals.deleteLater()


def test_that_what_becomes_of_a_standby_is_no_slow_statement(qtbot, events):
    signals = DatabaseSignals(events)
    with qtbot.assertNotEmitted(signals.query_slow):
        events.tell(ReplicaLeft(reason="It is 40 s behind."))
        events.tell(ReplicaBack())
    signals.deleteLater()


def test_that_another_server_is_told_and_everything_is_read_anew(qtbot, events):
    pulse = Pulse(Clock())
    pulse.follow(events)
    with qtbot.waitSignal(pulse.refresh_due), qtbot.waitSignal(pulse.server_moved) as heard:
        tell_elsewhere(events, PrimaryMoved(host="db2", port=5432))
    assert str(heard.args[0]).startswith("Another database server, db2, has taken over.")
    pulse.deleteLater()


@pytest.fixture
def asked(monkeypatch):
    """What a pulse asks chance for; it says that 2 s go by, which no test waits for."""
    asked = []
    monkeypatch.setattr(pulse_module, "READ_ANEW_WITHIN_MS", 3_000)
    monkeypatch.setattr(random, "randint", lambda *ends: asked.append(ends) or 2_000)
    return asked


def test_that_not_every_workstation_reads_everything_anew_at_the_same_instant(qtbot, asked):
    """Of reference data all hear the same moment that something changed."""
    pulse = Pulse(Clock())
    with qtbot.assertNotEmitted(pulse.refresh_due):
        pulse._pass_on("", REFERENCE)
        pulse._pass_on("", REFERENCE)
    assert asked == [(0, 3_000)]
    assert pulse.anew.isActive()
    assert pulse.anew.interval() == 2_000
    assert pulse.anew.isSingleShot()
    with qtbot.waitSignal(pulse.refresh_due):
        pulse.anew.timeout.emit()
    pulse.deleteLater()


def test_that_a_ward_is_read_at_once_that_changed(qtbot, asked):
    pulse = Pulse(Clock())
    with qtbot.waitSignal(pulse.changed) as heard:
        pulse._pass_on("ward", "beds")
    assert (heard.args, asked) == (["ward", "beds"], [])
    pulse.deleteLater()


@pytest.mark.usefixtures("asked")
def test_that_nothing_is_read_anew_for_who_has_left(qapp):
    pulse = Pulse(Clock())
    pulse._pass_on("", REFERENCE)
    pulse.stop()
    assert not pulse.anew.isActive()
    pulse.deleteLater()


def test_that_events_are_not_told_to_what_is_gone(qapp, events, caplog):
    signals = DatabaseSignals(events)
    shiboken6.delete(signals)
    events.tell(HealthRecovered(status="healthy", latency_ms=1))
    assert "failed" not in caplog.text


def test_that_the_program_looks_at_the_database_and_keeps_its_figures_for_it(
    station_settings, tmp_path
):
    tuning = Tuning(health=HealthSettings(interval_ms=10))
    door = FrontDoor(
        lambda: Access(station_settings(), STATION_PASSWORD, tuning=tuning, figures_dir=tmp_path)
    )
    door.open()
    until((tmp_path / "metrics.json").exists)
    door.close()
