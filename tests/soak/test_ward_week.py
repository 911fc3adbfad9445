"""A week on a ward whose nurses come late: every due time is accounted for once."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.soak.ward_week import Ward
from ward_app.timeliness.queries import dues
from ward_app.timeliness.rules import lines
from ward_app.timeliness.types import Grouping, Outcome, Work

SETTLED = ("on_time", "late", "deferred", "paused")
# taken while the patient was on leave: answers nothing
UNASKED = "unasked"

_ROWS = """
SELECT d.due_at, d.outcome, d.answer_id, d.answered_at, d.minutes_late, d.due_reason
FROM report.dues(%s, NULL, %s) d
"""


@pytest.fixture(
    params=[pytest.param(7, marks=pytest.mark.soak, id="week"), pytest.param(1.5, id="short")]
)
def simulated(request, admin):
    """The ward after so many days; the last night of both is the one of the clock change."""
    ward = Ward(admin, seed=8, days=request.param)
    ward.run()
    return ward


def test_that_no_due_time_is_lost_and_none_counted_twice(simulated, admin, database, nurse):
    ward = simulated
    assert ward.nameless == []
    rows = {
        admission: admin.execute(_ROWS, (admission, ward.now)).fetchall()
        for admission in ward.seen
    }
    _each_due_time_once(ward, rows)
    _each_act_answers_what_it_was_done_for(ward, rows)
    _the_report_is_the_same(ward, rows, database, nurse)
    outcomes = Counter(row[1] for found in rows.values() for row in found)
    # a simulation in which nothing goes wrong proves nothing
    assert min(outcomes[kind] for kind in ("on_time", "late", "missed", "deferred")) > 0, outcomes


def _each_due_time_once(ward, rows):
    for admission, found in rows.items():
        times = [row[0] for row in found if row[5] != UNASKED]
        assert len(times) == len(set(times))
        ended = ward.ended.get(admission, [])
        for due_at in ward.seen[admission] - set(times):
            # seen ahead of its time, and the patient had gone by then
            first_end = bisect_left(ended, due_at)
            assert first_end > 0, (admission, due_at)
    present = [found for admission, found in rows.items() if admission in ward.present]
    assert all(sum(row[1] == "open" for row in found) == 1 for found in present)


def _each_act_answers_what_it_was_done_for(ward, rows):
    answered = {row[2]: row for found in rows.values() for row in found if row[2] in ward.done}
    assert answered.keys() == ward.done.keys()
    for made, act in ward.done.items():
        due_at, outcome, _id, at, late, _reason = answered[made]
        assert at == act.at
        assert due_at <= act.at or due_at == act.due_at
        if act.kind == "measured":
            assert late == max(0, (at - due_at) // timedelta(minutes=1))
            assert outcome == ("late" if late else "on_time")
        else:
            assert outcome == "deferred"
    ids = [row[2] for found in rows.values() for row in found if row[1] in ("on_time", "late")]
    assert len(ids) == len(set(ids))


def _the_report_is_the_same(ward, rows, database, nurse):
    reported = database.run(
        nurse, dues, Work.OBSERVATIONS, (ward.ward_id,), since=ward.begins_at, until=ward.now
    )
    settled = Counter(
        row[1]
        for found in rows.values()
        for row in found
        if row[1] in SETTLED and row[0] < ward.now and row[5] != UNASKED
    )
    told = Counter(due.outcome.value for due in reported)
    assert {kind: told[kind] for kind in settled} == dict(settled)
    by_hour = lines(reported, Grouping.HOUR, ZoneInfo("Europe/London"))
    assert sum(line.counts[outcome] for line in by_hour for outcome in Outcome) == len(reported)
