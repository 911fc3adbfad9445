"""Answers: who gives them, which counts, what must come first, and that none is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import world
from tests.escalations.builders import (
    EMERGENCY,
    SINGLE_RED,
    an_answer,
    give,
    no_sepsis,
    open_now,
    pass_minutes,
    record,
)
from tests.steps import admit, ago, board_of, move
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.escalations.queries import colleagues, escalation_history, rule_steps
from ward_app.escalations.service import EscalationClosedError, answer, silence
from ward_app.escalations.types import EventKind, Level, ResponderRole, State

EAST, WEST = world.id_of("east"), world.id_of("west")


def test_that_the_loop_goes_from_call_to_outcome(database, nurse, item, admin):
    give(database, nurse, item, EventKind.NOTIFIED, person="Dr Mensah", words="bleep 321")
    give(database, nurse, item, EventKind.ACKNOWLEDGED, person="Dr Mensah")
    states = [open_now(database, nurse, EAST)[0].state]
    give(database, nurse, item, EventKind.ARRIVED)
    states.append(open_now(database, nurse, EAST)[0].state)
    give(database, nurse, item, EventKind.PLANNED, words="Fluids, cultures, review at 15:00")
    states.append(open_now(database, nurse, EAST)[0].state)
    no_sepsis(database, nurse, item)
    give(database, nurse, item, EventKind.OUTCOME, code="treatment_started")
    assert states == [State.ACKNOWLEDGED, State.ARRIVED, State.PLANNED]
    assert open_now(database, nurse, EAST) == ()


def test_that_the_history_tells_who_was_told_when_and_what_came_of_it(database, nurse, stay, item):
    database.run(nurse, open_chart, item.patient_id)
    role = ResponderRole.CRITICAL_CARE_OUTREACH
    give(database, nurse, item, EventKind.ACKNOWLEDGED, role=role, person="Sister Ruiz")
    [found] = database.run(nurse, escalation_history, stay)
    [event] = found.events
    assert (found.level, found.points, found.recorded_by) == (Level.HIGH, 8, "Nora Nurse")
    assert (event.kind, event.role, event.person) == (EventKind.ACKNOWLEDGED, role, "Sister Ruiz")
    assert event.recorded_by == "Nora Nurse"


def test_that_the_history_stays_closed_with_the_chart(database, nurse, stay):
    with pytest.raises(NotPermittedError, match="not open to you"):
        database.run(nurse, escalation_history, stay)


def test_that_of_two_acknowledgements_the_first_counts_and_the_second_is_told_whose(
    database, connect, nurse, signed_in, item
):
    beta = connect("ws_beta")
    other = Actor(signed_in("both", beta).token)
    with database.transaction(nurse) as first:
        assert answer(first, an_answer(item, EventKind.ACKNOWLEDGED)).counted
    second = beta.run(other, answer, an_answer(item, EventKind.ACKNOWLEDGED))
    assert (second.counted, second.by_name) == (False, "Nora Nurse")
    [now] = open_now(database, nurse, EAST)
    assert now.answered_by == "Nora Nurse"


def test_that_an_acknowledgement_repeated_after_a_lost_answer_is_the_same(
    database, nurse, item, admin
):
    given = an_answer(item, EventKind.ACKNOWLEDGED)
    assert database.run(nurse, answer, given).counted
    assert database.run(nurse, answer, given).counted
    assert admin.execute("SELECT count(*) FROM report.escalation_events").fetchone() == (1,)


def test_that_a_closed_escalation_takes_no_answer_and_says_who_closed_it(database, nurse, item):
    no_sepsis(database, nurse, item)
    give(database, nurse, item, EventKind.NOT_ESCALATED, code="end_of_life")
    with pytest.raises(EscalationClosedError, match="Nora Nurse") as refused:
        give(database, nurse, item, EventKind.ARRIVED)
    assert refused.value.by_name == "Nora Nurse"


def test_that_nothing_ends_before_sepsis_was_thought_of(database, nurse, item):
    give(database, nurse, item, EventKind.ARRIVED)
    for kind, code in (
        (EventKind.OUTCOME, "stable_on_ward"),
        (EventKind.NOT_ESCALATED, "plan_in_place"),
    ):
        with pytest.raises(RuleBrokenError, match="sepsis"):
            give(database, nurse, item, kind, code=code)
    give(database, nurse, item, EventKind.SEPSIS_ANSWERED, code="unsure", words="viral illness?")
    assert not open_now(database, nurse, EAST)[0].asks_sepsis
    give(database, nurse, item, EventKind.OUTCOME, code="stable_on_ward")


def test_that_an_outcome_needs_somebody_who_answered(database, nurse, item):
    no_sepsis(database, nurse, item)
    with pytest.raises(RuleBrokenError, match="Nobody has answered"):
        give(database, nurse, item, EventKind.OUTCOME, code="stable_on_ward")


def test_that_an_answer_lies_between_the_call_and_now(database, nurse, item):
    with pytest.raises(RuleBrokenError, match="future") as refused:
        give(database, nurse, item, EventKind.ARRIVED, occurred_at=ago(-5))
    assert refused.value.field == "occurred_at"
    with pytest.raises(RuleBrokenError, match="before the call"):
        give(database, nurse, item, EventKind.ARRIVED, occurred_at=ago(5))


def test_that_a_time_typed_to_the_minute_counts_from_the_call(database, nurse, item):
    to_the_minute = item.opened_at.replace(second=0, microsecond=0)
    give(database, nurse, item, EventKind.ACKNOWLEDGED, occurred_at=to_the_minute)
    [now] = open_now(database, nurse, EAST)
    assert now.answered_at >= item.opened_at


def test_that_an_arrival_entered_late_never_takes_a_plan_back(database, nurse, item, admin):
    give(database, nurse, item, EventKind.PLANNED, words="oxygen")
    give(database, nurse, item, EventKind.ARRIVED)
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    assert open_now(database, nurse, EAST)[0].state is State.PLANNED


# -- healthcare assistants


@pytest.fixture
def hal(signed_in):
    """Hal, healthcare assistant of East, at workstation alpha."""
    return Actor(signed_in("hal").token)


def test_that_an_assistant_names_the_nurse_informed(database, nurse, hal, admin):
    record(database, hal, admit(database, nurse, "Okafor", "Ada"), EMERGENCY)
    [item] = open_now(database, hal, EAST)
    assert item.needs_nurse
    names = {found.display_name: found.id for found in database.run(
        hal, colleagues, item.admission_id)}  # fmt: skip
    assert set(names) == {"Bo Both", "Dora Doctor", "Nora Nurse"}
    give(database, hal, item, EventKind.INFORMED, nurse_id=names["Nora Nurse"])
    [now] = open_now(database, hal, EAST)
    assert (now.needs_nurse, now.state) == (False, State.UNANSWERED)


@pytest.mark.parametrize("name", ["hal", "wes", "nobody"])
def test_that_only_a_nurse_of_the_ward_can_have_been_informed(database, hal, item, name):
    with pytest.raises(RuleBrokenError, match="does not work on this ward") as refused:
        give(database, hal, item, EventKind.INFORMED, nurse_id=world.id_of(name))
    assert refused.value.field == "nurse_id"


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (EventKind.ACKNOWLEDGED, {}),
        (EventKind.ARRIVED, {}),
        (EventKind.PLANNED, {"words": "rest"}),
        (EventKind.SEPSIS_ANSWERED, {"code": "not_suspected"}),
        (EventKind.OUTCOME, {"code": "stable_on_ward"}),
        (EventKind.NOT_ESCALATED, {"code": "plan_in_place"}),
    ],
    ids=lambda value: value.value if isinstance(value, EventKind) else "",
)
def test_that_an_assistant_cannot_answer_or_close(database, hal, item, kind, facts):
    with pytest.raises(NotPermittedError):
        give(database, hal, item, kind, **facts)


def test_that_an_assistant_may_tell_and_be_worried(database, hal, item):
    give(database, hal, item, EventKind.NOTIFIED, person="Dr Mensah")
    assert open_now(database, hal, EAST)[0].told == 2


# -- shifts, wards, stations


def test_that_the_next_shift_sees_and_answers_it(database, signed_in, connect, item):
    beta = connect("ws_beta")
    next_nurse = Actor(signed_in("both", beta).token)
    [seen] = open_now(beta, next_nurse, EAST)
    assert seen.id == item.id
    assert give(beta, next_nurse, seen, EventKind.ACKNOWLEDGED).counted


def test_that_it_comes_along_to_another_ward(database, nurse, signed_in, connect, stay, item):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    assert open_now(beta, wes, EAST, WEST) == ()
    with pytest.raises(NotPermittedError):
        give(beta, wes, item, EventKind.ACKNOWLEDGED)
    move(database, nurse, stay, "2", ward="west")
    assert open_now(database, nurse, EAST, WEST) == ()
    [seen] = open_now(beta, wes, WEST)
    assert (seen.id, seen.ward_name, seen.bed_label) == (item.id, "Ward 3 West", "2")
    assert give(beta, wes, seen, EventKind.ACKNOWLEDGED).counted


def test_that_silence_is_recorded_and_ends_nothing(database, nurse, item, admin):
    silence_id = new_id()
    for _ in range(2):
        database.run(nurse, silence, silence_id, (EAST, WEST), minutes=5)
    recorded = admin.execute(
        "SELECT kind, silent_minutes, workstation, recorded_by FROM report.escalation_events"
    )
    assert recorded.fetchall() == [("silenced", 5, "ws_alpha", world.id_of("nora"))]
    assert open_now(database, nurse, EAST)[0].state is State.UNANSWERED
    with pytest.raises(RuleBrokenError, match="5, 10 or 15"):
        database.run(nurse, silence, new_id(), (EAST,), minutes=60)


def test_that_the_worst_leads(database, nurse, stay, item, admin):
    other = admit(database, nurse, "Lind", "Eva", label="2")
    record(database, nurse, other, SINGLE_RED)
    assert [one.level for one in open_now(database, nurse, EAST)] == [
        Level.HIGH, Level.LOW_MEDIUM,
    ]  # fmt: skip
    pass_minutes(admin, 1)
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    assert open_now(database, nurse, EAST)[0].level is Level.LOW_MEDIUM


def test_that_the_rules_in_force_can_be_read(database, nurse):
    steps = database.run(nurse, rule_steps)
    high = [(step.step, step.role) for step in steps if step.level is Level.HIGH]
    assert high == [
        (1, ResponderRole.MEDICAL_REGISTRAR),
        (2, ResponderRole.CRITICAL_CARE_OUTREACH),
        (3, ResponderRole.CONSULTANT),
    ]
    assert all(step.ward_code is None and "sign-off" in step.source for step in steps)


def test_that_answers_are_timed_from_the_call(database, nurse, item):
    assert item.respond_by - item.since == timedelta(minutes=10)


def test_that_the_board_shows_who_is_called_and_until_when(database, nurse, item):
    [row] = [row for row in board_of(database, nurse) if row.admission_id]
    assert row.escalation_id == item.id
    assert (row.escalation_level, row.escalation_state) == ("high", "unanswered")
    assert row.escalation_role == "medical_registrar"
    assert (row.escalation_opened_at, row.escalation_respond_by) == (
        item.opened_at, item.respond_by,
    )  # fmt: skip
    assert (row.score_pack, row.due_reason) == ("news2", "score")


def test_that_a_wall_shows_level_and_clock_alone(database, item, signed_in):
    wall = Actor(signed_in("wall").token)
    [row] = [row for row in board_of(database, wall) if row.admission_id]
    assert row.escalation_level == "high"
    assert row.family_name == "O"
    with pytest.raises(NotPermittedError):
        open_now(database, wall, EAST)
