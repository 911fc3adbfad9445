"""Reads for striking out many sets: who measured what, the sets themselves, earlier groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.types import Consciousness, VitalSigns
from ward_app.strike_outs.types import ChosenSet, EarlierStrikeOut, MeasuredBy, Selection

_MEASURED_BY = """
SELECT device_source, person_id, person_name, sets, patient_ids, sets_elsewhere
FROM report.measured_by(%s, %s, %s) ORDER BY device_source, person_name
"""

# Row security lets through the charts that were opened, and those alone.
_CHOSEN = """
SELECT v.id, v.patient_id, upper(p.family_name) || ', ' || p.given_name, d.label, v.occurred_at,
    coalesce(u.display_name, 'imported'), v.device_source, v.score_total, v.score_at_least,
    v.respiratory_rate_per_min, v.spo2_percent, v.spo2_scale, v.on_oxygen,
    v.oxygen_flow_l_per_min, v.systolic_bp_mmhg, v.diastolic_bp_mmhg, v.pulse_per_min,
    v.consciousness, v.temperature_celsius
FROM admission.admissions a
JOIN report.vital_signs v ON v.admission_id = a.id
    AND v.occurred_at BETWEEN %(measured_from)s AND %(measured_until)s
JOIN patient.patients p ON p.id = v.patient_id
LEFT JOIN admission.bed_stays b ON b.admission_id = a.id AND upper_inf(b.during)
    AND b.voided_at IS NULL
LEFT JOIN room.beds d ON d.id = b.bed_id
LEFT JOIN public.users u ON u.id = v.recorded_by
WHERE a.patient_id = ANY (%(patient_ids)s) AND v.ward_id = %(ward_id)s AND v.status = 'final'
  AND (v.device_source = %(device_source)s OR v.recorded_by = %(person_id)s)
  AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
ORDER BY d.position, p.family_name, p.id, v.occurred_at
"""

_EARLIER = """
SELECT g.id, coalesce(g.device_source, who.display_name), g.measured_from, g.measured_until,
    g.reason, g.sets, g.recorded_at, u.display_name
FROM report.group_strike_outs g
LEFT JOIN public.users who ON who.id = g.person_id
LEFT JOIN public.users u ON u.id = g.recorded_by
WHERE g.ward_id = %s AND g.reinstates_id IS NULL
ORDER BY g.recorded_at DESC LIMIT 30
"""


def measured_by(
    tx: Transaction, ward_id: UUID, measured_from: datetime, measured_until: datetime
) -> tuple[MeasuredBy, ...]:
    """Return who measured on a ward with what; no values, so no chart need be open.

    Raises:
        RuleBrokenError: the stretch is longer than 31 days.
        NotPermittedError: the person may not strike out as a group on that ward.
    """
    rows = tx.rows(_measured_by, _MEASURED_BY, (ward_id, measured_from, measured_until))
    return tuple(rows)


def chosen_sets(
    tx: Transaction, selection: Selection, patient_ids: Sequence[UUID]
) -> tuple[ChosenSet, ...]:
    """Return the sets in force that are meant, of patients whose charts are open, by bed."""
    values = {
        "ward_id": selection.ward_id,
        "device_source": selection.device_source,
        "person_id": selection.person_id,
        "measured_from": selection.measured_from,
        "measured_until": selection.measured_until,
        "patient_ids": list(patient_ids),
    }
    return tuple(tx.rows(_chosen, _CHOSEN, values))


def earlier_strike_outs(tx: Transaction, ward_id: UUID) -> tuple[EarlierStrikeOut, ...]:
    """Return the latest group strike-outs of a ward, newest first; none for who may not do it."""
    return tuple(tx.rows(_earlier, _EARLIER, (ward_id,)))


def struck_out_patients(tx: Transaction, strike_out_id: UUID) -> tuple[UUID, ...]:
    """Return whose sets a group strike-out still holds: charts to open before taking it back.

    Raises:
        NotPermittedError: the person may not strike out as a group on its ward.
    """
    return tuple(tx.value("SELECT report.struck_out_patients(%s)", (strike_out_id,)))


def _measured_by(*columns: Any) -> MeasuredBy:
    device_source, person_id, person_name, sets, patient_ids, sets_elsewhere = columns
    return MeasuredBy(
        device_source=device_source,
        person_id=person_id,
        person_name=person_name,
        sets=sets,
        patient_ids=tuple(patient_ids),
        sets_elsewhere=sets_elsewhere,
    )


def _chosen(*columns: Any) -> ChosenSet:
    set_id, patient_id, patient, bed_label, at, by, device, total, at_least, *signs = columns
    return ChosenSet(
        id=set_id,
        patient_id=patient_id,
        patient=patient,
        bed_label=bed_label,
        occurred_at=at,
        recorded_by=by,
        device_source=device,
        score=_score(total, at_least),
        vital_signs=_vital_signs(*signs),
    )


def _score(total: int | None, at_least: int | None) -> str:
    if total is not None:
        return str(total)
    return "" if at_least is None else f"≥{at_least}"


def _vital_signs(*columns: Any) -> VitalSigns:
    rate, spo2, scale, on_oxygen, flow, systolic, diastolic, pulse, level, temperature = columns
    return VitalSigns(
        respiratory_rate_per_min=rate,
        spo2_percent=spo2,
        spo2_scale=scale,
        on_oxygen=on_oxygen,
        oxygen_flow_l_per_min=flow,
        systolic_bp_mmhg=systolic,
        diastolic_bp_mmhg=diastolic,
        pulse_per_min=pulse,
        consciousness=Consciousness(level) if level else None,
        temperature_celsius=temperature,
    )


def _earlier(*columns: Any) -> EarlierStrikeOut:
    strike_out_id, what, start, until, reason, sets, recorded_at, recorded_by = columns
    return EarlierStrikeOut(
        id=strike_out_id,
        what=what,
        measured_from=start,
        measured_until=until,
        reason=reason,
        sets=sets,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
    )
