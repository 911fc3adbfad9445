"""Reads of stays: the steps of one admission, and who left lately."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ward_app.admissions.rules import RawStep, stay_steps
from ward_app.admissions.types import RecentDischarge, StayEvent, StayStep
from ward_app.core.database import Transaction

# Newest first. A cancellation names the step it undid.
_STEPS = """
WITH step AS (
    SELECT a.id, 'A01' AS event, NULL::uuid AS cancels_id, a.admitted_at AS occurred_at,
        a.recorded_at, a.recorded_by, NULL::uuid AS from_ward, NULL::uuid AS from_bed,
        s.ward_id AS to_ward, s.bed_id AS to_bed, a.reason
    FROM admission.admissions a
    LEFT JOIN LATERAL (SELECT ward_id, bed_id FROM admission.bed_stays b
        WHERE b.admission_id = a.id ORDER BY lower(b.during), b.recorded_at LIMIT 1) s ON true
    WHERE a.id = %(id)s
    UNION ALL
    SELECT a.id, 'A11', a.id, a.cancelled_at, a.cancelled_at, a.cancelled_by, NULL, NULL, NULL,
        NULL, a.cancel_reason
    FROM admission.admissions a WHERE a.id = %(id)s AND a.cancelled_at IS NOT NULL
    UNION ALL
    SELECT t.id, CASE t.kind WHEN 'transfer' THEN 'A02' WHEN 'swap' THEN 'A17' ELSE 'A12' END,
        t.cancels_id, t.occurred_at, t.recorded_at, t.recorded_by, t.from_ward_id,
        t.from_bed_id, t.to_ward_id, t.to_bed_id, t.reason
    FROM admission.transfers t WHERE t.admission_id = %(id)s
    UNION ALL
    SELECT d.id, CASE WHEN d.cancels_id IS NULL THEN 'A03' ELSE 'A13' END, d.cancels_id,
        d.occurred_at, d.recorded_at, d.recorded_by, s.ward_id, s.bed_id, NULL, NULL,
        concat_ws(': ', replace(d.destination, '_', ' '), d.note)
    FROM admission.discharges d JOIN admission.bed_stays s ON s.id = d.from_stay_id
    WHERE d.admission_id = %(id)s)
SELECT step.id, step.event, step.cancels_id, step.occurred_at, step.recorded_at,
    coalesce(u.display_name, 'imported'),
    (SELECT w.name || coalesce(', bed ' || d.label, ', no bed') FROM room.wards w
     LEFT JOIN room.beds d ON d.id = from_bed WHERE w.id = from_ward),
    (SELECT w.name || coalesce(', bed ' || d.label, ', no bed') FROM room.wards w
     LEFT JOIN room.beds d ON d.id = to_bed WHERE w.id = to_ward),
    step.reason
FROM step LEFT JOIN public.users u ON u.id = step.recorded_by
ORDER BY step.recorded_at DESC, step.event DESC
"""

_LEFT_LATELY = """
SELECT a.id, p.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
    w.id, w.name, d.label, a.discharged_at, CASE WHEN EXISTS (
        SELECT FROM admission.discharges x WHERE x.admission_id = a.id
        AND x.destination = 'died' AND NOT EXISTS (
            SELECT FROM admission.discharges c WHERE c.cancels_id = x.id))
        THEN a.discharged_at ELSE p.died_at END
FROM admission.admissions a
JOIN patient.patients p ON p.id = a.patient_id
JOIN admission.bed_stays s ON s.admission_id = a.id AND s.voided_at IS NULL
    AND upper(s.during) = a.discharged_at
JOIN room.wards w ON w.id = s.ward_id
LEFT JOIN room.beds d ON d.id = s.bed_id
WHERE a.discharged_at > statement_timestamp() - interval '24 hours' AND w.id = ANY (%s)
ORDER BY a.discharged_at DESC
"""


def stay_history(tx: Transaction, admission_id: UUID) -> list[StayStep]:
    """Return the steps of one admission, newest first."""
    return stay_steps(tx.rows(_step, _STEPS, {"id": admission_id}))


def recently_discharged(tx: Transaction, ward_ids: tuple[UUID, ...]) -> list[RecentDischarge]:
    """Return who left these wards in the last 24 hours, latest first."""
    return tx.rows(RecentDischarge, _LEFT_LATELY, (list(ward_ids),))


def _step(step_id: UUID, event: str, cancels_id: UUID | None, *rest: Any) -> RawStep:
    occurred_at, recorded_at, recorded_by, from_place, to_place, reason = rest
    return RawStep(
        cancels_id=cancels_id,
        step=StayStep(
            id=step_id,
            event=StayEvent(event),
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            recorded_by=recorded_by,
            from_place=from_place,
            to_place=to_place,
            reason=reason or None,
            cancelled=False,
            can_cancel=False,
        ),
    )
