"""Words of striking out many sets at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.observations.types import VitalSigns


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBy:
    """The sets in force that one person recorded with one device on a ward, without their values.

    Attributes:
        device_source: the device, or "manual entry".
        person_id, person_name: who recorded them; None for imported ones.
        sets: how many of them may be struck out here.
        patient_ids: whose they are.
        sets_elsewhere: further ones of patients who are no longer on one of the reader's wards.
    """

    device_source: str
    person_id: UUID | None
    person_name: str | None
    sets: int
    patient_ids: tuple[UUID, ...]
    sets_elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which sets are meant: one ward, one stretch, and either a device or a person.

    Attributes:
        measured_from, measured_until: aware; both ends included.
    """

    ward_id: UUID
    device_source: str | None
    person_id: UUID | None
    measured_from: datetime
    measured_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSet:
    """One set that would be struck out.

    Attributes:
        patient: "SURNAME, Given".
        bed_label: None without a bed, or when the patient left.
        score: as stored, "7" or "≥3"; empty where nothing was scored.
    """

    id: UUID
    patient_id: UUID
    patient: str
    bed_label: str | None
    occurred_at: datetime
    recorded_by: str
    device_source: str
    score: str
    vital_signs: VitalSigns


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStrikeOut:
    """A group of sets to be struck out: exactly those that were looked at.

    Attributes:
        id: made when the sheet opened, so that saving again is the same strike-out.
    """

    id: UUID
    selection: Selection
    set_ids: tuple[UUID, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstatement:
    """The sets of an earlier group strike-out that are to count again."""

    id: UUID
    strike_out_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStrikeOut:
    """A group strike-out on record.

    Attributes:
        what: the device, or the name of the person.
        sets: how many sets were struck out.
    """

    id: UUID
    what: str
    measured_from: datetime
    measured_until: datetime
    reason: str
    sets: int
    recorded_at: datetime
    recorded_by: str
