"""Rows of a timeliness report, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ward_app.core.ids import new_id
from ward_app.timeliness.types import Due, Outcome, Work

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


DAY = {"shift": "Day", "shift_from_at": datetime(2026, 11, 20, 7, 30, tzinfo=UTC)}
NIGHT = {"shift": "Night", "shift_from_at": datetime(2026, 11, 20, 19, 30, tzinfo=UTC)}


def a_due(outcome=Outcome.ON_TIME, due_at=NOON, **facts) -> Due:
    """Return one row; a late one was answered 20 minutes late."""
    late = 20 if outcome is Outcome.LATE else 0
    answered = outcome in (Outcome.ON_TIME, Outcome.LATE)
    values = {
        "work": Work.OBSERVATIONS,
        "admission_id": new_id(),
        "ward_id": new_id(),
        "ward_name": "Ward 7 East",
        "family_name": "Okafor",
        "given_name": "Ada",
        "title": None,
        "bed_label": "3",
        "due_at": due_at,
        "reason": "score",
        "outcome": outcome,
        "deferral": "asleep" if outcome is Outcome.DEFERRED else None,
        "answered_at": due_at + timedelta(minutes=late) if answered else None,
        "answered_by": "Nora Nkemelu" if answered else None,
        "minutes_late": late,
    } | facts
    return Due(**values)
