"""Changing the building: one at a time, as the server's administrator, on record with who and why.

Each row that is made is in the audit trail by itself, with the role in the database that made it.
What was decided, by whom and why stands there once more, in words, as one entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.decision import deciding
from ward_app.operations.staff_accounts import Office

Connection = psycopg.Connection[Any]

_LOCK = "LOCK TABLE room.buildings IN SHARE ROW EXCLUSIVE MODE"
# the trail shows what stands under "decided"
_NOTE = """
INSERT INTO audit.change_logs (xact, schema_name, table_name, action, row_id, after, ward_id,
    database_role)
VALUES (pg_current_xact_id()::text::bigint, %s, %s, %s, %s, %s, %s, session_user::text)
"""
_TELL = "SELECT pg_notify('ward', %s || ':beds')"
_HOSPITAL = "SELECT FROM public.facilities WHERE code = %s"
_WARD = """
SELECT w.id, w.floor_id, w.code, w.name FROM room.wards w
JOIN public.facilities f ON f.id = w.facility_id
WHERE lower(w.code) = lower(%s) AND f.code = coalesce(%s, f.code)
"""


@dataclass(frozen=True, slots=True)
class FoundWard:
    """A ward that is there."""

    id: UUID
    floor_id: UUID
    code: str
    name: str


@contextmanager
def changing(office: Office) -> Iterator[Connection]:
    """Yield the administrator's connection in a transaction, while nobody else changes it.

    Raises:
        RuleBrokenError: nobody stands for it, or it has no reason; or the database refused it.
    """
    _ = office.words
    with deciding(office.admin_dsn, office.database) as connection:
        connection.execute(_LOCK)
        yield connection


@dataclass(frozen=True, slots=True)
class About:
    """The row that a decision is about.

    Attributes:
        table: as "room.beds".
        ward_id: where it is; None = a hospital.
    """

    table: str
    id: UUID
    ward_id: UUID | None = None


def note(connection: Connection, what: str, office: Office, about: About) -> None:
    """Put into the audit trail what was decided, with who and why."""
    schema, table = about.table.split(".")
    action = "CREATE" if about.ward_id is None else "UPDATE"
    words = Jsonb({"decided": f"{what} {office.words}"})
    connection.execute(_NOTE, (schema, table, action, about.id, words, about.ward_id))


def announce(connection: Connection, ward_id: UUID) -> None:
    """Have the boards of a ward read its beds anew."""
    connection.execute(_TELL, (str(ward_id),))


def require_hospital(connection: Connection, code: str) -> None:
    """Refuse the code of a hospital that is not there.

    Raises:
        RuleBrokenError: it is not.
    """
    if connection.execute(_HOSPITAL, (code,)).fetchone() is None:
        raise RuleBrokenError(f"There is no hospital {code}. `wardctl hospital list` names them.")


def ward_of(connection: Connection, code: str, facility: str | None) -> FoundWard:
    """Return a ward by its code.

    Raises:
        RuleBrokenError: there is none, or several hospitals have one.
    """
    found = connection.execute(_WARD, (code.strip(), facility)).fetchall()
    if len(found) > 1:
        raise RuleBrokenError(f"Several hospitals have a ward {code}. Say which: --facility.")
    if not found:
        raise RuleBrokenError(f"There is no ward {code}. `wardctl ward list` names them.")
    return FoundWard(*found[0])
