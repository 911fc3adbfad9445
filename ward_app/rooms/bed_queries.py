"""Reads of beds to choose from."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from ward_app.core.database import Transaction
from ward_app.rooms.bed_types import BedChoice, Occupant
from ward_app.rooms.rules import bed_refusal, not_clean_caution
from ward_app.rooms.types import RoomKind

# distance: how far the bed is from where the patient lies now
_BED_CHOICES = """
SELECT d.id, d.label, w.id, w.name, r.name, r.kind, occupied.bed_id IS NOT NULL,
    ready.readiness, avail.availability, avail.block_reason, avail.expected_end_at, w.time_zone,
    CASE WHEN here.room_id = r.id THEN 0 WHEN coalesce(here.ward_id, %(ward_id)s) = w.id THEN 1
         WHEN here.floor_id = r.floor_id THEN 2 WHEN here.building_id = f.building_id THEN 3
         ELSE 4 END AS distance, lying.patients
FROM room.beds d
JOIN room.rooms r ON r.id = d.room_id
JOIN room.wards w ON w.id = d.ward_id
JOIN room.floors f ON f.id = r.floor_id
LEFT JOIN admission.occupied_beds() occupied ON occupied.bed_id = d.id
LEFT JOIN LATERAL (SELECT s.readiness FROM room.bed_readiness s
    WHERE s.bed_id = d.id ORDER BY s.seq DESC LIMIT 1) ready ON true
LEFT JOIN LATERAL (SELECT s.availability, s.block_reason, s.expected_end_at
    FROM room.bed_availability s
    WHERE s.bed_id = d.id ORDER BY s.seq DESC LIMIT 1) avail ON true
LEFT JOIN (SELECT b.bed_id, array_agg(
        ARRAY[b.admission_id::text, p.family_name, p.given_name, p.title, p.born_on::text]
        ORDER BY lower(b.during)) AS patients
    FROM admission.bed_stays b JOIN patient.patients p ON p.id = b.patient_id
    WHERE b.ward_id = ANY ((SELECT auth.ward_ids('admission.share'))::uuid[])
      AND b.bed_id IS NOT NULL AND upper_inf(b.during) AND b.voided_at IS NULL
    GROUP BY b.bed_id
) lying ON lying.bed_id = d.id
LEFT JOIN (SELECT b.ward_id, hd.room_id, hr.floor_id, hf.building_id
    FROM admission.bed_stays b
    LEFT JOIN room.beds hd ON hd.id = b.bed_id
    LEFT JOIN room.rooms hr ON hr.id = hd.room_id
    LEFT JOIN room.floors hf ON hf.id = hr.floor_id
    WHERE b.admission_id = %(admission_id)s AND upper_inf(b.during) AND b.voided_at IS NULL
) here ON true
WHERE d.is_active
ORDER BY distance, w.name, r.position, d.position
"""


def bed_choices(
    tx: Transaction, near_admission_id: UUID | None, ward_id: UUID | None
) -> list[BedChoice]:
    """Return every bed of the facility as a destination, nearest first, refused ones last.

    Near is measured from where `near_admission_id` lies; without one, `ward_id` counts as the
    patient's ward. Nobody is offered to share the bed with himself.
    """
    choices = tx.rows(
        partial(_choice, near_admission_id),
        _BED_CHOICES,
        {"admission_id": near_admission_id, "ward_id": ward_id},
    )
    return sorted(choices, key=lambda choice: choice.refusal is not None)


def _choice(  # noqa: PLR0913, PLR0917 - the columns of the statement
    own_admission_id: UUID | None,
    bed_id: UUID,
    label: str,
    ward_id: UUID,
    ward_name: str,
    room_name: str,
    room_kind: str,
    occupied: bool,  # noqa: FBT001 - a column
    readiness: str | None,
    availability: str | None,
    block_reason: str | None,
    until: datetime | None,
    time_zone: str,
    distance: int,
    patients: list[list[str | None]] | None,
) -> BedChoice:
    occupants = tuple(_occupant(*each) for each in patients or ())
    is_own = own_admission_id in {each.admission_id for each in occupants}
    return BedChoice(
        bed_id=bed_id,
        label=label,
        ward_id=ward_id,
        ward_name=ward_name,
        room_name=room_name,
        room_kind=RoomKind(room_kind),
        refusal=bed_refusal(
            occupied=occupied,
            availability=availability,
            block_reason=block_reason,
            until=until and until.astimezone(ZoneInfo(time_zone)),
        ),
        caution=not_clean_caution(label, readiness),
        distance=distance,
        occupants=() if is_own else occupants,
    )


def _occupant(
    admission_id: str | None,
    family_name: str | None,
    given_name: str | None,
    title: str | None,
    born_on: str | None,
) -> Occupant:
    return Occupant(
        admission_id=UUID(admission_id),
        family_name=family_name or "",
        given_name=given_name or "",
        title=title,
        born_on=date.fromisoformat(born_on) if born_on else None,
    )
