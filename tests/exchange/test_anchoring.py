"""Stays moved by whole weeks to before an anchor, on the hospital's own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.mimic_files import ANN
from ward_app.core.errors import RuleBrokenError
from ward_app.exchange.anchoring import WEEK, Timeline, anchor_visits, read_anchor
from ward_app.exchange.mimic_records import (
    AdmissionRecord,
    MoveRecord,
    PatientRecord,
)
from ward_app.exchange.report import SourceRow
from ward_app.exchange.visits import Visit
from ward_app.patients.types import Sex

LONDON = ZoneInfo("Europe/London")
# clocks go forward on 29-Mar-2026 at 01:00 and back on 25-Oct-2026 at 02:00
wall_clock = datetime.fromisoformat
FORWARD, BACK = wall_clock("2026-03-29"), wall_clock("2026-10-25")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_visit(begins_at, length, key="20000001"):
    row = SourceRow("", 0, {})
    move = MoveRecord(row, ANN, key, key, "admit", "Medicine", begins_at, begins_at + length)
    return Visit(
        key=key,
        patient=PatientRecord(row, ANN, Sex.FEMALE, 70, 2150, None),
        admission=AdmissionRecord(row, ANN, key, None, None),
        moves=(move,),
        left=None,
    )


def timeline(*parts, zone=LONDON):
    return Timeline(datetime(*parts, tzinfo=UTC), zone)


def spans(visits, line):
    """When the visits are after they were moved, on the wall clock."""
    return [
        (one.visit.begins_at + one.shift, one.visit.ends_at + one.shift)
        for one in anchor_visits(visits, line)
    ]


starts = st.datetimes(wall_clock("2110-01-01"), wall_clock("2200-01-01"))
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=60))
anchors = st.datetimes(wall_clock("2010-01-01"), wall_clock("2030-01-01"), timezones=st.just(UTC))


@given(
    st.lists(st.tuples(st.timedeltas(HOUR, 400 * DAY), lengths), min_size=1, max_size=6),
    starts,
    anchors,
)
def test_that_visits_keep_weekday_clock_time_and_order_and_begin_before_the_anchor(
    gaps, start, anchor
):
    visits, at = [], start
    for number, (gap, length) in enumerate(gaps):
        visits.append(a_visit(at + gap, length, str(number)))
        at = visits[-1].ends_at
    line = Timeline(anchor, LONDON)
    anchored = anchor_visits(visits, line)
    assert [one.visit for one in anchored] == visits
    assert all(one.shift % WEEK == timedelta(0) for one in anchored)
    assert all(line.exists(moment) for span in spans(visits, line) for moment in span)
    instants = [line.instant(moment) for span in spans(visits, line) for moment in span]
    assert instants == sorted(instants)
    assert instants[-2] <= anchor
    assert anchor - instants[-1] < 3 * WEEK


def test_that_a_long_newest_visit_runs_at_the_anchor_and_ends_in_the_week_after_it():
    line = timeline(2026, 7, 15, 12)
    [(begins_at, ends_at)] = spans([a_visit(wall_clock("2150-03-02T08:00"), 10 * DAY)], line)
    assert begins_at <= line.local_anchor < ends_at <= line.local_anchor + WEEK


def test_that_a_short_newest_visit_is_over_in_the_week_before_when_it_would_begin_later():
    line = timeline(2026, 7, 15, 12)  # a Wednesday
    monday, friday = wall_clock("2150-03-02T08:00"), wall_clock("2150-03-06T08:00")
    assert spans([a_visit(monday, DAY)], line)[0][0] == wall_clock("2026-07-13T08:00")
    assert spans([a_visit(friday, DAY)], line)[0][0] == wall_clock("2026-07-10T08:00")


def test_that_an_earlier_visit_is_the_latest_that_is_over_when_the_next_begins():
    line = timeline(2026, 7, 15, 12)
    earlier = a_visit(wall_clock("2140-05-10T08:00"), 9 * DAY, "1")
    visits = [earlier, a_visit(wall_clock("2150-03-02T08:00"), 10 * DAY, "2")]
    (begins_at, ends_at), (next_at, _) = spans(visits, line)
    assert ends_at <= next_at < ends_at + WEEK
    assert begins_at.weekday() == earlier.begins_at.weekday()


def test_that_two_patients_may_be_in_hospital_together():
    line = timeline(2026, 7, 15, 12)
    other = a_visit(wall_clock("2190-03-02T08:00"), 30 * DAY, "2")
    other = Visit(
        key="2",
        patient=PatientRecord(other.patient.row, "10000002", Sex.MALE, 70, 2150, None),
        admission=None,
        moves=other.moves,
        left=None,
    )
    visits = [a_visit(wall_clock("2150-03-02T08:00"), 30 * DAY, "1"), other]
    assert all(end > line.local_anchor for _begin, end in spans(visits, line))


def test_that_a_time_that_a_clock_change_skips_is_not_given_to_a_move():
    night = wall_clock("2150-03-01T01:30")  # a Sunday; 01:30 does not exist on 29 March
    line = timeline(2026, 3, 31, 12)
    assert not line.exists(FORWARD + 1.5 * HOUR)
    assert spans([a_visit(night, 4 * DAY)], line)[0][0] == wall_clock("2026-03-22T01:30")
    assert spans([a_visit(night - HOUR, 4 * DAY)], line)[0][0] == FORWARD + HOUR / 2


def test_that_a_skipped_time_is_read_an_hour_later_and_a_repeated_one_is_the_first():
    line = timeline(2026, 11, 1)
    assert line.instant(FORWARD + 1.5 * HOUR) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert line.instant(BACK + 1.5 * HOUR) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert line.instant(BACK + 2.5 * HOUR) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    assert line.exists(BACK + 1.5 * HOUR)


def test_that_a_night_across_a_clock_change_has_its_true_length():
    line = timeline(2026, 11, 1)
    for change, hours in ((FORWARD, 7), (BACK, 9)):
        evening = line.instant(change - HOUR)
        assert line.instant(change + 7 * HOUR) - evening == hours * HOUR


def test_that_the_present_is_an_anchor_to_the_minute():
    now = datetime(2026, 7, 15, 12, 34, 56, 789, tzinfo=UTC)
    assert read_anchor(" NOW ", now=now, zone=LONDON) == datetime(2026, 7, 15, 12, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-07-14T12:00", 11), ("2026-07-14T12:00Z", 12), ("2026-07-14 12:00+03:00", 9)],
)
def test_that_an_anchor_without_an_offset_is_on_the_hospitals_clock(text, hour):
    now = datetime(2026, 7, 15, tzinfo=UTC)
    assert read_anchor(text, now=now, zone=LONDON) == datetime(2026, 7, 14, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tomorrow", "is no time"),
        ("", "is no time"),
        ("2026-07-15T01:01", "in the future"),
        ("1999-07-15", "lies before 2004"),
    ],
)
def test_that_an_anchor_that_cannot_be_used_says_why(text, sentence):
    with pytest.raises(RuleBrokenError, match=sentence):
        read_anchor(text, now=datetime(2026, 7, 15, tzinfo=UTC), zone=LONDON)
