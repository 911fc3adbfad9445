"""The building of the simulated hospital and its staff, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.demo import hospital
from ward_app.demo.hospital import FACILITY_CODE, TIME_ZONE, Bed, EmptyBed, WardPlan, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import STAFF
from ward_app.rooms.types import Readiness

FACILITY_ID = id_of("facility", FACILITY_CODE)
_WALL_MINUTES, _IDLE_MINUTES, _LOCK_MINUTES = 720, 15, 5


def add_building(load: Load) -> None:
    """Add facility, floors, wards and beds."""
    building_id = id_of("building")
    load.add(
        "public.facilities",
        id=FACILITY_ID,
        code=FACILITY_CODE,
        name=hospital.FACILITY_NAME,
        time_zone=TIME_ZONE,
    )
    load.add(
        "room.buildings", id=building_id, facility_id=FACILITY_ID, name=hospital.BUILDING_NAME
    )
    for ward in hospital.WARDS:
        floor_id = id_of("floor", ward.level)
        name = f"Level {ward.level}"
        load.add("room.floors", id=floor_id, building_id=building_id, name=name, level=ward.level)
        _add_ward(load, ward, floor_id)


def add_empty_beds(load: Load, now: datetime) -> None:
    """Add readiness and availability of the beds without a patient."""
    for ward in hospital.WARDS:
        for label, state in ward.empty.items():
            _add_empty_bed(load, ward.bed_id(label), state, now)


@dataclass(frozen=True, slots=True)
class StaffSecrets:
    """Stored forms of what invented people prove themselves with; badges by user name."""

    password_hash: str
    pin_hash: str
    badge_hashes: Mapping[str, bytes]


def add_staff(load: Load, role_ids: Mapping[str, UUID], secrets: StaffSecrets) -> None:
    """Add everybody who signs in; `role_ids` by the name of the role."""
    for one in STAFF:
        load.add(
            "public.users",
            id=one.id,
            facility_id=FACILITY_ID,
            login=one.login,
            display_name=one.name,
            profession=one.profession,
            password_hash=secrets.password_hash,
            idle_minutes=_WALL_MINUTES if one.stays_open else _IDLE_MINUTES,
            idle_lock_minutes=_WALL_MINUTES if one.stays_open else _LOCK_MINUTES,
        )
        load.add("public.badges", id=id_of("badge", one.login), user_id=one.id,
                 badge_hash=secrets.badge_hashes[one.login])  # fmt: skip
        load.add("public.pins", id=id_of("pin", one.login), user_id=one.id,
                 pin_hash=secrets.pin_hash)  # fmt: skip
        load.add("public.user_roles", user_id=one.id, role_id=role_ids[one.role])
        for code in one.wards:
            load.add("public.user_wards", user_id=one.id, ward_id=id_of("ward", code))


def add_readiness(load: Load, bed_id: UUID, readiness: Readiness, at: datetime) -> None:
    """Add one change of a bed's readiness."""
    load.add(
        "room.bed_readiness",
        id=id_of("readiness", bed_id, readiness, at),
        bed_id=bed_id,
        readiness=readiness.value,
        occurred_at=at,
        recorded_at=at,
    )


def _add_ward(load: Load, ward: WardPlan, floor_id: UUID) -> None:
    load.add(
        "room.wards",
        id=ward.id,
        facility_id=FACILITY_ID,
        floor_id=floor_id,
        code=ward.code,
        name=ward.name,
        specialty=ward.specialty,
        time_zone=TIME_ZONE,
    )
    for bed in {bed.room: bed for bed in ward.beds()}.values():
        load.add(
            "room.rooms",
            id=_room_id(ward, bed),
            floor_id=floor_id,
            ward_id=ward.id,
            name=bed.room,
            kind=bed.room_kind.value,
            position=bed.room_position,
        )
    for bed in ward.beds():
        load.add(
            "room.beds",
            id=ward.bed_id(bed.label),
            room_id=_room_id(ward, bed),
            ward_id=ward.id,
            label=bed.label,
            position=bed.position,
        )


def _room_id(ward: WardPlan, bed: Bed) -> UUID:
    return id_of("room", ward.code, bed.room)


def _add_empty_bed(load: Load, bed_id: UUID, state: EmptyBed, now: datetime) -> None:
    since = now - state.since
    add_readiness(load, bed_id, state.readiness, since)
    if state.block_reason is None:
        return
    load.add(
        "room.bed_availability",
        id=id_of("availability", bed_id),
        bed_id=bed_id,
        availability=state.availability.value,
        block_reason=state.block_reason.value,
        note=state.note,
        expected_end_at=now + state.ends_in if state.ends_in else None,
        occurred_at=since,
        recorded_at=since,
    )
