"""A small hospital for tests: one facility, two wards, a few beds, people of several roles.

Everything has a fixed id made from its name, so that tests name things instead of looking them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

import psycopg

NAMESPACE = UUID("0b6f0c3a-6a51-5a0e-8f0e-2f7f5a1b7c11")
PASSWORD = "correct horse battery"  # noqa: S105 - of invented people in throw-away databases
PASSPHRASE = "plum lantern gravel oboe"  # noqa: S105 - seals keys and secrets of tests
STATIONS = ("ws_alpha", "ws_beta")
TIME_ZONE = "Europe/London"


def id_of(name: str) -> UUID:
    """Return the id of a thing of the test hospital, by its name."""
    return uuid5(NAMESPACE, name)


@dataclass(frozen=True)
class Person:
    login: str
    display_name: str
    role: str
    wards: tuple[str, ...]


PEOPLE = (
    Person("nora", "Nora Nurse", "nurse", ("east",)),
    Person("wes", "Wes Westward", "nurse", ("west",)),
    Person("both", "Bo Both", "charge_nurse", ("east", "west")),
    Person("hal", "Hal Assistant", "healthcare_assistant", ("east",)),
    Person("dora", "Dora Doctor", "doctor", ("east",)),
    Person("col", "Col Coordinator", "bed_coordinator", ("east", "west")),
    Person("wall", "Wall Display", "wall_display", ("east",)),
    Person("ivan", "Ivan IT", "it", ()),
    Person("ada", "Ada Admin", "administrator", ()),
    Person("audrey", "Audrey Auditor", "auditor", ("east",)),
)

# ward -> room -> bed labels; labels are out of text order on purpose (2 before 10)
WARDS = {
    "east": (
        "Ward 7 East",
        {"Bay A": ("1", "2", "3", "4"), "Bay B": ("9", "10"), "Side": ("S1",)},
    ),
    "west": ("Ward 3 West", {"Bay C": ("1", "2", "3")}),
}


def bed(ward: str, label: str) -> UUID:
    """Return the id of a bed."""
    return id_of(f"bed {ward} {label}")


def build(dsn: str) -> None:
    """Fill a migrated, empty database. `dsn` is the administrator's."""
    with psycopg.connect(dsn, options="-c role=ward_loader") as connection:
        connection.execute(
            "INSERT INTO public.installation VALUES (1, 'test', '0001')"
            " ON CONFLICT (id) DO NOTHING"
        )
        _facility(connection)
        _people(connection)
        for code, (name, rooms) in WARDS.items():
            _ward(connection, code, name, rooms)
        for person in PEOPLE:
            for ward in person.wards:
                connection.execute(
                    "INSERT INTO public.user_wards VALUES (%s, %s)",
                    (id_of(person.login), id_of(ward)),
                )


def _facility(connection):
    for code in ("main", "other"):
        connection.execute(
            "INSERT INTO public.facilities VALUES (%s, %s, %s, %s)",
            (id_of(code), code, f"{code.title()} Hospital", TIME_ZONE),
        )
        connection.execute(
            "INSERT INTO room.buildings VALUES (%s, %s, 'A')",
            (id_of(f"building {code}"), id_of(code)),
        )
        connection.execute(
            "INSERT INTO room.floors VALUES (%s, %s, 'Ground', 0)",
            (id_of(f"floor {code}"), id_of(f"building {code}")),
        )
    for station in STATIONS:
        connection.execute(
            "INSERT INTO public.workstations (id, facility_id, role_name, name)"
            " VALUES (%s, %s, %s, %s)",
            (id_of(station), id_of("main"), station, station),
        )


def _people(connection):
    for person in PEOPLE:
        connection.execute(
            "INSERT INTO public.users (id, facility_id, login, display_name, password_hash)"
            " VALUES (%s, %s, %s, %s, auth.password_hash(%s, 4))",
            (id_of(person.login), id_of("main"), person.login, person.display_name, PASSWORD),
        )
        connection.execute(
            "INSERT INTO public.user_roles SELECT %s, id FROM public.roles WHERE name = %s",
            (id_of(person.login), person.role),
        )


def _ward(connection, code, name, rooms):
    connection.execute(
        "INSERT INTO room.wards (id, facility_id, floor_id, code, name, specialty, time_zone)"
        " VALUES (%s, %s, %s, %s, %s, 'General medicine', %s)",
        (id_of(code), id_of("main"), id_of("floor main"), code, name, TIME_ZONE),
    )
    position = 0
    for room_position, (room, labels) in enumerate(rooms.items()):
        kind = "side_room" if room == "Side" else "bay"
        connection.execute(
            "INSERT INTO room.rooms VALUES (%s, %s, %s, %s, %s, %s)",
            (id_of(room), id_of("floor main"), id_of(code), room, kind, room_position),
        )
        for label in labels:
            position += 1
            connection.execute(
                "INSERT INTO room.beds (id, room_id, ward_id, label, position)"
                " VALUES (%s, %s, %s, %s, %s)",
                (bed(code, label), id_of(room), id_of(code), label, position),
            )
