"""A round at the keyboard, against a real database."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.rounding.answering import KEY, saved
from tests.rounding.builders import line, put_off
from tests.schedule.builders import go
from tests.sheets import (
    press,
    press_save,
    settled,
    type_text,
)

SHIFT = Qt.KeyboardModifier.ShiftModifier


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
