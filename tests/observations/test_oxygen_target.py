"""The rules of the oxygen target: what can be prescribed, and what lies outside it."""

from dataclasses import replace

import pytest

from tests.observations.builders import NOW, signs
from tests.observations.targets import a_decision, a_target
from ward_app.core.errors import RuleBrokenError
from ward_app.observations.oxygen_target import (
    OxygenRecord,
    Side,
    TargetRange,
    check_target,
    needs_reason,
    scale_differs,
    side_of,
)

LOW, USUAL = TargetRange(88, 92), TargetRange(94, 98)


@pytest.mark.parametrize(
    ("low", "high"), [(88, 92), (94, 98), (70, 71), (99, 100), (85, 90), (70, 100)]
)
def test_that_a_range_within_the_limits_can_be_prescribed(low, high):
    check_target(a_target(None, low, high))


@pytest.mark.parametrize(
    ("low", "high", "field"),
    [
        (69, 92, "low_percent"),
        (101, 102, "low_percent"),
        (88, 101, "high_percent"),
        (88, 69, "high_percent"),
        (92, 92, "high_percent"),
        (93, 92, "high_percent"),
    ],
)
def test_that_an_impossible_range_is_refused_at_the_end_that_is_wrong(low, high, field):
    with pytest.raises(RuleBrokenError) as refused:
        check_target(a_target(None, low, high))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decided_by": " "}, "decided_by"),
        ({"decided_by": "x" * 201}, "decided_by"),
        ({"target": TargetRange(90, 94), "reason": " "}, "reason"),
        ({"target": TargetRange(90, 94), "reason": None}, "reason"),
        ({"target": None, "reason": None}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"occurred_at": NOW.replace(tzinfo=None)}, "occurred_at"),
    ],
    ids=["nobody", "long name", "blank why", "no why", "end without why", "long why", "no zone"],
)
def test_that_a_decision_says_who_when_and_where_needed_why(changes, field):
    with pytest.raises(RuleBrokenError) as refused:
        check_target(replace(a_target(None), **changes))
    assert refused.value.field == field


def test_that_only_the_two_usual_ranges_need_no_reason():
    check_target(a_target(None, 88, 92, reason=None))
    check_target(a_target(None, 94, 98, reason=" "))
    assert [needs_reason(one) for one in (LOW, USUAL, TargetRange(92, 96), None)] == [
        False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spo2", "on_oxygen", "side"),
    [
        (87, True, Side.BELOW),
        (87, False, Side.BELOW),
        (87, None, Side.BELOW),
        (0, None, Side.BELOW),
        (88, True, None),
        (92, True, None),
        (93, True, Side.ABOVE),
        (93, None, Side.ABOVE),
        (93, False, None),
        (100, False, None),
        (None, True, None),
    ],
)
def test_that_both_ends_belong_to_the_target_and_nothing_is_above_it_on_air(spo2, on_oxygen, side):
    assert side_of(LOW, signs(spo2_percent=spo2, on_oxygen=on_oxygen)) is side


@pytest.mark.parametrize(
    ("target", "scale", "differs"),
    [
        (LOW, 1, True),
        (LOW, 2, False),
        (USUAL, 1, False),
        (USUAL, 2, True),
        (TargetRange(88, 93), 2, True),
        (None, 1, False),
        (None, 2, False),
    ],
)
def test_that_scale_2_goes_with_88_to_92_alone(target, scale, differs):
    assert scale_differs(target, scale) is differs


def test_that_the_newest_decision_holds_until_it_is_ended():
    old, new = a_decision(88, 92), a_decision(94, 98)
    assert OxygenRecord(scale=1).in_force is None
    assert OxygenRecord(scale=1).target is None
    record = OxygenRecord(scale=1, decisions=(new, old))
    assert (record.in_force, record.target) == (new, USUAL)
    ended = OxygenRecord(scale=1, decisions=(a_decision(None), new))
    assert (ended.in_force, ended.target) == (None, None)
