"""Rules of the schedule: what is overdue, what comes first, what a deferral proposes. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ward_app.schedule.types import DeferralReason, DueItem

_A_MINUTE = timedelta(minutes=1)
_LAST = datetime.max.replace(tzinfo=UTC)

# How long a set is put off unless the nurse says otherwise; the database has the limit. Ours, for
# convenience alone: nothing is decided by them.
_PROPOSED_MINUTES = {
    DeferralReason.ASLEEP_AND_STABLE: 240,
    DeferralReason.OFF_WARD: 60,
    DeferralReason.END_OF_LIFE: 480,
    DeferralReason.PROCEDURE: 60,
    DeferralReason.WORKLOAD: 30,
    DeferralReason.EQUIPMENT: 30,
    DeferralReason.OTHER: 30,
}


def minutes_late(due_at: datetime, now: datetime) -> int:
    """Return the whole minutes that passed since the due time, 0 before it.

    By elapsed time: neither midnight nor a change of the clocks makes anything late.
    """
    passed = now.astimezone(UTC) - due_at.astimezone(UTC)
    return max(0, passed // _A_MINUTE)


def is_overdue(item: DueItem, now: datetime) -> bool:
    """Whether the set was due a whole minute ago or more."""
    return item.due_at is not None and minutes_late(item.due_at, now) > 0


def is_on_leave(item: DueItem) -> bool:
    """Whether the patient went on leave and no return was recorded."""
    return item.left_at is not None


def asks_review(item: DueItem, now: datetime) -> bool:
    """Whether the plan in force was to be thought about again by now."""
    return item.plan_review_at is not None and item.plan_review_at <= now


def is_longer(minutes: int, item: DueItem) -> bool:
    """Whether an interval is longer than what the score asks for."""
    return minutes > item.asked_minutes


def urgency(item: DueItem) -> tuple[Any, ...]:
    """Return what the worklist is sorted by: earliest due first, nothing due last."""
    return (item.due_at or _LAST, item.ward_name, item.bed_position or 0, str(item.admission_id))


def proposed_until(reason: DeferralReason, item: DueItem, now: datetime) -> datetime | None:
    """Return until when a set is put off unless the nurse says otherwise.

    None after a refusal: the database counts from it by the last risk.
    """
    if reason is DeferralReason.REFUSED:
        return None
    return min(now + timedelta(minutes=_PROPOSED_MINUTES[reason]), item.deferrable_until)
