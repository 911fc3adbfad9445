"""G: the sheets of accepted scores, where they are reached, what board and chart say of them."""

from __future__ import annotations

import gc
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests import world
from tests.board.builders import NOW, a_patient
from tests.escalations.builders import accept, no_sepsis, open_now
from tests.sheets import freed, opened, press_save, saved_message, settled
from tests.steps import ago, board_of
from ui.context import Place
from ui.escalations.accept_sheet import About, AcceptSheet, TakeBackScoreSheet
from ui.escalations.agreement import NOBODY
from ui.panels import ALERTS, ARRANGEMENT, BOARD, CHART, PANELS
from ui.patients.banner import PatientBanner
from ui.workplace import Workplace
from ward_app.escalations.queries import accepted_score

EAST = world.id_of("east")
LONDON = ZoneInfo(world.TIME_ZONE)


@pytest.fixture
def about(stay):
    return About(admission_id=stay, name="OKAFOR, Ada", zone=LONDON)


@pytest.fixture
def now_accepted(database, nurse, stay, calm):
    """What is in force of her score: accepted for two hours."""
    accept(database, nurse, stay)
    return database.run(nurse, accepted_score, stay)


@pytest.fixture
def calm(database, nurse, item):
    """Her escalation with the sepsis question answered."""
    no_sepsis(database, nurse, item)
    return item


@pytest.fixture
def workplace(qtbot, context, calm):
    """Nora's workplace with everything joined, on the board."""
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: workplace.panel.beds.model.rowCount() > 0)
    return workplace


@pytest.mark.usefixtures("calm")
def test_that_a_score_is_accepted_with_who_and_why(qtbot, context, about, database, nurse):
    sheet = opened(qtbot, AcceptSheet(context, about))
    assert sheet.title == "Accept the score: OKAFOR, Ada"
    assert sheet.save_text == "Accept for OKAFOR, Ada"
    press_save(qtbot)
    assert sheet.form.problem("decided_by") == sheet.form.problem("reason") == "Needed"
    sheet.form.set_value("decided_by", "Dr Mensah")
    sheet.form.set_value("reason", "Usual for her")
    assert "the score calls nobody again until" in saved_message(qtbot, sheet)
    found = database.run(nurse, accepted_score, about.admission_id)
    assert (found.points, found.decided_by, found.reason) == (8, "Dr Mensah", "Usual for her")
    assert timedelta(minutes=110) < found.until_at - ago(0) <= timedelta(hours=2)
    assert open_now(database, nurse, EAST) == ()


def test_that_a_time_too_far_away_is_refused_in_its_field(qtbot, context, about, calm):
    sheet = opened(qtbot, AcceptSheet(context, about))
    sheet.form.set_value("decided_by", "Dr Mensah")
    sheet.form.set_value("reason", "Usual for her")
    sheet.form.input("until_at").day.line.setText("+3")
    press_save(qtbot)
    qtbot.waitUntil(lambda: sheet.form.problem("until_at") is not None)
    assert "24 hours at most" in sheet.form.problem("until_at")
    assert sheet.form.value("reason") == "Usual for her"


def test_that_what_was_agreed_is_taken_back_with_a_reason(
    qtbot, context, about, now_accepted, database, nurse
):
    sheet = opened(qtbot, TakeBackScoreSheet(context, about, now_accepted))
    press_save(qtbot)
    assert sheet.form.problem("reason") == "Needed"
    sheet.form.set_value("reason", "Looks worse")
    assert saved_message(qtbot, sheet) == "OKAFOR, Ada: the score calls again."
    assert len(open_now(database, nurse, EAST)) == 1


@pytest.mark.parametrize("taking_back", [False, True], ids=["accept", "take back"])
def test_that_the_sheets_are_freed_when_closed(qtbot, context, about, now_accepted, taking_back):
    kind = TakeBackScoreSheet if taking_back else AcceptSheet
    sheet = opened(qtbot, kind(context, about, *[now_accepted][:taking_back]))
    settled(qtbot, context)
    left = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert left() is None


@pytest.mark.parametrize("panel_key", [BOARD, CHART, ALERTS])
def test_that_g_opens_the_sheet_for_who_is_chosen(
    qtbot, workplace, panel_key, database, nurse, stay
):
    row = next(row for row in board_of(database, nurse) if row.admission_id == stay)
    board = workplace.panel_of(BOARD)
    board.beds.go_to(row.admission_id, row.bed_id)
    if panel_key == CHART:
        board.patient_opened.emit(row)
    panel = workplace.show_panel(panel_key)
    if panel_key == ALERTS:
        qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    qtbot.waitUntil(lambda: not workplace.context.work.is_busy)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_G)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, AcceptSheet))
    assert "OKAFOR, Ada" in workplace.sheets.sheet.title
    workplace.sheets.sheet.leave()
    accept(database, nurse, stay)
    if panel_key == ALERTS:
        return  # nobody is called any more
    panel.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_G)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, TakeBackScoreSheet))


def test_that_g_on_an_empty_bed_says_whom_to_choose(qtbot, workplace):
    board = workplace.panel_of(BOARD)
    board.beds.go_to(None, world.bed("east", "2"))
    board.setFocus()
    QTest.keyClick(board.beds.tiles, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: workplace.outcome.notice.text == NOBODY)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (120, "Score 7 accepted until 16:07 by Dr X. More calls again."),
        (-5, "Score 7 was accepted until 14:02 by Dr X. Review it now"),
    ],
    ids=["in force", "past"],
)
def test_that_the_banner_says_what_is_agreed(qtbot, minutes, words):
    banner = PatientBanner()
    qtbot.addWidget(banner)
    agreed = a_patient(
        accepted_points=7, accepted_until=NOW + timedelta(minutes=minutes), accepted_by="Dr X"
    )
    banner.show_patient(agreed, NOW, LONDON)
    assert words in banner.accessibleName()
