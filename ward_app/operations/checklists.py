"""Checklists and what became of rounds, as IT reads and loads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator

_VERSIONS = """
SELECT f.code, t.name, t.version, t.content, t.change_reason, t.recorded_at
FROM rounding.templates t LEFT JOIN public.facilities f ON f.id = t.facility_id
ORDER BY t.name, t.version DESC, f.code NULLS LAST
"""

_FACILITIES = "SELECT id, code FROM public.facilities ORDER BY code"

_NEXT_VERSION = """
SELECT 1 + coalesce(max(t.version), 0) FROM rounding.templates t
WHERE t.name = %s AND coalesce(t.facility_id = %s, true)
"""

_LOAD = """
INSERT INTO rounding.templates (id, facility_id, name, content, change_reason)
VALUES (%s, %s, %s, %s, %s)
"""

_WARDS = """
SELECT w.id, w.code FROM room.wards w
WHERE %(codes)s::text[] IS NULL OR w.code = ANY (%(codes)s)
"""

_REPORT = """
SELECT w.code, d.title, count(*) FILTER (WHERE d.outcome = 'on_time'),
    count(*) FILTER (WHERE d.outcome = 'late'), count(*) FILTER (WHERE d.outcome = 'missed'),
    count(*) FILTER (WHERE d.outcome = 'paused'), count(*) FILTER (WHERE d.outcome = 'open'),
    coalesce((SELECT jsonb_object_agg(r.deferral_reason, r.number) FROM (
        SELECT o.deferral_reason, count(*) AS number
        FROM unnest(array_agg(d) FILTER (WHERE d.outcome = 'deferred')) o
        GROUP BY o.deferral_reason) r), '{}')
FROM rounding.dues_between(%s, %s, %s) d JOIN room.wards w ON w.id = d.ward_id
GROUP BY w.code, d.title ORDER BY w.code, d.title
"""

_ANSWERED = "SELECT count(*) FROM rounding.answered_between(%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class StoredChecklist:
    """One version of a checklist. `facility` None = shipped with the program."""

    facility: str | None
    name: str
    version: int
    content: Mapping[str, Any]
    change_reason: str | None
    since: datetime


class RoundsLine(NamedTuple):
    """What became of one checklist's rounds on one ward; `deferred`: how many for each reason."""

    ward: str
    title: str
    on_time: int
    late: int
    missed: int
    paused: int
    open: int
    deferred: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Wards by their codes, None = all, and a time from `since` to before `until`, both aware."""

    wards: Sequence[str] | None
    since: datetime
    until: datetime


def checklists(admin_dsn: str, *, database: str) -> list[StoredChecklist]:
    """Return every version of every checklist, the newest of each first.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [StoredChecklist(*row) for row in connection.execute(_VERSIONS)]


def load_checklist(
    admin_dsn: str,
    content: Mapping[str, Any],
    *,
    database: str,
    facility: str | None,
    by: str,
    reason: str,
) -> int:
    """Store a checklist as the next version of its name in a hospital; return which.

    `facility` is the hospital's code; None where there is only one.

    Raises:
        RuleBrokenError: it cannot be used, nobody stands for it, or the hospital is not known.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if not by.strip() or not reason.strip():
        raise RuleBrokenError("Say who decided it and why: --by, --reason.")
    name = str(content.get("name", ""))
    with administrator(admin_dsn, database) as connection, connection.transaction():
        found_in = {code: found for found, code in connection.execute(_FACILITIES)}
        code = facility or (next(iter(found_in)) if len(found_in) == 1 else "")
        if code not in found_in:
            raise RuleBrokenError(f"Say which hospital: --facility {', '.join(found_in)}.")
        facility_id = found_in[code]
        row = connection.execute(_NEXT_VERSION, (name, facility_id)).fetchone()
        version: int = row[0] if row else 1
        stored = Jsonb(dict(content) | {"version": version})
        found = connection.execute("SELECT rounding.template_problem(%s)", (stored,)).fetchone()
        if found and found[0]:
            raise RuleBrokenError(found[0])
        words = f"{reason.strip()} Decided by {by.strip()}."
        connection.execute(_LOAD, (new_id(), facility_id, name, stored, words))
    return version


def rounds_report(admin_dsn: str, stretch: Stretch, *, database: str) -> list[RoundsLine]:
    """Return what became of the rounds that were due, a line for each ward and checklist.

    Raises:
        RuleBrokenError: there is no such ward.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        values = (_wards(connection, stretch), stretch.since, stretch.until)
        return [RoundsLine(*line) for line in connection.execute(_REPORT, values)]


def times_answered(
    admin_dsn: str, stretch: Stretch, answers: Mapping[str, str], *, database: str
) -> int:
    """Return in how many records in force all these answers were given.

    Raises:
        RuleBrokenError: there is no such ward.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        values = (_wards(connection, stretch), Jsonb(dict(answers)), stretch.since, stretch.until)
        counted = connection.execute(_ANSWERED, values).fetchone()
    return int(counted[0]) if counted else 0


def _wards(connection: psycopg.Connection[Any], stretch: Stretch) -> list[UUID]:
    found = connection.execute(_WARDS, {"codes": stretch.wards}).fetchall()
    unknown = set(stretch.wards or ()) - {code for _, code in found}
    if unknown:
        raise RuleBrokenError(
            f"There is no ward {', '.join(sorted(unknown))}. `wardctl ward list` names them."
        )
    return [ward_id for ward_id, _ in found]
