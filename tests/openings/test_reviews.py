"""The queue of reviews by key, and charts that ask for a reason on one's own ward."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.openings.builders import REASON
from tests.openings.conftest import EAST, WEST
from tests.openings.test_rules import an_opening
from tests.sheets import (
    freed,
    in_window,
    opened,
    press,
    press_save,
    row_of,
    saved_message,
    settled,
    type_text,
)
from tests.steps import admit
from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.openings.joint import PANEL
from ui.openings.panel import OpeningsPanel
from ui.openings.review_sheet import ReviewSheet
from ui.panels import ARRANGEMENT, CHART, PANELS
from ui.patients.alerts_sheet import AlertsSheet
from ui.patients.glass_sheet import GlassSheet
from ui.workplace import Workplace
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.openings.service import open_with_reason
from ward_app.openings.types import Decision, OpeningKind
from ward_app.patients.types import FlagKind
from ward_app.rooms.queries import wards

KEY, MOD = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = MOD.ControlModifier | MOD.ShiftModifier


@pytest.fixture
def broken(database, nurse, elsewhere):
    """Nora broke the glass for somebody of Ward West."""
    database.run(nurse, open_with_reason, elsewhere[0], OpeningKind.BREAK_GLASS, reason=REASON)
    return elsewhere


@pytest.fixture
def leads(qapp, wes):
    """What Wes's panels are handed."""
    beta, actor, person = wes
    work = DatabaseWork(beta, actor)
    yield Context(work=work, signed_in=person, wards=tuple(beta.run(actor, wards)))
    work.close()


@pytest.fixture
def place(leads):
    return Place(name="Ward 3 West", wards=tuple(w for w in leads.wards if w.id == WEST))


@pytest.fixture
def panel(qtbot, leads, place, broken):
    panel = OpeningsPanel(leads, place)
    in_window(qtbot, panel, 1280, 640)
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    panel.setFocus()
    yield panel
    settled(qtbot, leads)


def test_that_the_queue_says_who_whom_when_and_why(panel):
    """[U01]"""
    row = [panel.rows.index(0, column).data() for column in range(panel.rows.columnCount())]
    assert row[0] == "● waits"
    assert row[2:] == ["Nora Nurse", "Broke the glass", "QUAGMIRE, Xenia", "Ward 3 West", REASON]
    assert "Told at once: Wes Westward" in panel.reading.toPlainText()


@pytest.mark.parametrize(
    ("key", "decision", "state"),
    [
        (KEY.Key_J, "justified", "✓ justified"),
        (KEY.Key_N, "not_justified", "✕ not justified"),
        (KEY.Key_A, "asked", "? asked"),
    ],
    ids=["justified", "not justified", "asked"],
)
def test_that_one_key_and_words_decide(qtbot, panel, admin, key, decision, state):
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    sheet = opened(qtbot, asked.args[0])
    type_text(qtbot, "Spoke with her")
    saved_message(qtbot, sheet)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.rows.index(0, 0).data() == state)
    stored = "SELECT decision, words FROM audit.opening_reviews"
    assert admin.execute(stored).fetchall() == [(decision, "Spoke with her")]


def test_that_nothing_is_decided_without_words(qtbot, leads, admin, broken):
    sheet = opened(qtbot, ReviewSheet(leads, an_opening(), Decision.JUSTIFIED))
    press_save(qtbot)
    assert sheet.form.problem("reason")
    settled(qtbot, leads)


def test_that_ones_own_opening_has_no_keys(qtbot, panel):
    panel._show((an_opening(is_mine=True),))
    assert not any(button.isEnabled() for button in panel.buttons.values())
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_J)
    assert "Somebody else" in told.args[0]
    panel._show(())
    with qtbot.waitSignal(panel.told) as told:
        panel._decide(Decision.ASKED)
    assert "Choose an opening" in told.args[0]
    assert "Nothing to review" in panel.message.text()


def test_that_a_queue_that_cannot_be_read_says_so_and_keeps_what_it_knows(panel):
    panel.load_failed.emit(DatabaseUnavailableError("The server cannot be reached."))
    assert panel.rows.rowCount() == 1
    assert "F5" in panel.notice.button.text()


