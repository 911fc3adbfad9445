"""The alerts' panel, its model, the bell, the sound, and what a locked screen may say."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.escalations.builders import (
    EMERGENCY,
    SINGLE_RED,
    give,
    open_now,
    pass_minutes,
    record,
)
from tests.sheets import freed, in_window, settled
from tests.steps import admit
from tests.ui_frame.builders import Clock
from ui.call_words import alerts_text
from ui.context import Place
from ui.escalations.alert_model import COLUMNS, AlertModel, ItemRole
from ui.escalations.answer_sheet import AnswerSheet
from ui.escalations.panel import AlertsPanel
from ui.escalations.sound import Chime, system_player
from ui.escalations.watch import AlertWatch
from ui.widgets.rail import RAIL_WIDTH_PX
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.escalations.types import EventKind, State

EAST = world.id_of("east")
LONDON = ZoneInfo(world.TIME_ZONE)
SCROLL_BAR_PX = 16
COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}


@pytest.fixture
def place(context):
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    return Place(name="Ward 7 East", wards=wards)


@pytest.fixture
def panel(qtbot, context, place, item):
    panel = AlertsPanel(context, place)
    in_window(qtbot, panel, 1280, 600)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    panel.table.setFocus()
    return panel


def cell(panel, header, role=Qt.ItemDataRole.DisplayRole, row=0):
    return panel.model.index(row, COLUMN[header]).data(role)


def test_that_the_model_keeps_qts_contract(qtmodeltester, item):
    model = AlertModel()
    model.show_items((item, item), item.opened_at, LONDON)
    qtmodeltester.check(model)


def test_that_a_row_says_risk_patient_clock_and_what_is_owed(panel):
    assert cell(panel, "Risk") == "◆ High, score 8"
    assert cell(panel, "Patient") == "OKAFOR, Ada"
    assert cell(panel, "Answer") == "Not answered"
    assert cell(panel, "Next").startswith("Acknowledge by ")
    assert cell(panel, "Called") == "Medical registrar, once"
    assert cell(panel, "Still to do") == "Could this be sepsis?"
    assert cell(panel, "Risk", ItemRole) == panel.chosen
    said = cell(panel, "Risk", Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Bed 1. ◆ High, score 8. 1. OKAFOR, Ada.")
    assert cell(panel, "Bed", Qt.ItemDataRole.AccessibleTextRole) is None


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (Qt.Key.Key_A, EventKind.ACKNOWLEDGED),
        (Qt.Key.Key_R, EventKind.ARRIVED),
        (Qt.Key.Key_P, EventKind.PLANNED),
        (Qt.Key.Key_O, EventKind.OUTCOME),
        (Qt.Key.Key_N, EventKind.NOT_ESCALATED),
        (Qt.Key.Key_T, EventKind.NOTIFIED),
        (Qt.Key.Key_Q, EventKind.SEPSIS_ANSWERED),
    ],
    ids=["A", "R", "P", "O", "N", "T", "Q"],
)
def test_that_one_key_opens_the_answer(qtbot, panel, key, kind):
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, key)
    [sheet] = asked.args
    assert isinstance(sheet, AnswerSheet)
    assert sheet.kind is kind
    sheet.deleteLater()


def test_that_a_key_that_does_not_fit_says_why(qtbot, panel):
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, Qt.Key.Key_I)
    assert told.args[0] == "No nurse has to be informed of this alert any more."
    assert not panel.buttons[EventKind.INFORMED].isEnabled()


def test_that_the_clocks_run_without_the_database(panel, context):
    clock = Clock(panel.chosen.opened_at + timedelta(minutes=13))
    panel.context = replace(context, clock=clock)
    panel.tell_time()
    assert cell(panel, "Open") == "13 min"
    assert cell(panel, "Next").startswith("Late 3 min: acknowledge by ")
    assert cell(panel, "Next", Qt.ItemDataRole.ForegroundRole) is not None


def test_that_an_answered_ward_says_so_with_the_time(qtbot, panel, database, nurse, item):
    give(database, nurse, item, EventKind.SEPSIS_ANSWERED, code="not_suspected")
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="plan_in_place")
    panel.take_note("escalations")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)
    assert panel.message.text().startswith("No open alerts on your wards. Read at ")


def test_that_a_failed_read_keeps_the_rows_and_says_how_old_they_are(panel):
    panel.load_failed.emit(DatabaseUnavailableError("The server is away."))
    assert panel.model.rowCount() == 1
    assert "Stale since" in panel.notice.text


def test_that_the_panel_leaves_nothing_behind(qtbot, context, place):
    made = AlertsPanel(context, place)
    made.load_at_once()
    settled(qtbot, context)
    gone = freed(qtbot, made)
    del made
    gc.collect()
    assert gone() is None


# -- the watch and its sound


class QuietChime(Chime):
    """Counts instead of sounding."""

    def __init__(self):
        super().__init__(None)
        self.played = 0

    def play(self):
        self.played += 1


@pytest.fixture
def clock(item):
    return Clock(item.opened_at + timedelta(seconds=1))


@pytest.fixture
def watch(qtbot, context, clock):
    """A watch over East that has read once, on a clock that stands still."""
    chime = QuietChime()
    watch = AlertWatch(replace(context, clock=clock), chime)
    watch.chime = chime
    with qtbot.waitSignal(watch.changed):
        watch.read()
    yield watch
    watch.deleteLater()


def test_that_an_emergency_sounds_at_once_and_again_until_answered(
    qtbot, watch, clock, database, nurse, item
):
    assert watch.chime.played == 1
    clock.move(seconds=19)
    watch.look()
    assert watch.chime.played == 1
    clock.move(seconds=2)
    watch.look()
    assert watch.chime.played == 2
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    with qtbot.waitSignal(watch.changed):
        watch.take_note("escalations")
    clock.move(minutes=5)
    watch.look()
    assert watch.chime.played == 2
    assert watch.items[0].state is State.ACKNOWLEDGED


def test_that_silence_stops_the_sound_for_a_while_and_nothing_else(
    qtbot, watch, context, clock, admin
):
    watch.silence(10)
    settled(qtbot, context)
    clock.move(minutes=9)
    watch.look()
    assert watch.chime.played == 1
    assert len(watch.items) == 1
    assert admin.execute(
        "SELECT kind, silent_minutes FROM report.escalation_events"
    ).fetchall() == [("silenced", 10)]
    clock.move(minutes=2)
    watch.look()
    assert watch.chime.played == 2


def test_that_a_new_alert_sounds_in_spite_of_the_silence(qtbot, watch, clock, database, nurse):
    watch.silence(10)
    other = admit(database, nurse, "Lind", "Eva", label="2")
    record(database, nurse, other, SINGLE_RED)
    with qtbot.waitSignal(watch.changed):
        watch.take_note("observations")
    assert watch.chime.played == 2


def test_that_a_raise_sounds_in_spite_of_the_silence(
    qtbot, context, clock, database, nurse, admin
):
    other = admit(database, nurse, "Lind", "Eva", label="2")
    record(database, nurse, other, SINGLE_RED)
    chime = QuietChime()
    watch = AlertWatch(replace(context, clock=clock), chime)
    with qtbot.waitSignal(watch.changed):
        watch.read()
    watch.silence(10)
    record(database, nurse, other, EMERGENCY)
    with qtbot.waitSignal(watch.changed):
        watch.read()
    assert chime.played == 2
    watch.deleteLater()


def test_that_without_sound_the_number_stays(qtbot, context, clock, item):
    chime = QuietChime()
    watch = AlertWatch(replace(context, clock=clock), chime, sound_on=False)
    with qtbot.waitSignal(watch.alerts_changed) as told:
        watch.read()
    assert chime.played == 0
    assert alerts_text(told.args[0]) == "1 alert on Ward 7 East"
    watch.deleteLater()


def test_that_what_was_known_rings_on_when_the_server_is_away(
    qtbot, watch, context, clock, monkeypatch
):
    def away(*_args):
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr("ui.escalations.watch.watched_items", away)
    watch.read()
    settled(qtbot, context)
    clock.move(minutes=1)
    watch.look()
    assert watch.chime.played == 2


def test_that_a_late_arrival_rings_again(qtbot, watch, database, nurse, admin):
    give(database, nurse, watch.items[0], EventKind.ACKNOWLEDGED)
    with qtbot.waitSignal(watch.changed):
        watch.read()
    played = watch.chime.played
    pass_minutes(admin, 31)
    with qtbot.waitSignal(watch.changed):
        watch.read()
    assert watch.chime.played == played + 1


def test_that_bursts_of_news_become_one_more_read(qtbot, watch, context):
    for _ in range(5):
        watch.take_note("escalations")
    watch.take_note("patients")
    settled(qtbot, context)
    assert not watch._asked
    assert not watch._ask_again


# -- the sound itself, without a sound device


@pytest.fixture
def beeps(monkeypatch):
    heard = []
    monkeypatch.setattr("ui.escalations.sound.QApplication.beep", lambda: heard.append(1))
    return heard


def test_that_without_a_player_the_computer_beeps(qapp, beeps):
    Chime(None).play()
    assert beeps == [1]


@pytest.mark.parametrize("player", [("false",), ("no-such-player-anywhere",)])
def test_that_a_player_that_fails_is_answered_by_one_beep(qtbot, beeps, player):
    chime = Chime(player)
    chime.play()
    qtbot.waitUntil(lambda: beeps == [1])
    qtbot.waitUntil(lambda: not chime.is_playing)
    assert beeps == [1]


def test_that_a_player_gets_the_sound_and_one_at_a_time(qtbot, beeps, tmp_path):
    log = tmp_path / "played"
    script = tmp_path / "player"
    script.write_text(f'#!/bin/sh\necho "$1" >> {log}\nexec sleep 60\n')
    script.chmod(0o755)
    chime = Chime((str(script),))
    chime.play()
    chime.play()
    qtbot.waitUntil(log.exists)
    qtbot.waitUntil(lambda: log.read_text().strip().endswith("alert.wav"))
    chime.stop()
    assert not chime.is_playing
    assert beeps == []
    assert len(log.read_text().splitlines()) == 1


def test_that_a_player_is_looked_for_on_the_path(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: name == "aplay")
    assert system_player() == ("aplay", "-q")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert system_player() is None


def test_that_another_wards_alerts_are_not_watched(qtbot, connect, signed_in, item):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    assert open_now(beta, wes, EAST) == ()


def test_that_every_column_is_seen_at_1366_pixels(panel):
    panel.resize(1366 - RAIL_WIDTH_PX, 600)
    assert sum(column.width_px for column in COLUMNS) < 1366 - RAIL_WIDTH_PX - SCROLL_BAR_PX
    assert panel.table.horizontalScrollBar().maximum() == 0
