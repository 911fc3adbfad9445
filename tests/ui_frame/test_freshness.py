from datetime import UTC, timedelta

import pytest

from tests.ui_frame.builders import NOON
from ui.freshness import FreshnessState, Signs, freshness


def reading(seconds_ago, *, listening=True, unreachable=False, slow=False):
    loaded_at = None if seconds_ago is None else NOON - timedelta(seconds=seconds_ago)
    signs = Signs(listening=listening, unreachable=unreachable, loaded_at=loaded_at, slow=slow)
    return freshness(signs, NOON, UTC)


@pytest.mark.parametrize(("seconds_ago", "words"), [(0, "live"), (44, "live")])
def test_that_live_needs_a_listener_and_a_load_within_45_seconds(seconds_ago, words):
    assert reading(seconds_ago).words == words


def test_that_a_slow_server_is_told_only_while_the_screen_is_live():
    assert reading(1, slow=True).words == "live, server slow"
    assert reading(45, slow=True).words == "stale since 11:59"
    assert reading(1, slow=True, unreachable=True).words == "offline: reading from 11:59"


def test_that_an_older_load_is_stale_since_its_time():
    assert reading(45).words == "stale since 11:59"
    assert reading(45).state is FreshnessState.STALE


def test_that_without_a_listener_nothing_is_live():
    assert reading(1, listening=False).words == "stale since 11:59"


def test_that_a_server_out_of_reach_is_offline_whatever_the_listener_says():
    assert reading(1, unreachable=True).words == "offline: reading from 11:59"
    assert reading(None, unreachable=True).words == "offline: nothing read yet"


def test_that_before_the_first_load_nothing_is_claimed():
    assert reading(None).words == "loading…"


def test_that_a_load_of_another_day_says_the_day():
    assert reading(86_400).words == "stale since 19-Nov 12:00"


def test_that_each_state_has_a_shape_of_its_own():
    assert len({state.glyph for state in FreshnessState}) == len(FreshnessState)


def test_that_a_clock_that_was_set_back_makes_nothing_live_and_tells_no_time_to_come():
    assert reading(-3_600).words == "stale: this clock was set back"
    assert reading(-3_600).state is FreshnessState.STALE
    assert reading(-3_600, unreachable=True).words == "offline: this clock was set back"
    assert reading(-44).words == "live"


def away(waiting):
    signs = Signs(
        listening=True, unreachable=False, loaded_at=NOON, kept_here=True, waiting=waiting
    )
    return freshness(signs, NOON, UTC)


def test_that_the_lamp_counts_what_waits_while_the_server_is_away_and_after():
    assert away(0).words == "offline: reading from 12:00, charting is kept here"
    assert away(3).words == "offline: reading from 12:00, 3 kept here"
    assert (away(0).short, away(3).short) == ("offline 12:00", "offline 12:00, 3 kept")
    back = Signs(listening=True, unreachable=False, loaded_at=NOON, waiting=2)
    assert freshness(back, NOON, UTC).words == "live, 2 not sent yet"
    assert freshness(back, NOON, UTC).state is FreshnessState.SENDING
