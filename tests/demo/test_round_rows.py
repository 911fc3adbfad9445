"""The demo ward has a week of rounds behind it: most in time, a few late, some missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from ward_app.demo.hospital import SEVEN_EAST
from ward_app.timeliness.queries import dues
from ward_app.timeliness.types import Outcome, Work


def test_that_a_week_of_rounds_is_believable_on_every_day(run_as):
    now = datetime.now(UTC)
    week = partial(dues, since=now - timedelta(days=7), until=now)
    found = run_as("nurse", week, Work.ROUNDS, (SEVEN_EAST.id,))
    by_day = {}
    for due in found:
        days_ago = (now - due.due_at) // timedelta(days=1)
        by_day.setdefault(days_ago, Counter())[due.outcome] += 1
    assert sorted(by_day) == list(range(7))
    for outcomes in by_day.values():
        total = outcomes.total()
        assert outcomes[Outcome.ON_TIME] > 0.6 * total
        assert outcomes[Outcome.MISSED] < 0.1 * total
        assert outcomes[Outcome.LATE]
