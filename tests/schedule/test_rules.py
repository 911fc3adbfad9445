"""Lateness, order and proposals, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from ward_app.schedule import rules
from ward_app.schedule.types import DeferralReason, DueItem

NOW = datetime(2026, 11, 21, 14, 7, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def an_item(**changes):
    """Return a line of the worklist; every field it does not need is None."""
    facts = dict.fromkeys(DueItem._fields) | {
        "ward_name": "East", "admission_id": uuid4(), "asked_minutes": 240,
        "deferrable_until": NOW + timedelta(hours=2), "due_at": NOW,
    } | changes  # fmt: skip
    return DueItem(**facts)


def local(*reading, fold=0):
    return datetime(*reading, tzinfo=LONDON, fold=fold)


@pytest.mark.parametrize(
    ("due", "now", "late"),
    [
        (local(2026, 11, 20, 23, 42), local(2026, 11, 21, 0, 3), 21),
        (local(2026, 3, 29, 0, 50), local(2026, 3, 29, 2, 10), 20),
        (local(2026, 10, 25, 1, 50), local(2026, 10, 25, 1, 10, fold=1), 20),
        (NOW + timedelta(minutes=5), NOW, 0),
        (NOW, NOW + timedelta(seconds=59), 0),
    ],
    ids=["midnight", "spring", "autumn", "early", "seconds"],
)
def test_that_lateness_is_time_that_passed(due, now, late):
    assert rules.minutes_late(due, now) == late
    assert rules.is_overdue(an_item(due_at=due), now) is (late > 0)


def test_that_nothing_due_is_not_overdue():
    assert not rules.is_overdue(an_item(due_at=None), NOW)
    assert rules.is_on_leave(an_item(left_at=NOW))
    assert not rules.is_on_leave(an_item())


def test_that_a_review_is_asked_for_once_its_time_came():
    assert rules.asks_review(an_item(plan_review_at=NOW), NOW)
    assert not rules.asks_review(an_item(plan_review_at=NOW + timedelta(minutes=1)), NOW)
    assert not rules.asks_review(an_item(), NOW)


def test_that_longer_is_longer_than_the_score_asks():
    assert rules.is_longer(241, an_item())
    assert not rules.is_longer(240, an_item())


@pytest.mark.parametrize("reason", DeferralReason)
def test_that_no_proposal_goes_past_what_the_score_allows(reason):
    until = rules.proposed_until(
        reason, an_item(deferrable_until=NOW + timedelta(minutes=20)), NOW
    )
    expected = None if reason is DeferralReason.REFUSED else NOW + timedelta(minutes=20)
    assert until == expected