def test_that_the_rail_counts_what_waits_and_arrivals_are_said(qtbot, leads, place, broken):
    workplace = Workplace(leads, place, PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.show()
    assert workplace.offers(PANEL)
    qtbot.waitUntil(lambda: workplace.rail.button(PANEL).count == "1")
    assert "To review: Nora Nurse, Ward 3 West" in workplace.outcome.notice.text
    settled(qtbot, leads)


def test_that_the_review_leaves_nothing_behind(qtbot, context):
    sheet = ReviewSheet(context, an_opening(), Decision.ASKED)
    opened(qtbot, sheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_the_rows_keep_qts_contract(qtmodeltester, panel):
    qtmodeltester.check(panel.rows)


# a patient of one's own ward who is marked private


def test_that_a_private_chart_asks_why_and_opens_with_the_reason(qtbot, workplace, private, admin):
    workplace.joints._open_chart(private)
    assert workplace.shown_key == CHART
    chart = workplace.panel
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, GlassSheet))
    assert chart._chart is None
    assert chart.frame.message.text().startswith("This chart is private and stays closed.")
    sheet = workplace.sheets.sheet
    assert sheet.title == "Open a private chart: OKAFOR, Ada"
    sheet.focus_first()
    press(qtbot, KEY.Key_1)
    press_save(qtbot)
    qtbot.waitUntil(lambda: chart._chart is not None)
    assert chart.strip.words.text().startswith("PRIVATE   Opened with a reason · 60 minutes left")
    assert admin.execute("SELECT kind FROM audit.openings").fetchall() == [("privacy",)]
    settled(qtbot, workplace.context)


def test_that_who_leaves_the_question_is_not_asked_by_each_reading(qtbot, workplace, private):
    workplace.joints._open_chart(private)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, GlassSheet))
    press(qtbot, KEY.Key_Escape)
    qtbot.waitUntil(lambda: workplace.sheets.sheet is None)
    chart = workplace.panel
    chart.refresh()
    settled(qtbot, workplace.context)
    assert workplace.sheets.sheet is None
    assert "Ctrl+Shift+O" in chart.notice.button.text()
    chart.setFocus()
    press(
        qtbot, KEY.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert isinstance(workplace.sheets.sheet, GlassSheet)
    settled(qtbot, workplace.context)


def test_that_only_who_leads_ticks_private_and_says_why(
    qtbot, connect, database, nurse, signed_in, admin
):
    admit(database, nurse, "Okafor", label="1")
    row = row_of(database, nurse, "Okafor")
    for login, allowed in (("nora", False), ("both", True)):
        person = signed_in(login)
        work = DatabaseWork(database, Actor(person.token))
        context = Context(work=work, signed_in=person)
        sheet = opened(qtbot, AlertsSheet(context, row.patient_id, "OKAFOR, Ada"))
        qtbot.waitUntil(lambda sheet=sheet: len(sheet.forms) == 3)
        assert sheet.flag_form.input(FlagKind.PRIVACY).isEnabled() is allowed
        if allowed:
            sheet.flag_form.input(FlagKind.PRIVACY).set_value(True)
            sheet.save()
            assert "ask others for a reason" in sheet.reason_form.problem("reason")
            sheet.reason_form.set_value("reason", "Works in this hospital")
            with qtbot.waitSignal(sheet.saved):
                sheet.save()
        settled(qtbot, context)
        work.close()
    stored = "SELECT reason, recorded_by FROM patient.patient_flags WHERE kind = 'privacy'"
    assert admin.execute(stored).fetchall() == [("Works in this hospital", world.id_of("both"))]


def test_that_the_ward_of_another_place_is_left_with_its_line(qtbot, workplace, context, private):
    workplace.joints._open_chart(private)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, GlassSheet))
    west = Place(name="Ward 3 West", wards=tuple(w for w in context.wards if w.id != EAST))
    workplace.show_place(west)
    assert workplace.panel_of(CHART).patient is None
    assert workplace.panel_of(CHART).strip.isHidden()
    settled(qtbot, context)
