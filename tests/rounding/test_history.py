"""What was recorded stays readable; corrections and strike-outs by keyboard."""

from __future__ import annotations

import gc
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.rounding.builders import EAST, a_record, answer, line, put_off, template
from tests.rounding.test_service import open_chart_of
from tests.sheets import freed, opened, press, press_save, saved_message, settled, type_text
from tests.steps import admit, ago
from ui.rounding.answer_form import AnswerForm
from ui.rounding.correct_sheet import CorrectSheet, StrikeSheet
from ui.rounding.history_sheet import NOTHING, HistorySheet
from ui.rounding.history_words import ended_text, full_text, history_text
from ward_app.core.database import Actor
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.queries import round_history
from ward_app.rounding.rules import summary
from ward_app.rounding.service import end_task, open_task, record_round, strike_out_record
from ward_app.rounding.types import NewTask, RecordStrikeOut, TaskOutcome

KEY = Qt.Key
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Abel", "Ada", label="1", admitted_at=ago(180))


def history(database, actor, stay):
    if stay:
        open_chart_of(database, actor, stay)
    return database.run(actor, round_history, admission_id=stay, ward_id=EAST)


def sheet_of(qtbot, context, database, nurse, stay, name="intentional"):
    sheet = opened(qtbot, HistorySheet(context, line(database, nurse, stay, name), LONDON))
    settled(qtbot, context)
    return sheet


def test_that_what_is_saved_together_is_one_round(database, nurse, patient, admin):
    """[T07]"""
    other = admit(database, nurse, "Bell", "Bo", label="2", admitted_at=ago(180))
    skin, round_id = template(database, nurse), new_id()
    both = [a_record(skin, stay, round_id=round_id, minutes_ago=5) for stay in (patient, other)]
    database.run(nurse, record_round, both)
    database.run(nurse, record_round, both)
    answer(database, nurse, patient)
    later, before = history(database, nurse, patient)
    assert (before.round_size, later.round_size) == (2, None)
    assert "One of 2 in a round." in full_text(before, LONDON, ago(0))
    assert "in a round" not in full_text(later, LONDON, ago(0))
    assert admin.execute(
        "SELECT r.id, r.ward_id, u.login, r.occurred_at FROM rounding.rounds r"
        " JOIN public.users u ON u.id = r.recorded_by"
    ).fetchall() == [(round_id, EAST, "nora", both[0].occurred_at)]


def test_that_nobody_joins_anothers_round(database, nurse, patient, bo):
    round_id = answer(database, nurse, patient, round_id=new_id()).round_id
    station, colleague = bo
    mine = a_record(template(database, nurse), patient, round_id=round_id)
    with pytest.raises(RuleBrokenError, match="somebody else's"):
        station.run(colleague, record_round, (mine,))


def test_that_a_round_of_another_ward_has_no_size_here(database, nurse, patient, signed_in):
    round_id = answer(database, nurse, patient, round_id=new_id()).round_id

    def size(tx):
        return tx.value("SELECT rounding.round_size(%s)", (round_id,))

    assert database.run(nurse, size) == 1
    assert database.run(Actor(signed_in("wes").token), size) is None


def test_that_history_tells_rounds_deferrals_and_tasks_latest_first(database, nurse, patient):
    answer(database, nurse, patient, minutes_ago=60, answers={"pain": "no"}, words={"pain": "hip"})
    put_off(database, nurse, patient, occurred_at=ago(30))
    task = NewTask(id=new_id(), ward_id=EAST, admission_id=patient, title="Weigh", due_at=ago(-30))
    database.run(nurse, open_task, task)
    end = TaskOutcome(
        id=new_id(), task_id=task.id, kind="cancelled", reason="done at home", occurred_at=ago(-1)
    )
    database.run(nurse, end_task, end)
    told = [history_text(item, LONDON, ago(0)) for item in history(database, nurse, patient)]
    assert told[0] == "Task: Weigh, not needed any more (done at home)"
    assert told[1].startswith("Task: Weigh, opened, by ")
    assert told[2].startswith("Intentional round: put off, asleep, until ")
    assert told[3] == ("Intentional round: ▲ Pain under control: no (hip); all else as usual")


