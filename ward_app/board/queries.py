"""The bed board in one statement: beds in ward, room and natural bed order, then "no bed"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ward_app.board.rules import mark_alike_names
from ward_app.board.types import Board, BoardBed
from ward_app.core.database import Transaction

# The columns are BoardBed's, in its order. Occupancy of wards out of reach comes from a function
# that names no patient; everything about a patient is what row security lets the reader see.
BOARD_SQL = """
WITH place AS (
    SELECT w.id AS ward_id, w.name AS ward_name, r.id AS room_id, r.name AS room_name,
        r.kind AS room_kind, r.position AS room_position, d.id AS bed_id, d.label, d.position,
        s.admission_id, s.patient_id, s.ward_arrived_at, lower(s.during) AS since
    FROM room.wards w
    JOIN room.rooms r ON r.ward_id = w.id
    JOIN room.beds d ON d.room_id = r.id AND d.is_active
    LEFT JOIN admission.bed_stays s
        ON s.bed_id = d.id AND upper_inf(s.during) AND s.voided_at IS NULL
    WHERE w.id = ANY (%(ward_ids)s)
    UNION ALL
    SELECT w.id, w.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        s.admission_id, s.patient_id, s.ward_arrived_at, lower(s.during)
    FROM room.wards w
    JOIN admission.bed_stays s ON s.ward_id = w.id AND s.bed_id IS NULL
        AND upper_inf(s.during) AND s.voided_at IS NULL
    WHERE w.id = ANY (%(ward_ids)s)
)
SELECT place.ward_id, place.ward_name, place.room_id, place.room_name, place.room_kind,
    place.bed_id, place.label, taken.bed_id IS NOT NULL OR place.bed_id IS NULL,
    CASE WHEN place.bed_id IS NOT NULL THEN coalesce(ready.readiness, 'clean') END,
    ready.occurred_at,
    CASE WHEN place.bed_id IS NOT NULL THEN coalesce(open.availability, 'open') END,
    open.block_reason, open.expected_end_at,
    p.id, a.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
    a.specialty, a.consultant, a.reason, a.admitted_at, place.ward_arrived_at,
    expected.expected_on,
    CASE WHEN p.id IS NULL THEN NULL WHEN allergy.substances IS NOT NULL THEN 'present'
         WHEN allergy.none_known THEN 'none_known' ELSE 'not_recorded' END,
    allergy.substances, flag.pairs,
    news.score_total, news.score_at_least, news.risk, news.previous_total, news.observed_at,
    news.next_due_at, news.spo2_scale, false
FROM place
LEFT JOIN admission.occupied_beds() taken ON taken.bed_id = place.bed_id
LEFT JOIN LATERAL (SELECT b.readiness, b.occurred_at FROM room.bed_readiness b
    WHERE b.bed_id = place.bed_id ORDER BY b.seq DESC LIMIT 1) ready ON true
LEFT JOIN LATERAL (SELECT b.availability, b.block_reason, b.expected_end_at
    FROM room.bed_availability b
    WHERE b.bed_id = place.bed_id ORDER BY b.seq DESC LIMIT 1) open ON true
LEFT JOIN admission.admissions a ON a.id = place.admission_id
LEFT JOIN patient.patients p ON p.id = place.patient_id
LEFT JOIN LATERAL (SELECT e.expected_on FROM admission.expected_discharges e
    WHERE e.admission_id = place.admission_id ORDER BY e.seq DESC LIMIT 1) expected ON true
LEFT JOIN LATERAL (
    SELECT array_agg(g.substance ORDER BY g.seq) FILTER (WHERE g.status = 'active') AS substances,
        bool_or(g.status = 'none_known') AS none_known
    FROM patient.allergies g WHERE g.patient_id = place.patient_id
      AND NOT EXISTS (SELECT FROM patient.allergies c WHERE c.supersedes_id = g.id)
) allergy ON true
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[kind, detail] ORDER BY kind) AS pairs FROM (
        SELECT DISTINCT ON (f.kind) f.kind, f.detail, f.active FROM patient.patient_flags f
        WHERE f.patient_id = place.patient_id ORDER BY f.kind, f.seq DESC) latest
    WHERE active) flag ON true
LEFT JOIN report.latest_scores(%(ward_ids)s) news ON news.admission_id = place.admission_id
ORDER BY place.ward_name, place.ward_id, place.bed_id IS NULL, place.room_position,
    place.position, place.since
"""

_ALL_WARDS = "SELECT array_agg(id ORDER BY name) FROM room.wards"


def ward_board(tx: Transaction, ward_ids: tuple[UUID, ...]) -> Board:
    """Return the board of these wards, one row per bed and patient, in bed order."""
    rows = tx.tuples(BOARD_SQL, {"ward_ids": list(ward_ids)})
    return Board(ward_ids=ward_ids, beds=mark_alike_names(map(_bed, rows)), read_at=tx.now)


def hospital_board(tx: Transaction) -> Board:
    """Return the board of all wards of the facility.

    Beds of wards the reader does not work on come without their patients, occupied or not.
    """
    ward_ids: list[UUID] = tx.value(_ALL_WARDS) or []
    return ward_board(tx, tuple(ward_ids))


_make: Callable[[Any], BoardBed] = BoardBed._make
_ALLERGIES = BoardBed._fields.index("allergies")
_FLAGS = BoardBed._fields.index("flags")


def _bed(row: tuple[Any, ...]) -> BoardBed:
    """Return one row with its two arrays as tuples: a board may not be changed in place."""
    allergies, flags = row[_ALLERGIES], row[_FLAGS]
    if allergies is None and flags is None:
        return _make(row)
    return _make(row)._replace(
        allergies=allergies and tuple(allergies),
        flags=flags and tuple((kind, detail) for kind, detail in flags),
    )
