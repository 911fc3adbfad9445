"""Timelines without a hole, gaps, skill mix, workload, initials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ward_app.shifts.rules import (
    gaps_of,
    initials,
    is_gap,
    nearest_first,
    skill_mix,
    timeline,
    workloads,
)
from ward_app.shifts.types import OnDuty, Place, ResponsibilityEvent, Responsible, StaffMember

START = datetime(2026, 10, 25, tzinfo=UTC)
BEDS = {UUID(int=1): "1", UUID(int=2): "2"}
NURSES = {UUID(int=11): "Nora Nurse", UUID(int=12): "Wes Westward"}


def at(minutes):
    return START + timedelta(minutes=minutes)


moments = st.tuples(
    st.integers(-600, 1500), st.sampled_from(sorted(BEDS)), st.sampled_from([*NURSES, None])
)


@given(st.lists(moments, max_size=30), st.integers(1, 1440))
def test_that_at_every_minute_every_bed_has_exactly_one_nurse_or_a_gap(drawn, minutes):
    events = [
        ResponsibilityEvent(bed_id, nurse, NURSES.get(nurse), "taken", at(minute))
        for minute, bed_id, nurse in sorted(drawn, key=lambda one: one[0])
    ]
    held = timeline(BEDS, events, START, at(minutes))
    for minute in range(0, minutes, 7):
        for bed_id in BEDS:
            found = [
                one
                for one in held
                if one.bed_id == bed_id and one.from_at <= at(minute) < one.until_at
            ]
            last = [one for one in events if one.bed_id == bed_id and one.at <= at(minute)]
            assert [one.user_id for one in found] == [last[-1].user_id if last else None]


def test_that_stretches_are_cut_to_the_time_asked_for():
    bed = UUID(int=1)
    events = [
        ResponsibilityEvent(bed, UUID(int=11), "Nora Nurse", "taken", at(-60)),
        ResponsibilityEvent(UUID(int=9), UUID(int=11), "Nora Nurse", "taken", at(10)),
        ResponsibilityEvent(bed, None, None, "put_down", at(30)),
        ResponsibilityEvent(bed, UUID(int=12), "Wes Westward", "taken", at(90)),
    ]
    held = timeline({bed: "1"}, events, at(0), at(60))
    assert [(one.user_name, one.from_at, one.until_at, one.how) for one in held] == [
        ("Nora Nurse", at(0), at(30), "taken"),
        (None, at(30), at(60), "put_down"),
    ]


def responsible(**changes):
    facts = {
        "bed_id": UUID(int=1), "bed_label": "1", "user_id": UUID(int=11),
        "user_name": "Nora Nurse", "since": START, "shift": "Day", "room_name": "Bay A",
        "is_occupied": True, "on_duty_until": at(60), "allocated_id": None,
        "allocated_name": "Wes Westward",
    } | changes  # fmt: skip
    return Responsible(**facts)


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({}, False),
        ({"user_id": None}, True),
        ({"on_duty_until": None}, True),
        ({"user_id": None, "is_occupied": False}, False),
    ],
    ids=["held", "nobody", "duty over", "empty bed"],
)
def test_that_a_patients_bed_without_somebody_on_duty_is_a_gap(changes, gap):
    bed = responsible(**changes)
    assert is_gap(bed) is gap
    assert [one.allocated_name for one in gaps_of([bed])] == ["Wes Westward"] * gap


def test_that_the_skill_mix_counts_who_is_there_against_the_wards_own_numbers():
    staff = [
        StaffMember(
            UUID(int=1),
            "A",
            "registered_nurse",
            "Registered nurse",
            holds_beds=True,
            on_duty_until=None,
        ),
        StaffMember(
            UUID(int=2),
            "B",
            "registered_nurse",
            "Registered nurse",
            holds_beds=True,
            on_duty_until=None,
        ),
        StaffMember(UUID(int=3), "C", "student", "Student", holds_beds=False, on_duty_until=None),
    ]
    there = frozenset({UUID(int=1), UUID(int=3)})
    wanted = {"registered_nurse": 2, "healthcare_assistant": 1}
    found = skill_mix(staff, there, wanted)
    assert [(one.title, one.has, one.wanted, one.is_short) for one in found] == [
        ("Registered nurse", 1, 2, True),
        ("Student", 1, None, False),
        ("Healthcare assistant", 0, 1, True),
    ]


def test_that_no_score_is_not_counted_as_nought():
    nora, wes = NURSES
    beds = [UUID(int=n) for n in range(4)]
    plan = {beds[0]: nora, beds[1]: nora, beds[2]: nora, beds[3]: wes}
    found = workloads(plan, {beds[0]: 5, beds[1]: None, beds[3]: 0})
    assert tuple(found[nora]) == (nora, 3, 2, 5, 1)
    assert tuple(found[wes]) == (wes, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Nora Nurse", "NN"), ("Ada de la Cruz", "AC"), ("Cher", "C"), ("", "")],
)
def test_that_initials_are_of_first_and_last_name(name, short):
    assert initials(name) == short


def test_that_who_is_on_duty_nearest_comes_first():
    """[Y07]"""
    here = UUID(int=1)
    places = [
        ("another building", UUID(int=4), "B", "1"),
        ("another floor", UUID(int=3), "A", "2"),
        ("next door", UUID(int=2), "A", "1"),
        ("here", here, "A", "1"),
        ("also here", here, "A", "1"),
    ]
    people = [
        OnDuty(UUID(int=9), name, "Doctor", None, None, "ward", ward, "", floor, building,
               at(0), at(60), ())
        for name, ward, building, floor in places
    ]  # fmt: skip
    found = [one.name for one in nearest_first(people, here, Place("A", "1"))]
    assert found == ["here", "also here", "next door", "another floor", "another building"]
