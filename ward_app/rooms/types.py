"""Words of the building: wards, rooms, beds, readiness and availability."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class RoomKind(StrEnum):
    """What kind of room a bed stands in."""

    BAY = "bay"
    SIDE_ROOM = "side_room"


class Readiness(StrEnum):
    """Whether an empty bed is fit for the next patient (clinical rules 2.11)."""

    CLEAN = "clean"
    DIRTY = "dirty"
    CLEANING = "cleaning"
    DELAYED = "delayed"
    SUSPENDED = "suspended"
    NEEDS_DEEP_CLEAN = "needs_deep_clean"
    AWAITING_INSPECTION = "awaiting_inspection"


class Availability(StrEnum):
    """Whether a bed may be given at all (clinical rules 2.11)."""

    OPEN = "open"
    BLOCKED = "blocked"
    CLOSED = "closed"


class BlockReason(StrEnum):
    """Why a bed is blocked or closed."""

    STAFFING = "staffing"
    ISOLATION = "isolation"
    INFECTION = "infection"
    MAINTENANCE = "maintenance"
    EQUIPMENT = "equipment"
    ESCALATION_BED = "escalation_bed"
    BAY_CLOSED = "bay_closed"
    END_OF_LIFE = "end_of_life"
    COURTESY = "courtesy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """One ward.

    Attributes:
        time_zone: IANA name; schedules and clocks of the ward are shown in it.
        wall_privacy: how a wall screen names patients: "initials" or "hidden".
    """

    id: UUID
    code: str
    name: str
    specialty: str | None
    time_zone: str
    wall_privacy: str


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


def natural_key(label: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts bed 2 before bed 10 and A2 before A10."""
    parts = re.findall(r"\d+|\D+", label)
    return tuple((0, int(part)) if part.isdigit() else (1, part.casefold()) for part in parts)
