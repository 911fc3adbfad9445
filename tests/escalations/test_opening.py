"""What opens an escalation, raises it, lowers it, and ends it without anybody's answer."""

from __future__ import annotations

import pytest

from tests import world
from tests.escalations.builders import (
    COUNT,
    EMERGENCY,
    EVENTS,
    ONLY_FAST_BREATHS,
    SINGLE_RED,
    URGENT,
    WELL,
    give,
    no_sepsis,
    open_now,
    record,
)
from tests.steps import admit, ago, leave
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.escalations.queries import open_escalation
from ward_app.escalations.service import raise_concern
from ward_app.escalations.types import EventKind, Level, NewConcern, ResponderRole, State
from ward_app.observations.service import strike_out
from ward_app.observations.types import StrikeOut

EAST = world.id_of("east")


@pytest.fixture
def stay(database, nurse):
    """A patient in bed 1 whose chart Nora has open."""
    return admit(database, nurse, "Okafor", "Ada")


@pytest.fixture
def chart(database, nurse, stay, admin):
    """The same with the chart open, so that sets can be struck out."""
    [(patient,)] = admin.execute("SELECT patient_id FROM admission.admissions").fetchall()
    database.run(nurse, open_chart, patient)
    return stay


@pytest.mark.parametrize(
    ("signs", "opened"),
    [
        (SINGLE_RED, (Level.LOW_MEDIUM, ResponderRole.MEDICAL_TEAM, 3, False)),
        (URGENT, (Level.MEDIUM, ResponderRole.MEDICAL_TEAM, 5, True)),
        (EMERGENCY, (Level.HIGH, ResponderRole.MEDICAL_REGISTRAR, 8, True)),
        (ONLY_FAST_BREATHS, (Level.LOW_MEDIUM, ResponderRole.MEDICAL_TEAM, 3, False)),
    ],
    ids=["single red", "urgent", "emergency", "incomplete"],
)
def test_that_a_set_that_reaches_a_trigger_opens_an_escalation(
    database, nurse, stay, signs, opened
):
    record(database, nurse, stay, signs)
    [item] = open_now(database, nurse, EAST)
    assert (item.level, item.role, item.points, item.asks_sepsis) == opened
    assert (item.state, item.step, item.bed_label) == (State.UNANSWERED, 1, "1")
    assert (item.family_name, item.needs_nurse) == ("Okafor", False)
    assert item.respond_by > item.since == item.opened_at


def test_that_an_emergency_is_to_be_acknowledged_within_ten_minutes(database, nurse, stay):
    record(database, nurse, stay, EMERGENCY)
    item = database.run(nurse, open_escalation, stay)
    assert (item.respond_by - item.opened_at).total_seconds() == 600


def test_that_a_well_patient_calls_nobody(database, nurse, stay):
    record(database, nurse, stay, WELL)
    assert open_now(database, nurse, EAST) == ()
    assert database.run(nurse, open_escalation, stay) is None


def test_that_a_patient_has_one_escalation_that_is_raised_not_several(
    database, nurse, stay, admin
):
    for signs in (SINGLE_RED, URGENT, EMERGENCY, EMERGENCY, URGENT):
        record(database, nurse, stay, signs)
    [item] = open_now(database, nurse, EAST)
    assert (item.level, item.points, item.role) == (Level.HIGH, 8, ResponderRole.MEDICAL_REGISTRAR)
    assert item.since > item.opened_at
    assert admin.execute(EVENTS).fetchall() == [("raised",), ("raised",)]


def test_that_a_raise_asks_for_an_answer_anew(database, nurse, stay):
    record(database, nurse, stay, URGENT)
    [item] = open_now(database, nurse, EAST)
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    no_sepsis(database, nurse, item)
    record(database, nurse, stay, EMERGENCY)
    [item] = open_now(database, nurse, EAST)
    assert (item.state, item.answered_by, item.asks_sepsis) == (State.UNANSWERED, None, True)
    assert give(database, nurse, item, EventKind.ACKNOWLEDGED).counted


def test_that_an_answered_escalation_opens_anew_with_the_next_trigger(
    database, nurse, stay, admin
):
    record(database, nurse, stay, SINGLE_RED)
    [item] = open_now(database, nurse, EAST)
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="plan_in_place")
    assert open_now(database, nurse, EAST) == ()
    record(database, nurse, stay, SINGLE_RED)
    assert len(open_now(database, nurse, EAST)) == 1
    assert admin.execute(COUNT).fetchone() == (2,)


def test_that_a_set_entered_after_a_later_complete_one_calls_nobody(database, nurse, stay):
    record(database, nurse, stay, WELL, occurred_at=ago(5))
    record(database, nurse, stay, EMERGENCY, occurred_at=ago(30))
    assert open_now(database, nurse, EAST) == ()


def test_that_a_late_set_still_calls_when_the_later_one_was_incomplete(database, nurse, stay):
    record(database, nurse, stay, ONLY_FAST_BREATHS, occurred_at=ago(5))
    record(database, nurse, stay, EMERGENCY, occurred_at=ago(30))
    [item] = open_now(database, nurse, EAST)
    assert item.level is Level.HIGH


def test_that_a_set_charted_after_the_patient_left_calls_nobody(database, nurse, stay, admin):
    leave(database, nurse, stay)
    record(database, nurse, stay, EMERGENCY, occurred_at=ago(5))
    assert admin.execute(COUNT).fetchone() == (0,)


# -- corrections


def correct(database, actor, stay, signs, wrong):
    """Correct the set `wrong` to these signs and return the id of the correction."""
    return record(database, actor, stay, signs, supersedes_id=wrong, change_reason="slip")


