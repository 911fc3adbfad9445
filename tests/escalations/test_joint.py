"""The bell in the top line, the keys of the board, and what a locked screen may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from tests import world
from tests.board.builders import a_patient
from tests.escalations.builders import give, no_sepsis, open_now
from tests.escalations.test_panel import QuietChime
from tests.steps import board_of
from tests.ui_frame.builders import Clock
from ui.bed_calls import bed_call
from ui.board.actions import BedAct
from ui.board.cards import Moment, bed_card
from ui.board.rows import cards_of
from ui.board.wall_cards import wall_card
from ui.context import Place
from ui.escalations.answer_sheet import AnswerSheet
from ui.escalations.concern_sheet import ConcernSheet
from ui.escalations.joint import AlertJoint
from ui.panels import ALERTS, ARRANGEMENT, BOARD, PANELS
from ui.preferences import Preferences
from ui.staff.front_door import FrontDoor
from ui.staff.lock_screen import LockScreen
from ui.workplace import Workplace
from ward_app.escalations.types import EventKind

EAST = world.id_of("east")
DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@pytest.fixture
def workplace(qtbot, context, item):
    """Nora's workplace with everything joined, the bell read."""
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: workplace.top_line.bell.text() == "1")
    return workplace


def test_that_the_bell_counts_and_leads_to_the_alerts(qtbot, workplace, database, nurse, item):
    bell = workplace.top_line.bell
    assert bell.toolTip() == "Alerts: 1 open, 1 not answered in time or at all."
    bell.click()
    panel = workplace.panel_of(ALERTS)
    assert workplace.panel is panel
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    no_sepsis(database, nurse, item)
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="end_of_life")
    workplace.pulse.changed.emit(str(EAST), "escalations")
    qtbot.waitUntil(lambda: bell.text() == "")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)


def test_that_silence_strikes_the_bell_out_and_leaves_its_number(qtbot, workplace):
    panel = workplace.show_panel(ALERTS)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    panel.silence_button.click()
    assert "The sound is off here until" in workplace.outcome.notice.text
    assert workplace.top_line.bell.text() == "1"
    assert workplace.top_line.bell.toolTip().endswith("The sound is off.")


def test_that_the_sound_is_a_preference_of_the_workstation(qtbot, workplace, tmp_path):
    kept = Preferences(tmp_path / "preferences.ini")
    assert kept.alert_sound
    with qtbot.waitSignal(workplace.alert_sound_changed) as told:
        workplace.switch_alert_sound()
    kept.alert_sound = told.args[0]
    kept.sync()
    assert not Preferences(tmp_path / "preferences.ini").alert_sound
    assert workplace.top_line.bell.text() == "1"


def test_that_the_board_answers_and_calls(qtbot, workplace, item):
    board = workplace.panel
    qtbot.waitUntil(lambda: len(board.beds.model.rows) > 1)
    board.beds.go_to(item.admission_id, None)
    board.act(BedAct.CONCERN)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, ConcernSheet))
    board.act(BedAct.ESCALATION)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, AnswerSheet))


def test_that_enter_opens_the_chart_from_the_alerts(qtbot, workplace):
    panel = workplace.show_panel(ALERTS)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    panel.table.activated.emit(panel.model.index(0, 0))
    qtbot.waitUntil(lambda: type(workplace.panel).__name__ == "ChartPanel")
    assert workplace.panel.patient.family_name == "Okafor"


def test_that_who_may_not_see_patients_has_no_watch(qtbot, context, signed_in):
    wall = replace(context, signed_in=signed_in("wall"))
    workplace = Workplace(wall, Place(name="x", wards=context.wards[:1]), PANELS)
    qtbot.addWidget(workplace)
    assert not workplace.offers(ALERTS)


def test_that_a_locked_screen_says_how_many_and_nothing_of_a_patient(
    qtbot, context, item, workplace
):
    screen = LockScreen(context.work, FrontDoor(lambda: None), context.signed_in)
    qtbot.addWidget(screen)
    joint = AlertJoint(workplace, QuietChime())
    workplace.alerts_changed.connect(screen.show_alerts)
    with qtbot.waitSignal(workplace.alerts_changed):
        joint.watch.read()
    screen.show()
    assert screen.alerts.text() == "◆ 1 alert on Ward 7 East"
    assert screen.alerts.isVisible()
    assert joint.chime.played >= 1
    screen.show_alerts("")
    assert not screen.alerts.isVisible()


# -- what a bed shows


@pytest.fixture
def called(database, nurse, item):
    """The board's row of the patient with the open escalation."""
    return next(row for row in board_of(database, nurse) if row.escalation_id)


def test_that_a_tile_shows_the_clock_of_the_call_and_moves_on_with_it(called, context, item):
    zone = Place(name="x", wards=context.wards[:1]).zone
    clock = Clock(item.opened_at + timedelta(minutes=7))
    card = bed_card(called, Moment(clock(), zone))
    assert card.called == "◆ Not answered, 7 min"
    clock.move(minutes=5)
    assert bed_call(called, clock(), zone).words == "◆ Late 2 min"
    assert "Late 2 min (not answered, by " in bed_call(called, clock(), zone).line


def test_that_a_wall_shows_level_and_minutes_and_no_name(called, context, item):
    zone = Place(name="x", wards=context.wards[:1]).zone
    moment = Moment(item.opened_at + timedelta(minutes=7), zone)
    card = wall_card(called, moment, {})
    assert (card.name, card.line, card.called) == ("Occupied", "◆ High 7 min", "risk_high")


def test_that_an_answered_call_is_not_loud(called, context, database, nurse, item):
    zone = Place(name="x", wards=context.wards[:1]).zone
    give(database, nurse, item, EventKind.PLANNED, words="fluids")
    row = next(row for row in board_of(database, nurse) if row.escalation_id)
    call = bed_call(row, item.opened_at + timedelta(hours=2), zone)
    assert (call.words, call.is_loud) == ("◆ Plan made, 2 h 00 min", False)
    assert bed_call(a_patient(1), item.opened_at, zone) is None
    assert len(open_now(database, nurse, EAST)) == 1


def test_that_no_key_means_two_things_in_any_panel(qtbot, workplace):
    for spec in PANELS:
        if not workplace.offers(spec.key):
            continue
        panel = workplace.show_panel(spec.key)
        actions = [*panel.findChildren(QAction), *workplace.findChildren(QAction, options=DIRECT)]
        keys = [key.toString() for action in actions for key in action.shortcuts()]
        assert sorted(keys) == sorted(set(keys)), spec.word


def test_that_e_on_the_board_answers_the_open_alert(qtbot, workplace):
    board = workplace.show_panel(BOARD)
    qtbot.waitUntil(lambda: board.beds.model.rowCount() > 0)
    called = next(card for card in cards_of(board.beds.model.rows) if card.bed.escalation_id)
    board.beds.go_to(called.bed.admission_id, called.bed.bed_id)
    QTest.keyClick(board.beds.tiles, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, AnswerSheet))
