from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.board.builders import NOW, a_patient
from ui.board.cards import Moment, bed_card
from ui.board.facts import facts
from ui.board.wall_cards import wall_card
from ui.due_words import due_reason_text, leave_text, short_leave_text

LONDON = ZoneInfo("Europe/London")
MOMENT = Moment(NOW, LONDON)
BACK = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def on_leave(back_by):
    return a_patient(next_due_at=None, due_reason="paused", back_by=back_by)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_reason": "plan", "due_minutes": 60, "due_by": "Dr X"}, "hourly by plan (Dr X)"),
        (
            {"due_reason": "plan", "due_minutes": 30, "due_until": BACK, "due_by": "Dr X"},
            "every 30 min by plan until 18:30 (Dr X)",
        ),
        ({"due_reason": "plan"}, "by plan"),
        (
            {
                "due_reason": "score",
                "observed_at": NOW - timedelta(hours=1),
                "next_due_at": NOW + timedelta(hours=3),
            },
            "4-hourly by the score",
        ),
        ({"due_reason": "score", "observed_at": None}, "by the score"),
        (
            {"due_reason": "deferred", "due_decision": "asleep_and_stable", "due_by": "N. N."},
            "put off: asleep and stable (N. N.)",
        ),
        ({"due_reason": "refused", "due_by": "Nora Nurse"}, "refused before (Nora Nurse)"),
        ({"due_reason": "arrival"}, "first set after arrival"),
        ({"due_reason": "paused", "back_by": BACK}, "on leave, back by 18:30"),
        ({"due_reason": None}, ""),
    ],
    ids=[
        "plan", "plan with an end", "plan unknown", "score", "no set", "put off", "refused",
        "arrival", "leave", "unknown",
    ],
)  # fmt: skip
def test_that_the_reason_is_said_in_full(changes, words):
    assert due_reason_text(a_patient(**changes), NOW, LONDON) == words


@pytest.mark.parametrize(
    ("now", "long", "short"),
    [
        (BACK - timedelta(hours=2), "On leave, back by 18:30", "On leave, back by 18:30"),
        (
            BACK - timedelta(days=1),
            "On leave, back by 20-Nov 18:30",
            "Leave, back 20-Nov 18:30",
        ),
        (
            BACK + timedelta(minutes=25),
            "On leave, should be back since 18:30 (25 min)",
            "Not back since 18:30",
        ),
        (BACK + timedelta(seconds=30), "On leave, back by 18:30", "On leave, back by 18:30"),
    ],
    ids=["later today", "tomorrow", "late", "not yet a minute"],
)
def test_that_leave_says_until_when_and_that_somebody_is_late(now, long, short):
    assert leave_text(BACK, now, LONDON) == long
    assert short_leave_text(BACK, now, LONDON) == short


def test_that_late_is_told_by_elapsed_time_in_the_night_the_clocks_go_back():
    back = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    now = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert "since 01:30 (1 h 15 min)" in leave_text(back, now, LONDON)


def test_that_tile_wall_and_details_say_who_is_on_leave_until_when():
    bed = on_leave(BACK)
    assert bed_card(bed, MOMENT).due == "On leave, back by 18:30"
    assert not bed_card(bed, MOMENT).overdue
    assert wall_card(bed, MOMENT, {}).line == "Leave to 18:30"
    told = {fact.caption: fact for fact in facts(bed_card(bed, MOMENT), MOMENT)}
    expected = "On leave, back by 18:30. Observations are paused."
    assert (told["Next obs"].value, told["Next obs"].loud) == (expected, False)


def test_that_who_should_be_back_is_as_loud_as_an_overdue_set():
    bed, later = on_leave(BACK), Moment(BACK + timedelta(minutes=25), LONDON)
    card, shown = bed_card(bed, later), wall_card(bed, later, {})
    assert (card.due, card.overdue) == ("Not back since 18:30", True)
    assert (shown.line, shown.overdue) == ("Due back 18:30", True)
    told = {fact.caption: fact for fact in facts(card, later)}
    assert told["Next obs"].loud
    assert "should be back since 18:30 (25 min)" in told["Next obs"].value
    assert bed_card(on_leave(None), later).due == "On leave"