def strike(database, actor, stay, wrong):
    """Strike the set out."""
    mark = StrikeOut(id=new_id(), admission_id=stay, struck_id=wrong, reason="wrong patient")
    database.run(actor, strike_out, mark)


def test_that_a_correction_below_the_trigger_ends_it_as_corrected(database, nurse, chart, admin):
    wrong = record(database, nurse, chart, EMERGENCY)
    correct(database, nurse, chart, WELL, wrong)
    assert open_now(database, nurse, EAST) == ()
    ended = admin.execute("SELECT kind, code, recorded_by FROM report.escalation_events")
    assert ended.fetchall() == [("closed", "corrected", world.id_of("nora"))]


def test_that_a_struck_out_set_ends_it(database, nurse, chart):
    wrong = record(database, nurse, chart, EMERGENCY)
    strike(database, nurse, chart, wrong)
    assert open_now(database, nurse, EAST) == ()


def test_that_a_correction_to_a_lower_trigger_lowers_it_and_keeps_the_answer(
    database, nurse, chart
):
    wrong = record(database, nurse, chart, EMERGENCY)
    [item] = open_now(database, nurse, EAST)
    give(database, nurse, item, EventKind.ACKNOWLEDGED, person="Dr Mensah")
    correct(database, nurse, chart, SINGLE_RED, wrong)
    [item] = open_now(database, nurse, EAST)
    assert (item.level, item.points, item.state) == (Level.LOW_MEDIUM, 3, State.ACKNOWLEDGED)
    assert (item.answered_by, item.asks_sepsis) == ("Dr Mensah", False)


def test_that_a_correction_upwards_opens_or_raises_it(database, nurse, chart):
    wrong = record(database, nurse, chart, WELL)
    better = correct(database, nurse, chart, SINGLE_RED, wrong)
    assert open_now(database, nurse, EAST)[0].level is Level.LOW_MEDIUM
    correct(database, nurse, chart, EMERGENCY, better)
    assert open_now(database, nurse, EAST)[0].level is Level.HIGH


def test_that_a_corrected_correction_is_followed_to_its_end(database, nurse, chart):
    wrong = record(database, nurse, chart, EMERGENCY)
    still_wrong = correct(database, nurse, chart, EMERGENCY, wrong)
    assert len(open_now(database, nurse, EAST)) == 1
    strike(database, nurse, chart, still_wrong)
    assert open_now(database, nurse, EAST) == ()


def test_that_another_set_in_force_keeps_it_open(database, nurse, chart):
    wrong = record(database, nurse, chart, EMERGENCY, occurred_at=ago(10))
    record(database, nurse, chart, URGENT)
    strike(database, nurse, chart, wrong)
    [item] = open_now(database, nurse, EAST)
    assert item.level is Level.MEDIUM


def test_that_a_better_set_that_comes_later_leaves_the_answer_owing(database, nurse, stay):
    record(database, nurse, stay, EMERGENCY, occurred_at=ago(10))
    record(database, nurse, stay, WELL)
    [item] = open_now(database, nurse, EAST)
    assert (item.level, item.state) == (Level.HIGH, State.UNANSWERED)


def test_that_a_correction_of_an_answered_set_calls_nobody_again(database, nurse, chart, admin):
    wrong = record(database, nurse, chart, SINGLE_RED)
    [item] = open_now(database, nurse, EAST)
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="usual_for_patient")
    correct(database, nurse, chart, SINGLE_RED, wrong)
    assert admin.execute(COUNT).fetchone() == (1,)


# -- concerns


def worried(stay, words="He looks grey and is not himself."):
    return NewConcern(id=new_id(), admission_id=stay, words=words)


def test_that_a_concern_opens_one_whatever_the_score(database, nurse, stay):
    concern = worried(stay)
    for _ in range(2):
        database.run(nurse, raise_concern, concern)
    [item] = open_now(database, nurse, EAST)
    assert (item.level, item.points, item.role) == (
        Level.CONCERN, None, ResponderRole.MEDICAL_TEAM,
    )  # fmt: skip


def test_that_a_concern_raises_a_lesser_one_and_joins_an_equal_one(database, nurse, stay, admin):
    record(database, nurse, stay, SINGLE_RED)
    database.run(nurse, raise_concern, worried(stay))
    assert open_now(database, nurse, EAST)[0].level is Level.CONCERN
    record(database, nurse, stay, URGENT)
    database.run(nurse, raise_concern, worried(stay, "Still grey."))
    assert open_now(database, nurse, EAST)[0].level is Level.CONCERN
    assert admin.execute(EVENTS).fetchall() == [("raised",), ("concern",)]
    record(database, nurse, stay, EMERGENCY)
    assert open_now(database, nurse, EAST)[0].level is Level.HIGH


def test_that_a_correction_never_takes_a_concern_away(database, nurse, chart):
    wrong = record(database, nurse, chart, EMERGENCY)
    database.run(nurse, raise_concern, worried(chart))
    strike(database, nurse, chart, wrong)
    [item] = open_now(database, nurse, EAST)
    assert item.level is Level.CONCERN


def test_that_a_concern_needs_words_and_a_patient_in_reach(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="what worries you"):
        database.run(nurse, raise_concern, worried(stay, "  "))
    with pytest.raises(NotPermittedError):
        database.run(nurse, raise_concern, worried(new_id()))


def test_that_an_assistants_set_asks_which_nurse_was_informed(database, stay, signed_in):
    hal = Actor(signed_in("hal").token)
    record(database, hal, stay, EMERGENCY)
    [item] = open_now(database, hal, EAST)
    assert item.needs_nurse
