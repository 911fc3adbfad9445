"""Allocating, taking and putting down beds, signing on to duty, setting shift times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.shifts.builders import EAST, bed_now, give, running, took
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.shifts.queries import (
    allocations,
    current_shift,
    my_beds,
    shift_times,
    shifts_between,
    ward_staff,
)
from ward_app.shifts.service import allocate, set_shift_times
from ward_app.shifts.types import NewShiftTimes

LONDON = ZoneInfo("Europe/London")


def today():
    """Return the date in the ward's zone while the test runs."""
    return datetime.now(LONDON).date()


def times(name="Late", starts="13:00", ends="21:00", **changes):
    facts = {
        "id": new_id(),
        "ward_id": EAST,
        "name": name,
        "starts_at": time.fromisoformat(starts),
        "ends_at": time.fromisoformat(ends),
        "in_force_from": today(),
        "source": "Sister Both",
    } | changes
    return NewShiftTimes(**facts)


def test_that_every_new_ward_has_a_day_and_a_night(database, nurse):
    found = database.run(nurse, shift_times, EAST)
    assert [(one.name, one.starts_at, one.ends_at) for one in found] == [
        ("Day", time(7, 30), time(20)),
        ("Night", time(19, 30), time(8)),
    ]
    assert "confirms or changes" in found[0].source


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("07:29", "Night"),
        ("07:30", "Day"),
        ("19:29", "Day"),
        ("19:30", "Night"),
        ("03:00", "Night"),
    ],
)
def test_that_at_the_hand_over_the_shift_that_began_last_is_current(database, nurse, at, name):
    hour, minute = map(int, at.split(":"))
    moment = datetime(2026, 6, 10, hour, minute, tzinfo=LONDON)
    assert database.run(nurse, current_shift, EAST, moment).name == name


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 28), 11.5), ((2026, 10, 24), 13.5), ((2026, 6, 10), 12.5)]
)
def test_that_a_night_keeps_its_clock_times_when_the_clocks_change(database, nurse, day, hours):
    evening = datetime(*day, 22, tzinfo=LONDON)
    night = database.run(nurse, current_shift, EAST, evening)
    assert night.shift_on == date(*day)
    assert night.until_at - night.from_at == timedelta(hours=hours)
    assert night.from_at.astimezone(LONDON).time() == time(19, 30)
    assert night.until_at.astimezone(LONDON).time() == time(8)


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_that_no_minute_of_a_clock_change_day_is_without_a_shift(database, nurse, day):
    begins = datetime(*day, tzinfo=LONDON)
    ends = begins + timedelta(hours=30)
    runs = database.run(nurse, shifts_between, EAST, begins, ends)
    assert [one.name for one in runs] == ["Night", "Day", "Night"]
    assert runs[0].from_at <= begins
    assert runs[-1].until_at >= ends
    assert all(one.until_at > after.from_at for one, after in pairwise(runs))


def test_that_a_wards_own_times_count_from_their_day_and_the_old_ones_before(
    database, nurse, lead
):
    database.run(lead, set_shift_times, times("Day", "07:00", "15:00", wanted={"student": 0}))
    before = database.run(nurse, current_shift, EAST, datetime(2020, 1, 1, 16, tzinfo=LONDON))
    assert (before.name, before.wanted) == ("Day", {})
    tomorrow = datetime.combine(today() + timedelta(days=1), time(10), LONDON)
    after = database.run(nurse, current_shift, EAST, tomorrow)
    assert after.until_at.astimezone(LONDON).time() == time(15)
    assert after.wanted == {"student": 0}
    assert database.run(nurse, shift_times, EAST)[0].recorded_by == "Bo Both"


def test_that_a_shift_no_longer_used_leaves_a_time_without_one(database, nurse, lead):
    database.run(lead, set_shift_times, times("Day", "07:30", "20:00", is_used=False))
    noon = datetime.combine(today() + timedelta(days=1), time(12), LONDON)
    assert database.run(nurse, current_shift, EAST, noon) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "  "}, "Name the shift"),
        ({"name": "x" * 31}, "Name the shift"),
        ({"source": " "}, "who decided"),
        ({"in_force_from": date(2026, 1, 1)}, "today at the earliest"),
        ({"wanted": {"wizard": 1}}, "number wanted"),
        ({"wanted": {"student": 100}}, "number wanted"),
    ],
    ids=["no name", "long name", "no source", "past", "unknown grade", "too many"],
)
def test_that_times_that_cannot_be_are_refused(database, lead, changes, said):
    with pytest.raises(RuleBrokenError, match=said):
        database.run(lead, set_shift_times, times(**changes))


