"""Plans, deferrals, refusals and leave, as nurses and doctors do them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests import world
from tests.schedule.builders import (
    EAST,
    a_deferral,
    come_back,
    go,
    line,
    measure,
    plan,
    put_off,
    worklist,
)
from tests.steps import admit, ago, board_of, leave, move, undo, worked_out
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.schedule.service import defer, take_back_deferral
from ward_app.schedule.types import DeferralReason, DeferralStrikeOut

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ASLEEP = DeferralReason.ASLEEP_AND_STABLE


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="1")


@pytest.fixture
def doctor(signed_in):
    return Actor(signed_in("dora").token)


def test_that_the_first_set_is_due_a_quarter_of_an_hour_after_arrival(database, nurse, patient):
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at) == (
        "arrival",
        item_arrival(database, nurse) + 15 * MINUTE,
    )


def item_arrival(database, nurse):
    return next(bed.arrived_at for bed in board_of(database, nurse) if bed.admission_id)


def test_that_another_ward_asks_for_a_set_a_quarter_of_an_hour_after_arrival_there(
    database, signed_in, patient
):
    both = Actor(signed_in("both").token)
    measure(database, both, patient, 10)
    move(database, both, patient, "1", "west", occurred_at=(at := ago(1)))
    item = line(database, both, patient, world.id_of("west"))
    assert (item.due_reason, item.due_at) == ("arrival", at + 15 * MINUTE)


def test_that_board_and_worklist_say_the_same(database, nurse, patient):
    measure(database, nurse, patient, 5)
    plan(database, nurse, patient)
    shown = next(bed for bed in board_of(database, nurse) if bed.admission_id)
    assert shown.next_due_at == line(database, nurse, patient).due_at


def test_that_a_plan_asks_sooner_than_the_score(database, nurse, patient):
    saved = measure(database, nurse, patient, 5)
    plan(database, nurse, patient, 30)
    item = line(database, nurse, patient)
    assert (item.due_reason, item.plan_minutes, item.plan_by) == ("plan", 30, "Dr Mensah")
    assert item.due_at == saved.next_due_at - 12 * HOUR + 30 * MINUTE


def test_that_no_plan_was_missed_before_it_was_made(database, nurse, patient):
    measure(database, nurse, patient, 55)
    before = ago(0)
    plan(database, nurse, patient, 30)
    assert before <= line(database, nurse, patient).due_at <= ago(0)


def test_that_the_score_decides_again_after_the_plan_expired(database, nurse, patient):
    saved = measure(database, nurse, patient, 5)
    plan(database, nurse, patient, 60, expires_at=ago(-20))
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at) == ("score", saved.next_due_at)


def test_that_a_stopped_plan_asks_for_nothing(database, nurse, patient):
    saved = measure(database, nurse, patient, 5)
    plan(database, nurse, patient, 30)
    plan(database, nurse, patient, None, reason="better")
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at) == ("score", saved.next_due_at)
    assert item.plan_minutes is None


def test_that_a_doctor_may_let_a_patient_be_seen_less_often_for_a_while(
    database, nurse, doctor, patient
):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=22, on_oxygen=True,
            spo2_percent=95)  # fmt: skip
    expires = ago(-600)
    plan(database, doctor, patient, 240, reason="comfort first", expires_at=expires)
    item = line(database, nurse, patient)
    assert (item.due_reason, item.plan_until, item.plan_reason) == (
        "plan", expires, "comfort first")  # fmt: skip
    assert item.due_at > ago(-200)


def test_that_observing_less_often_does_not_hold_once_the_score_asks_for_more(
    database, nurse, doctor, patient
):
    measure(database, nurse, patient, 2)
    plan(database, doctor, patient, 1440, reason="comfort first", expires_at=ago(-3000))
    saved = measure(database, nurse, patient, 0, respiratory_rate_per_min=30)
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at) == ("score", saved.next_due_at)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "needs a reason"),
        ({"expires_at": None}, "needs an end"),
        ({"decided_by": " "}, "Name who"),
        ({"minutes": 3}, "every 5 minutes"),
        ({"minutes": 20_000}, "every 5 minutes"),
        ({"minutes": None, "reason": ""}, "why the plan ends"),
        ({"expires_at": partial(ago, 1)}, "past"),
        ({"review_at": partial(ago, 1)}, "past"),
    ],
    ids=["reason", "end", "name", "short", "long", "stop", "expired", "review"],
)
def test_that_a_plan_without_what_it_needs_is_refused(
    database, nurse, doctor, patient, changes, words
):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=25)
    facts = {"minutes": 600, "reason": "frail", "expires_at": ago(-900)} | worked_out(changes)
    with pytest.raises(RuleBrokenError, match=words):
        plan(database, doctor, patient, facts.pop("minutes"), **facts)


def test_that_a_nurse_may_not_decide_to_look_less_often(database, nurse, patient):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=25)
    with pytest.raises(NotPermittedError):
        plan(database, nurse, patient, 600, reason="frail", expires_at=ago(-900))


def test_that_after_a_refusal_the_last_risk_counts_from_the_refusal(database, nurse, patient):
    measure(database, nurse, patient, 30, respiratory_rate_per_min=25)
    refused_at = ago(0)
    until = put_off(database, nurse, line(database, nurse, patient), occurred_at=refused_at)
    item = line(database, nurse, patient)
    assert until == item.due_at == refused_at + HOUR
    assert (item.due_reason, item.deferral_reason, item.deferred_by) == (
        "refused", "refused", "Nora Nurse")  # fmt: skip


def test_that_a_refusal_never_puts_a_set_off_for_more_than_a_day(database, nurse, doctor, patient):
    measure(database, nurse, patient, 1)
    plan(database, doctor, patient, 4320, reason="comfort first", expires_at=ago(-9000))
    refused_at = ago(0)
    until = put_off(database, nurse, line(database, nurse, patient), occurred_at=refused_at)
    assert until == refused_at + 24 * HOUR


def test_that_without_any_set_a_refusal_asks_again_after_four_hours(database, nurse, patient):
    refused_at = ago(0)
    until = put_off(database, nurse, line(database, nurse, patient), occurred_at=refused_at)
    assert until == refused_at + 4 * HOUR


def test_that_a_set_is_put_off_as_long_as_was_said(database, nurse, patient):
    measure(database, nurse, patient, 1)
    until = put_off(database, nurse, line(database, nurse, patient), ASLEEP, 120)
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at) == ("deferred", until)


def test_that_a_set_is_not_put_off_past_the_one_after_it(database, nurse, patient):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=25)
    with pytest.raises(RuleBrokenError, match="at most"):
        put_off(database, nurse, line(database, nurse, patient), ASLEEP, 61)


def test_that_what_is_due_is_put_off_once_by_two_nurses_who_see_the_same(database, nurse, patient):
    seen = line(database, nurse, patient)
    put_off(database, nurse, seen, ASLEEP, 60)
    with pytest.raises(RuleBrokenError, match="changed meanwhile"):
        put_off(database, nurse, seen, ASLEEP, 90)


def test_that_the_same_deferral_sent_twice_is_one(database, nurse, admin, patient):
    deferral = a_deferral(line(database, nurse, patient), ASLEEP, 60)
    first, second = (database.run(nurse, defer, deferral) for _ in range(2))
    assert first == second
    count = "SELECT count(*) FROM report.observation_deferrals"
    assert admin.execute(count).fetchone() == (1,)


def test_that_a_deferral_before_the_latest_set_is_refused(database, nurse, patient):
    measure(database, nurse, patient, 1)
    with pytest.raises(RuleBrokenError, match="recorded after that time"):
        put_off(database, nurse, line(database, nurse, patient), occurred_at=ago(5))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": DeferralReason.OTHER}, "what the reason"),
        ({"minutes": None}, "until when"),
        ({"minutes": -5}, "past"),
        ({"occurred_at": partial(ago, -30), "minutes": 60}, "future"),
    ],
    ids=["other", "until", "past", "future"],
)
def test_that_a_deferral_without_what_it_needs_is_refused(
    database, nurse, patient, changes, words
):
    facts = {"reason": ASLEEP, "minutes": 10} | worked_out(changes)
    with pytest.raises(RuleBrokenError, match=words):
        put_off(database, nurse, line(database, nurse, patient), **facts)


def test_that_a_deferral_taken_back_makes_due_what_was_due(database, nurse, patient):
    before = line(database, nurse, patient)
    put_off(database, nurse, before, ASLEEP, 60)
    deferred = line(database, nurse, patient)
    mark = DeferralStrikeOut(
        id=new_id(), admission_id=patient, struck_id=deferred.deferral_id, reason="wrong patient"
    )
    database.run(nurse, take_back_deferral, mark)
    database.run(nurse, take_back_deferral, mark)
    assert line(database, nurse, patient).due_at == before.due_at
    again = DeferralStrikeOut(
        id=new_id(), admission_id=patient, struck_id=deferred.deferral_id, reason="twice"
    )
    with pytest.raises(ConflictError):
        database.run(nurse, take_back_deferral, again)
    with pytest.raises(RuleBrokenError):
        database.run(nurse, take_back_deferral, replace(again, reason=" "))


def test_that_leave_pauses_and_the_bed_stays(database, nurse, patient):
    go(database, nurse, patient)
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at, item.bed_label) == ("paused", None, "1")
    assert item.back_by is not None
    with pytest.raises(RuleBrokenError, match="paused"):
        put_off(database, nurse, item._replace(due_at=ago(0)), ASLEEP, 30)


def test_that_after_a_return_a_set_is_due_within_the_hour(database, nurse, patient):
    measure(database, nurse, patient, 20)
    go(database, nurse, patient)
    come_back(database, nurse, patient, occurred_at=(back := ago(0)))
    item = line(database, nurse, patient)
    assert (item.due_reason, item.due_at, item.left_at) == ("restart", back + HOUR, None)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([(come_back, {})], "not on leave"),
        ([(go, {}), (go, {})], "on leave already"),
        ([(go, {}), (come_back, {"occurred_at": partial(ago, 30)})], "before the patient went"),
        ([(go, {"occurred_at": partial(ago, -30)})], "future"),
        ([(go, {"occurred_at": partial(ago, 3000)})], "before the patient came"),
        ([(go, {"expected_back_at": None})], "should be back"),
    ],
    ids=["not away", "twice", "back before", "future", "before arrival", "until when"],
)
def test_that_a_leave_that_cannot_be_is_refused(database, nurse, patient, steps, words):
    *before, (last, changes) = steps
    for step, given in before:
        step(database, nurse, patient, **given)
    with pytest.raises(RuleBrokenError, match=words):
        last(database, nurse, patient, **worked_out(changes))


def test_that_who_has_left_goes_on_no_leave(database, nurse, patient):
    leave(database, nurse, patient)
    with pytest.raises(RuleBrokenError, match="left hospital"):
        go(database, nurse, patient, occurred_at=ago(0))


def test_that_an_end_that_was_undone_asks_for_a_set_within_the_hour(database, nurse, patient):
    measure(database, nurse, patient, 20)
    leave(database, nurse, patient)
    before = ago(0)
    undo(database, nurse, patient)
    item = line(database, nurse, patient)
    assert item.due_reason == "restart"
    assert before + HOUR <= item.due_at <= ago(-60)


def test_that_another_wards_patient_is_neither_listed_nor_decided_on(
    database, nurse, signed_in, connect, patient
):
    west = Actor(signed_in("wes", at := connect("ws_beta")).token)
    assert worklist(at, west, EAST) == ()
    seen = line(database, nurse, patient)
    for refused in (
        lambda: plan(at, west, patient),
        lambda: put_off(at, west, seen),
        lambda: go(at, west, patient),
    ):
        with pytest.raises(NotPermittedError):
            refused()


def test_that_the_longest_overdue_comes_first_and_who_is_away_last(database, nurse):
    due = admit(database, nurse, "Soon", label="1", admitted_at=ago(20))
    late = admit(database, nurse, "Late", label="2", admitted_at=ago(90))
    away = admit(database, nurse, "Away", label="3", admitted_at=ago(95))
    go(database, nurse, away)
    assert [item.admission_id for item in worklist(database, nurse)] == [late, due, away]
