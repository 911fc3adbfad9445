"""Beds for stays of which only the unit is known."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ward_app.exchange.bed_assignment import UnitStay, assign_beds

START = datetime(2026, 3, 2, tzinfo=UTC)


def a_stay(key, begins, ends, unit="east", moved_from=None):
    """A stay from one hour to another; `ends` None = still there."""
    return UnitStay(
        key=key,
        unit=unit,
        begins_at=START + timedelta(hours=begins),
        ends_at=None if ends is None else START + timedelta(hours=ends),
        moved_from=moved_from,
    )


def test_that_the_lowest_free_bed_is_given_and_another_opened_when_there_is_none():
    stays = [a_stay("a", 0, 4), a_stay("b", 1, 3), a_stay("c", 2, 9), a_stay("d", 5, 6)]
    assert assign_beds(stays) == {"a": 1, "b": 2, "c": 3, "d": 1}


def test_that_a_bed_left_at_a_minute_can_be_given_at_that_minute():
    assert assign_beds([a_stay("a", 0, 4), a_stay("b", 4, 5)]) == {"a": 1, "b": 1}


def test_that_a_bed_of_a_running_stay_is_never_given_again():
    assert assign_beds([a_stay("a", 0, None), a_stay("b", 9999, None)]) == {"a": 1, "b": 2}


def test_that_a_move_inside_the_unit_is_to_another_bed():
    stays = [a_stay("a", 0, 4), a_stay("b", 4, 8, moved_from="a")]
    assert assign_beds(stays) == {"a": 1, "b": 2}
    assert assign_beds([*stays, a_stay("c", 4, 5)]) == {"a": 1, "b": 2, "c": 1}
    back = [*stays, a_stay("d", 8, 9, moved_from="b")]
    assert assign_beds(back) == {"a": 1, "b": 2, "d": 1}


def test_that_units_have_beds_of_their_own():
    assert assign_beds([a_stay("a", 0, 4), a_stay("b", 1, 3, "west")]) == {"a": 1, "b": 1}


spans = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(1, 20)))


@given(st.lists(st.tuples(spans, st.sampled_from(["east", "west"])), max_size=25), st.randoms())
def test_that_no_bed_has_two_patients_and_the_order_of_the_stays_does_not_matter(given, random):
    stays = [
        a_stay(f"{n:02}", begins, None if length is None else begins + length, unit)
        for n, ((begins, length), unit) in enumerate(given)
    ]
    beds = assign_beds(stays)
    for one, other in combinations(stays, 2):
        if (one.unit, beds[one.key]) == (other.unit, beds[other.key]):
            first, second = sorted((one, other), key=lambda stay: stay.begins_at)
            assert first.ends_at is not None
            assert first.ends_at <= second.begins_at
    random.shuffle(stays)
    assert assign_beds(stays) == beds
