"""The pure rules: what is loudest, what rings and how often, what an answer must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.steps import WITHOUT_ZONE
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.escalations import rules
from ward_app.escalations.types import (
    EventKind,
    Level,
    NewAnswer,
    OpenEscalation,
    ResponderRole,
    State,
)

LONDON = ZoneInfo("Europe/London")
OPENED = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def an_item(**changes) -> OpenEscalation:
    facts = {
        "id": new_id(), "admission_id": new_id(), "patient_id": new_id(), "ward_id": UUID(int=1),
        "ward_name": "Ward 7 East", "bed_label": "1", "family_name": "Okafor",
        "given_name": "Ada", "title": None, "level": Level.HIGH, "points": 8,
        "opened_at": OPENED, "since": OPENED, "state": State.UNANSWERED, "step": 1,
        "role": ResponderRole.MEDICAL_REGISTRAR, "respond_by": OPENED + timedelta(minutes=10),
        "needs_nurse": False, "asks_sepsis": False, "answered_by": None, "answered_at": None,
        "told": 1,
    }  # fmt: skip
    return OpenEscalation(**(facts | changes))


def an_answer(kind, **changes):
    facts = {"id": new_id(), "escalation_id": new_id(), "kind": kind, "occurred_at": OPENED}
    return NewAnswer(**(facts | changes))


def test_that_the_unanswered_lead_then_the_urgent_then_the_old():
    answered = an_item(state=State.ACKNOWLEDGED)
    young = an_item(opened_at=OPENED + timedelta(minutes=1))
    old = an_item()
    mild = an_item(level=Level.LOW_MEDIUM, opened_at=OPENED - timedelta(hours=1))
    assert rules.worst_first((answered, mild, young, old)) == (old, young, mild, answered)


def test_that_levels_rank_as_in_the_database(admin):
    for level in Level:
        ranked = admin.execute("SELECT report.escalation_rank(%s)", (level.value,)).fetchone()
        assert ranked == (rules.urgency(level),), level


@pytest.mark.parametrize(
    ("opened", "now", "minutes"),
    [
        (
            datetime(2026, 10, 25, 1, 50, tzinfo=LONDON),
            datetime(2026, 10, 25, 1, 10, tzinfo=LONDON, fold=1),
            20,
        ),
        (
            datetime(2026, 3, 29, 0, 50, tzinfo=LONDON),
            datetime(2026, 3, 29, 2, 10, tzinfo=LONDON),
            20,
        ),
    ],
    ids=["clocks go back", "clocks go forward"],
)
def test_that_clocks_count_elapsed_time(opened, now, minutes):
    item = an_item(opened_at=opened, respond_by=opened + timedelta(0))
    assert rules.open_for(item, now) == timedelta(minutes=minutes)
    assert rules.time_left(item, now) == -timedelta(minutes=minutes)


def test_that_nothing_owed_is_never_late():
    item = an_item(state=State.PLANNED, respond_by=None)
    assert rules.time_left(item, OPENED) is None
    assert not rules.is_late(item, OPENED + timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "minutes", "ringing"),
    [
        ({}, 0, True),
        ({"state": State.ACKNOWLEDGED}, 9, False),
        ({"state": State.ACKNOWLEDGED}, 11, True),
        ({"state": State.ARRIVED, "respond_by": None}, 99, False),
    ],
    ids=["unanswered", "answered", "nobody came", "somebody came"],
)
def test_that_what_is_owed_rings(changes, minutes, ringing):
    assert rules.rings(an_item(**changes), OPENED + timedelta(minutes=minutes)) is ringing


def test_that_the_most_urgent_says_how_often():
    mild, high = an_item(level=Level.LOW_MEDIUM), an_item()
    assert rules.ring_every((mild, high), OPENED) == timedelta(seconds=20)
    assert rules.ring_every((mild,), OPENED) == timedelta(minutes=5)
    quiet = replace(high, state=State.ARRIVED, respond_by=None)
    assert rules.ring_every((quiet,), OPENED) is None


def test_that_alerts_are_counted_by_ward():
    here, there = an_item(), an_item(ward_id=UUID(int=2), ward_name="Ward 3 West")
    quiet = an_item(state=State.PLANNED, respond_by=None)
    counted = rules.ward_alerts((here, an_item(), there, quiet), OPENED)
    assert [(one.ward_name, one.unanswered) for one in counted] == [
        ("Ward 7 East", 2), ("Ward 3 West", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (an_answer(EventKind.ARRIVED, occurred_at=WITHOUT_ZONE), "occurred_at"),
        (an_answer(EventKind.INFORMED), "nurse_id"),
        (an_answer(EventKind.OUTCOME), "code"),
        (an_answer(EventKind.NOT_ESCALATED, code="stable_on_ward"), "code"),
        (an_answer(EventKind.SEPSIS_ANSWERED, code=None), "code"),
        (an_answer(EventKind.PLANNED, words=" "), "words"),
        (an_answer(EventKind.NOTIFIED), "words"),
        (an_answer(EventKind.OUTCOME, code="other"), "words"),
        (an_answer(EventKind.NOT_ESCALATED, code="other"), "words"),
        (an_answer(EventKind.SEPSIS_ANSWERED, code="unsure"), "words"),
    ],
    ids=[
        "no zone", "no nurse", "no outcome", "wrong reason", "no sepsis", "no plan", "nobody told",
        "other outcome", "other reason", "unsure why",
    ],
)  # fmt: skip
def test_that_an_answer_says_what_its_kind_must_say(answer, field):
    with pytest.raises(RuleBrokenError) as refused:
        rules.check_answer(answer)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "answer",
    [
        an_answer(EventKind.ACKNOWLEDGED),
        an_answer(EventKind.INFORMED, nurse_id=new_id()),
        an_answer(EventKind.NOTIFIED, person="Dr Mensah"),
        an_answer(EventKind.OUTCOME, code="died"),
        an_answer(EventKind.OUTCOME, code="other", words="went home"),
    ],
    ids=["acknowledged", "informed", "told", "outcome", "in words"],
)
def test_that_a_whole_answer_is_accepted(answer):
    rules.check_answer(answer)
