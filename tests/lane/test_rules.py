"""Visits, nights and work: pure, on ordinary days and on both days the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world
from tests.lane.builders import EAST, LONDON, POLICY, a_lane, a_patient, due, joined, london, what
from ward_app.lane.queries import SOURCES
from ward_app.lane.rules import (
    imbalance,
    is_late,
    lane_rows,
    lane_time,
    loads,
    next_visit,
    night_end,
)
from ward_app.lane.types import Nurse

DAY = "2026-06-10"
ANN, BEN = (Nurse(user_id=world.id_of(name), name=name) for name in ("ann", "ben"))


def at(clock, day=DAY):
    return london(day, clock)


def rows(now, patients, entries, policy=POLICY):
    return lane_rows(a_lane(patients, entries, policy), SOURCES, now, {EAST: LONDON})


def test_that_what_is_due_close_together_is_one_visit():
    first, second = joined(
        at("19:00"), due("set", at("22:00")), due("round", at("21:45"), at("22:45"))
    )
    assert what(first) == ["round 21:45", "set 22:00"]
    assert what(second) == ["round 22:45"]
    assert (first.at, first.is_overdue) == (at("21:45"), False)


def test_that_a_visit_reaches_as_far_as_the_ward_says_from_its_first_item():
    times = (at("20:00"), at("20:30"), at("20:31"))
    assert [what(one) for one in joined(at("19:00"), due("task", *times))] == [
        ["task 20:00", "task 20:30"],
        ["task 20:31"],
    ]
    alone = replace(POLICY, visit_minutes=0)
    assert len(joined(at("19:00"), due("task", *times), policy=alone)) == 3


def test_that_all_that_is_overdue_is_one_visit_with_what_is_due_soon():
    [late, later] = joined(
        at("20:00"),
        due("set", at("15:00"), at("20:30")),
        due("round", at("19:10"), at("20:31")),
    )
    assert what(late) == ["set 15:00", "round 19:10", "set 20:30"]
    assert late.is_overdue
    assert late.at == at("15:00")
    assert what(later) == ["round 20:31"]
    assert [item.is_expected for item in late.items] == [False, False, True]


def test_that_an_item_is_late_a_whole_minute_after_its_time():
    [visit] = joined(at("20:00"), due("set", at("20:00")))
    assert not is_late(visit.items[0], at("20:00") + timedelta(seconds=59))
    assert is_late(visit.items[0], at("20:01"))


def test_that_a_visit_takes_as_long_as_what_is_in_it():
    [visit] = joined(
        at("19:00"),
        due("set", at("20:00")),
        due("round", at("20:05"), minutes=3),
        due("task", at("20:10"), words="Blood cultures"),
        due("round", at("20:11")),
    )
    assert [item.minutes for item in visit.items] == [5, 3, 10, 0]
    assert visit.minutes == 18
    assert [item.words for item in visit.items] == [
        "Observations", "Round", "Blood cultures", "Round"]  # fmt: skip


def test_that_a_patient_of_low_risk_is_let_sleep_until_the_night_is_over():
    morning, day = at("06:00", "2026-06-11"), "2026-06-11"
    [visit] = joined(at("22:00"), due("set", at("23:30")), due("round", at("02:00", day)))
    assert {item.lane_at for item in visit.items} == {morning}
    assert all(item.is_let_sleep for item in visit.items)
    assert what(visit) == ["set 23:30", "round 02:00"]
    assert not joined(at("05:59", day), due("set", at("02:00", day)))[0].is_overdue
    assert joined(at("06:01", day), due("set", at("02:00", day)))[0].is_overdue


def test_that_what_a_night_puts_off_is_done_once_in_the_morning():
    day = "2026-06-11"
    hours = [at(f"0{hour}:30", day) for hour in range(7)]
    [morning] = joined(at("22:00"), due("round", *hours, minutes=3))
    assert what(morning) == ["round 00:30", "round 06:30"]
    assert (morning.at, morning.minutes) == (at("06:00", day), 6)


@pytest.mark.parametrize("risk", ["medium", "high", "low-medium", None])
def test_that_no_other_patient_is_let_sleep(risk):
    patient = a_patient(risk=risk)
    night = at("02:00")
    assert lane_time(night, "set", patient, POLICY, LONDON) == night


@pytest.mark.parametrize("risk", ["medium", "high"])
def test_that_a_high_score_never_waits_whatever_the_ward_says(risk):
    careless = replace(POLICY, sleep_risks=frozenset({"low", "medium", "high"}))
    night = at("02:00")
    assert lane_time(night, "set", a_patient(risk=risk), careless, LONDON) == night
    assert lane_time(night, "set", a_patient(), careless, LONDON) == at("06:00")


@pytest.mark.parametrize(
    ("kind", "clock", "changes"),
    [
        ("task", "02:00", {}),
        ("set", "22:59", {}),
        ("set", "06:00", {}),
        ("set", "23:30", {"sleep_minutes": 389}),
        ("set", "02:00", {"night_from": None}),
        ("set", "02:00", {"night_until": None}),
    ],
    ids=["a task", "evening", "morning", "too long", "no beginning", "no end"],
)
def test_that_what_may_not_wait_does_not(kind, clock, changes):
    night = at(clock)
    assert lane_time(night, kind, a_patient(), replace(POLICY, **changes), LONDON) == night


def test_that_what_waits_exactly_as_long_as_allowed_waits():
    policy = replace(POLICY, sleep_minutes=390)
    assert lane_time(at("23:30"), "set", a_patient(), policy, LONDON) == at("06:00", "2026-06-11")


def test_that_what_is_due_for_the_ward_itself_never_waits():
    assert lane_time(at("02:00"), "round", None, POLICY, LONDON) == at("02:00")


def test_that_a_night_may_lie_within_one_day():
    policy = replace(POLICY, night_from=london(DAY, "01:00").astimezone(LONDON).time())
    assert night_end(at("02:00"), policy, LONDON) == at("06:00")
    assert night_end(at("00:59"), policy, LONDON) is None


@pytest.mark.parametrize(
    ("day", "due_clock", "elapsed_hours"),
    [("2026-03-29", "00:30", 4.5), ("2026-10-25", "00:30", 6.5)],
    ids=["forward", "back"],
)
def test_that_a_night_ends_by_the_clock_on_the_wall(day, due_clock, elapsed_hours):
    due_at = london(day, due_clock)
    end = night_end(due_at, POLICY, LONDON)
    assert end == london(day, "06:00")
    assert end - due_at == timedelta(hours=elapsed_hours)
    # 6 h 30 min by elapsed time are too long for a ward that allows 6 h
    short = replace(POLICY, sleep_minutes=360)
    waits = lane_time(due_at, "set", a_patient(), short, LONDON) == end
    assert waits is (elapsed_hours < 6)


def test_that_visits_join_by_elapsed_time_when_the_hour_comes_twice():
    policy = replace(POLICY, sleep_kinds=frozenset())
    once, twice = london("2026-10-25", "01:30"), london("2026-10-25", "01:30", fold=1)
    first, second = joined(london("2026-10-25", "00:00"), due("task", once, twice), policy=policy)
    assert second.at - first.at == timedelta(hours=1)
    assert is_late(first.items[0], london("2026-10-25", "01:31"))
    assert not is_late(second.items[0], london("2026-10-25", "01:31"))


def test_that_each_patient_has_a_row_also_with_nothing_due():
    ada, ben = a_patient("1"), a_patient("2")
    gone = a_patient("3")
    found = rows(
        at("19:00"),
        [ada, ben],
        [
            due("set", at("20:00"), patient=ben),
            due("round", at("20:00")),
            due("task", at("20:10"), patient=gone),
        ],
    )
    assert [row.patient for row in found] == [None, ada, ben]
    ward, first, second = found
    assert [item.kind for item in ward.visits[0].items] == ["round", "task"]
    assert first.visits == ()
    assert what(second.visits[0]) == ["set 20:00"]
    assert (ward.bed_id, second.bed_id) == (None, ben.bed_id)


def test_that_the_next_visit_is_the_earliest_then_the_one_after():
    ada, ben = a_patient("1"), a_patient("2")
    found = rows(
        at("19:00"),
        [ada, ben],
        [
            due("set", at("20:00"), at("23:00"), patient=ada),
            due("set", at("18:00"), patient=ben),
        ],
        replace(POLICY, sleep_kinds=frozenset()),
    )
    seen, visit = [], None
    while pair := next_visit(found, visit):
        row, visit = pair
        seen.append((row.patient.bed_label, what(visit)[0]))
    assert seen == [("2", "set 18:00"), ("1", "set 20:00"), ("1", "set 23:00")]
    assert next_visit((), None) is None


def test_that_work_is_summed_by_who_answers_for_the_bed():
    ada, ben, cat, dan = (a_patient(label) for label in ("1", "2", "3", "4"))
    nobed = a_patient("9", bed_id=None)
    found = rows(
        at("08:00"),
        [ada, ben, cat, dan, nobed],
        [
            due("task", at("07:00"), at("11:59"), at("12:00"), patient=ada),
            due("set", at("09:00"), patient=ben),
            due("set", at("09:00"), patient=cat),
            due("set", at("09:00"), patient=nobed),
            due("round", at("09:00"), minutes=60),
        ],
    )
    nurses = {ada.bed_id: ANN, ben.bed_id: BEN, dan.bed_id: BEN, world.bed("east", "10"): BEN}
    lane = a_lane(nurses=nurses, not_taken=frozenset({dan.bed_id, cat.bed_id}))
    first, second, nobody = loads(found, lane, at("08:00"))
    assert [load.not_taken for load in (first, second, nobody)] == [0, 1, 1]
    assert (first.nurse, first.minutes, first.items, first.overdue) == (ANN, 20, 2, 1)
    assert (second.nurse, second.minutes, second.patients) == (BEN, 5, 2)
    assert (nobody.nurse, nobody.minutes, nobody.patients) == (None, 10, 2)
    assert imbalance((first, second, nobody)) == 15
    # what nobody looks after is no nurse's, however much it is
    assert imbalance((first, second, replace(nobody, minutes=500))) == 15


def test_that_a_nurse_with_nothing_to_do_counts_for_the_imbalance():
    ada = a_patient("1")
    found = rows(at("08:00"), [ada], [due("set", at("09:00"), patient=ada)])
    nurses = {ada.bed_id: ANN, world.bed("east", "2"): BEN}
    assert [load.minutes for load in loads(found, a_lane(nurses=nurses), at("08:00"))] == [5, 0]
    assert imbalance(loads(found, a_lane(nurses=nurses), at("08:00"))) == 5
    assert imbalance(loads(found, a_lane(), at("08:00"))) == 0


def test_that_four_hours_are_elapsed_hours():
    ada = a_patient("1")
    now = london("2026-03-29", "00:30")
    found = rows(
        now,
        [ada],
        [due("task", london("2026-03-29", "05:29"), london("2026-03-29", "05:30"), patient=ada)],
    )
    [load] = loads(found, a_lane(nurses={ada.bed_id: ANN}), now)
    assert load.items == 1
