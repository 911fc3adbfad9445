"""The sheets: what is asked of whom, what is said after it, and that nothing typed is lost."""

from __future__ import annotations

import gc
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.escalations.builders import EMERGENCY, WELL, give, no_sepsis, open_now, record
from tests.sheets import freed, opened, press_save, row_of, saved_message, settled
from tests.steps import admit
from ui.escalations.answer_sheet import AnswerSheet, answer_sheet, kinds_for
from ui.escalations.concern_sheet import ConcernSheet
from ui.escalations.history_sheet import NONE_YET, NOT_OPEN, HistorySheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.subject import subject_of
from ward_app.core.database import Actor
from ward_app.escalations.types import (
    DeclineReason,
    EventKind,
    Outcome,
    SepsisAnswer,
    State,
)

EAST = world.id_of("east")
LONDON = ZoneInfo(world.TIME_ZONE)
LAST = "SELECT kind, code, words, person FROM report.escalation_events ORDER BY seq DESC LIMIT 1"


@pytest.fixture
def sheet(qtbot, context, item):
    return opened(qtbot, AnswerSheet(context, item, LONDON))


@pytest.fixture
def hal_context(context, signed_in):
    """What sheets are handed for Hal, the healthcare assistant."""
    person = signed_in("hal")
    context.work.act_as(Actor(person.token))
    return replace(context, signed_in=person)


def test_that_the_sheet_names_the_patient_and_offers_what_comes_next(sheet):
    assert "OKAFOR, Ada" in sheet.heading.text()
    assert "OKAFOR, Ada" in sheet.save_button.toolTip()
    assert sheet.kind is EventKind.ACKNOWLEDGED


def test_that_an_acknowledgement_takes_a_name_and_one_key(qtbot, sheet, admin):
    sheet.form.set_value("person", "Dr Mensah")
    words = saved_message(qtbot, sheet)
    assert words == "OKAFOR, Ada: Recorded: acknowledged."
    assert admin.execute(LAST).fetchone() == ("acknowledged", None, None, "Dr Mensah")


def test_that_whoever_comes_second_is_told_who_was_first(qtbot, sheet, database, nurse, item):
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    words = saved_message(qtbot, sheet)
    assert "Nora Nurse recorded this already at" in words


def test_that_the_sepsis_question_is_asked_and_stored_with_the_answer(
    qtbot, sheet, admin, database, nurse
):
    assert sheet.form.input("sepsis").isVisibleTo(sheet)
    assert not sheet.form.input("sepsis_words").isVisibleTo(sheet)
    sheet.form.set_value("sepsis", SepsisAnswer.UNSURE)
    assert sheet.form.input("sepsis_words").isVisibleTo(sheet)
    press_save(qtbot)
    assert sheet.form.problem("sepsis_words")
    sheet.form.set_value("sepsis_words", "viral?")
    saved_message(qtbot, sheet)
    kinds = admin.execute("SELECT kind, code FROM report.escalation_events ORDER BY seq")
    assert kinds.fetchall() == [("sepsis_answered", "unsure"), ("acknowledged", None)]
    assert not open_now(database, nurse, EAST)[0].asks_sepsis


def test_that_no_reason_no_end(qtbot, context, item, database, nurse):
    no_sepsis(database, nurse, item)
    [item] = open_now(database, nurse, EAST)
    sheet = opened(qtbot, AnswerSheet(context, item, LONDON, kind=EventKind.NOT_ESCALATED))
    press_save(qtbot)
    assert sheet.form.problem("declined")
    sheet.form.set_value("declined", DeclineReason.PLAN_IN_PLACE)
    saved_message(qtbot, sheet)
    assert open_now(database, nurse, EAST) == ()


def test_that_a_refusal_keeps_what_was_typed(qtbot, context, item, database, nurse):
    sheet = opened(qtbot, AnswerSheet(context, item, LONDON, kind=EventKind.OUTCOME))
    sheet.form.set_value("outcome", Outcome.STABLE_ON_WARD)
    press_save(qtbot)
    settled(qtbot, context)
    qtbot.waitUntil(lambda: not sheet.is_saving)
    assert "sepsis" in sheet.notice.text
    assert sheet.form.value("outcome") is Outcome.STABLE_ON_WARD


def test_that_a_plan_needs_words(qtbot, context, item):
    sheet = opened(qtbot, AnswerSheet(context, item, LONDON, kind=EventKind.PLANNED))
    press_save(qtbot)
    assert sheet.form.problem("words") == "Say what is planned."
    sheet.form.set_value("words", "fluids")
    saved_message(qtbot, sheet)


def test_that_the_sepsis_question_alone_can_be_answered(qtbot, context, item, admin):
    sheet = opened(qtbot, AnswerSheet(context, item, LONDON, kind=EventKind.SEPSIS_ANSWERED))
    press_save(qtbot)
    assert sheet.form.problem("sepsis")
    sheet.form.set_value("sepsis", SepsisAnswer.SUSPECTED)
    saved_message(qtbot, sheet)
    assert admin.execute(LAST).fetchone()[:2] == ("sepsis_answered", "suspected")


