"""Words of beds: their state and its history, who lies in them, and which may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ward_app.rooms.types import Availability, BlockReason, Readiness, RoomKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BedState:
    """One change of a bed's readiness or availability, as it will be recorded."""

    id: UUID
    bed_id: UUID
    occurred_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessChange:
    """The bed became clean, dirty and so on."""

    state: BedState
    readiness: Readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChange:
    """The bed was opened, blocked or closed; a reason is needed unless it was opened."""

    state: BedState
    availability: Availability
    block_reason: BlockReason | None = None
    expected_end_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BedChange:
    """What a nurse changed of one bed; None = that axis was left alone."""

    readiness: ReadinessChange | None = None
    availability: AvailabilityChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """A patient in a bed that the reader may let another one share."""

    admission_id: UUID
    family_name: str
    given_name: str
    title: str | None
    born_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BedChoice:
    """One bed as a destination: where it is and why it may not be chosen.

    Attributes:
        refusal: None when the bed can be given now, else why not, as a sentence.
        caution: a reason to ask before giving it (not clean yet), or None.
        distance: 0 same room, 1 same ward, 2 same floor, 3 same building, 4 elsewhere.
        occupants: who lies in a bed that the reader may let another patient share; else empty.
    """

    bed_id: UUID
    label: str
    ward_id: UUID
    ward_name: str
    room_name: str
    room_kind: RoomKind
    refusal: str | None
    caution: str | None
    distance: int
    occupants: tuple[Occupant, ...] = ()
