"""When reads go to the replica and when not, on a clock of the test's own."""

from __future__ import annotations

import pytest

from ward_app.core.events import ReplicaBack, ReplicaLeft
from ward_app.core.replica_state import (
    FIRST_RETRY_S,
    LONGEST_RETRY_S,
    NO_STANDBY,
    UNKNOWN_LAG,
    Look,
    ReplicaState,
    unfit,
)


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def state(clock, told):
    return ReplicaState(told.append, clock)


def test_that_a_replica_that_was_never_asked_is_worth_asking(state):
    assert state.is_worth_asking()
    assert not state.is_serving


def test_that_the_first_good_answer_is_no_news(state, told):
    state.serve()
    assert state.is_serving
    assert told == []


def test_that_leaving_is_told_once_however_often_it_is_found_again(state, told, clock):
    state.serve()
    for _ in range(3):
        state.leave("It cannot be reached.")
        clock.now_s += LONGEST_RETRY_S
    assert told == [ReplicaLeft(reason="It cannot be reached.")]
    assert not state.is_serving


def test_that_a_replica_that_never_served_is_told_of_too(state, told):
    state.leave(UNKNOWN_LAG)
    assert [change.reason for change in told] == [UNKNOWN_LAG]


def test_that_it_is_left_alone_for_twice_as_long_each_time(state, clock):
    waits_s = []
    for _ in range(8):
        state.leave("")
        began_s = clock.now_s
        while not state.is_worth_asking():
            clock.now_s += 0.5
        waits_s.append(clock.now_s - began_s)
    assert waits_s == [1, 2, 4, 8, 16, 30, 30, 30]


def test_that_it_serves_again_when_it_is_well_and_that_is_told_once(state, told, clock):
    state.leave("It cannot be reached.")
    clock.now_s += FIRST_RETRY_S
    state.serve()
    state.serve()
    assert state.is_worth_asking()
    assert told[1:] == [ReplicaBack()]


def test_that_the_waits_begin_anew_after_it_served(state, clock):
    for _ in range(4):
        state.leave("")
    state.serve()
    state.leave("")
    clock.now_s += FIRST_RETRY_S
    assert state.is_worth_asking()


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (Look(is_standby=True, has_own=True, lag_s=0), ""),
        (Look(is_standby=True, has_own=True, lag_s=10), ""),
        (Look(is_standby=True, has_own=False, lag_s=0), ""),
        (
            Look(is_standby=True, has_own=True, lag_s=14.2),
            "It is 14 s behind; 10 s are allowed.",
        ),
        (Look(is_standby=True, has_own=True, lag_s=None), UNKNOWN_LAG),
        (Look(is_standby=False, has_own=True, lag_s=0), NO_STANDBY),
        (Look(is_standby=False, has_own=True, lag_s=None), NO_STANDBY),
    ],
)
def test_that_only_a_standby_within_the_limit_is_fit_and_unknown_is_not_zero(look, reason):
    """[R02] [R05]"""
    assert unfit(look, 10) == reason
