"""The server's clock is set wrong, and right again, while eight workstations write.

A workstation whose own clock is wrong is the same from the other side: each knows the other's
clock only by how far it is from its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.resilience.server.fleet import (
    at_work,
    nothing_missing_nothing_twice,
    nurses,
    went_on,
    were_told,
)
from tests.resilience.server.jumping_clock import JumpingClock
from tests.resilience.server.waiting import until
from ward_app.core.errors import DatabaseUnavailableError, RuleBrokenError, SignInRequiredError

HOUR_S = 3_600
SIGNED_OUT = "You have been signed out. Sign in again to go on."
IN_FUTURE = "The time of the observations lies in the future. Check it."
TIMES = "SELECT min(recorded_at), max(recorded_at) FROM report.vital_signs"


@pytest.fixture
def clock(own_server, monkeypatch):
    # pytest's own folders are closed to the server's account
    with TemporaryDirectory(prefix="ward-clock-") as folder:
        yield JumpingClock(own_server, Path(folder), monkeypatch)


@pytest.fixture
def fleet(own_server, clock):
    endures = (DatabaseUnavailableError, RuleBrokenError, SignInRequiredError)
    return nurses(own_server, own_server.settings, endures)


@pytest.mark.parametrize(
    ("off_s", "told"), [(HOUR_S, SIGNED_OUT), (-HOUR_S, IN_FUTURE)], ids=["ahead", "behind"]
)
def test_that_nothing_is_kept_under_a_wrong_time_and_everybody_goes_on_at_the_right_one(
    own_server, clock, fleet, off_s, told
):
    """Ahead, nobody's session can be trusted; behind, what was measured had yet to come."""
    began = datetime.now(UTC)
    with at_work(fleet):
        until(went_on(fleet))
        clock.set(off_s)
        until(lambda: were_told(fleet))
        clock.set(0)
        until(went_on(fleet))
    assert {failure.text for saver in fleet for failure in saver.failures} == {told}
    nothing_missing_nothing_twice(own_server, fleet)
    [(first, last)] = own_server.ask(TIMES)
    assert began <= first
    assert last <= datetime.now(UTC)
    assert last - first < timedelta(seconds=HOUR_S)