def test_that_an_assistant_is_asked_which_nurse_was_informed(
    qtbot, hal_context, database, nurse, admin
):
    admission = admit(database, nurse, "Lind", "Eva", label="2")
    record(database, hal_context.work.actor, admission, EMERGENCY)
    [item] = open_now(database, hal_context.work.actor, EAST)
    assert kinds_for(hal_context.signed_in, item) == (EventKind.INFORMED, EventKind.NOTIFIED)
    sheet = opened(qtbot, answer_sheet(hal_context, item, LONDON))
    settled(qtbot, hal_context)
    assert sheet.kind is EventKind.INFORMED
    assert not sheet.form.input("sepsis").isVisibleTo(sheet)
    press_save(qtbot)
    assert sheet.form.problem("nurse_id")
    sheet.form.set_value("nurse_id", world.id_of("nora"))
    saved_message(qtbot, sheet)
    assert admin.execute(LAST).fetchone() == ("informed", None, None, "Nora Nurse")


def test_that_a_role_without_answers_gets_no_sheet(context, item, signed_in):
    coordinator = replace(context, signed_in=signed_in("col"))
    assert answer_sheet(coordinator, item, LONDON) is None
    with pytest.raises(ValueError, match="records nothing"):
        AnswerSheet(coordinator, item, LONDON)


def test_that_a_draft_comes_back(qtbot, context, item, sheet):
    sheet.form.set_value("kind", EventKind.PLANNED)
    sheet.form.set_value("words", "fluids")
    sheet.set_aside()
    again = opened(qtbot, AnswerSheet(context, item, LONDON))
    assert again.form.value("words") == "fluids"


def test_that_a_set_that_calls_says_so_and_opens_the_sheet(qtbot, context, database, nurse):
    admit(database, nurse, "Lind", "Eva", label="2")
    subject = subject_of(row_of(database, nurse, "Lind"), LONDON)
    entry = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    entry.entry.fill(EMERGENCY)
    with qtbot.waitSignal(entry.sheet_requested) as asked:
        words = saved_message(qtbot, entry)
    assert "Escalation to the medical registrar is open; acknowledge by " in words
    [answer] = asked.args
    assert answer.item.points == 8
    assert opened(qtbot, answer).kind is EventKind.ACKNOWLEDGED


def test_that_a_set_that_calls_nobody_opens_no_sheet(qtbot, context, database, nurse):
    admit(database, nurse, "Lind", "Eva", label="2")
    subject = subject_of(row_of(database, nurse, "Lind"), LONDON)
    entry = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    entry.entry.fill(WELL)
    with qtbot.assertNotEmitted(entry.sheet_requested):
        words = saved_message(qtbot, entry)
    assert "Escalation" not in words


def test_that_a_concern_calls_in_words(qtbot, context, database, nurse):
    admission = admit(database, nurse, "Lind", "Eva", label="2")
    sheet = opened(qtbot, ConcernSheet(context, admission_id=admission, name="LIND, Eva"))
    press_save(qtbot)
    assert sheet.form.problem("words")
    sheet.form.set_value("words", "Grey and quiet")
    assert "help is called" in saved_message(qtbot, sheet)
    [found] = open_now(database, nurse, EAST)
    assert found.state is State.UNANSWERED


@pytest.fixture
def history(qtbot, context, item):
    return opened(qtbot, a_history(context, item.patient_id, item.admission_id))


def a_history(context, patient_id, admission_id):
    return HistorySheet(
        context, patient_id=patient_id, admission_id=admission_id, name="OKAFOR, Ada", zone=LONDON
    )


def test_that_the_history_says_who_was_told_and_what_came_of_it(
    qtbot, context, database, nurse, item
):
    give(database, nurse, item, EventKind.ACKNOWLEDGED, person="Dr Mensah")
    sheet = opened(qtbot, a_history(context, item.patient_id, item.admission_id))
    qtbot.waitUntil(lambda: len(sheet.lines) == 2)
    head, line = (label.text() for label in sheet.lines)
    assert "High, score 8, by Nora Nurse" in head
    assert "Acknowledged: medical registrar, Dr Mensah (by Nora Nurse)" in line


def test_that_the_history_leads_to_the_answer(qtbot, context, database, nurse, history, item):
    settled(qtbot, context)
    with qtbot.waitSignal(history.sheet_requested) as asked:
        history.save()
    assert asked.args[0].item.id == item.id
    asked.args[0].deleteLater()
    no_sepsis(database, nurse, item)
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="end_of_life")
    assert saved_message(qtbot, history) == NOT_OPEN


def test_that_an_empty_history_says_so(qtbot, context, database, nurse):
    admission = admit(database, nurse, "Lind", "Eva", label="2")
    row = row_of(database, nurse, "Lind")
    sheet = opened(qtbot, a_history(context, row.patient_id, admission))
    qtbot.waitUntil(lambda: [label.text() for label in sheet.lines] == [NONE_YET])


@pytest.mark.parametrize("which", ["answer", "concern", "history"])
def test_that_a_sheet_leaves_nothing_behind(qtbot, context, item, which):
    made = {
        "answer": lambda: AnswerSheet(context, item, LONDON),
        "concern": lambda: ConcernSheet(
            context, admission_id=item.admission_id, name="OKAFOR, Ada"
        ),
        "history": lambda: a_history(context, item.patient_id, item.admission_id),
    }[which]()
    settled(qtbot, context)
    gone = freed(qtbot, made)
    del made
    gc.collect()
    assert gone() is None


def test_that_a_set_of_a_call_that_was_answered_opens_no_sheet(
    qtbot, context, database, nurse, item
):
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    subject = subject_of(row_of(database, nurse, "Okafor"), LONDON)
    entry = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    entry.entry.fill(EMERGENCY)
    with qtbot.assertNotEmitted(entry.sheet_requested):
        words = saved_message(qtbot, entry)
    assert words.endswith("The escalation is open: acknowledged.")
