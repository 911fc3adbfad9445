"""Hospitals, wards, rooms and beds as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ward_app.operations.bootstrap import administrator
from ward_app.operations.building.office import require_hospital, ward_of

_HOSPITALS = """
SELECT f.code, f.name, f.time_zone,
    (SELECT count(*) FROM room.wards w WHERE w.facility_id = f.id),
    (SELECT count(*) FROM room.beds d JOIN room.wards w ON w.id = d.ward_id
     WHERE w.facility_id = f.id AND d.is_active)
FROM public.facilities f ORDER BY f.code
"""
_WARDS = """
SELECT w.code, w.name, f.code,
    (SELECT count(*) FROM public.user_wards uw WHERE uw.ward_id = w.id),
    (SELECT count(*) FROM room.beds d WHERE d.ward_id = w.id AND d.is_active),
    b.name, l.name, w.specialty, w.time_zone
FROM room.wards w JOIN public.facilities f ON f.id = w.facility_id
JOIN room.floors l ON l.id = w.floor_id JOIN room.buildings b ON b.id = l.building_id
ORDER BY f.code, w.code
"""
_ROOMS = """
SELECT w.code, f.code, r.name, r.kind,
    (SELECT count(*) FROM room.beds d WHERE d.room_id = r.id AND d.is_active)
FROM room.rooms r JOIN room.wards w ON w.id = r.ward_id
JOIN public.facilities f ON f.id = w.facility_id
WHERE w.id = coalesce(%(ward)s, w.id) AND f.code = coalesce(%(hospital)s, f.code)
ORDER BY f.code, w.code, r.position, r.name
"""
_BEDS = """
SELECT w.code, f.code, r.name, d.label, coalesce(s.availability, 'open'), s.block_reason, s.note,
    EXISTS (SELECT FROM admission.bed_stays b
            WHERE b.bed_id = d.id AND upper_inf(b.during) AND b.voided_at IS NULL)
FROM room.beds d JOIN room.rooms r ON r.id = d.room_id JOIN room.wards w ON w.id = d.ward_id
JOIN public.facilities f ON f.id = w.facility_id
LEFT JOIN LATERAL (SELECT * FROM room.bed_availability a
                   WHERE a.bed_id = d.id ORDER BY a.seq DESC LIMIT 1) s ON true
WHERE d.is_active = %(used)s AND w.id = coalesce(%(ward)s, w.id)
    AND f.code = coalesce(%(hospital)s, f.code)
ORDER BY f.code, w.code, d.position, d.label
"""


@dataclass(frozen=True, slots=True)
class ListedHospital:
    """A hospital and what is in it."""

    code: str
    name: str
    time_zone: str
    wards: int
    beds: int


@dataclass(frozen=True, slots=True)
class ListedWard:
    """A ward, where it is, and how many people are assigned to it."""

    code: str
    name: str
    facility: str
    people: int
    beds: int
    building: str
    floor: str
    specialty: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class ListedRoom:
    """A room of a ward."""

    ward: str
    facility: str
    name: str
    kind: str
    beds: int


@dataclass(frozen=True, slots=True)
class ListedBed:
    """A bed of a ward; who lies in it is not said here.

    Attributes:
        availability: open, blocked or closed; `why` and `note` say more where it is not open.
    """

    ward: str
    facility: str
    room: str
    label: str
    availability: str
    why: str | None
    note: str | None
    is_taken: bool


def hospitals(admin_dsn: str, *, database: str) -> list[ListedHospital]:
    """Return every hospital, by code."""
    with administrator(admin_dsn, database) as connection:
        return [ListedHospital(*row) for row in connection.execute(_HOSPITALS)]


def wards(admin_dsn: str, *, database: str) -> list[ListedWard]:
    """Return every ward, by hospital and code."""
    with administrator(admin_dsn, database) as connection:
        return [ListedWard(*row) for row in connection.execute(_WARDS)]


def rooms(
    admin_dsn: str, *, database: str, ward: str | None = None, facility: str | None = None
) -> list[ListedRoom]:
    """Return the rooms of a ward, or of all, in their order.

    Raises:
        RuleBrokenError: there is no such ward or hospital, or several.
    """
    return [ListedRoom(*row) for row in _asked(admin_dsn, database, _ROOMS, ward, facility)]


def beds(
    admin_dsn: str,
    *,
    database: str,
    ward: str | None = None,
    facility: str | None = None,
    used: bool = True,
) -> list[ListedBed]:
    """Return the beds of a ward, or of all, in their order; `used`: those in use, or the others.

    Raises:
        RuleBrokenError: there is no such ward or hospital, or several.
    """
    found = _asked(admin_dsn, database, _BEDS, ward, facility, used=used)
    return [ListedBed(*row) for row in found]


def _asked(
    admin_dsn: str,
    database: str,
    statement: str,
    ward: str | None,
    facility: str | None,
    **more: object,
) -> list[tuple[Any, ...]]:
    with administrator(admin_dsn, database) as connection:
        if facility is not None:
            require_hospital(connection, facility)
        of_ward = None if ward is None else ward_of(connection, ward, facility).id
        asked = {"ward": of_ward, "hospital": facility} | more
        return connection.execute(statement, asked).fetchall()
