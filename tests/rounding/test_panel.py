"""A round at the keyboard, against a real database."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from tests.rounding.builders import EAST, answer, line, put_off, rounds
from tests.schedule.builders import go
from tests.sheets import (
    freed,
    in_window,
    opened,
    press,
    press_save,
    saved_message,
    settled,
    type_text,
)
from tests.steps import admit
from ui import theme
from ui.context import Place
from ui.rounding.panel import RoundsPanel
from ui.rounding.task_sheets import NewTaskSheet, TaskSheet
from ui.rounding.words import NOBODY, ONE_WARD
from ward_app.core.errors import DatabaseUnavailableError

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def east(context):
    return Place(
        name="Ward 7 East", wards=tuple(ward for ward in context.wards if ward.id == EAST)
    )


@pytest.fixture
def bay(database, nurse):
    """Six patients of the ward."""
    names = ("Abel", "Brown", "Chen", "Diaz", "Evans", "Fox")
    labels = ("1", "2", "3", "4", "9", "10")
    return [
        admit(database, nurse, name, "Ada", label=label)
        for name, label in zip(names, labels, strict=True)
    ]


@pytest.fixture
def panel(qtbot, context, bay):
    panel = RoundsPanel(context, east(context))
    in_window(qtbot, panel)
    qtbot.waitUntil(lambda: len(panel.model.rows) == 6)
    panel.view.setFocus()
    return panel


def saved(qtbot, panel):
    """Save by keyboard and wait until it is told."""
    with qtbot.waitSignal(panel.told) as told:
        press_save(qtbot)
    settled(qtbot, panel.context)
    return told.args[0]


def pick_item(panel, number, name):
    """Put the cursor on an item of a row."""
    names = [item.name for item in panel.model.items]
    panel.view.go_to(number, 3 + names.index(name))


def test_that_a_bay_of_six_by_four_items_takes_twenty_five_keys(
    qtbot, panel, database, nurse, bay
):
    keys = 0
    for _ in range(6 * 4):
        press(qtbot, KEY.Key_Y)
        keys += 1
    told = saved(qtbot, panel)
    assert keys + 1 <= 30
    assert told.startswith("Intentional round: 6 patients, saved")
    for stay in bay:
        assert line(database, nurse, stay).done_by == "Nora Nurse"


def test_that_a_bay_takes_one_key_a_patient_where_all_is_as_usual(qtbot, panel, admin):
    """Six patients by four items in seven keys; with an answer each in at most thirty."""
    for _ in range(6):
        press(qtbot, KEY.Key_Space)
    saved(qtbot, panel)
    assert admin.execute("SELECT count(*) FROM rounding.round_records").fetchone() == (6,)


def test_that_one_action_answers_the_bay_but_for_the_exceptions(
    qtbot, panel, database, nurse, bay, admin
):
    press(qtbot, KEY.Key_N)  # pain of the first patient
    press(qtbot, KEY.Key_Space, SHIFT)
    assert panel.model.rows[0].cell_text(panel.model.items[0]) == "▲ no"
    saved(qtbot, panel)
    stored = admin.execute(
        "SELECT answers ->> 'pain', count(*), count(DISTINCT round_id)"
        " FROM rounding.round_records GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert stored == [("no", 1, 1), ("yes", 3, 1)]  # four beds in Bay A
    assert [row.entry.is_typed for row in panel.model.rows] == [False] * 6


def test_that_who_is_away_or_put_off_is_not_answered_for_with_the_bay(
    qtbot, panel, database, nurse, bay
):
    go(database, nurse, bay[1])
    put_off(database, nurse, bay[2])
    panel.refresh()
    settled(qtbot, panel.context)
    press(qtbot, KEY.Key_Space, SHIFT)
    assert [row.entry.is_typed for row in panel.model.rows[:4]] == [True, False, False, True]


def test_that_space_answers_one_patient_and_goes_on(qtbot, panel):
    press(qtbot, KEY.Key_Space)
    assert [row.entry.is_typed for row in panel.model.rows] == [True, *[False] * 5]
    assert panel.view.row is panel.model.rows[1]


def test_that_an_exception_takes_words(qtbot, panel, admin):
    press(qtbot, KEY.Key_N)
    press(qtbot, KEY.Key_Left)
    assert "F4: say why" in panel.strip.text()
    press(qtbot, KEY.Key_F4)
    type_text(qtbot, "left hip")
    press(qtbot, KEY.Key_Return)
    assert panel.model.rows[0].cell_text(panel.model.items[0]) == "▲ no: left hip"
    press(qtbot, KEY.Key_Space)
    saved(qtbot, panel)
    words = admin.execute("SELECT words FROM rounding.round_records").fetchone()
    assert words == ({"pain": "left hip"},)


def test_that_a_usual_answer_takes_the_words_out_again(qtbot, panel):
    press(qtbot, KEY.Key_N)
    row = panel.model.rows[0]
    row.entry.words["pain"] = "hip"
    press(qtbot, KEY.Key_Left)
    press(qtbot, KEY.Key_Y)
    assert row.entry.words == {}


def test_that_words_need_an_answer_first(qtbot, panel):
    press(qtbot, KEY.Key_F4)
    assert "Answer first" in panel.strip.text()


def test_that_a_patient_asleep_is_put_off_with_two_keys(qtbot, panel, database, nurse, bay):
    press(qtbot, KEY.Key_F8)
    assert "1 asleep" in panel.strip.text()
    press(qtbot, KEY.Key_1)
    assert panel.view.row is panel.model.rows[1]
    saved(qtbot, panel)
    found = line(database, nurse, bay[0])
    assert (found.due_reason, found.deferral_reason) == ("deferred", "asleep")


def test_that_another_reason_asks_which(qtbot, panel, database, nurse, bay, admin):
    press(qtbot, KEY.Key_F8)
    press(qtbot, KEY.Key_6)
    type_text(qtbot, "visitors")
    press(qtbot, KEY.Key_Return)
    saved(qtbot, panel)
    assert admin.execute("SELECT note FROM rounding.round_records").fetchone() == ("visitors",)


def test_that_a_digit_that_is_no_reason_is_said(qtbot, panel):
    press(qtbot, KEY.Key_F8)
    press(qtbot, KEY.Key_9)
    assert panel.model.rows[0].said == "9 is no reason here."
    assert not panel.has_unsaved_entry


def test_that_an_unfinished_row_stays_and_the_others_are_saved(qtbot, panel, database, nurse, bay):
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Y)  # only one answer of the second
    saved(qtbot, panel)
    assert line(database, nurse, bay[0]).done_at is not None
    assert line(database, nurse, bay[1]).done_at is None
    second = panel.model.rows[1]
    assert second.said == "Personal needs met is not answered."
    assert (panel.view.row, panel.view.item.name) == (second, "personal_needs")


def test_that_a_wrong_key_is_said_and_changes_nothing(qtbot, panel):
    press(qtbot, KEY.Key_Q)
    row = panel.model.rows[0]
    assert (row.said, row.entry.is_typed) == ("Q is no answer here.", False)
    assert panel.view.item.name == "pain"


def test_that_delete_and_backspace_take_an_answer_out(qtbot, panel):
    for key in (KEY.Key_Delete, KEY.Key_Backspace):
        press(qtbot, KEY.Key_N)
        press(qtbot, KEY.Key_Left)
        press(qtbot, key)
        assert panel.model.rows[0].entry.answers == {}


def test_that_nothing_answered_is_said(qtbot, panel):
    press_save(qtbot)
    assert panel.strip.text() == "Nothing is answered yet."


def test_that_a_body_map_is_marked_key_by_key(qtbot, panel, admin):
    panel.choose("skin")
    press(qtbot, KEY.Key_N)
    assert panel.body_map.isVisible()
    for key in (KEY.Key_S, KEY.Key_L, KEY.Key_H, KEY.Key_H):
        press(qtbot, key)
    assert panel.body_map.accessibleName() == "Where it is not: sacrum, left heel"
    press(qtbot, KEY.Key_Return)
    assert not panel.body_map.isVisible()
    press(qtbot, KEY.Key_O)
    saved(qtbot, panel)
    panel.refresh()
    qtbot.waitUntil(lambda: bool(panel.tasks.rows.rows))
    [task] = panel.tasks.rows.rows
    assert task.title == "Assess the skin damage and plan its care"
    stored = admin.execute("SELECT answers -> 'places' FROM rounding.round_records").fetchone()
    assert stored == (["sacrum", "left_heel"],)


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

    monkeypatch.setattr(panel.context.work._database, "run", fail)
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
