"""Rounds are found by an answer, of whoever is within reach, and lead to the row."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt

from tests.rounding.answering import east
from tests.rounding.builders import EAST, answer
from tests.sheets import freed, opened, press, press_save, settled
from tests.steps import admit, ago
from ui.rounding.find_sheet import FindRoundsSheet
from ui.rounding.history_sheet import HistorySheet
from ui.rounding.panel import RoundsPanel
from ui.timeliness.panel import TimelinessPanel
from ui.widgets.find_sheet import SLOW
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.rounding.queries import answered_rounds, answered_stays
from ward_app.rounding.types import AnswerAsked

OPENED = "SELECT count(*) FROM audit.access_logs WHERE kind = 'ward'"


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="1", admitted_at=ago(300))


def found_sheet(qtbot, context, checklist="intentional"):
    """Return the sheet once the checklists are read."""
    sheet = opened(qtbot, FindRoundsSheet(context, east(context), checklist))
    settled(qtbot, context)
    return sheet


def ask(qtbot, sheet, item, wanted):
    """Choose an item by its name and an answer, and look for it by keyboard."""
    checklist = sheet.form.value("checklist")
    sheet.form.set_value("item", next(one for one in checklist.items if one.name == item))
    sheet.form.set_value("answer", wanted)
    sheet.form.input("answer").target.setFocus()
    press_save(qtbot)


def cells(sheet, row=0):
    model = sheet.model
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_that_a_round_is_found_by_its_answer_and_leads_to_its_row(
    qtbot, context, database, nurse, patient, admin
):
    hit = answer(database, nurse, patient, minutes_ago=60, answers={"pain": "no"})
    answer(database, nurse, patient, minutes_ago=30)
    sheet = found_sheet(qtbot, context)
    assert sheet.form.value("checklist").name == "intentional"
    before = admin.execute(OPENED).fetchone()[0]
    ask(qtbot, sheet, "pain", "no")
    qtbot.waitUntil(lambda: bool(sheet.model.rows))
    assert [row.id for row in sheet.model.rows] == [hit.id]
    assert "▲ Pain under control: no" in cells(sheet)[-1]
    assert sheet.words.text() == "1 round of 1 patient."
    assert admin.execute(OPENED).fetchone()[0] == before + 1
    assert sheet.table.hasFocus()
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, Qt.Key.Key_Return)
    history = opened(qtbot, asked.args[0])
    assert isinstance(history, HistorySheet)
    qtbot.waitUntil(lambda: bool(history.model.rows))
    assert history.chosen.id == hit.id


def test_that_places_and_rounds_of_the_ward_are_found(qtbot, context, database, nurse, patient):
    answers = {"intact": "no", "places": ("sacrum", "left_heel")}
    answer(database, nurse, patient, "skin", answers=answers)
    answer(database, nurse, None, "environment", answers={"fridge": "5", "exits": "no"})
    sheet = found_sheet(qtbot, context, "skin")
    ask(qtbot, sheet, "places", "sacrum")
    qtbot.waitUntil(lambda: bool(sheet.model.rows))
    [checks] = [one for one in sheet.templates if one.name == "environment"]
    sheet.form.set_value("checklist", checks)
    box = sheet.form.input("item").box
    offered = [box.itemText(row) for row in range(box.count())]
    assert "Exits and corridors clear" in offered
    assert "Medicine fridge" not in offered  # a number
    ask(qtbot, sheet, "exits", "no")
    qtbot.waitUntil(lambda: sheet.words.text() == "1 round.")
    assert cells(sheet)[2] == "Ward 7 East"


def test_that_nothing_found_and_nothing_chosen_say_so(qtbot, context, database, nurse, patient):
    answer(database, nurse, patient)
    sheet = found_sheet(qtbot, context)
    press_save(qtbot)
    assert sheet.form.problem("answer") == "Needed"
    ask(qtbot, sheet, "pain", "no")
    qtbot.waitUntil(lambda: "No round was answered so" in sheet.words.text())
    assert sheet.model.rows == ()


def test_that_a_failure_keeps_what_was_found_and_offers_to_look_again(
    qtbot, context, database, nurse, patient, monkeypatch
):
    answer(database, nurse, patient, answers={"pain": "no"})
    sheet = found_sheet(qtbot, context)
    ask(qtbot, sheet, "pain", "no")
    qtbot.waitUntil(lambda: bool(sheet.model.rows))

    def refuse(_owner, reply, *_query):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    with monkeypatch.context() as without:
        without.setattr(context.work, "query", refuse)
        sheet.save()
    assert sheet.notice.text == "The ward database cannot be reached."
    assert "those found at" in sheet.words.text()
    assert len(sheet.model.rows) == 1
    sheet.notice.button.click()
    qtbot.waitUntil(lambda: sheet.words.text() == "1 round of 1 patient.")


def test_that_a_first_failure_and_a_slow_server_are_told(qtbot, context, monkeypatch):
    sheet = found_sheet(qtbot, context)
    sheet._slow.setInterval(0)
    with monkeypatch.context() as silent:
        silent.setattr(context.work, "query", lambda *_asked: None)
        ask(qtbot, sheet, "pain", "no")
        qtbot.waitUntil(lambda: sheet.words.text() == SLOW)
    sheet.show_failed(sheet._question, DatabaseUnavailableError("Away."))
    assert sheet.words.text() == "Nothing could be looked for."
    sheet.show_failed(0, DatabaseUnavailableError("Late."))
    sheet.show_found(0, ("late",), "late")
    sheet._open_charts(0, None, None)
    assert sheet.notice.text == "Away."
    assert sheet.model.rows == ()


def test_that_whose_chart_is_not_open_is_counted_and_not_shown(
    database,
    nurse,
    patient,
    bo,
):
    answer(database, nurse, patient, minutes_ago=30, answers={"pain": "no"})
    facts = {"answers": {"pain": "no"}, "since": ago(100), "until": ago(-1)}
    asked = AnswerAsked(ward_ids=(EAST,), checklist="intentional", **facts)
    station, colleague = bo
    stays = database.run(nurse, answered_stays, asked)
    assert (len(stays.patient_ids), stays.records) == (1, 1)
    assert station.run(colleague, answered_rounds, asked) == ()
    other = AnswerAsked(ward_ids=(EAST,), checklist="skin", **facts)
    assert database.run(nurse, answered_stays, other).records == 0


@pytest.mark.parametrize("panel_of", [RoundsPanel, TimelinessPanel])
def test_that_the_panels_open_it_by_the_same_key(qtbot, context, panel_of):
    panel = panel_of(context, east(context))
    qtbot.addWidget(panel)
    panel.show()
    settled(qtbot, context)
    [action] = [one for one in panel.actions() if one.shortcut().toString() == "F3"]
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        action.trigger()
    assert isinstance(asked.args[0], FindRoundsSheet)
    qtbot.addWidget(asked.args[0])
    settled(qtbot, context)


def test_that_the_sheet_is_freed(qtbot, context):
    sheet = FindRoundsSheet(context, east(context))
    qtbot.addWidget(sheet)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
