"""Commands on the schedule: decide how often to observe, put a set off, take that back.

Callers own the transaction. Who did it and when is the database's to say, and so are the limits.
Repeating a command with the same id changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.schedule.types import DeferralReason, DeferralStrikeOut, NewDeferral, NewPlan
from ward_app.staff.types import Permission

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 10_080

_PLAN = """
INSERT INTO report.observation_plans
    (id, admission_id, interval_minutes, decided_by, reason, review_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_DEFER = """
INSERT INTO report.observation_deferrals
    (id, admission_id, due_at, reason, note, deferred_until, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_UNTIL = "SELECT deferred_until FROM report.observation_deferrals WHERE id = %s"

# the rest of the row is the original's; the database copies it
_STRIKE_OUT = """
INSERT INTO report.observation_deferrals (id, admission_id, due_at, reason, occurred_at, status,
    supersedes_id, change_reason)
SELECT %s, admission_id, due_at, reason, occurred_at, 'entered_in_error', id, %s
FROM report.observation_deferrals WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""


@requires(Permission.OBSERVATION_PLAN)
def decide_plan(tx: Transaction, plan: NewPlan) -> None:
    """Record how often a patient is observed from now on, or that the score decides again.

    Raises:
        RuleBrokenError: nobody is named, the interval or the times are impossible, or observing
            less often than the score asks lacks its reason or its end.
        NotPermittedError: the role may not decide this, or the patient is not on its wards.
    """
    decided_by, reason = plan.decided_by.strip(), plan.reason.strip()
    if not decided_by:
        raise RuleBrokenError("Name who decided.", field="decided_by")
    if plan.interval_minutes is None and not reason:
        raise RuleBrokenError("Say why the plan ends.", field="reason")
    if not SHORTEST_MINUTES <= (plan.interval_minutes or SHORTEST_MINUTES) <= LONGEST_MINUTES:
        raise RuleBrokenError(
            "A set can be asked for every 5 minutes to every 7 days.", field="interval_minutes"
        )
    _must_be_later(plan.expires_at, tx.now, "expires_at")
    _must_be_later(plan.review_at, tx.now, "review_at")
    tx.execute(
        _PLAN,
        (
            plan.id,
            plan.admission_id,
            plan.interval_minutes,
            decided_by,
            reason,
            plan.review_at,
            plan.expires_at,
        ),
    )


@requires(Permission.OBSERVATION_DEFER)
def defer(tx: Transaction, deferral: NewDeferral) -> datetime:
    """Put a set off for a legitimate reason and return when it is due instead, aware.

    Raises:
        RuleBrokenError: what is due changed meanwhile, nothing is due, the time is not possible
            or longer than the score allows.
        NotPermittedError: the patient is not on the recorder's wards.
    """
    if deferral.reason is DeferralReason.OTHER and not (deferral.note or "").strip():
        raise RuleBrokenError("Say what the reason is.", field="note")
    if deferral.reason is not DeferralReason.REFUSED:
        if deferral.deferred_until is None:
            raise RuleBrokenError("Say until when.", field="deferred_until")
        _must_be_later(deferral.deferred_until, deferral.occurred_at, "deferred_until")
    tx.execute(
        _DEFER,
        (
            deferral.id,
            deferral.admission_id,
            deferral.due_at,
            deferral.reason.value,
            (deferral.note or "").strip() or None,
            deferral.deferred_until,
            deferral.occurred_at,
        ),
    )
    until: datetime = tx.value(_UNTIL, (deferral.id,))
    return until


@requires(Permission.OBSERVATION_DEFER)
def take_back_deferral(tx: Transaction, mark: DeferralStrikeOut) -> None:
    """Mark a deferral as a mistake; what was due before is due again.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else took it back first, or it is out of reach.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why this is taken back.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    if not tx.execute(_STRIKE_OUT, values) and not _stored(tx, mark.id):
        raise ConflictError("Somebody else took this back first. Look at the list again.")


def _stored(tx: Transaction, deferral_id: UUID) -> bool:
    return tx.value(_UNTIL, (deferral_id,)) is not None


def _must_be_later(moment: datetime | None, than: datetime, field: str) -> None:
    if moment is not None and moment <= than:
        raise RuleBrokenError("This time is past.", field=field)
