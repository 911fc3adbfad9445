"""Words of the schedule: what is due when and why, who decided otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ward_app.schedule.kinds import DeferralReason as DeferralReason
from ward_app.schedule.kinds import DueReason as DueReason


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """A decision on how often to observe; `id` was made when the sheet opened.

    Attributes:
        interval_minutes: longest time between sets; None stops the plan, the score decides again.
        decided_by: name of who decided.
        review_at: when to think about it again; None = not set.
        expires_at: from then on the score decides again; None = until another decision.
    """

    id: UUID
    admission_id: UUID
    interval_minutes: int | None
    decided_by: str
    reason: str
    review_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeferral:
    """A set put off for a legitimate reason.

    Attributes:
        due_at: the due time as it was shown; another one by now refuses the deferral.
        deferred_until: when the set is due instead; after a refusal the database says it.
        occurred_at: when it was decided or refused; aware, not in the future.
    """

    id: UUID
    admission_id: UUID
    due_at: datetime
    reason: DeferralReason
    deferred_until: datetime | None
    occurred_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralStrikeOut:
    """Take a deferral back that was a mistake; it stays on record."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


class DueItem(NamedTuple):
    """One patient's line of the worklist, as `report.due_list` returns it.

    `due_at` None = paused by leave. `asked_minutes`: how often the score asks for a set.
    `deferrable_until`: until when the set may be put off at most. `plan_*` speak of the plan in
    force, all None without one; `plan_until` None = it does not expire. `deferral_*` say what
    the due time comes from after a deferral or a refusal. `left_at` and `back_by`: of a leave.
    """

    ward_id: UUID
    ward_name: str
    room_name: str | None
    bed_label: str | None
    bed_position: int | None
    admission_id: UUID
    patient_id: UUID
    family_name: str
    given_name: str
    title: str | None
    score_pack: str | None
    score_total: int | None
    score_at_least: int | None
    risk: str | None
    observed_at: datetime | None
    spo2_scale: int
    due_at: datetime | None
    due_reason: str
    asked_minutes: int
    deferrable_until: datetime
    plan_minutes: int | None
    plan_by: str | None
    plan_reason: str | None
    plan_review_at: datetime | None
    plan_until: datetime | None
    deferral_id: UUID | None
    deferral_reason: str | None
    deferred_by: str | None
    left_at: datetime | None
    back_by: datetime | None