def test_that_setting_times_twice_sets_them_once(database, nurse, lead):
    late = times()
    database.run(lead, set_shift_times, late)
    database.run(lead, set_shift_times, late)
    assert len(database.run(nurse, shift_times, EAST)) == 3


def test_that_only_who_leads_the_ward_sets_its_times(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, set_shift_times, times())


def test_that_an_allocation_is_a_plan_and_moves_no_responsibility(database, nurse, lead):
    give(database, lead, "nora", "1", "2")
    bed = bed_now(database, nurse, "1")
    assert (bed.allocated_name, bed.user_id, bed.since) == ("Nora Nurse", None, None)
    assert database.run(nurse, my_beds, EAST) == frozenset()


def test_that_care_follows_the_bed_when_staff_change_mid_shift(database, nurse, lead):
    give(database, lead, "nora", "1")
    give(database, lead, "both", "1", reason="Nora went home ill")
    shift = running(database, nurse)
    [found] = database.run(nurse, allocations, EAST, shift.name, shift.shift_on)
    assert (found.user_name, found.change_reason) == ("Bo Both", "Nora went home ill")
    assert found.recorded_by == "Bo Both"
    give(database, lead, None, "1", reason="Nobody there yet")
    assert bed_now(database, nurse, "1").allocated_id is None


def test_that_a_change_in_a_running_shift_says_why(database, lead):
    give(database, lead, "nora", "1")
    with pytest.raises(RuleBrokenError, match="say why"):
        give(database, lead, "both", "1")


def test_that_two_who_allocate_at_once_do_not_undo_each_other(database, lead):
    give(database, lead, "nora", "1")
    with pytest.raises(RuleBrokenError, match="Somebody else allocated"):
        give(database, lead, "both", "1", supersedes_id=None, reason="swap")


def test_that_an_allocation_sent_twice_is_one(database, lead):
    sent = give(database, lead, "nora", "1", "2")
    assert database.run(lead, allocate, sent) == 0


@pytest.mark.parametrize(
    ("who", "said"),
    [("wes", "does not work on the ward"), ("hal", "takes a registered nurse"),
     ("dora", "takes a registered nurse")],
)  # fmt: skip
def test_that_only_nurses_of_the_ward_are_allocated(database, lead, who, said):
    with pytest.raises(RuleBrokenError, match=said):
        give(database, lead, who, "1")


def test_that_a_student_holds_no_bed(database, lead, nurse, admin):
    admin.execute(
        "INSERT INTO public.user_grades (id, user_id, grade, source)"
        " VALUES (%s, %s, 'student', 'test')",
        (new_id(), world.id_of("nora")),
    )
    with pytest.raises(RuleBrokenError, match="Nora Nurse cannot hold beds"):
        give(database, lead, "nora", "1")
    with pytest.raises(RuleBrokenError, match="Nora Nurse cannot hold beds"):
        took(database, nurse, "1")
    staff = {one.name: one for one in database.run(nurse, ward_staff, EAST)}
    assert staff["Nora Nurse"].grade_title == "Student"
    assert not staff["Nora Nurse"].holds_beds
    assert staff["Bo Both"].holds_beds


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"shift_name": "Moonlight"}, "no such shift"), ({"shift_on": date(2026, 1, 5)}, "is over")],
    ids=["unknown", "over"],
)
def test_that_a_shift_that_is_not_or_is_over_takes_no_allocation(database, lead, changes, said):
    with pytest.raises(RuleBrokenError, match=said):
        give(database, lead, "nora", "1", **changes)


def test_that_a_coming_shift_is_changed_without_a_reason(database, lead):
    coming = {"shift_name": "Day", "shift_on": today() + timedelta(days=2)}
    [first] = give(database, lead, "nora", "1", **coming)
    give(database, lead, "both", "1", supersedes_id=first.id, **coming)
