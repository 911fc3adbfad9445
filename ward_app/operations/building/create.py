"""Making hospitals, wards, rooms and beds: all that was asked for, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import psycopg

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.building.office import (
    About,
    Connection,
    FoundWard,
    announce,
    changing,
    note,
    ward_of,
)
from ward_app.operations.building.plan import (
    Hospital,
    Made,
    Plan,
    PlannedRoom,
    PlannedWard,
    problems_of,
)
from ward_app.operations.staff_accounts import Office
from ward_app.rooms.types import RoomKind

_HOSPITAL = "SELECT id, code, name, time_zone FROM public.facilities WHERE lower(code) = lower(%s)"
_ADD_HOSPITAL = "INSERT INTO public.facilities (id, code, name, time_zone) VALUES (%s, %s, %s, %s)"
_BUILDING = "SELECT id FROM room.buildings WHERE facility_id = %s AND lower(name) = lower(%s)"
_ADD_BUILDING = "INSERT INTO room.buildings (id, facility_id, name) VALUES (%s, %s, %s)"
_FLOOR = "SELECT id, level FROM room.floors WHERE building_id = %s AND lower(name) = lower(%s)"
_ADD_FLOOR = "INSERT INTO room.floors (id, building_id, name, level) VALUES (%s, %s, %s, %s)"
_LIKE_WARD = """
SELECT code, name FROM room.wards
WHERE facility_id = %s AND (lower(code) = lower(%s) OR lower(name) = lower(%s))
"""
_ADD_WARD = """
INSERT INTO room.wards (id, facility_id, floor_id, code, name, specialty, time_zone)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_ROOM = "SELECT id FROM room.rooms WHERE ward_id = %s AND lower(name) = lower(%s)"
_ADD_ROOM = """
INSERT INTO room.rooms (id, floor_id, ward_id, name, kind, position)
SELECT %s, %s, %s, %s, %s, coalesce(max(position), 0) + 1 FROM room.rooms WHERE ward_id = %s
"""
_BED = "SELECT is_active FROM room.beds WHERE ward_id = %s AND lower(label) = lower(%s)"
_ADD_BED = """
INSERT INTO room.beds (id, room_id, ward_id, label, position)
SELECT %s, %s, %s, %s, coalesce(max(position), 0) + 1 FROM room.beds WHERE ward_id = %s
"""
_ZONE = "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = %s)"


def create(office: Office, plan: Plan, *, dry_run: bool = False) -> Made:
    """Make what is planned and is not there yet, as a whole or not at all; return how much.

    Hospital, building and floor may be there already, a ward may not. With `dry_run` all is made
    and taken back again.

    Raises:
        RuleBrokenError: a ward or its name is there already, a place is there otherwise than it
            is planned, or nobody stands for it; nothing was made.
    """
    made = Made()
    with changing(office) as connection:
        made = _created(connection, plan, office)
        if dry_run:
            raise psycopg.Rollback
    return made


def create_hospital(office: Office, hospital: Hospital) -> None:
    """Make a hospital without wards.

    Raises:
        RuleBrokenError: there is one of that code, or a word or its zone is wrong.
    """
    _require({"hospital_code": hospital.code, "hospital_name": hospital.name,
              "time_zone": hospital.time_zone})  # fmt: skip
    if not create(office, Plan(hospital)).hospitals:
        raise RuleBrokenError(f"There is a hospital {hospital.code} already.")


def create_ward(office: Office, ward: PlannedWard, facility: str | None) -> None:
    """Make a ward without rooms; building and floor are made where they are not there.

    `facility` is the code of the hospital, None where there is one.

    Raises:
        RuleBrokenError: there is one of that code or name, no such hospital, or a word is wrong.
    """
    _require({"ward_code": ward.code, "ward_name": ward.name, "building": ward.building,
              "floor": ward.floor, "level": str(ward.level), "specialty": ward.specialty,
              "ward_time_zone": ward.time_zone})  # fmt: skip
    with changing(office) as connection:
        _created(connection, Plan(_only_hospital(connection, facility), (ward,)), office)


def create_room(
    office: Office, ward_code: str, name: str, kind: RoomKind, *, facility: str | None
) -> None:
    """Make a room of a ward.

    Raises:
        RuleBrokenError: there is one of that name, no such ward, or the name is wrong.
    """
    _require({"room": name})
    with changing(office) as connection:
        ward = ward_of(connection, ward_code, facility)
        if connection.execute(_ROOM, (ward.id, name)).fetchone():
            raise RuleBrokenError(f"Ward {ward.code} has a room {name} already.")
        room_id = _add_room(connection, ward, PlannedRoom(name, kind))
        about = About("room.rooms", room_id, ward.id)
        note(connection, f"Room {name} was made.", office, about)


def create_beds(
    office: Office, ward_code: str, room: str, labels: Sequence[str], *, facility: str | None
) -> None:
    """Make beds in a room of a ward, after those that are there.

    Raises:
        RuleBrokenError: there is no such ward or room, the ward has such a bed, or a label is
            wrong; none of them was made.
    """
    for label in labels:
        _require({"bed": label})
    if len({label.casefold() for label in labels}) < len(labels):
        raise RuleBrokenError("One bed is named twice. Say each once.")
    with changing(office) as connection:
        ward = ward_of(connection, ward_code, facility)
        found = connection.execute(_ROOM, (ward.id, room)).fetchone()
        if found is None:
            raise RuleBrokenError(
                f"Ward {ward.code} has no room {room}. `wardctl room list` names them."
            )
        for label in labels:
            _add_bed(connection, ward, found[0], label)
        words = f"Beds {', '.join(labels)} were made."
        note(connection, words, office, About("room.rooms", found[0], ward.id))
        announce(connection, ward.id)