def test_that_a_record_tells_what_became_of_it(database, nurse, patient):
    first = answer(database, nurse, patient, minutes_ago=60)
    second = answer(
        database, nurse, patient, minutes_ago=60, answers={"pain": "no"}, supersedes_id=first.id,
        change_reason="wrong answer",
    )  # fmt: skip
    open_chart_of(database, nurse, patient)
    database.run(
        nurse,
        strike_out_record,
        RecordStrikeOut(id=new_id(), struck_id=second.id, reason="never happened"),
    )
    told = {item.id: ended_text(item) for item in history(database, nurse, patient)}
    assert told == {
        first.id: "Corrected by Nora Nurse: wrong answer",
        second.id: "Struck out by Nora Nurse: never happened",
    }


def test_that_a_patients_history_is_not_read_before_the_chart_is_opened(database, nurse, patient):
    answer(database, nurse, patient)
    closed = database.run(nurse, round_history, admission_id=patient, ward_id=EAST)
    assert closed == ()
    assert len(history(database, nurse, patient)) == 1


def test_that_a_ward_has_a_history_of_its_own(database, nurse, patient):
    answer(database, nurse, patient)
    answer(
        database, nurse, None, "environment", answers={"fridge": "12"}, words={"fridge": "door"}
    )
    [item] = history(database, nurse, None)
    assert full_text(item, LONDON, ago(0)) == (
        "Ward checks: ▲ Medicine fridge: 12 °C (door); all else as usual"
    )


@pytest.mark.parametrize(
    ("answers", "words", "told"),
    [
        ({}, {}, "nothing answered"),
        ({"pain": "yes"}, {}, "all as usual"),
        (
            {"pain": "yes"}, {"pain": "pump"},
            "Pain under control: yes (pump); all else as usual",
        ),
        ({"pain": "no"}, {}, "▲ Pain under control: no"),
    ],
    ids=["nothing", "usual", "words", "exception"],
)  # fmt: skip
def test_that_a_summary_names_what_is_not_as_usual(database, nurse, answers, words, told):
    assert summary(template(database, nurse), answers, words) == told


def test_that_a_round_is_corrected_by_keyboard(qtbot, context, database, nurse, patient):
    record = answer(database, nurse, patient, minutes_ago=40)
    sheet = sheet_of(qtbot, context, database, nurse, patient)
    QAbstractItemModelTester(sheet.model)
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_C)
    correction = opened(qtbot, asked.args[0])
    assert "ABEL" in correction.save_button.text()
    press(qtbot, KEY.Key_N)
    press(qtbot, KEY.Key_Return)
    type_text(qtbot, "left hip")
    press_save(qtbot)
    assert correction.forms[1].problem("reason")  # not without one
    type_text(qtbot, "1")
    assert "corrected" in saved_message(qtbot, correction)
    latest, original = history(database, nurse, patient)
    assert (latest.answers["pain"], latest.words["pain"]) == ("no", "left hip")
    assert (latest.corrects_id, latest.change_reason) == (record.id, "Wrong answer")
    assert latest.occurred_at == original.occurred_at == record.occurred_at
    assert (original.ended, original.answers["pain"]) == ("corrected", "yes")


def test_that_a_body_map_and_a_choice_are_corrected_by_their_keys(
    qtbot, context, database, nurse, patient
):
    answers = {"intact": "no", "places": ("sacrum",), "moved": "left"}
    answer(database, nurse, patient, "skin", answers=answers, words={"intact": "red"})
    sheet = sheet_of(qtbot, context, database, nurse, patient, "skin")
    item = next(one for one in sheet.model.rows if one.template is not None)
    correction = opened(qtbot, CorrectSheet(context, sheet.line, item, LONDON))
    correction.answers.input("places").setFocus()
    type_text(qtbot, "lsz")
    assert correction.answers.value("places") == ("left_heel",)
    assert "no place" in correction.answers.input("places").problem()
    press(qtbot, KEY.Key_Backspace)
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_B)
    correction.form_of("reason").set_value("reason", "looked again")
    saved_message(qtbot, correction)
    latest = next(one for one in history(database, nurse, patient) if one.corrects_id)
    assert latest.answers == {"intact": "no", "places": ("left_heel",), "moved": "back"}
    assert latest.words == {"intact": "red"}


