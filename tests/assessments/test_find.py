"""Assessments are found by band or answer, of everybody on the ward, and lead to the row."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt

from tests.assessments.builders import AT_RISK, NAMED, assess
from tests.openings.builders import mark_private
from tests.sheets import freed, opened, press, press_save, settled
from ui.assessments.find_sheet import FindAssessmentsSheet
from ui.assessments.panel import READING
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError


@pytest.fixture
def sheet(qtbot, context, bed, zone):
    """The sheet for Ada's ward, every instrument offered."""
    return opened(qtbot, FindAssessmentsSheet(context, (bed,), tuple(NAMED.values()), zone))


def ask(qtbot, sheet, instrument, what, wanted):
    """Choose what is looked for and look for it by keyboard."""
    sheet.form.set_value("instrument", NAMED[instrument])
    item = next((one for one in NAMED[instrument].items if one.name == what), what)
    sheet.form.set_value("item", item)
    sheet.form.set_value("answer", wanted)
    sheet.form.input("answer").target.setFocus()
    press_save(qtbot)


def test_that_assessments_are_found_by_band_and_by_answer(
    qtbot,
    context,
    database,
    nurse,
    stay,
    sheet,
):
    risk = assess(database, nurse, stay, "falls", AT_RISK)
    assess(database, nurse, stay)
    ask(qtbot, sheet, "falls", "What it came to", "at_risk")
    qtbot.waitUntil(lambda: bool(sheet.model.rows))
    assert [row.id for row in sheet.model.rows] == [risk]
    assert sheet.words.text() == "1 assessment of 1 patient."
    assert sheet.table.hasFocus()
    ask(qtbot, sheet, "falls", "fallen", "no")
    settled(qtbot, context)
    assert [row.id for row in sheet.model.rows] == [risk]
    ask(qtbot, sheet, "falls", "fallen", "yes")
    qtbot.waitUntil(lambda: sheet.words.text() == "No assessment came to this in this time.")


def test_that_private_charts_that_were_not_searched_are_said(
    qtbot, context, database, bed, sheet, signed_in
):
    """[U08]"""
    mark_private(database, Actor(signed_in("both").token), bed.patient_id)
    ask(qtbot, sheet, "falls", "fallen", "yes")
    qtbot.waitUntil(lambda: "1 chart is private and closed" in sheet.words.text())
    assert sheet.words.text().startswith("No assessment came to this in this time. 1 chart")
    settled(qtbot, context)


def test_that_a_failure_says_so(qtbot, context, sheet, monkeypatch):
    def refuse(_owner, reply, *_query):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    monkeypatch.setattr(context.work, "query", refuse)
    ask(qtbot, sheet, "falls", "What it came to", NAMED["falls"].bands[0].name)
    assert sheet.notice.text == "The ward database cannot be reached."
    assert sheet.words.text() == "Nothing could be looked for."


def test_that_a_row_leads_to_the_assessment_among_those_of_its_patient(
    qtbot,
    context,
    database,
    nurse,
    stay,
    show,
):
    risk = assess(database, nurse, stay, "falls", AT_RISK)
    assess(database, nurse, stay)
    panel = show()
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, Qt.Key.Key_F3)
    sheet = opened(qtbot, asked.args[0])
    ask(qtbot, sheet, "falls", "What it came to", "at_risk")
    qtbot.waitUntil(lambda: bool(sheet.model.rows))
    with qtbot.waitSignal(sheet.row_chosen), qtbot.waitSignal(sheet.closed):
        press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.chosen is not None and panel.chosen.key == risk)
    settled(qtbot, context)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        panel._find()
    qtbot.addWidget(asked.args[0])


def test_that_nothing_is_asked_before_the_ward_is_read(qtbot, context, show):
    panel = show()
    panel._in_use = ()
    with qtbot.waitSignal(panel.told) as told:
        panel._find()
    assert told.args[0] == READING


def test_that_the_sheet_is_freed(qtbot, context, bed, zone):
    sheet = FindAssessmentsSheet(context, (bed,), tuple(NAMED.values()), zone)
    qtbot.addWidget(sheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