def _created(connection: Connection, plan: Plan, office: Office) -> Made:
    hospital_id, is_new = _hospital(connection, plan.hospital)
    for ward in plan.wards:
        _add_ward(connection, hospital_id, ward, plan.hospital)
    rooms = [room for ward in plan.wards for room in ward.rooms]
    made = Made(
        hospitals=int(is_new),
        wards=len(plan.wards),
        rooms=len(rooms),
        beds=sum(len(room.beds) for room in rooms),
    )
    wards = ", ".join(ward.code for ward in plan.wards) or "no ward"
    words = f"{plan.hospital.name}: {wards}, {made.rooms} rooms and {made.beds} beds were made."
    note(connection, words, office, About("public.facilities", hospital_id))
    return made


def _hospital(connection: Connection, wanted: Hospital) -> tuple[UUID, bool]:
    """Return the hospital, and whether it was made just now."""
    found = connection.execute(_HOSPITAL, (wanted.code,)).fetchone()
    if found is None:
        _require_zone(connection, wanted.time_zone)
        hospital_id = new_id()
        values = (hospital_id, wanted.code, wanted.name, wanted.time_zone)
        connection.execute(_ADD_HOSPITAL, values)
        return hospital_id, True
    there = Hospital(*found[1:])
    if there != wanted:
        raise RuleBrokenError(
            f"There is a hospital {there.code}, named “{there.name}”, in {there.time_zone}, and "
            f"not {wanted.code}, “{wanted.name}”, in {wanted.time_zone}. Write it as it is there."
        )
    return found[0], False


def _only_hospital(connection: Connection, code: str | None) -> Hospital:
    found = connection.execute(
        "SELECT code, name, time_zone FROM public.facilities WHERE code = coalesce(%s, code)",
        (code,),
    ).fetchall()
    if not found:
        raise RuleBrokenError(
            "There is no such hospital. `wardctl hospital list` names them; "
            "`wardctl hospital create` makes one."
        )
    if len(found) > 1:
        raise RuleBrokenError("Say which hospital: --facility.")
    return Hospital(*found[0])


def _add_ward(
    connection: Connection, hospital_id: UUID, ward: PlannedWard, hospital: Hospital
) -> None:
    like = connection.execute(_LIKE_WARD, (hospital_id, ward.code, ward.name)).fetchone()
    if like is not None:
        raise RuleBrokenError(
            f"There is a ward {like[0]} “{like[1]}” already, so {ward.code} “{ward.name}” was not "
            "made. Beds are added to a ward by: wardctl bed create."
        )
    zone = ward.time_zone or hospital.time_zone
    _require_zone(connection, zone)
    made = FoundWard(new_id(), _floor(connection, hospital_id, ward), ward.code, ward.name)
    values = (made.id, hospital_id, made.floor_id, ward.code, ward.name, ward.specialty, zone)
    connection.execute(_ADD_WARD, values)
    for room in ward.rooms:
        room_id = _add_room(connection, made, room)
        for label in room.beds:
            _add_bed(connection, made, room_id, label)


def _floor(connection: Connection, hospital_id: UUID, ward: PlannedWard) -> UUID:
    """Return the floor of a ward, made where it is not there."""
    found = connection.execute(_BUILDING, (hospital_id, ward.building)).fetchone()
    building_id = found[0] if found else new_id()
    if not found:
        connection.execute(_ADD_BUILDING, (building_id, hospital_id, ward.building))
    floor = connection.execute(_FLOOR, (building_id, ward.floor)).fetchone()
    if floor is None:
        floor = (new_id(), ward.level)
        connection.execute(_ADD_FLOOR, (floor[0], building_id, ward.floor, ward.level))
    if floor[1] != ward.level:
        raise RuleBrokenError(
            f"{ward.floor} of {ward.building} is level {floor[1]}, and not {ward.level}. "
            "Write it as it is there."
        )
    return UUID(str(floor[0]))


def _add_room(connection: Connection, ward: FoundWard, room: PlannedRoom) -> UUID:
    room_id = new_id()
    values = (room_id, ward.floor_id, ward.id, room.name, room.kind.value, ward.id)
    connection.execute(_ADD_ROOM, values)
    return room_id


def _add_bed(connection: Connection, ward: FoundWard, room_id: UUID, label: str) -> None:
    there = connection.execute(_BED, (ward.id, label)).fetchone()
    if there is not None:
        again = "A closed one is opened by: wardctl bed reopen."
        if not there[0]:
            again = "It is out of use; it is used again by: wardctl bed reinstate."
        raise RuleBrokenError(f"Ward {ward.code} has a bed {label} already. {again}")
    connection.execute(_ADD_BED, (new_id(), room_id, ward.id, label, ward.id))


def _require(words: dict[str, str | None]) -> None:
    if wrong := problems_of(words):
        raise RuleBrokenError(" ".join(wrong))


def _require_zone(connection: Connection, name: str) -> None:
    """Refuse a zone that the server does not know: it makes the times of schedules."""
    row = connection.execute(_ZONE, (name,)).fetchone()
    if row is None or not row[0]:
        raise RuleBrokenError(f"The server does not know the time zone {name}. Write another.")
