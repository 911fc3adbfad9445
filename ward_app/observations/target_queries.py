"""Reads of the oxygen targets that are prescribed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.oxygen_target import OxygenRecord, OxygenTarget, TargetRange

_DECISIONS = """
SELECT t.id, t.low_percent, t.high_percent, t.decided_by, t.reason, t.occurred_at, t.recorded_at,
    coalesce(u.display_name, 'imported')
FROM report.oxygen_targets t
LEFT JOIN public.users u ON u.id = t.recorded_by
WHERE t.admission_id = %s ORDER BY t.seq DESC
"""

_SCALE = """
SELECT d.scale FROM report.spo2_scale_decisions d
WHERE d.admission_id = %s ORDER BY d.seq DESC LIMIT 1
"""

_IN_FORCE = """
SELECT asked.id, t.low_percent, t.high_percent
FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
    SELECT o.low_percent, o.high_percent FROM report.oxygen_targets o
    WHERE o.admission_id = asked.id ORDER BY o.seq DESC LIMIT 1) t
WHERE t.low_percent IS NOT NULL
"""


def oxygen_record(tx: Transaction, admission_id: UUID) -> OxygenRecord:
    """Return every decision on the oxygen target of a stay, and the SpO2 scale in force.

    A stay out of the reader's reach looks like one about which nothing was decided.
    """
    return OxygenRecord(
        scale=tx.value(_SCALE, (admission_id,)) or 1, decisions=decisions_on(tx, admission_id)
    )


def decisions_on(tx: Transaction, admission_id: UUID) -> tuple[OxygenTarget, ...]:
    """Return every decision on the oxygen target of a stay, the newest first."""
    return tuple(tx.rows(_decision, _DECISIONS, (admission_id,)))


def targets_of(tx: Transaction, admission_ids: Sequence[UUID]) -> dict[UUID, TargetRange]:
    """Return the target in force of each of these stays, in one statement.

    A stay without one, or out of the reader's reach, is left out.
    """
    return dict(tx.rows(_in_force, _IN_FORCE, (list(admission_ids),)))


def _decision(*columns: Any) -> OxygenTarget:
    target_id, low, high, decided_by, reason, occurred_at, recorded_at, recorded_by = columns
    return OxygenTarget(
        id=target_id,
        target=None if low is None else TargetRange(low, high),
        decided_by=decided_by,
        reason=reason,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
    )


def _in_force(*columns: Any) -> tuple[UUID, TargetRange]:
    admission_id, low, high = columns
    return admission_id, TargetRange(low, high)
