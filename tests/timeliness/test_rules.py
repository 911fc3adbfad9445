from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.timeliness.builders import DAY, NIGHT, NOON, a_due
from ward_app.timeliness.rules import NO_SHIFT, Period, hour_at, line, lines, period_bounds
from ward_app.timeliness.types import Grouping, Outcome

LONDON = ZoneInfo("Europe/London")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_that_deferred_paused_and_open_ones_are_not_expected():
    total = line("", [a_due(outcome) for outcome in Outcome])
    assert total.expected == 3
    assert total.on_time_percent == 33
    assert total.counts == dict.fromkeys(Outcome, 1)


def test_that_nothing_expected_has_no_share():
    assert line("", []).on_time_percent is None
    assert line("", [a_due(Outcome.DEFERRED)]).on_time_percent is None


def test_that_only_all_of_them_are_a_hundred_percent():
    almost = [a_due() for _ in range(999)]
    assert line("", [*almost, a_due(Outcome.MISSED)]).on_time_percent == 99
    assert line("", almost).on_time_percent == 100


def test_that_the_median_is_of_the_late_ones_alone():
    late = [a_due(Outcome.LATE, minutes_late=minutes) for minutes in (10, 90, 20)]
    assert line("", [*late, a_due(), a_due(Outcome.MISSED)]).median_minutes_late == 20
    assert line("", [a_due()]).median_minutes_late is None


def test_that_the_rows_of_a_line_come_earliest_first():
    later, earlier = a_due(due_at=NOON), a_due(due_at=NOON - timedelta(hours=1))
    assert line("", [later, earlier]).dues == (earlier, later)


def test_that_lines_are_by_ward_in_name_order():
    found = [a_due(ward_name="Ward 9"), a_due(ward_name="acute"), a_due(ward_name="Ward 9")]
    assert [(each.key, each.expected) for each in lines(found, Grouping.WARD, UTC)] == [
        ("acute", 1),
        ("Ward 9", 2),
    ]


def test_that_shifts_follow_as_they_do_on_a_day_and_none_comes_last():
    found = [a_due(), a_due(**NIGHT), a_due(**DAY), a_due(**NIGHT)]
    assert [(each.key, each.expected) for each in lines(found, Grouping.SHIFT, LONDON)] == [
        ("Day", 1),
        ("Night", 2),
        (NO_SHIFT, 1),
    ]


def test_that_hours_are_those_of_the_wards_clock():
    summer = utc(2026, 7, 1, 6, 40)
    assert hour_at(summer, LONDON) == "07:00"
    assert [each.key for each in lines([a_due(due_at=summer)], Grouping.HOUR, LONDON)] == ["07:00"]


def test_that_today_runs_from_midnight_on_the_ward_until_now():
    now = utc(2026, 7, 1, 12)
    since, until = period_bounds(Period.TODAY, now, LONDON)
    assert since == utc(2026, 6, 30, 23)
    assert until == now


@pytest.mark.parametrize(
    ("day_after", "hours"), [((2026, 3, 30), 23), ((2026, 10, 26), 25), ((2026, 11, 20), 24)]
)
def test_that_a_day_on_which_the_clocks_change_is_whole(day_after, hours):
    since, until = period_bounds(Period.YESTERDAY, utc(*day_after, 12), LONDON)
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(("period", "days"), [(Period.SEVEN_DAYS, 7), (Period.FOUR_WEEKS, 28)])
def test_that_a_period_of_days_ends_now_and_holds_today(period, days):
    now = utc(2026, 11, 20, 12)
    since, until = period_bounds(period, now, LONDON)
    assert until == now
    assert (now.date() - since.date()).days == days - 1