def test_that_a_number_out_of_reach_is_refused_beside_it(qtbot, context, database, nurse):
    answer(database, nurse, None, "environment", answers={"fridge": "5"})
    checklist = template(database, nurse, "environment")
    form = AnswerForm(checklist, {"fridge": "99"}, {}, context.clock)
    qtbot.addWidget(form)
    assert not form.check_answers()
    assert "between" in form.problem("fridge")


def test_that_a_round_is_struck_out_by_keyboard(qtbot, context, database, nurse, patient):
    record = answer(database, nurse, patient, minutes_ago=10)
    sheet = sheet_of(qtbot, context, database, nurse, patient)
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_X)
    strike = opened(qtbot, asked.args[0])
    press_save(qtbot)
    assert strike.form.problem("reason")
    type_text(qtbot, "4")
    assert "struck out" in saved_message(qtbot, strike)
    assert line(database, nurse, patient).done_at is None
    [item] = history(database, nurse, patient)
    assert (item.id, item.ended) == (record.id, "struck_out")


def test_that_what_cannot_be_changed_says_why(qtbot, context, database, nurse, patient):
    put_off(database, nurse, patient)
    sheet = sheet_of(qtbot, context, database, nurse, patient)
    press(qtbot, KEY.Key_Return)
    assert "Strike it out" in sheet.notice.text
    answer(database, nurse, patient, "skin", answers={"intact": "no"})
    sheet = sheet_of(qtbot, context, database, nurse, patient)
    sheet.table.setCurrentIndex(sheet.model.index(0, 0))
    rows = sheet.model.rows
    task = next(n for n, item in enumerate(rows) if item.template is None)
    sheet.table.setCurrentIndex(sheet.model.index(task, 0))
    sheet.save()
    assert "task" in sheet.notice.text


def test_that_two_who_correct_one_record_keep_what_they_typed(
    qtbot, context, database, nurse, patient, bo
):
    record = answer(database, nurse, patient, minutes_ago=10)
    sheet = sheet_of(qtbot, context, database, nurse, patient)
    correction = opened(qtbot, CorrectSheet(context, sheet.line, sheet.chosen, LONDON))
    theirs = a_record(template(database, nurse), patient, supersedes_id=record.id,
                      change_reason="mine", answers={"position": "no"})  # fmt: skip
    station, colleague = bo
    station.run(colleague, record_round, (theirs,))
    type_text(qtbot, "N")
    correction.form_of("reason").set_value("reason", "too late")
    press_save(qtbot)
    settled(qtbot, context)
    assert "first" in correction.notice.text
    assert correction.answers.value("pain") == "no"
    assert correction.value("reason") == "too late"


def test_that_an_empty_history_says_so(qtbot, context, database, nurse, patient):
    assert sheet_of(qtbot, context, database, nurse, patient).words.text() == NOTHING


@pytest.mark.parametrize("kind", ["history", "correct", "strike"])
def test_that_the_sheets_of_history_are_freed(qtbot, context, database, nurse, patient, kind):
    answer(database, nurse, patient)
    due, [item] = line(database, nurse, patient), history(database, nurse, patient)
    sheet = {
        "history": lambda: HistorySheet(context, due, LONDON),
        "correct": lambda: CorrectSheet(context, due, item, LONDON),
        "strike": lambda: StrikeSheet(context, due, item, LONDON),
    }[kind]()
    qtbot.addWidget(sheet)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
