"""Words of the building: wards, rooms, beds, readiness and availability."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


def natural_key(label: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts bed 2 before bed 10 and A2 before A10."""
    parts = re.findall(r"\d+|\D+", label)
    return tuple((0, int(part)) if part.isdigit() else (1, part.casefold()) for part in parts)
