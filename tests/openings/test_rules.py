"""What waits, what is decided, how long a chart stays open: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ui.openings.words import (
    arrival_text,
    count_text,
    opening_text,
    reason_text,
    state_colour,
    state_text,
    whom_text,
)
from ui.patients.glass_words import left_text, strip_text, told_text
from ward_app.core.ids import new_id
from ward_app.openings.rules import (
    decision_of,
    in_order,
    may_review,
    minutes_left,
    waiting_for_me,
    waits,
)
from ward_app.openings.types import Decision, LiveOpening, Opening, OpeningKind, Review

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def an_opening(**changes):
    facts = {
        "id": new_id(), "kind": OpeningKind.BREAK_GLASS, "opened_at": NOW, "user_id": new_id(),
        "user_name": "Nora Nurse", "workstation": "ws_alpha", "patient_words": "QUAGMIRE, Xenia",
        "ward_name": "Ward 3 West", "reason": "cardiac arrest\non Ward 3",
        "valid_until": NOW + timedelta(hours=1), "closed_at": None, "charts": None,
        "told": ("Wes Westward",), "done": (), "reviews": (), "is_mine": False,
    }  # fmt: skip
    return Opening(**facts | changes)


def a_review(decision, words="was there"):
    return Review(id=new_id(), decision=decision, words=words, by="Wes Westward", at=NOW)


ASKED, FINE, WRONG = map(a_review, (Decision.ASKED, Decision.JUSTIFIED, Decision.NOT_JUSTIFIED))


@pytest.mark.parametrize(
    ("reviews", "waiting", "state", "colour"),
    [
        ((), True, "● waits", "caution"),
        ((ASKED,), True, "? asked", "caution"),
        ((ASKED, FINE), False, "✓ justified", "dim"),
        ((FINE, ASKED), False, "✓ justified", "dim"),
        ((FINE, WRONG), False, "✕ not justified", "risk_high"),
    ],
    ids=["new", "asked", "justified", "asked after", "changed"],
)
def test_that_the_latest_decision_counts_and_a_question_decides_nothing(
    reviews, waiting, state, colour
):
    opening = an_opening(reviews=reviews)
    assert waits(opening) is waiting
    assert (state_text(opening), state_colour(opening)) == (state, colour)
    if not waiting:
        assert decision_of(opening).decision is not Decision.ASKED


def test_that_ones_own_openings_wait_for_somebody_else():
    mine, theirs, done = an_opening(is_mine=True), an_opening(), an_opening(reviews=(FINE,))
    assert waiting_for_me((mine, theirs, done)) == (theirs,)
    assert not may_review(mine)
    assert (state_text(mine), state_colour(mine)) == ("waits (yours)", "dim")
    assert "somebody else reviews it" in opening_text(mine, UTC, NOW)
    assert count_text((mine, theirs, done)) == "1"
    assert not count_text((mine, done))


def test_that_those_that_wait_come_first_and_the_newest_of_them():
    old, new = an_opening(opened_at=NOW - timedelta(days=9)), an_opening()
    done = an_opening(opened_at=NOW + timedelta(minutes=1), reviews=(FINE,))
    assert in_order((done, old, new)) == (new, old, done)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(3600, 60), (3541, 60), (3540, 59), (1, 1), (0, 0), (-5, 0)]
)
def test_that_begun_minutes_count_and_none_is_left_at_the_end(seconds, minutes):
    opening = LiveOpening(
        patient_id=new_id(),
        kind=OpeningKind.BREAK_GLASS,
        opened_at=NOW,
        valid_until=NOW + timedelta(seconds=seconds),
        told=(),
    )
    assert minutes_left(opening, NOW) == minutes


def test_that_an_opening_is_told_whole():
    opening = an_opening(done=("recorded observations",), reviews=(ASKED,))
    text = opening_text(opening, UTC, NOW)
    for words in ("Broke the glass: Nora Nurse at ws_alpha", "QUAGMIRE, Xenia, Ward 3 West",
                  "Reason: cardiac arrest on Ward 3", "Open until 13:00", "recorded observations",
                  "Told at once: Wes Westward", "Asked by Wes Westward"):  # fmt: skip
        assert words in text
    closed = replace(opening, closed_at=NOW + timedelta(minutes=9), told=(), done=())
    text = opening_text(closed, UTC, NOW)
    assert "Closed at 12:09" in text
    assert "read only" in text
    assert "Told at once: nobody" in text


def test_that_many_charts_name_nobody():
    many = an_opening(kind=OpeningKind.MANY_CHARTS, patient_words=None, reason=None, charts=70,
                      valid_until=None)  # fmt: skip
    assert whom_text(many) == "70 patients in 10 minutes"
    assert reason_text(many) == "None was asked for."
    assert "Open until" not in opening_text(many, UTC, NOW)


def test_that_what_arrives_names_no_patient():
    text = arrival_text((an_opening(), an_opening()), "Ctrl+F7")
    assert text == (
        "To review: Nora Nurse, Ward 3 West, broke the glass and 1 more. Ctrl+F7 shows it."
    )
    assert "QUAGMIRE" not in text


def test_that_the_red_line_says_how_long_and_who_knows():
    assert left_text(1) == "1 minute left"
    assert told_text(()) == "the reviewers are told"
    assert strip_text(OpeningKind.PRIVACY, 12, ("Wes", "Bo"), "Ward 3 West") == (
        "PRIVATE   Opened with a reason · 12 minutes left · Wes and Bo told"
    )
