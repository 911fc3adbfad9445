"""Whose stay a sheet is about, and whose clock it is read on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from ui.context import Context
from ui.formats import mates_text, person_name
from ward_app.board.types import BoardBed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A running stay as the sheets need it.

    Attributes:
        name: "SURNAME, Given (Title)".
        bed_label: None = on the ward without a bed.
        shared_with: who else lies in the bed; empty for nobody.
    """

    admission_id: UUID
    patient_id: UUID
    name: str
    ward_id: UUID
    ward_name: str
    bed_label: str | None
    shared_with: str = ""


def stay_of_row(row: BoardBed) -> Stay | None:
    """Return the stay shown in a row of the board, None when no patient is shown there."""
    if row.admission_id is None or row.patient_id is None:
        return None
    return Stay(
        admission_id=row.admission_id,
        patient_id=row.patient_id,
        name=person_name(row.family_name, row.given_name, row.title),
        ward_id=row.ward_id,
        ward_name=row.ward_name,
        bed_label=row.bed_label,
        shared_with=mates_text(row.mates),
    )


def ward_zone(context: Context, ward_id: UUID) -> tzinfo:
    """Return the time zone a ward lives by; UTC for a ward nobody told of."""
    for ward in (*context.wards, *context.signed_in.wards):
        if ward.id == ward_id:
            return ZoneInfo(ward.time_zone)
    return UTC
