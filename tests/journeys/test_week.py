"""A simulated week on three wards, staff joining and leaving mid-shift, on both clock changes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest

from tests import world
from tests.journeys.week import Week
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.lane.queries import shift_lane
from ward_app.shifts.queries import gaps, responsible_between

WARDS = ("east", "west", "north")
BEDS = [(ward, label) for ward in WARDS for label in ("1", "2", "3")]
NAMES = {world.id_of(person.login): person.login for person in world.PEOPLE}


class DueOfWeek(NamedTuple):
    """One time a set was due, as the database tells it."""

    admission_id: object
    ward_id: object
    due_at: datetime
    due_reason: str
    outcome: str
    deferral_reason: str | None
    answered_at: datetime | None
    answered_by: object
    answer_id: object
    minutes_late: int | None
    first_due_at: datetime | None
    first_reason: str | None


def observation_dues(tx, wards, start, end):
    statement = "SELECT * FROM report.observation_dues(%s, %s, %s)"
    return tx.rows(DueOfWeek, statement, (wards, start, end))


def intentional_dues(tx, wards, start, end):
    statement = (
        "SELECT admission_id, due_at, outcome FROM rounding.round_dues(%s, %s, %s)"
        " WHERE title = 'Intentional round'"
    )
    return tx.tuples(statement, (wards, start, end))


@pytest.fixture
def reader(admin, signed_in):
    """Bo, who works on all three wards."""
    world._ward(admin, "north", "Ward 1 North", {"Bay N": ("1", "2", "3")})
    admin.execute(
        "INSERT INTO public.user_wards VALUES (%s, %s)",
        (world.id_of("both"), world.id_of("north")),
    )
    return Actor(signed_in("both").token)


@pytest.fixture(params=["2026-03-26", "2026-10-22"], ids=["forward", "back"])
def week(request, admin, reader):
    """A week in which the clocks change, as it was entered."""
    made = Week(request.param, BEDS, seed=7)
    made.enter(admin)
    return made


def test_that_the_weeks_have_an_hour_less_and_an_hour_more(week):
    hours = {"03": 167, "10": 169}
    assert week.minutes == 60 * hours[f"{week.start:%m}"]


def test_that_at_every_minute_every_bed_has_a_nurse_or_a_gap_that_shows(week, database, reader):
    loud = 0
    for ward in WARDS:
        held = database.run(reader, responsible_between, world.id_of(ward), week.start, week.end)
        for bed in (one for one in week.beds if one.ward == ward):
            rows = [one for one in held if one.bed_id == world.bed(ward, bed.label)]
            assert (rows[0].from_at, rows[-1].until_at) == (week.start, week.end)
            assert all(one.until_at == after.from_at for one, after in pairwise(rows))
            told = []
            for row in rows:
                minutes = (row.until_at - row.from_at) // timedelta(minutes=1)
                told += [NAMES.get(row.user_id)] * minutes
            assert told == bed.holders
            loud += sum(one is None for one in told)
    assert loud > 100


def test_that_the_gap_at_the_end_of_the_week_is_loud_now(week, database, reader):
    """Everybody's duty of that week is over by now: every patient's bed is a gap."""
    for ward in WARDS:
        found = database.run(reader, gaps, world.id_of(ward))
        assert [gap.bed_label for gap in found] == ["1", "2", "3"]
    lane = database.run(reader, shift_lane, tuple(world.id_of(ward) for ward in WARDS))
    assert lane.nurses == {}
    assert {one.admission_id for one in lane.patients} == {bed.admission for bed in week.beds}


def test_that_every_set_that_was_due_ended_in_one_way_once(week, database, reader):
    wards = [world.id_of(ward) for ward in WARDS]
    rows = database.run(reader, observation_dues, wards, week.start, week.end)
    assert max(Counter((one.admission_id, one.due_at) for one in rows).values()) == 1
    for bed in week.beds:
        mine = sorted(
            (one for one in rows if one.admission_id == bed.admission), key=lambda one: one.due_at
        )
        told = [((one.due_at - week.start) // timedelta(minutes=1), one.outcome) for one in mine]
        assert told == bed.outcomes
        reasons = [one.deferral_reason for one in mine if one.outcome == "deferred"]
        assert reasons == [reason for _, _, reason in bed.deferrals]
        answers = [one.answer_id for one in mine if one.outcome in {"on_time", "late"}]
        assert len(set(answers)) == len(answers) == len(bed.sets)


def test_that_every_round_that_was_due_ended_in_one_way_once(week, database, reader):
    wards = [world.id_of(ward) for ward in WARDS]
    rows = database.run(reader, intentional_dues, wards, week.start, week.end)
    for bed in week.beds:
        mine = sorted((due_at, outcome) for stay, due_at, outcome in rows if stay == bed.admission)
        told = [((due_at - week.start) // timedelta(minutes=1), one) for due_at, one in mine]
        assert told == bed.round_outcomes
        answered = [one for _, one in told if one != "missed"]
        assert len(answered) == len(bed.rounds)


def test_that_every_task_of_the_week_ended_in_one_way_or_is_open(week, admin, database, reader):
    fates = ("done", "cancelled", "deferred", None)
    expected = {}
    for number, bed in enumerate(week.beds * 4):
        task, fate = new_id(), fates[number % 4]
        at = week.at(60 * number)
        week._insert(
            admin, "rounding.tasks", id=task, ward_id=world.id_of(bed.ward),
            bed_id=world.bed(bed.ward, bed.label), admission_id=bed.admission,
            patient_id=bed.patient, title=f"Task {number}", due_at=at,
        )  # fmt: skip
        later = at + timedelta(hours=2)
        if fate is not None:
            week._insert(
                admin, "rounding.task_events", task_id=task, kind=fate,
                reason=None if fate == "done" else "not now", occurred_at=at,
                deferred_until=later if fate == "deferred" else None,
            )  # fmt: skip
        if fate in {"deferred", None}:
            expected[task] = later if fate == "deferred" else at
    lane = database.run(reader, shift_lane, tuple(world.id_of(ward) for ward in WARDS))
    found = [one for one in lane.entries if one.kind == "task"]
    assert {one.subject_id: one.times[0] for one in found} == expected
    assert len(found) == len(expected)
