"""The two nights on which the clocks change: stays and due times go by elapsed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.observations.builders import signs
from tests.steps import a_set, admit, board_of, leave, move
from ward_app.board import rules
from ward_app.core.errors import RuleBrokenError
from ward_app.observations.service import record_observations

LONDON = ZoneInfo(world.TIME_ZONE)
HOUR = timedelta(hours=1)
LENGTHS = """
SELECT upper(during) - lower(during) FROM admission.bed_stays
WHERE NOT upper_inf(during) ORDER BY during
"""
TIMES = """
SELECT admitted_at FROM admission.admissions
UNION ALL SELECT occurred_at FROM admission.transfers
UNION ALL SELECT occurred_at FROM admission.discharges
"""


def spring(hour, minute):
    """A time of 29-Mar-2026, when 01:00 is followed by 02:00."""
    return datetime(2026, 3, 29, hour, minute, tzinfo=LONDON)


def autumn(hour, minute, *, again=False):
    """A time of 25-Oct-2026, when 01:00 to 02:00 comes twice; `again`: the second time."""
    return datetime(2026, 10, 25, hour, minute, tzinfo=LONDON, fold=int(again))


def the_bed(database, nurse, stay):
    return next(bed for bed in board_of(database, nurse) if bed.admission_id == stay)


@pytest.mark.parametrize(
    ("came", "moved", "left"),
    [
        (spring(0, 30), spring(2, 30), spring(3, 30)),
        (autumn(0, 30), autumn(1, 30), autumn(1, 30, again=True)),
        (autumn(1, 30), autumn(1, 30, again=True), autumn(2, 30)),
    ],
    ids=["spring", "into the second hour", "within the second hour"],
)
def test_that_a_stay_lasts_as_long_as_it_took(database, nurse, admin, came, moved, left):
    """An hour each, whatever two readings of the ward's clock seem to say."""
    stay = admit(database, nurse, label="1", admitted_at=came)
    move(database, nurse, stay, "2", occurred_at=moved)
    leave(database, nurse, stay, occurred_at=left)
    assert [row[0] for row in admin.execute(LENGTHS)] == [HOUR, HOUR]
    told = [row[0] for row in admin.execute(TIMES)]
    assert told == [time.astimezone(UTC) for time in (came, moved, left)]


def test_that_the_hour_that_comes_twice_is_not_taken_for_the_first(database, nurse):
    """Came at 01:40 the second time: a step at 01:50 the first time lies before that."""
    stay = admit(database, nurse, label="1", admitted_at=autumn(1, 40, again=True))
    with pytest.raises(RuleBrokenError, match="before the patient came"):
        move(database, nurse, stay, "2", occurred_at=autumn(1, 50))
    move(database, nurse, stay, "2", occurred_at=autumn(1, 50, again=True))


@pytest.mark.parametrize("measured_at", [spring(0, 30), autumn(0, 30), autumn(1, 30)])
@pytest.mark.parametrize(
    ("vital_signs", "hours"),
    [(signs(), 12), (signs(pulse_per_min=45), 4), (signs(respiratory_rate_per_min=25), 1)],
    ids=["twelve hours", "four hours", "one hour"],
)
def test_that_the_next_set_is_due_after_so_many_hours_of_real_time(
    database, nurse, measured_at, vital_signs, hours
):
    """[field lesson 4] Not by adding to the clock on the wall, which jumps in between."""
    stay = admit(database, nurse, label="1", admitted_at=measured_at - HOUR)
    new = a_set(stay, occurred_at=measured_at, vital_signs=vital_signs)
    saved = database.run(nurse, record_observations, new)
    due_at = measured_at.astimezone(UTC) + hours * HOUR
    assert saved.next_due_at == due_at
    bed = the_bed(database, nurse, stay)
    assert bed.next_due_at == due_at
    assert not rules.is_overdue(bed, due_at.astimezone(LONDON))
    assert rules.is_overdue(bed, (due_at + timedelta(minutes=1)).astimezone(LONDON))
    assert rules.time_left(bed, measured_at) == hours * HOUR


@pytest.mark.parametrize("came", [spring(0, 50), autumn(1, 50)])
def test_that_the_first_set_is_due_a_quarter_of_an_hour_after_arrival(database, nurse, came):
    stay = admit(database, nurse, label="1", admitted_at=came)
    due_at = came.astimezone(UTC) + timedelta(minutes=15)
    assert the_bed(database, nurse, stay).next_due_at == due_at


@pytest.mark.parametrize(
    ("came", "now", "is_today"),
    [
        (spring(0, 5), spring(23, 55), True),
        (spring(0, 0) - timedelta(minutes=5), spring(12, 0), False),
        (autumn(0, 5), autumn(23, 55), True),
        (autumn(0, 0) - timedelta(minutes=5), autumn(23, 55), False),
    ],
)
def test_that_today_begins_at_the_wards_midnight_on_long_and_short_days(
    database, nurse, came, now, is_today
):
    stay = admit(database, nurse, label="1", admitted_at=came)
    bed = the_bed(database, nurse, stay)
    assert rules.came_today(bed, now.astimezone(UTC), world.TIME_ZONE) is is_today
