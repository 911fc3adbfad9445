"""Reads of one patient's chart; the chart must have been opened (and that logged) before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.rules import further_signs
from ward_app.observations.target_queries import decisions_on
from ward_app.observations.types import (
    Consciousness,
    IncompleteReason,
    OxygenDevice,
    RecordedObservations,
    Risk,
    Score,
    SetNotTaken,
    SpO2ScaleDecision,
    VitalSigns,
)

_MAY_READ = """
SELECT a.patient_id = ANY (auth.open_patients()) FROM admission.admissions a WHERE a.id = %s
"""

_SETS = """
SELECT v.id, v.occurred_at, v.recorded_at, coalesce(u.display_name, 'imported'),
    v.incomplete_reason, v.note, v.device_source, v.supersedes_id, c.id,
    v.status = 'entered_in_error', cu.display_name, c.recorded_at, c.change_reason,
    v.respiratory_rate_per_min, v.spo2_percent, v.spo2_scale, v.on_oxygen,
    v.oxygen_flow_l_per_min, v.oxygen_device, v.inspired_oxygen_percent, v.systolic_bp_mmhg,
    v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness, v.temperature_celsius,
    v.further_signs, v.score_pack, v.score_version, v.score_hash,
    v.score_total, v.score_at_least, v.score_points, v.score_missing, v.risk,
    v.interval_minutes
FROM report.vital_signs v
LEFT JOIN report.vital_signs c ON c.supersedes_id = v.id
LEFT JOIN public.users u ON u.id = v.recorded_by
LEFT JOIN public.users cu ON cu.id = c.recorded_by
WHERE v.admission_id = %s
ORDER BY v.occurred_at, v.recorded_at
"""

_DECISION = """
SELECT d.id, d.admission_id, d.scale, d.decided_by, d.reason, d.occurred_at
FROM report.spo2_scale_decisions d WHERE d.admission_id = %s ORDER BY d.seq DESC LIMIT 1
"""

_NOT_TAKEN = """
SELECT d.id, d.occurred_at, d.due_at, d.deferred_until, d.reason, d.note, d.recorded_at,
    coalesce(u.display_name, 'imported')
FROM report.observation_deferrals d
LEFT JOIN public.users u ON u.id = d.recorded_by
WHERE d.admission_id = %s AND d.status = 'final'
  AND NOT EXISTS (SELECT FROM report.observation_deferrals c WHERE c.supersedes_id = d.id)
ORDER BY d.occurred_at
"""

_NEXT_DUE = "SELECT report.next_due(%s)"


class _SetRow(NamedTuple):
    """One row of `_SETS`, in its column order."""

    id: UUID
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    incomplete_reason: str | None
    note: str | None
    source: str
    supersedes_id: UUID | None
    superseded_by: UUID | None
    struck_out: bool
    corrected_by: str | None
    corrected_at: datetime | None
    change_reason: str | None
    respiratory_rate_per_min: int | None
    spo2_percent: int | None
    spo2_scale: int
    on_oxygen: bool | None
    oxygen_flow_l_per_min: Any
    oxygen_device: str | None
    inspired_oxygen_percent: int | None
    systolic_bp_mmhg: int | None
    diastolic_bp_mmhg: int | None
    pulse_per_min: int | None
    consciousness: str | None
    temperature_celsius: Any
    further_signs: dict[str, Any]
    score_pack: str | None
    score_version: str | None
    score_hash: str | None
    score_total: int | None
    score_at_least: int | None
    score_points: dict[str, int] | None
    score_missing: list[str] | None
    risk: str | None
    interval_minutes: int | None


def observation_chart(tx: Transaction, admission_id: UUID) -> ObservationChart:
    """Return everything the chart of one stay shows, sets oldest first.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction, or the patient
            is no longer in reach. (An unreadable chart must never look like an empty one.)
    """
    if not tx.value(_MAY_READ, (admission_id,)):
        raise NotPermittedError(
            "This chart is not open to you any more. Go back to the board and open it again."
        )
    decision = tx.row(_decision, _DECISION, (admission_id,))
    return ObservationChart(
        admission_id=admission_id,
        sets=tuple(_recorded(row) for row in tx.rows(_SetRow, _SETS, (admission_id,))),
        scale=decision.scale if decision else 1,
        scale_decision=decision,
        basis=scoring_of(tx, admission_id),
        next_due_at=tx.value(_NEXT_DUE, (admission_id,)),
        read_at=tx.now,
        not_taken=tuple(tx.rows(_not_taken, _NOT_TAKEN, (admission_id,))),
        target_decisions=decisions_on(tx, admission_id),
    )


def _not_taken(*columns: Any) -> SetNotTaken:
    set_id, at, due_at, until, reason, note, recorded_at, recorded_by = columns
    return SetNotTaken(
        id=set_id,
        occurred_at=at,
        due_at=due_at,
        deferred_until=until,
        reason=reason,
        note=note,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
    )


def _decision(*columns: Any) -> SpO2ScaleDecision:
    names = ("id", "admission_id", "scale", "decided_by", "reason", "occurred_at")
    return SpO2ScaleDecision(**dict(zip(names, columns, strict=True)))


def _recorded(row: _SetRow) -> RecordedObservations:
    reason = row.incomplete_reason
    return RecordedObservations(
        id=row.id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        vital_signs=_vital_signs(row),
        score=_score(row),
        incomplete_reason=IncompleteReason(reason) if reason else None,
        note=row.note,
        source=row.source,
        supersedes_id=row.supersedes_id,
        superseded_by=row.superseded_by,
        struck_out=row.struck_out,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
        change_reason=row.change_reason,
    )


def _vital_signs(row: _SetRow) -> VitalSigns:
    return VitalSigns(
        respiratory_rate_per_min=row.respiratory_rate_per_min,
        spo2_percent=row.spo2_percent,
        spo2_scale=row.spo2_scale,
        on_oxygen=row.on_oxygen,
        oxygen_flow_l_per_min=row.oxygen_flow_l_per_min,
        oxygen_device=OxygenDevice(row.oxygen_device) if row.oxygen_device else None,
        inspired_oxygen_percent=row.inspired_oxygen_percent,
        systolic_bp_mmhg=row.systolic_bp_mmhg,
        diastolic_bp_mmhg=row.diastolic_bp_mmhg,
        pulse_per_min=row.pulse_per_min,
        consciousness=Consciousness(row.consciousness) if row.consciousness else None,
        temperature_celsius=row.temperature_celsius,
        further=further_signs(row.further_signs),
    )


def _score(row: _SetRow) -> Score | None:
    """Return the score as stored, None for a strike-out mark, which has none."""
    if row.score_pack is None or row.risk is None or row.interval_minutes is None:
        return None
    return Score(
        pack=row.score_pack,
        version=row.score_version or "",
        pack_hash=row.score_hash or "",
        total=row.score_total,
        at_least=row.score_at_least or 0,
        points=row.score_points or {},
        missing=tuple(row.score_missing or ()),
        risk=Risk(row.risk),
        interval_minutes=row.interval_minutes,
    )
