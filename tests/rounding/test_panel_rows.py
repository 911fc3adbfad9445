"""Rounds on the screen: what is kept, refused, told and painted."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from tests.rounding.answering import KEY, east, saved
from tests.rounding.builders import EAST, answer, line, rounds
from tests.sheets import (
    freed,
    opened,
    press,
    press_save,
    saved_message,
    type_text,
)
from tests.steps import admit
from ui import theme
from ui.context import Place
from ui.rounding.panel import RoundsPanel
from ui.rounding.task_sheets import NewTaskSheet, TaskSheet
from ui.rounding.words import NOBODY, ONE_WARD
from ward_app.core.errors import DatabaseUnavailableError


def pick_item(panel, number, name):
    """Put the cursor on an item of a row."""
    names = [item.name for item in panel.model.items]
    panel.view.go_to(number, 3 + names.index(name))


def test_that_a_wards_checklist_takes_numbers_and_words(qtbot, panel, database, nurse):
    panel.choose("environment")
    assert len(panel.model.rows) == 1
    pick_item(panel, 0, "fridge")
    type_text(qtbot, "90")
    assert panel.model.rows[0].problem(panel.view.item) is not None
    press(qtbot, KEY.Key_Backspace)
    press(qtbot, KEY.Key_Space)  # the rest as usual
    assert panel.model.rows[0].cell_text(panel.model.items[3]) == "▲ 9"
    saved(qtbot, panel)
    assert line(database, nurse, None, "environment").done_by == "Nora Nurse"


def test_that_page_keys_walk_the_checklists_and_entries_are_kept(qtbot, panel):
    press(qtbot, KEY.Key_N)
    shown = panel.chooser.chosen
    press(qtbot, KEY.Key_PageDown)
    assert panel.chooser.chosen != shown
    press(qtbot, KEY.Key_PageUp)
    assert panel.model.rows[0].entry.answers == {"pain": "no"}


def test_that_what_is_answered_outlives_the_panel(qtbot, panel, context):
    press(qtbot, KEY.Key_N)
    assert panel.has_unsaved_entry
    again = RoundsPanel(context, east(context))
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: len(again.model.rows) == 6)
    assert again.model.rows[0].entry.answers == {"pain": "no"}


def test_that_two_who_answer_one_patient_are_asked_once(qtbot, panel, database, nurse, bay, admin):
    press(qtbot, KEY.Key_Space)
    answer(database, nurse, bay[0])
    panel.refresh()
    row = panel.model.rows[0]
    qtbot.waitUntil(lambda: "answered this at" in row.said)
    press_save(qtbot)
    assert "Ctrl+Enter again saves yours too" in row.said
    count = "SELECT count(*) FROM rounding.round_records"
    assert admin.execute(count).fetchone() == (1,)
    saved(qtbot, panel)
    assert admin.execute(count).fetchone() == (2,)


def test_that_a_lost_server_keeps_the_answers(qtbot, panel, monkeypatch, database, nurse, bay):
    press(qtbot, KEY.Key_Space)
    run = panel.context.work._database.run

    def fail(*_arguments):
        raise DatabaseUnavailableError("The ward database does not answer.")

    monkeypatch.setattr(panel.context.work._database, "run", fail)
    press_save(qtbot)
    qtbot.waitUntil(panel.notice.isVisible)
    assert panel.model.rows[0].entry.is_typed
    assert "is kept" in panel.notice.text
    monkeypatch.setattr(panel.context.work._database, "run", run)
    saved(qtbot, panel)
    assert line(database, nurse, bay[0]).done_at is not None


def test_that_a_failed_load_greys_what_is_known(qtbot, panel, monkeypatch):
    def fail(*_arguments):
        raise DatabaseUnavailableError("The ward database does not answer.")

    monkeypatch.setattr(panel.context.work._database, "read_while", fail)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.stale)
    assert len(panel.model.rows) == 6
    assert "what was known at" in panel.notice.text


def test_that_several_wards_are_asked_to_be_one(qtbot, context, bay):
    panel = RoundsPanel(context, Place(name="Both", wards=context.wards))
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: panel.strip.text() == ONE_WARD)
    assert panel.model.rows == ()


def test_that_an_empty_ward_says_so(qtbot, context):
    panel = RoundsPanel(context, east(context))
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: panel.strip.text() == NOBODY)


def test_that_a_task_is_opened_and_brought_to_an_end(qtbot, panel, context, database, nurse):
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, KEY.Key_F7)
    sheet = opened(qtbot, asked.args[0])
    assert isinstance(sheet, NewTaskSheet)
    type_text(qtbot, "Weigh before breakfast")
    assert saved_message(qtbot, sheet).startswith("Task opened: Weigh before breakfast, by")
    panel.refresh()
    qtbot.waitUntil(lambda: len(panel.tasks.rows.rows) == 1)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.view.setFocus()
    press(qtbot, KEY.Key_F6)
    assert panel.tasks.table.hasFocus()
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, KEY.Key_Return)
    outcome = opened(qtbot, asked.args[0])
    press(qtbot, KEY.Key_3)
    press_save(qtbot)
    assert context.work.is_busy is False  # a reason is asked for first
    press(qtbot, KEY.Key_1)
    assert saved_message(qtbot, outcome) == "Weigh before breakfast: done."
    assert rounds(database, nurse).tasks == ()


def test_that_a_task_is_put_off_with_a_reason(qtbot, context, database, nurse, bay):
    answer(database, nurse, bay[0], "skin", answers={"intact": "no"})
    [task] = rounds(database, nurse).tasks
    sheet = opened(qtbot, TaskSheet(context, task, east(context).zone))
    press(qtbot, KEY.Key_2)
    sheet.form.set_value("reason", "asleep")
    assert "put off until" in saved_message(qtbot, sheet)
    [later] = rounds(database, nurse).tasks
    assert later.put_off
    assert later.due_at - task.opened_at <= timedelta(minutes=61)


def test_that_the_model_is_sound_and_read_aloud(qtbot, panel):
    QAbstractItemModelTester(
        panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel.model
    )
    press(qtbot, KEY.Key_N)
    panel.choose("skin")
    panel.choose("intentional")
    spoken = panel.model.index(0, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Pain under control: ▲ no"
    spoken = panel.model.index(1, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Pain under control: not answered"


@pytest.mark.parametrize("kind", ["new", "outcome"])
def test_that_nothing_holds_a_closed_sheet(qtbot, context, database, nurse, bay, kind):
    zone = east(context).zone
    if kind == "new":
        sheet = NewTaskSheet(context, ward_id=EAST, admission_id=None, name="Ward", zone=zone)
    else:
        answer(database, nurse, bay[0], "skin", answers={"intact": "no"})
        sheet = TaskSheet(context, rounds(database, nurse).tasks[0], zone)
    qtbot.addWidget(sheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_names_easily_taken_for_each_other_are_marked(qtbot, panel, database, nurse):
    admit(database, nurse, "Chen", "Ida", label="S1")
    panel.refresh()
    qtbot.waitUntil(lambda: len(panel.model.rows) == 7)
    shown = [panel.model.index(row, 1).data() for row in range(7)]
    assert [name for name in shown if name.startswith("≈")] == ["≈ CHEN, Ada", "≈ CHEN, Ida"]


def test_that_cells_are_painted_in_the_colours_of_the_scheme(qtbot, panel):
    def painted(column):
        index = panel.model.index(1, column)
        picture = panel.view.viewport().grab(panel.view.visualRect(index)).toImage()
        places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
        return {picture.pixelColor(x, y).name() for x, y in places}

    light = painted(1)
    assert theme.colour("text").name() in light
    pick_item(panel, 1, "pain")
    assert panel.view.palette().highlight().color().name() in painted(3)
    theme.apply(QApplication.instance(), theme.Scheme.DARK)
    assert theme.colour("text").name() in painted(1)
    assert theme.colour("text").name() not in light
