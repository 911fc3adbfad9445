"""A score accepted until a time: what stays quiet, what calls all the same, how it ends."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from tests import world
from tests.escalations.builders import (
    EMERGENCY,
    ONLY_FAST_BREATHS,
    WELL,
    accept,
    give,
    no_sepsis,
    open_now,
    pass_minutes,
    record,
)
from tests.schedule.builders import go, line, plan, put_off
from tests.steps import WITHOUT_ZONE, admit, ago, board_of, leave, worked_out
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.escalations.queries import accepted_score, escalation_history
from ward_app.escalations.service import accept_score, raise_concern, take_back_score
from ward_app.escalations.types import (
    EventKind,
    Level,
    NewAcceptedScore,
    NewConcern,
    ScoreTakenBack,
)
from ward_app.schedule.types import DeferralReason

EAST = world.id_of("east")
# the same 8 points and the same risk, the temperature red in place of the blood pressure
OTHER_RED = replace(EMERGENCY, systolic_bp_mmhg=120, temperature_celsius=Decimal("34.9"))


@pytest.fixture
def accepted(database, nurse, stay, item):
    """The same patient, her NEWS2 of 8 accepted for two hours."""
    no_sepsis(database, nurse, item)
    accept(database, nurse, stay)
    return database.run(nurse, accepted_score, stay)


def past(admin, minutes):
    """Let so many minutes pass for the sets, the calls and what was accepted."""
    pass_minutes(admin, minutes)
    for table, columns in (
        ("report.vital_signs", ("occurred_at", "recorded_at", "next_due_at")),
        ("report.accepted_scores", ("occurred_at", "recorded_at", "until_at")),
    ):
        changes = ", ".join(f"{name} = {name} - {minutes} * interval '1 min'" for name in columns)
        admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        admin.execute(f"UPDATE {table} SET {changes}")
        admin.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def take_back(database, actor, accepted, **changes):
    facts = {"id": new_id(), "accepted_id": accepted.id, "reason": "Looks worse"} | changes
    database.run(actor, take_back_score, ScoreTakenBack(**facts))


@pytest.mark.parametrize(
    "signs",
    [EMERGENCY, replace(EMERGENCY, systolic_bp_mmhg=120), WELL, ONLY_FAST_BREATHS],
    ids=["the same", "lower", "well", "incomplete and known already"],
)
def test_that_no_set_without_something_new_calls_again(database, nurse, stay, accepted, signs):
    assert open_now(database, nurse, EAST) == ()
    record(database, nurse, stay, signs)
    assert open_now(database, nurse, EAST) == ()


@pytest.mark.parametrize(
    "signs",
    [replace(EMERGENCY, pulse_per_min=95), OTHER_RED],
    ids=["a point more", "another red value"],
)
def test_that_something_new_calls_at_once(database, nurse, stay, accepted, signs):
    record(database, nurse, stay, signs)
    [called] = open_now(database, nurse, EAST)
    assert (called.level, called.points) == (Level.HIGH, 9 if signs.pulse_per_min == 95 else 8)
    assert database.run(nurse, accepted_score, stay) is None


def test_that_the_score_calls_again_when_the_time_has_come(database, nurse, stay, accepted, admin):
    past(admin, 119)
    record(database, nurse, stay, EMERGENCY)
    assert open_now(database, nurse, EAST) == ()
    past(admin, 2)
    record(database, nurse, stay, EMERGENCY)
    assert len(open_now(database, nurse, EAST)) == 1


def test_that_a_concern_calls_and_ends_the_agreement(database, nurse, stay, accepted):
    database.run(
        nurse, raise_concern, NewConcern(id=new_id(), admission_id=stay, words="Grey, clammy")
    )
    [called] = open_now(database, nurse, EAST)
    assert called.level is Level.CONCERN
    give(database, nurse, called, EventKind.NOT_ESCALATED, code="plan_in_place")
    record(database, nurse, stay, EMERGENCY)
    [again] = open_now(database, nurse, EAST)
    assert again.level is Level.HIGH


def test_that_taking_it_back_calls_at_once_and_only_once(database, nurse, stay, accepted):
    end = new_id()
    take_back(database, nurse, accepted, id=end)
    take_back(database, nurse, accepted, id=end)
    [called] = open_now(database, nurse, EAST)
    assert (called.level, called.points) == (Level.HIGH, 8)
    assert database.run(nurse, accepted_score, stay) is None
    with pytest.raises(RuleBrokenError, match="ended meanwhile"):
        take_back(database, nurse, accepted)


def test_that_taking_it_back_calls_nobody_for_who_is_well_by_now(database, nurse, stay, accepted):
    record(database, nurse, stay, WELL)
    take_back(database, nurse, accepted)
    assert open_now(database, nurse, EAST) == ()


@pytest.mark.parametrize("answered", [False, True], ids=["unanswered", "answered"])
def test_that_the_open_call_ends_and_its_history_says_why(
    database, nurse, stay, item, admin, answered
):
    no_sepsis(database, nurse, item)
    if answered:
        give(database, nurse, item, EventKind.ACKNOWLEDGED, person="Dr Mensah")
    accept(database, nurse, stay)
    [(patient,)] = admin.execute("SELECT patient_id FROM admission.admissions").fetchall()
    database.run(nurse, open_chart, patient)
    [told] = database.run(nurse, escalation_history, stay)
    end = told.events[-1]
    kind = EventKind.OUTCOME if answered else EventKind.NOT_ESCALATED
    assert (end.kind, end.code) == (kind, "other" if answered else "plan_in_place")
    assert end.words.startswith("Score 8 accepted until ")
    assert end.words.endswith(" by Dr Mensah: Agreed limits, fluids running")


def test_that_the_sepsis_question_is_answered_first(database, nurse, stay, item):
    with pytest.raises(RuleBrokenError, match="could be sepsis"):
        accept(database, nurse, stay)
    assert open_now(database, nurse, EAST) == (item,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until_at": partial(ago, 1)}, "until_at"),
        ({"until_at": partial(ago, -48 * 60)}, "until_at"),
        ({"until_at": WITHOUT_ZONE}, "until_at"),
        ({"decided_by": " "}, "decided_by"),
        ({"reason": ""}, "reason"),
    ],
    ids=["past", "too long", "no zone", "nobody agreed", "no reason"],
)
def test_that_an_agreement_says_until_when_who_and_why(
    database, nurse, stay, item, changes, field
):
    no_sepsis(database, nurse, item)
    with pytest.raises(RuleBrokenError) as refused:
        accept(database, nurse, stay, **worked_out(changes))
    assert refused.value.field == field


def test_that_taking_back_needs_a_reason(database, nurse, stay, accepted):
    with pytest.raises(RuleBrokenError, match="why"):
        take_back(database, nurse, accepted, reason=" ")


def test_that_there_is_nothing_to_accept_while_nobody_is_called(database, nurse):
    calm = admit(database, nurse, "Byrne", "Sam", label="2")
    with pytest.raises(RuleBrokenError, match="nothing to accept"):
        accept(database, nurse, calm)
    record(database, nurse, calm, WELL)
    with pytest.raises(RuleBrokenError, match="nothing to accept"):
        accept(database, nurse, calm)


def test_that_saving_again_is_the_same_agreement(database, nurse, stay, item, admin):
    no_sepsis(database, nurse, item)
    new = NewAcceptedScore(
        id=new_id(), admission_id=stay, until_at=ago(-60), decided_by="Dr X", reason="Limits"
    )
    for _ in range(2):
        database.run(nurse, accept_score, new)
    assert admin.execute("SELECT count(*) FROM report.accepted_scores").fetchone() == (1,)


@pytest.mark.parametrize("login", ["hal", "wes"], ids=["assistant", "other ward"])
def test_that_only_who_may_decide_and_reaches_the_patient_accepts(
    database, signed_in, nurse, stay, item, login
):
    no_sepsis(database, nurse, item)
    other = Actor(signed_in(login).token)
    with pytest.raises(NotPermittedError):
        accept(database, other, stay)
    accept(database, nurse, stay)
    found = database.run(nurse, accepted_score, stay)
    with pytest.raises(NotPermittedError):
        take_back(database, other, found)
    seen = database.run(other, accepted_score, stay)
    assert seen == (found if login == "hal" else None)


def test_that_the_agreement_ends_for_the_board_with_the_stay(database, nurse, stay, accepted):
    leave(database, nurse, stay)
    assert all(row.accepted_until is None for row in board_of(database, nurse))


def test_that_the_board_shows_points_time_and_who_and_the_wall_no_name(
    database, nurse, signed_in, stay, accepted
):
    def shown(actor):
        [row] = [row for row in board_of(database, actor) if row.bed_label == "1"]
        return row.accepted_points, row.accepted_until, row.accepted_by

    assert shown(nurse) == (8, accepted.until_at, "Dr Mensah")
    assert shown(Actor(signed_in("wall").token)) == (8, accepted.until_at, None)


def test_that_what_is_past_its_time_is_shown_until_the_next_set(
    database, nurse, stay, accepted, admin
):
    past(admin, 121)
    row = next(row for row in board_of(database, nurse) if row.bed_label == "1")
    assert row.accepted_until < ago(0)
    record(database, nurse, stay, EMERGENCY)
    row = next(row for row in board_of(database, nurse) if row.bed_label == "1")
    assert (row.accepted_until, row.escalation_level) == (None, "high")


def test_that_the_board_says_when_who_is_on_leave_is_to_be_back(database, nurse):
    calm = admit(database, nurse, "Byrne", "Sam", label="2")
    back = ago(-90)
    go(database, nurse, calm, expected_back_at=back)
    row = next(row for row in board_of(database, nurse) if row.bed_label == "2")
    assert (row.due_reason, row.back_by) == ("paused", back)


def test_that_the_board_says_in_full_why_a_set_is_due(database, nurse, signed_in):
    calm = admit(database, nurse, "Byrne", "Sam", label="2")
    record(database, nurse, calm, WELL)
    plan(database, nurse, calm, minutes=60, expires_at=ago(-600))

    def shown(actor):
        row = next(row for row in board_of(database, actor) if row.bed_label == "2")
        return row.due_reason, row.due_minutes, row.due_decision, row.due_by

    assert shown(nurse) == ("plan", 60, None, "Dr Mensah")
    assert shown(Actor(signed_in("wall").token)) == ("plan", 60, None, None)
    put_off(database, nurse, line(database, nurse, calm), DeferralReason.PROCEDURE, 30)
    assert shown(nurse) == ("deferred", None, "procedure", "Nora Nurse")
