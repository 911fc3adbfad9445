"""Whose observations a sheet or panel is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID

from ui.patients.banner import patient_name
from ward_app.board.types import BoardBed


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A current patient: never a bed alone.

    Attributes:
        name: "SURNAME, Given (Title)".
        zone: of the ward; times are typed and shown in it.
        scale: SpO2 scale in force as the board knew it; the chart knows it better.
        born_on: None = unknown.
    """

    patient_id: UUID
    admission_id: UUID
    name: str
    zone: tzinfo
    scale: int = 1
    born_on: date | None = None


def subject_of(row: BoardBed, zone: tzinfo) -> Subject:
    """Return the patient of an occupied board row.

    Raises:
        ValueError: the row has no patient whom the reader may see.
    """
    if row.patient_id is None or row.admission_id is None:
        raise ValueError("a bed without a patient has no observations")
    return Subject(
        patient_id=row.patient_id,
        admission_id=row.admission_id,
        name=patient_name(row),
        zone=zone,
        scale=row.spo2_scale or 1,
        born_on=row.born_on,
    )
