"""The building of the simulated hospital: wards, bays, side rooms, beds. Data and their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid5

from ward_app.rooms.types import Availability, BlockReason, Readiness, RoomKind

FACILITY_CODE = "demo"
FACILITY_NAME = "Demo General Hospital (synthetic)"
BUILDING_NAME = "Main building"
TIME_ZONE = "Europe/London"

_NAMESPACE = UUID("6c9d7a52-8f0b-5a36-9d0e-0d2b1f6f6a11")


def id_of(*words: object) -> UUID:
    """Return the id of a thing of the simulated hospital, always the same for the same words."""
    return uuid5(_NAMESPACE, " ".join(map(str, words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyBed:
    """The state of a bed nobody lies in.

    Attributes:
        since: how long ago it came to that.
        block_reason: None = open.
        closed: closed rather than blocked.
        ends_in: when a block is expected to end; None = not said.
    """

    readiness: Readiness = Readiness.CLEAN
    since: timedelta = timedelta(hours=3)
    block_reason: BlockReason | None = None
    closed: bool = False
    ends_in: timedelta | None = None
    note: str | None = None

    @property
    def availability(self) -> Availability:
        """Whether the bed may be given."""
        if self.block_reason is None:
            return Availability.OPEN
        return Availability.CLOSED if self.closed else Availability.BLOCKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """One bed place in its room."""

    label: str
    position: int
    room: str
    room_kind: RoomKind
    room_position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WardPlan:
    """One ward: its bays, then its side rooms, with beds numbered through.

    Attributes:
        prefix: stands before every bed number.
        bays: number of beds of each bay.
        empty: label of every bed without a patient -> its state.
    """

    code: str
    name: str
    specialty: str
    level: int
    bays: tuple[int, ...]
    side_rooms: int
    consultants: tuple[str, ...]
    prefix: str = ""
    empty: Mapping[str, EmptyBed] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """Id of the ward."""
        return id_of("ward", self.code)

    def bed_id(self, label: str) -> UUID:
        """Return the id of a bed by its label."""
        return id_of("bed", self.code, label)

    def beds(self) -> Iterator[Bed]:
        """Yield the beds in bed order."""
        position = 0
        for room_position, (room, kind, size) in enumerate(self._rooms(), start=1):
            for _ in range(size):
                position += 1
                label = f"{self.prefix}{position}"
                yield Bed(
                    label=label,
                    position=position,
                    room=room or f"Side room {label}",
                    room_kind=kind,
                    room_position=room_position,
                )

    def occupied(self) -> list[str]:
        """Return the labels of the beds with a patient, in bed order."""
        return [bed.label for bed in self.beds() if bed.label not in self.empty]

    def _rooms(self) -> Iterator[tuple[str | None, RoomKind, int]]:
        for letter, size in zip("ABCDEFGH", self.bays, strict=False):
            yield f"Bay {letter}", RoomKind.BAY, size
        for _ in range(self.side_rooms):
            yield None, RoomKind.SIDE_ROOM, 1


SEVEN_EAST = WardPlan(
    code="7E",
    name="Ward 7 East",
    specialty="General medicine",
    level=7,
    bays=(6, 6, 6, 6),
    side_rooms=6,
    consultants=("Dr Mensah", "Dr Lindqvist", "Dr Rahman"),
    empty={
        "6": EmptyBed(since=timedelta(hours=6)),
        "11": EmptyBed(readiness=Readiness.DIRTY, since=timedelta(minutes=50)),
        "14": EmptyBed(since=timedelta(hours=2)),
        "19": EmptyBed(readiness=Readiness.CLEANING, since=timedelta(minutes=20)),
        "23": EmptyBed(since=timedelta(hours=19)),
        "30": EmptyBed(
            since=timedelta(hours=27),
            block_reason=BlockReason.MAINTENANCE,
            ends_in=timedelta(hours=21),
            note="Oxygen outlet",
        ),
    },
)
FOUR_WEST = WardPlan(
    code="4W",
    name="Ward 4 West",
    specialty="General surgery",
    level=4,
    bays=(6, 6, 6, 6),
    side_rooms=4,
    consultants=("Miss Okonjo", "Mr Petrov", "Mr Byrne"),
    empty={
        "3": EmptyBed(since=timedelta(hours=4)),
        "9": EmptyBed(readiness=Readiness.DIRTY, since=timedelta(minutes=80)),
        "16": EmptyBed(since=timedelta(hours=9)),
        "17": EmptyBed(since=timedelta(hours=30), block_reason=BlockReason.STAFFING),
        "18": EmptyBed(since=timedelta(hours=30), block_reason=BlockReason.STAFFING),
        "26": EmptyBed(readiness=Readiness.NEEDS_DEEP_CLEAN, since=timedelta(hours=5)),
    },
)
ADMISSIONS_UNIT = WardPlan(
    code="AAU",
    name="Acute Admissions Unit",
    specialty="Acute medicine",
    level=1,
    bays=(5, 5, 5),
    side_rooms=5,
    prefix="A",
    consultants=("Dr Farouk", "Dr Haverkamp"),
    empty={
        "A4": EmptyBed(since=timedelta(hours=1)),
        "A13": EmptyBed(readiness=Readiness.CLEANING, since=timedelta(minutes=35)),
        "A18": EmptyBed(readiness=Readiness.AWAITING_INSPECTION, since=timedelta(minutes=15)),
    },
)
FIVE_NORTH = WardPlan(
    code="5N",
    name="Ward 5 North",
    specialty="Care of older people",
    level=5,
    bays=(5, 5, 5, 5),
    side_rooms=4,
    consultants=("Dr Asante", "Dr Moreau"),
    empty={
        "8": EmptyBed(since=timedelta(hours=11)),
        "14": EmptyBed(
            since=timedelta(hours=40),
            block_reason=BlockReason.BAY_CLOSED,
            closed=True,
            ends_in=timedelta(hours=32),
            note="Norovirus in the bay",
        ),
        "15": EmptyBed(
            since=timedelta(hours=40),
            block_reason=BlockReason.BAY_CLOSED,
            closed=True,
            ends_in=timedelta(hours=32),
            note="Norovirus in the bay",
        ),
    },
)
WARDS = (SEVEN_EAST, FOUR_WEST, ADMISSIONS_UNIT, FIVE_NORTH)
