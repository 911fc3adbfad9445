"""Care units as wards, and every time on a unit as a stay in a bed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.exchange.anchoring import AnchoredVisit
from ward_app.exchange.bed_assignment import UnitStay, assign_beds
from ward_app.exchange.load_plan import BEDS, ROOMS, WARDS
from ward_app.exchange.mimic_context import LATER, ImportContext
from ward_app.exchange.mimic_records import MoveRecord
from ward_app.exchange.mimic_words import ward_code, ward_name
from ward_app.rooms.types import RoomKind

_BEDS_PER_BAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WardStay:
    """A time on a ward, anchored.

    Attributes:
        ends_at: None = still there.
        ward_arrived_at: kept by moves from bed to bed.
        moved_from: transfer_id of the time before it on the same ward, else None.
    """

    move: MoveRecord
    ward_id: UUID
    begins_at: datetime
    ends_at: datetime | None
    ward_arrived_at: datetime
    moved_from: str | None

    @property
    def key(self) -> str:
        """The source's number of the move."""
        return self.move.transfer_id


def ward_stays(one: AnchoredVisit, context: ImportContext) -> list[WardStay]:
    """Return a visit's times on wards up to the anchor; there is at least one.

    Later moves go to the report.
    """
    stays: list[WardStay] = []
    for move in one.visit.moves:
        begins_at = context.timeline.instant(move.begins_at + one.shift)
        if begins_at > context.timeline.anchor:
            context.report.refuse_row(
                move.row, LATER, field="intime", value=move.row.values["intime"]
            )
            continue
        ends_at = context.timeline.instant(move.ends_at + one.shift)
        ward_id = context.ids("ward", ward_code(move.unit))
        before = stays[-1] if stays and stays[-1].ward_id == ward_id else None
        stays.append(
            WardStay(
                move=move,
                ward_id=ward_id,
                begins_at=begins_at,
                ends_at=ends_at if ends_at <= context.timeline.anchor else None,
                ward_arrived_at=before.ward_arrived_at if before else begins_at,
                moved_from=before.key if before else None,
            )
        )
    return stays


def plan_wards(stays: Sequence[WardStay], context: ImportContext) -> dict[str, UUID]:
    """Add the wards of the stays with their beds; return the bed of each stay, by its key."""
    numbers = assign_beds([_unit_stay(stay) for stay in stays])
    sizes: dict[UUID, int] = {}
    for stay in stays:
        sizes[stay.ward_id] = max(sizes.get(stay.ward_id, 0), numbers[stay.key])
    for code, unit in sorted(_units(stays).items()):
        ward_id = context.ids("ward", code)
        context.plan.add(
            WARDS,
            id=ward_id,
            facility_id=context.facility_id,
            floor_id=context.floor_id,
            code=code,
            name=ward_name(unit),
            time_zone=context.timeline.zone.key,
        )
        _add_beds(ward_id, max(sizes[ward_id], context.beds_per_ward), context=context)
    return {stay.key: context.ids("bed", stay.ward_id, numbers[stay.key]) for stay in stays}


def _unit_stay(stay: WardStay) -> UnitStay:
    return UnitStay(
        key=stay.key,
        unit=stay.ward_id,
        begins_at=stay.begins_at,
        ends_at=stay.ends_at,
        moved_from=stay.moved_from,
    )


def _units(stays: Iterable[WardStay]) -> dict[str, str]:
    """Return the care units by ward code; the first in the alphabet names the ward."""
    units = sorted({stay.move.unit for stay in stays}, reverse=True)
    return {ward_code(unit): unit for unit in units}


def _add_beds(ward_id: UUID, beds: int, *, context: ImportContext) -> None:
    for number in range(1, beds + 1):
        bay = (number - 1) // _BEDS_PER_BAY + 1
        room_id = context.ids("room", ward_id, bay)
        if number % _BEDS_PER_BAY == 1:
            context.plan.add(
                ROOMS,
                id=room_id,
                floor_id=context.floor_id,
                ward_id=ward_id,
                name=f"Bay {bay}",
                kind=RoomKind.BAY.value,
                position=bay,
            )
        context.plan.add(
            BEDS,
            id=context.ids("bed", ward_id, number),
            room_id=room_id,
            ward_id=ward_id,
            label=str(number),
            position=number,
        )
