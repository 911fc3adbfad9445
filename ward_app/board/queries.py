"""The bed board in one statement: beds in ward, room and natural bed order, then "no bed"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.board.rules import mark_alike_names, name_bed_mates
from ward_app.board.types import Board, BoardBed
from ward_app.core.database import Transaction
from ward_app.patients.alert_queries import allergies, patient_flags
from ward_app.rooms.queries import wards

# One call; its columns are BoardBed's, in its order, but for the mates that come of them.
BOARD_SQL = (
    "SELECT ((b.bed).bed).*, (b.bed).due_minutes, (b.bed).due_until, (b.bed).due_decision,"
    " (b.bed).due_by, (b.bed).back_by, (b.bed).accepted_points, (b.bed).accepted_until,"
    " (b.bed).accepted_by, b.round_due_at, b.round_title, b.rounds_overdue"
    " FROM report.ward_board_v3(%(ward_ids)s) b"
)

# One patient whom row security shows, wherever she lies: the score is of her latest set in force.
_OPENED = """
SELECT b.ward_id, w.name AS ward_name, r.id AS room_id, r.name AS room_name, r.kind AS room_kind,
    d.id AS bed_id, d.label AS bed_label, true AS occupied, p.id AS patient_id,
    a.id AS admission_id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
    a.specialty, a.consultant, a.reason AS admission_reason, a.admitted_at,
    b.ward_arrived_at AS arrived_at, (
        SELECT e.expected_on FROM admission.expected_discharges e
        WHERE e.admission_id = a.id ORDER BY e.seq DESC LIMIT 1) AS expected_discharge_on,
    v.score_total AS news2_total, v.score_at_least AS news2_at_least, v.risk AS news2_risk,
    v.occurred_at AS observed_at, v.next_due_at, v.spo2_scale, v.score_pack
FROM patient.patients p
JOIN admission.bed_stays b ON b.patient_id = p.id AND upper_inf(b.during) AND b.voided_at IS NULL
JOIN admission.admissions a ON a.id = b.admission_id
JOIN room.wards w ON w.id = b.ward_id
LEFT JOIN room.beds d ON d.id = b.bed_id
LEFT JOIN room.rooms r ON r.id = d.room_id
LEFT JOIN LATERAL (
    SELECT o.* FROM report.vital_signs o
    WHERE o.admission_id = a.id AND o.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) v ON true
WHERE p.id = %s
"""
_OPENED_COLUMNS = (
    "ward_id", "ward_name", "room_id", "room_name", "room_kind", "bed_id", "bed_label",
    "occupied", "patient_id", "admission_id", "mrn", "family_name", "given_name", "title", "sex",
    "born_on", "specialty", "consultant", "admission_reason", "admitted_at", "arrived_at",
    "expected_discharge_on", "news2_total", "news2_at_least", "news2_risk", "observed_at",
    "next_due_at", "spo2_scale", "score_pack",
)  # fmt: skip


def ward_board(tx: Transaction, ward_ids: tuple[UUID, ...]) -> Board:
    """Return the board of these wards, one row per bed and patient, in bed order."""
    return board_of(tx.tuples(BOARD_SQL, {"ward_ids": list(ward_ids)}), ward_ids, tx.now)


def board_of(
    rows: Iterable[tuple[Any, ...]], ward_ids: tuple[UUID, ...], read_at: datetime
) -> Board:
    """Return the board of rows that have `BOARD_SQL`'s columns, in its order."""
    beds = name_bed_mates(mark_alike_names(map(_bed, rows)))
    return Board(ward_ids=ward_ids, beds=beds, read_at=read_at)


def hospital_board(tx: Transaction) -> Board:
    """Return the board of all wards of the facility.

    Beds of wards the reader does not work on come without their patients, occupied or not.
    """
    return ward_board(tx, tuple(ward.id for ward in wards(tx)))


def opened_patient(tx: Transaction, patient_id: UUID) -> BoardBed | None:
    """Return the row of one patient in hospital whom the session may see, on whatever ward.

    None: not in hospital, or not to be seen. What only a whole board knows (names alike, mates in
    the bed, escalations, rounds) is not in it.
    """
    found = tx.tuples(_OPENED, (patient_id,))
    if not found:
        return None
    status, known = allergies(tx, patient_id)
    flags = patient_flags(tx, patient_id)
    values: dict[str, Any] = dict.fromkeys(BoardBed._fields)
    values |= {"alike_name": False, "mates": ()}
    values |= dict(zip(_OPENED_COLUMNS, found[0], strict=True))
    values["allergy_status"] = status.value
    values["allergies"] = tuple(one.substance for one in known) or None
    values["flags"] = tuple((flag.kind.value, flag.detail) for flag in flags) or None
    return BoardBed(**values)


_make: Callable[[Any], BoardBed] = BoardBed._make
_ALLERGIES = BoardBed._fields.index("allergies")
_FLAGS = BoardBed._fields.index("flags")


def _bed(row: tuple[Any, ...]) -> BoardBed:
    """Return one row with its two arrays as tuples: a board may not be changed in place."""
    allergies, flags = row[_ALLERGIES], row[_FLAGS]
    if allergies is None and flags is None:
        return _make((*row, (), 0))
    return _make((*row, (), 0))._replace(
        allergies=allergies and tuple(allergies),
        flags=flags and tuple((kind, detail) for kind, detail in flags),
    )
