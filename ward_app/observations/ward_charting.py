"""The last set of every patient of a round, in one statement, for charting a ward at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.types import Consciousness, VitalSigns

# Row security leaves out whoever's chart is not open to the reader.
_LAST_SETS = """
SELECT asked.id, v.id, v.occurred_at, v.score_total, v.score_at_least, v.spo2_scale,
    v.respiratory_rate_per_min, v.spo2_percent, v.on_oxygen, v.oxygen_flow_l_per_min,
    v.systolic_bp_mmhg, v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness,
    v.temperature_celsius
FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
    SELECT o.* FROM report.vital_signs o
    WHERE o.admission_id = asked.id AND o.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) v
"""


class LastSet(NamedTuple):
    """The newest set in force of one stay.

    Attributes:
        occurred_at: when it was measured, aware.
        total: its score; None = the set was incomplete.
        at_least: the points known of it.
    """

    admission_id: UUID
    id: UUID
    occurred_at: datetime
    total: int | None
    at_least: int | None
    vital_signs: VitalSigns


def last_sets(tx: Transaction, admission_ids: Sequence[UUID]) -> tuple[LastSet, ...]:
    """Return the newest set in force of each of these stays whose chart is open.

    The charts must have been opened (and that logged) in an earlier transaction. A stay without
    a set, or whose chart is not open to the reader, is left out.
    """
    return tuple(tx.rows(_last_set, _LAST_SETS, (list(admission_ids),)))


def _last_set(*columns: Any) -> LastSet:
    (*about, scale, rate, spo2, on_oxygen, flow, systolic, diastolic, pulse, level, heat) = columns
    signs = VitalSigns(
        respiratory_rate_per_min=rate,
        spo2_percent=spo2,
        spo2_scale=scale,
        on_oxygen=on_oxygen,
        oxygen_flow_l_per_min=flow,
        systolic_bp_mmhg=systolic,
        diastolic_bp_mmhg=diastolic,
        pulse_per_min=pulse,
        consciousness=Consciousness(level) if level else None,
        temperature_celsius=heat,
    )
    return LastSet._make((*about, signs))
