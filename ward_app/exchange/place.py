"""Where an import goes: the hospital, its building for the data set, and who works there.

The first import keeps its anchor in `public.imports`, so that a later one can tell whether it
is the same. Writing it there also keeps two imports apart: the second waits for the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from ward_app.core.environment import Environment
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.exchange.anchoring import read_anchor
from ward_app.exchange.load_plan import SourceIds
from ward_app.exchange.mimic_context import DATA_SET

_BUILDING = "MIMIC-IV demo"
_FLOOR = "Care units"


@dataclass(frozen=True, slots=True)
class Facility:
    """The hospital that an import goes to."""

    id: UUID
    name: str
    zone: ZoneInfo


def find_facility(connection: psycopg.Connection[Any], code: str | None) -> Facility:
    """Return the hospital with the code, or the only one.

    Raises:
        RuleBrokenError: there is none, or it must be said which.
    """
    rows = connection.execute(
        "SELECT code, id, name, time_zone FROM public.facilities ORDER BY code"
    ).fetchall()
    if not rows:
        raise RuleBrokenError(
            "The database has no hospital yet. Make one first: wardctl seed --demo."
        )
    found = [row for row in rows if code in {None, row[0]}]
    if len(found) != 1:
        codes = ", ".join(row[0] for row in rows)
        raise RuleBrokenError(f"Say which hospital with --facility: {codes}.")
    _code, facility_id, name, time_zone = found[0]
    return Facility(facility_id, name, ZoneInfo(time_zone))


def refuse_production(connection: psycopg.Connection[Any], *, anyway: bool) -> None:
    """Let pass only a database without patients of its own, unless somebody insists.

    Raises:
        NotPermittedError: the database is for production or staging.
    """
    row = connection.execute("SELECT environment FROM public.installation").fetchone()
    named = Environment(row[0]) if row else None
    if named is not None and named.has_real_patients and not anyway:
        raise NotPermittedError(
            f"This database is for {named}. The patients of MIMIC-IV are none of this "
            "hospital's, and nothing removes them again. Import into a demo or training "
            "database, or say --into-production."
        )


def find_people(
    connection: psycopg.Connection[Any], facility: Facility, *, logins: Sequence[str]
) -> list[UUID]:
    """Return the ids of the people with these logins.

    Raises:
        RuleBrokenError: one of them is not there.
    """
    wanted = {login.strip().lower() for login in logins}
    rows = connection.execute(
        "SELECT login, id FROM public.users WHERE facility_id = %s AND login = ANY (%s)",
        (facility.id, list(wanted)),
    ).fetchall()
    missing = sorted(wanted - {login for login, _id in rows})
    if missing:
        raise RuleBrokenError(f"{facility.name} has nobody with the login {missing[0]}.")
    return [user_id for _login, user_id in rows]


def keep_anchor(
    connection: psycopg.Connection[Any], facility: Facility, *, anchor_text: str
) -> datetime:
    """Return the anchor in UTC, kept from the first import on; "now" means that of the first.

    Raises:
        RuleBrokenError: the anchor cannot be used.
        ConflictError: the data set was imported with another anchor.
    """
    now = _value(connection, "SELECT clock_timestamp()")
    asked = read_anchor(anchor_text, now=now, zone=facility.zone)
    connection.execute(
        "INSERT INTO public.imports (id, facility_id, data_set, anchor_at)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT (facility_id, data_set) DO NOTHING",
        (SourceIds(facility.id, DATA_SET)("import"), facility.id, DATA_SET, asked),
    )
    found: datetime = _value(
        connection,
        "SELECT anchor_at FROM public.imports WHERE facility_id = %s AND data_set = %s",
        facility.id,
        DATA_SET,
    ).astimezone(UTC)
    if found != asked and anchor_text.strip().lower() != "now":
        raise ConflictError(
            f"This data set was imported with the anchor {found.astimezone(facility.zone)}; its "
            "stays cannot be moved afterwards. Leave --anchor out to add what is missing, or "
            "import into another database. Nothing was imported."
        )
    return found


def make_floor(connection: psycopg.Connection[Any], facility: Facility) -> UUID:
    """Return the floor of the imported wards, made with its building if it is missing."""
    ids = SourceIds(facility.id, DATA_SET)
    connection.execute(
        "INSERT INTO room.buildings (id, facility_id, name) VALUES (%s, %s, %s)"
        " ON CONFLICT (id) DO NOTHING",
        (ids("building"), facility.id, _BUILDING),
    )
    connection.execute(
        "INSERT INTO room.floors (id, building_id, name, level) VALUES (%s, %s, %s, 0)"
        " ON CONFLICT (id) DO NOTHING",
        (ids("floor"), ids("building"), _FLOOR),
    )
    return ids("floor")


def grant_wards(
    connection: psycopg.Connection[Any], people: Iterable[UUID], *, ward_ids: Sequence[UUID]
) -> int:
    """Assign the people to the wards; return how many assignments were missing."""
    granted = 0
    for user_id in people:
        granted += connection.execute(
            "INSERT INTO public.user_wards (user_id, ward_id) SELECT %s, unnest(%s::uuid[])"
            " ON CONFLICT (user_id, ward_id) DO NOTHING",
            (user_id, list(ward_ids)),
        ).rowcount
    return granted


def _value(connection: psycopg.Connection[Any], statement: str, *values: Any) -> Any:
    row = connection.execute(statement, values).fetchone()
    return row and row[0]
