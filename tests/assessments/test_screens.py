"""The choice and the sheet, by keyboard, against a real database."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from tests.assessments.builders import (
    EAST,
    NAMED,
    assess,
    in_force,
    local,
    rows,
    use,
)
from tests.sheets import (
    press,
    press_save,
    saved_message,
    settled,
    type_text,
)
from tests.steps import ago
from ui import theme
from ui.assessments.chooser import NONE_IN_USE
from ui.background import DatabaseWork
from ward_app.core.database import Actor
from ward_app.rounding.queries import rounds_of_wards

KEY = Qt.Key


def test_that_pain_takes_one_key_and_says_what_it_comes_to(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    assert entry.title == "Pain, 0 to 10: OKAFOR, Ada"
    assert entry.result.text() == "Nothing is answered yet."
    type_text(qtbot, "7")
    assert entry.result.text() == "▲ 7 of 10: Pain"
    assert "Score it again afterwards" in entry.actions_words.text()
    told = saved_message(qtbot, entry)
    assert told == "OKAFOR, Ada. Pain, 0 to 10: ▲ 7 of 10: Pain."
    assert entry.undo is not None
    assert [(row.score, row.band) for row in in_force(database, nurse, stay)] == [(7, "pain")]


def test_that_no_pain_is_zero_and_saved_as_such(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    type_text(qtbot, "0")
    assert entry.result.text() == "○ 0 of 10: No pain"
    saved_message(qtbot, entry)
    assert [row.score for row in in_force(database, nurse, stay)] == [0]


def test_that_ten_is_not_taken_for_one(qtbot, sheet):
    entry = sheet()
    line = entry.form.input("answers").lines["pain"]
    type_text(qtbot, "1")
    assert line.hasFocus()
    type_text(qtbot, "0")
    assert entry.answers == {"pain": "10"}
    assert not line.hasFocus()


def test_that_a_checklist_takes_one_key_an_item(qtbot, database, nurse, sheet, stay):
    entry = sheet("falls")
    assert not entry.form.input("answers").lines["fear"].isVisible()
    type_text(qtbot, "6")
    assert entry.form.input("answers").lines["fear"].isVisible()
    assert entry.result.text() == "? 9 not known yet"
    assert entry.actions_words.text().startswith("Not known yet: Fallen in the last year, ")
    assert entry.actions_words.text().endswith(" and 6 more")
    type_text(qtbot, "yynnnnyny")
    assert entry.result.text() == "▲ At risk of falling"
    saved_message(qtbot, entry)
    (row,) = in_force(database, nurse, stay)
    assert (row.answers["fallen"], row.answers["footwear"], row.score) == ("yes", "no", None)


def test_that_answers_no_longer_asked_for_are_not_saved(qtbot, sheet):
    entry = sheet("falls")
    type_text(qtbot, "6yy")
    press(qtbot, KEY.Key_Up)
    for _ in range(2):
        press(qtbot, KEY.Key_Up)
    type_text(qtbot, "3")
    assert entry.answers == {"age": "under_50"}
    assert entry.result.text() == "○ Not at risk by age"


def test_that_incomplete_is_asked_once_and_has_no_score(qtbot, database, nurse, sheet, stay):
    entry = sheet("falls")
    type_text(qtbot, "6y")
    press_save(qtbot)
    assert "Incomplete, it has no score." in entry.notice.text
    assert rows(database, nurse, stay) == ()
    with qtbot.waitSignal(entry.saved) as told:
        press(qtbot, KEY.Key_Return)
    assert told.args[0].endswith("saved incomplete, without a score.")
    (row,) = in_force(database, nurse, stay)
    assert (row.complete, row.score, row.band) == (False, None, None)


def test_that_who_cannot_say_has_no_score(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "u")
    assert entry.result.text() == "? 1 not known yet"
    assert entry.actions_words.text() == "Not known yet: Pain now"
    assert entry.answers == {"pain": "unknown"}


def test_that_a_wrong_key_or_number_is_told_beside_and_not_saved(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "9")
    lines = entry.form.input("answers")
    assert "one of the keys 0, 1, 2, 3, U" in lines._words["pain"].text()
    press_save(qtbot)
    assert "one of the keys" in entry.form.problem("answers")
    other = sheet(local())
    type_text(qtbot, "d")
    type_text(qtbot, "99")
    assert "between 0 and 40 kg" in other.form.input("answers").problem()


def test_that_a_comma_is_a_decimal_point(qtbot, sheet):
    entry = sheet(local())
    type_text(qtbot, "w")
    type_text(qtbot, "6,5")
    press(qtbot, KEY.Key_Return)
    type_text(qtbot, "n")
    assert entry.answers == {"moist": "wet", "weight": "6.5", "moves": "no"}
    assert entry.result.text() == "◆ 4.5 of 4.5: High"


def test_that_a_task_is_opened_only_when_said_so(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    type_text(qtbot, "8")
    assert [box.isChecked() for box in entry.boxes] == [False]
    press(qtbot, KEY.Key_F7)
    told = saved_message(qtbot, entry)
    assert told.endswith("Task opened.")
    (task,) = database.run(nurse, rounds_of_wards, (EAST,)).tasks
    assert (task.title, task.admission_id) == ("Score the pain again", stay)
    again = sheet()
    type_text(qtbot, "8")
    saved_message(qtbot, again)
    assert len(database.run(nurse, rounds_of_wards, (EAST,)).tasks) == 1


def test_that_another_band_proposes_other_tasks(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "3")
    assert "30 min" in entry.boxes[0].text()
    press(qtbot, KEY.Key_Up)
    type_text(qtbot, "0")
    assert entry.boxes == []
    entry.switch_tasks()
    assert not entry.new_assessment().proposals


def test_that_a_correction_begins_with_what_was_recorded(qtbot, database, nurse, sheet, stay):
    assess(database, nurse, stay, answers={"pain": "8", "place": "hip"}, note="by wife")
    (old,) = in_force(database, nurse, stay)
    entry = sheet(corrects=old)
    assert entry.answers == {"pain": "8", "place": "hip"}
    assert entry.title.startswith("Correct Pain, 0 to 10")
    assert entry.boxes == []
    type_text(qtbot, "3")
    entry.form_of("change_reason").input("change_reason").line.setText("Misheard")
    saved_message(qtbot, entry)
    (now,) = in_force(database, nurse, stay)
    assert (now.score, now.note, now.change_reason) == (3, "by wife", "Misheard")
    assert now.occurred_at.replace(second=0, microsecond=0) == old.occurred_at.replace(
        second=0, microsecond=0
    )


def test_that_what_was_typed_comes_back(qtbot, context, sheet):
    entry = sheet("falls")
    type_text(qtbot, "6yn")
    entry.set_aside()
    again = sheet("falls")
    assert again.answers == {"age": "65_or_over", "fallen": "yes", "walking": "no"}
    again.context.drafts.forget(again.draft_key)


def test_that_an_assistant_is_offered_no_undo(qtbot, database, context, signed_in, sheet):
    hal = signed_in("hal")
    work = DatabaseWork(database, Actor(hal.token))
    entry = sheet(around=replace(context, work=work, signed_in=hal))
    type_text(qtbot, "5")
    saved_message(qtbot, entry)
    assert entry.undo is None
    work.close()


def test_that_undo_strikes_it_out(qtbot, database, nurse, context, sheet, stay):
    entry = sheet()
    type_text(qtbot, "5")
    saved_message(qtbot, entry)
    entry.undo()
    settled(qtbot, context)
    qtbot.waitUntil(lambda: in_force(database, nurse, stay) == [])


def test_that_the_result_keeps_its_size_when_the_colours_change(qtbot, qapp, sheet):
    entry = sheet()
    type_text(qtbot, "7")
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.apply(qapp, scheme)
    assert entry.result.font().pixelSize() == theme.TITLE_PX


def test_that_a_key_chooses_and_what_is_due_comes_first(
    qtbot, database, nurse, admin, stay, chooser
):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 5})
    assess(database, nurse, stay, answers={"pain": "0"}, occurred_at=ago(90))
    sheet = chooser()
    qtbot.waitUntil(lambda: len(sheet.rows.rows) == 5)
    first = [sheet.rows.index(0, column).data() for column in range(4)]
    assert first[:3] == ["F", "Falls checklist", ""]
    assert "due" in first[3]
    pain = next(row for row in sheet.rows.rows if row.key == "P")
    assert (pain.last_text, pain.due_text) == ("○ 0: No pain", "1 h 30 min ago")
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_P)
    assert asked.args[0].instrument.name == "pain_nrs"
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_Return)
    assert asked.args[0].instrument.name == "falls"
    with qtbot.waitSignal(sheet.list_asked):
        press(qtbot, KEY.Key_L)
    press(qtbot, KEY.Key_Z)
    for one in (asked.args[0],):
        one.deleteLater()


def test_that_a_ward_without_instruments_says_so(qtbot, admin, stay, chooser):
    for name in NAMED:
        use(admin, name, in_use=False)
    sheet = chooser()
    qtbot.waitUntil(lambda: sheet.words.text() == NONE_IN_USE)
    press_save(qtbot)
