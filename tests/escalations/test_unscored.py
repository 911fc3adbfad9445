"""A set without a score calls nobody by itself: it is said wherever somebody may rely on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests import world
from tests.board.builders import NOW, a_patient
from tests.escalations.builders import EMERGENCY, open_now, record
from tests.schedule.builders import line
from tests.sheets import row_of, settled
from tests.steps import an_admission, board_of, register
from ui.board.cards import Moment, bed_card
from ui.board.facts import facts
from ui.board.tile_grid import tile_grid
from ui.board.tile_layout import TileLayouts
from ui.call_words import unscored_text
from ui.context import Place
from ui.escalations.concern_sheet import ConcernSheet
from ui.escalations.panel import AlertsPanel
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.subject import subject_of
from ui.panels import PANELS
from ui.schedule.words import score_text
from ui.workplace import Workplace
from ward_app.admissions.service import admit
from ward_app.escalations.queries import alerts

EAST = world.id_of("east")
LONDON = ZoneInfo(world.TIME_ZONE)
MOMENT = Moment(NOW, LONDON)


@pytest.fixture
def child(database, nurse):
    """A child of six in bed 3 of East whose set would be an emergency for an adult."""
    patient = register(database, nurse, "Little", "Kim", born_on=date(2020, 1, 1))
    stay = an_admission(patient.id, label="3")
    database.run(nurse, admit, stay)
    record(database, nurse, stay.id, EMERGENCY)
    return stay.id


def test_that_a_set_without_a_score_calls_nobody_and_the_alerts_say_for_whom(
    database, nurse, child
):
    assert open_now(database, nurse, EAST) == ()
    found = database.run(nurse, alerts, (EAST,))
    assert found.unscored == (("Ward 7 East", "3"),)


def test_that_the_alerts_panel_names_the_beds(qtbot, context, database, nurse, child):
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    panel = AlertsPanel(context, Place(name="Ward 7 East", wards=wards))
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(panel.unscored.isVisible)
    assert panel.unscored.text().startswith("▲ No score calls for: Ward 7 East, bed 3.")


def test_that_the_words_group_beds_by_ward():
    assert unscored_text(()) == ""
    told = unscored_text((("East", "3"), ("East", None), ("West", "1")))
    assert told.startswith("▲ No score calls for: East, beds 3, no bed; West, bed 1.")


def test_that_board_and_worklist_tell_no_score_from_no_set(qapp, database, nurse, child):
    row = next(row for row in board_of(database, nurse) if row.admission_id == child)
    card = bed_card(row, MOMENT)
    assert (card.score.text, card.score.unscored) == ("—", True)
    assert "Not scored" in card.sentence
    told = {fact.caption: fact.value for fact in facts(card, MOMENT)}
    assert told["Score"].startswith("Not scored: no score calls")
    assert score_text(line(database, nurse, child)) == "not scored"
    layouts = TileLayouts(tile_grid([6] * 5, 1_005, 678))
    assert "not scored" in str(layouts.layout(card))
    never = bed_card(a_patient(news2_total=None, news2_at_least=None, observed_at=None), MOMENT)
    assert (never.score.text, never.score.unscored) == ("?", False)


def test_that_one_key_calls_for_help_after_a_set_without_a_score(
    qtbot, context, database, nurse, child
):
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    subject = subject_of(row_of(database, nurse, "Little"), LONDON)
    sheet = ObservationSheet(context, subject)
    workplace.open_sheet(sheet)
    settled(qtbot, context)
    sheet.entry.fill(replace(EMERGENCY))
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    qtbot.waitUntil(lambda: "No score calls for this patient" in workplace.outcome.notice.text)
    assert workplace.outcome.notice.button.text() == "Worried? Call for help (Ctrl+H)"
    QTest.keyClick(workplace, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(workplace.sheets.sheet, ConcernSheet)
    assert "LITTLE, Kim" in workplace.sheets.sheet.title
    assert workplace.outcome.notice.text == ""
