"""The two nights on which the clocks change: stays and due times go by elapsed time.

In 2026 those are 29 March, when London's clock goes from 01:00 to 02:00, and 25 October, when it
shows 01:00 to 02:00 twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.observations.builders import WELL
from tests.steps import a_set, admit, board_of, leave, move, undo
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.board.rules import board_counts, is_overdue, time_left, trend
from ward_app.board.types import Trend
from ward_app.core.errors import RuleBrokenError
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations

LONDON = ZoneInfo(world.TIME_ZONE)
# NEWS2 0: at least every twelve hours
TWELVE_HOURS = timedelta(hours=12)
FIRST_SET = timedelta(minutes=15)

STAYS = "SELECT upper(during) - lower(during) FROM admission.bed_stays ORDER BY lower(during)"


@pytest.fixture(autouse=True)
def _local_server(admin):
    """The server keeps the ward's time, as servers in hospitals do."""
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET timezone = '{world.TIME_ZONE}'")


def last_sunday(month):
    """Return the last Sunday of the month that lies behind us; in 2026 of that year."""
    today = datetime.now(UTC).date()
    for year in (today.year, today.year - 1):
        end = date(year, month, 31)
        sunday = end - timedelta(days=(end.weekday() + 1) % 7)
        if sunday < today:
            return sunday
    raise AssertionError


SPRING, AUTUMN = last_sunday(3), last_sunday(10)


def clock(night, hours, minutes, *, again=False):
    """Return what the ward's clock shows that night; `again` the second time it shows it."""
    return datetime(
        night.year, night.month, night.day, hours, minutes, tzinfo=LONDON, fold=int(again)
    )


# ward clock before and after the change, and the minutes that pass between the two
ACROSS = {
    "spring": (clock(SPRING, 0, 50), clock(SPRING, 2, 10), 20),
    "autumn": (clock(AUTUMN, 1, 50), clock(AUTUMN, 1, 10, again=True), 20),
    "autumn, a whole hour": (clock(AUTUMN, 1, 30), clock(AUTUMN, 1, 30, again=True), 60),
}
across = pytest.mark.parametrize(
    ("before", "after", "minutes"), ACROSS.values(), ids=ACROSS.keys()
)


def record(database, nurse, patient, at, **changes):
    return database.run(nurse, record_observations, a_set(patient, occurred_at=at, **changes))


def row(database, nurse):
    return next(bed for bed in board_of(database, nurse) if bed.admission_id)


@across
def test_that_a_stay_lasts_as_long_as_it_lasted(database, nurse, admin, before, after, minutes):
    patient = admit(database, nurse, label="1", admitted_at=before)
    move(database, nurse, patient, "2", occurred_at=after)
    leave(database, nurse, patient, occurred_at=after + timedelta(days=1))
    assert admin.execute(STAYS).fetchall() == [
        (timedelta(minutes=minutes),),
        (timedelta(days=1),),
    ]


@across
def test_that_a_bed_is_free_from_the_moment_it_was_left(database, nurse, before, after, minutes):
    """Whoever comes at the same reading of the clock, an hour later, finds nobody there."""
    first = admit(database, nurse, "First", label="1", admitted_at=before - timedelta(hours=2))
    leave(database, nurse, first, occurred_at=before)
    second = admit(database, nurse, "Second", label="1", admitted_at=after, accept_not_clean=True)
    assert row(database, nurse).admission_id == second
    assert row(database, nurse).admitted_at - before.astimezone(UTC) == timedelta(minutes=minutes)


def test_that_a_move_an_hour_before_the_arrival_is_refused_whatever_the_clock_showed(
    database, nurse
):
    patient = admit(database, nurse, label="1", admitted_at=clock(AUTUMN, 1, 10, again=True))
    with pytest.raises(RuleBrokenError, match="before the patient came"):
        move(database, nurse, patient, "2", occurred_at=clock(AUTUMN, 1, 50))


@across
def test_that_undoing_a_move_closes_the_gap(database, nurse, admin, before, after, minutes):
    patient = admit(database, nurse, label="1", admitted_at=before)
    move(database, nurse, patient, "2", occurred_at=after)
    undo(database, nurse, patient)
    in_force = "SELECT lower(during) FROM admission.bed_stays WHERE voided_at IS NULL"
    assert admin.execute(in_force).fetchall() == [(before.astimezone(UTC),)]


@across
def test_that_the_first_set_is_due_a_quarter_of_an_hour_after_arrival(
    database, nurse, before, after, minutes
):
    admit(database, nurse, label="1", admitted_at=before)
    bed = row(database, nurse)
    assert bed.next_due_at == before.astimezone(UTC) + FIRST_SET
    assert time_left(bed, after) == FIRST_SET - timedelta(minutes=minutes)
    assert is_overdue(bed, after)


@across
def test_that_the_next_set_is_due_after_so_many_hours_not_at_a_reading_of_the_clock(
    database, nurse, before, after, minutes
):
    patient = admit(database, nurse, label="1", admitted_at=before - timedelta(hours=1))
    saved = record(database, nurse, patient, before)
    assert saved.next_due_at - before.astimezone(UTC) == TWELVE_HOURS
    board = database.run(nurse, ward_board, (world.id_of("east"),))
    bed = row(database, nurse)
    assert bed.next_due_at - bed.observed_at == TWELVE_HOURS
    assert time_left(bed, after) == TWELVE_HOURS - timedelta(minutes=minutes)
    due_at = before.astimezone(UTC) + TWELVE_HOURS
    overdue = [
        board_counts(board, at.astimezone(LONDON), world.TIME_ZONE).overdue
        for at in (due_at - timedelta(minutes=1), due_at + timedelta(minutes=1))
    ]
    assert overdue == [0, 1]


@across
def test_that_the_later_set_counts_though_the_clock_showed_less(
    database, nurse, before, after, minutes
):
    """Recorded in the wrong order on top: what counts is when they were measured."""
    patient = admit(database, nurse, label="1", admitted_at=before - timedelta(hours=1))
    worse = {**fields(WELL), "respiratory_rate_per_min": 30}
    record(database, nurse, patient, after, vital_signs=type(WELL)(**worse))
    record(database, nurse, patient, before)
    bed = row(database, nurse)
    assert (bed.news2_total, bed.news2_previous_total, trend(bed)) == (3, 0, Trend.RISING)
    assert bed.observed_at == after.astimezone(UTC)
    database.run(nurse, open_chart, bed.patient_id)
    chart = database.run(nurse, observation_chart, patient)
    measured = [each.occurred_at for each in chart.sets]
    assert measured == [before.astimezone(UTC), after.astimezone(UTC)]
    assert measured[1] - measured[0] == timedelta(minutes=minutes)


def fields(signs):
    return {name: getattr(signs, name) for name in signs.__slots__}


def test_that_the_nights_are_those_on_which_the_clock_changes():
    """Else everything above would prove nothing."""
    for night, length in ((SPRING, 23), (AUTUMN, 25)):
        midnight, next_one = clock(night, 0, 0), clock(night, 0, 0) + timedelta(days=1)
        assert next_one.astimezone(UTC) - midnight.astimezone(UTC) == timedelta(hours=length)
