"""The last set of every patient of a round, in one statement, for charting a ward at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.rules import further_signs
from ward_app.observations.types import Consciousness, OxygenDevice, VitalSigns

# Row security leaves out whoever's chart is not open to the reader.
_LAST_SETS = """
SELECT asked.id, v.id, v.occurred_at, v.score_total, v.score_at_least, v.score_pack,
    v.spo2_scale, v.respiratory_rate_per_min, v.spo2_percent, v.on_oxygen,
    v.oxygen_flow_l_per_min, v.oxygen_device, v.inspired_oxygen_percent, v.systolic_bp_mmhg,
    v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness, v.temperature_celsius, v.further_signs
FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
    SELECT o.* FROM report.vital_signs o
    WHERE o.admission_id = asked.id AND o.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) v
"""

# what follows the columns about the set, in their order
_ABOUT = 6
_MEASURED = (
    "spo2_scale",
    "respiratory_rate_per_min",
    "spo2_percent",
    "on_oxygen",
    "oxygen_flow_l_per_min",
    "oxygen_device",
    "inspired_oxygen_percent",
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "pulse_per_min",
    "consciousness",
    "temperature_celsius",
    "further",
)


class LastSet(NamedTuple):
    """The newest set in force of one stay.

    Attributes:
        occurred_at: when it was measured, aware.
        total: its score; None = the set was incomplete.
        at_least: the points known of it; None = no score fitted the patient.
        pack: name of the score pack it was scored with; None as `at_least`.
    """

    admission_id: UUID
    id: UUID
    occurred_at: datetime
    total: int | None
    at_least: int | None
    pack: str | None
    vital_signs: VitalSigns


def last_sets(tx: Transaction, admission_ids: Sequence[UUID]) -> tuple[LastSet, ...]:
    """Return the newest set in force of each of these stays whose chart is open.

    The charts must have been opened (and that logged) in an earlier transaction. A stay without
    a set, or whose chart is not open to the reader, is left out.
    """
    return tuple(tx.rows(_last_set, _LAST_SETS, (list(admission_ids),)))


def _last_set(*columns: Any) -> LastSet:
    about, measured = columns[:_ABOUT], dict(zip(_MEASURED, columns[_ABOUT:], strict=True))
    device, level = measured["oxygen_device"], measured["consciousness"]
    measured["oxygen_device"] = OxygenDevice(device) if device else None
    measured["consciousness"] = Consciousness(level) if level else None
    measured["further"] = further_signs(measured["further"])
    return LastSet._make((*about, VitalSigns(**measured)))
