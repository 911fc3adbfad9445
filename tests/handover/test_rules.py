"""What follows from the record at a handover: order, what is new, what is due, by elapsed time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.handover.builders import A_CALL, A_SET, AT, a_given, a_line, a_sheet, facts
from ward_app.core.ids import new_id
from ward_app.handover.rules import (
    all_due,
    answers_of,
    due_within,
    given_to_me,
    has_changed,
    in_order,
    is_expired,
    is_new,
    is_open_item,
    new_since,
    of_reader,
    open_questions,
    outstanding,
    state_of,
    trend,
    waits,
)
from ward_app.handover.sheet_types import SheetEnd
from ward_app.handover.types import AnswerKind, State, Trend, WardHandover

NORA, BO = world.id_of("nora"), world.id_of("both")
LONDON = ZoneInfo("Europe/London")
A_DEVICE = {
    "kind": "peripheral_cannula", "site": "forearm", "side": "left", "size": "20 G",
    "inserted_at": "2026-11-19T08:00:00+00:00", "score": 1, "at_least": 1,
    "looked_at": "2026-11-20T06:00:00+00:00", "due_at": "2026-11-20T14:00:00+00:00",
    "due_out_at": "2026-11-20T10:00:00+00:00", "at": "2026-11-20T06:01:00+00:00",
}  # fmt: skip


def scored(*totals, pack="news2"):
    """Return the sets of a stay, the newest first; None = incomplete."""
    return facts(sets=[{**A_SET, "total": total, "pack": pack} for total in totals]).sets


def due(at, source="round", **more):
    return {"source": source, "title": "Skin check", "due_at": at.isoformat(), **more}


def answer(kind, words="so", minute=0):
    return {
        "id": str(new_id()), "kind": kind, "words": words, "read_back": None, "by": "Bo Both",
        "at": (AT + timedelta(minutes=minute)).isoformat(),
    }  # fmt: skip


def test_that_a_stored_reading_comes_back_as_values():
    found = facts(sets=[A_SET], call=A_CALL, devices=[A_DEVICE])
    assert (found.born_on, found.expected_on) == (date(1948, 4, 3), date(2026, 11, 24))
    assert found.sets[0].at == datetime(2026, 11, 20, 6, 2, 0, 500_000, tzinfo=UTC)
    assert found.sets[0].flow is None
    assert found.call.respond_by == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert found.call.answered_at is None
    assert found.devices[0].due_out_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_that_a_reading_of_a_newer_program_is_read_for_what_is_known():
    assert facts(something_new=[1]).call is None


@pytest.mark.parametrize(
    ("ended", "state"),
    [
        (None, State.GIVEN),
        (AnswerKind.ACCEPTED, State.ACCEPTED),
        (AnswerKind.DECLINED, State.DECLINED),
        (AnswerKind.WITHDRAWN, State.WITHDRAWN),
    ],
)
def test_that_a_handover_stands_where_its_last_answer_left_it(ended, state):
    line = a_line(given=a_given(ended=ended))
    assert state_of(line) is state
    assert (waits(line) is None) == (ended is not None)


def test_that_a_patient_never_given_waits_for_nobody():
    assert state_of(a_line()) is State.NOT_GIVEN
    assert waits(a_line()) is None
    assert not given_to_me(a_line(), NORA)
    assert not has_changed(a_line())


def test_that_what_somebody_else_gave_is_for_the_reader_and_her_own_is_not():
    line = a_line(given=a_given(by_id=BO))
    assert given_to_me(line, NORA)
    assert not given_to_me(line, BO)
    assert not given_to_me(a_line(given=a_given(ended=AnswerKind.ACCEPTED)), NORA)


def test_that_a_changed_record_shows_only_while_the_handover_waits():
    assert has_changed(a_line(facts_hash="b", given=a_given()))
    assert not has_changed(a_line(given=a_given()))
    assert not has_changed(a_line(facts_hash="b", given=a_given(ended=AnswerKind.ACCEPTED)))


def test_that_questions_are_open_until_somebody_replies():
    asked = answers_of([answer("question", "Which leg?")])
    assert open_questions(a_given(answers=asked)) == asked
    replied = answers_of([answer("question"), answer("reply"), answer("question", "And the arm?")])
    assert [one.words for one in open_questions(a_given(answers=replied))] == ["And the arm?"]
    accepted = answers_of([answer("question"), answer("accepted")])
    assert len(open_questions(a_given(answers=accepted))) == 1
    assert open_questions(None) == ()


def test_that_open_items_lead_unanswered_first_then_all_as_their_beds_stand():
    well, also_well = a_line(), a_line()
    answered = a_line(facts=facts(call={**A_CALL, "answered_by": "Dr Mensah"}))
    unanswered = a_line(facts=facts(call=A_CALL))
    assert in_order([well, answered, also_well, unanswered]) == (
        unanswered, answered, well, also_well,
    )  # fmt: skip
    assert is_open_item(answered)
    assert not is_open_item(well)


def test_that_the_next_four_hours_count_to_the_minute_and_overdue_is_among_them():
    found = facts(
        dues=[
            due(AT + timedelta(hours=4, seconds=1)),
            due(AT + timedelta(hours=4)),
            due(AT - timedelta(hours=9), "task"),
        ]
    )
    assert [one.due_at for one in due_within(found, AT)] == [
        AT - timedelta(hours=9),
        AT + timedelta(hours=4),
    ]
    assert len(all_due(found)) == 3


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=LONDON), datetime(2026, 3, 29, 5, 30, tzinfo=LONDON)),
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=LONDON),
            datetime(2026, 10, 25, 3, 30, tzinfo=LONDON),
        ),
    ],
    ids=["spring", "autumn"],
)
def test_that_four_hours_are_four_hours_when_the_clocks_change(now, last):
    found = facts(dues=[due(last), due(last + timedelta(minutes=1))])
    assert [one.due_at for one in due_within(found, now)] == [last]


def test_that_devices_are_due_for_a_look_and_to_come_out():
    found = all_due(facts(devices=[A_DEVICE]))
    assert [(one.source, one.reason) for one in found] == [("device", "out"), ("device", None)]
    unknown = {**A_DEVICE, "due_at": None, "due_out_at": None, "looked_at": None}
    assert all_due(facts(devices=[unknown])) == ()


def test_that_new_is_what_was_recorded_after_the_reader_accepted():
    assert is_new(AT, AT - timedelta(seconds=1))
    assert not is_new(AT, AT)
    assert not is_new(AT, None)
    assert not is_new(None, AT)
    found = facts(sets=[A_SET], call=A_CALL, devices=[A_DEVICE])
    assert new_since(found, datetime(2026, 11, 20, 6, 1, tzinfo=UTC)) == 2
    assert new_since(found, datetime(2026, 11, 20, 5, 0, tzinfo=UTC)) == 3
    assert new_since(facts(), AT) == 0
    assert new_since(found, None) == 0


@pytest.mark.parametrize(
    ("totals", "found"),
    [
        ((5, 3), Trend.RISING),
        ((0, 0), Trend.STEADY),
        ((0, 3), Trend.FALLING),
        ((2, None, 1), Trend.RISING),
        ((2,), None),
        ((2, None), None),
        ((), None),
    ],
)
def test_that_a_trend_is_of_whole_scores_and_zero_is_one(totals, found):
    assert trend(scored(*totals)) is found


def test_that_scores_of_different_packs_have_no_trend():
    assert trend((*scored(4), *scored(2, pack="meows"))) is None


def test_that_a_paper_expires_until_it_is_ticked_off():
    late, fresh = a_sheet(), a_sheet(serial=8, expires_at=AT + timedelta(hours=1))
    gone = a_sheet(serial=9, ended=SheetEnd.SHREDDED)
    assert is_expired(late, AT)
    assert is_expired(late, late.expires_at)
    assert not is_expired(fresh, AT)
    assert not is_expired(gone, AT)
    assert outstanding([gone, fresh, late]) == (late, fresh)


def ward(lines, mine=()):
    return WardHandover(
        lines=tuple(lines), sheets=(), holders={}, mine=frozenset(mine), shift_until=None,
        read_at=AT,
    )  # fmt: skip


def test_that_the_reader_sees_her_beds_and_what_is_given_to_her():
    bed = world.bed("east", "1")
    mine, given, other = a_line(bed_id=bed), a_line(given=a_given()), a_line()
    assert of_reader(ward([mine, given, other], [bed]), NORA) == (mine, given)


def test_that_who_holds_no_bed_sees_the_whole_ward():
    lines = (a_line(), a_line(given=a_given()))
    assert of_reader(ward(lines), NORA) == lines
