"""Reads of one patient's chart; the chart must have been opened (and that logged) before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.oxygen_target import OxygenTarget, TargetRange
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.rules import further_signs
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

CHART_SQL = "SELECT * FROM report.chart(%s)"


class SetRow(NamedTuple):
    """A set as `report.chart` returns it, after the columns of the facts."""

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
    oxygen_flow_l_per_min: Decimal | None
    oxygen_device: str | None
    inspired_oxygen_percent: int | None
    systolic_bp_mmhg: int | None
    diastolic_bp_mmhg: int | None
    pulse_per_min: int | None
    consciousness: str | None
    temperature_celsius: Decimal | None
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


class ChartFacts(NamedTuple):
    """The first columns of `report.chart`, of its first row; times in its lists are ISO 8601."""

    next_due_at: datetime | None
    scale_decision: dict[str, Any] | None
    not_taken: list[dict[str, Any]]
    targets: list[dict[str, Any]]


def observation_chart(tx: Transaction, admission_id: UUID) -> ObservationChart:
    """Return everything the chart of one stay shows, sets oldest first.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction, or the patient
            is no longer in reach. (An unreadable chart must never look like an empty one.)
    """
    first, *rows = tx.tuples(CHART_SQL, (admission_id,))
    width = len(ChartFacts._fields)
    sets = (SetRow(*row[width:]) for row in rows)
    basis = scoring_of(tx, admission_id)
    return chart_of(admission_id, ChartFacts(*first[:width]), sets, basis=basis, read_at=tx.now)


def chart_of(
    admission_id: UUID,
    facts: ChartFacts,
    sets: Iterable[SetRow],
    *,
    basis: ScoringBasis,
    read_at: datetime,
) -> ObservationChart:
    """Return the chart of what was read of a stay, its sets in the order given."""
    decision = facts.scale_decision
    return ObservationChart(
        admission_id=admission_id,
        sets=tuple(map(recorded_set, sets)),
        scale=decision["scale"] if decision else 1,
        scale_decision=_decision(admission_id, decision) if decision else None,
        basis=basis,
        next_due_at=facts.next_due_at,
        read_at=read_at,
        not_taken=tuple(map(_not_taken, facts.not_taken)),
        target_decisions=tuple(map(_target, facts.targets)),
    )


def _decision(admission_id: UUID, row: dict[str, Any]) -> SpO2ScaleDecision:
    return SpO2ScaleDecision(
        id=UUID(row["id"]),
        admission_id=admission_id,
        scale=row["scale"],
        decided_by=row["decided_by"],
        reason=row["reason"],
        occurred_at=datetime.fromisoformat(row["occurred_at"]),
    )


def _not_taken(row: dict[str, Any]) -> SetNotTaken:
    return SetNotTaken(
        id=UUID(row["id"]),
        occurred_at=datetime.fromisoformat(row["occurred_at"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        deferred_until=datetime.fromisoformat(row["deferred_until"]),
        reason=row["reason"],
        note=row["note"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        recorded_by=row["recorded_by"],
    )


def _target(row: dict[str, Any]) -> OxygenTarget:
    low, high = row["low_percent"], row["high_percent"]
    return OxygenTarget(
        id=UUID(row["id"]),
        target=None if low is None else TargetRange(low, high),
        decided_by=row["decided_by"],
        reason=row["reason"],
        occurred_at=datetime.fromisoformat(row["occurred_at"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        recorded_by=row["recorded_by"],
    )


def recorded_set(row: SetRow) -> RecordedObservations:
    """Return a set as it was stored as a value."""
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


def _vital_signs(row: SetRow) -> VitalSigns:
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


def _score(row: SetRow) -> Score | None:
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
