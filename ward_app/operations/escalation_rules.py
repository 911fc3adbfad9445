"""The rules of escalation as IT sets them: who decided it stands with each, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.escalations.types import Level, ResponderRole, RuleStep
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import require_decider

_IN_FORCE = """
SELECT DISTINCT ON (r.level, r.step, r.facility_id, r.ward_id) w.code, r.level, r.step, r.role,
    r.acknowledge_minutes, r.arrive_minutes, r.renotify_minutes, r.cascade_minutes, r.source,
    r.is_active, f.code, r.set_by
FROM report.escalation_rules r
LEFT JOIN room.wards w ON w.id = r.ward_id
LEFT JOIN public.facilities f ON f.id = r.facility_id
ORDER BY r.level, r.step, r.facility_id, r.ward_id, r.seq DESC
"""

_SET = """
INSERT INTO report.escalation_rules (id, facility_id, ward_id, level, step, role,
    acknowledge_minutes, arrive_minutes, renotify_minutes, cascade_minutes, is_active, source,
    set_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

_WARD = """
SELECT w.id, w.facility_id FROM room.wards w
JOIN public.facilities f ON f.id = w.facility_id
WHERE w.code = %s AND (%s::text IS NULL OR f.code = %s)
"""
_FIRST_STEP, _LAST_STEP = 1, 9
_MOST_MINUTES = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """One step in force, where it comes from, and who decided it.

    Attributes:
        facility_code: the hospital it is made for; None = what the program ships.
        set_by: who decided it, by name.
    """

    step: RuleStep
    facility_code: str | None
    set_by: str


def steps_in_force(admin_dsn: str, *, database: str) -> list[SetStep]:
    """Return every step in force: the program's, the hospitals', and those of single wards.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        rows = connection.execute(_IN_FORCE).fetchall()
    return [_set_step(row) for row in rows if row[9]]


def set_step(
    admin_dsn: str, step: RuleStep, *, database: str, set_by: str, facility: str | None = None
) -> None:
    """Set one step from now on; escalations that are open keep the rule they began with.

    Args:
        admin_dsn: how the server's administrator connects.
        step: its `ward_code` None = every ward of the hospital.
        database: the ward database.
        set_by: who decided it, by name.
        facility: code of the hospital; None when the database has only one.

    Raises:
        RuleBrokenError: the step, its minutes, the ward or the name cannot be used.
        DatabaseUnavailableError: the server cannot be reached.
    """
    _check(step, set_by)
    _add(admin_dsn, step, (database, facility, set_by), is_active=True)


def remove_step(
    admin_dsn: str, step: RuleStep, *, database: str, set_by: str, facility: str | None = None
) -> None:
    """Take a step away from now on; its history stays. Raises as `set_step`."""
    _check(step, set_by)
    if step.step == _FIRST_STEP:
        raise RuleBrokenError("The first step stays: somebody is always called.")
    _add(admin_dsn, step, (database, facility, set_by), is_active=False)


def _check(step: RuleStep, set_by: str) -> None:
    require_decider(set_by)
    if not _FIRST_STEP <= step.step <= _LAST_STEP:
        raise RuleBrokenError("A level has steps 1 to 9.")
    minutes = (step.acknowledge_minutes, step.arrive_minutes, step.renotify_minutes)
    if not all(1 <= each <= _MOST_MINUTES for each in (*minutes, step.cascade_minutes or 1)):
        raise RuleBrokenError("Times are 1 to 1440 minutes.")
    if step.arrive_minutes < step.acknowledge_minutes:
        raise RuleBrokenError("Nobody arrives before acknowledging: allow at least as long.")


def _add(
    admin_dsn: str, step: RuleStep, where: tuple[str, str | None, str], *, is_active: bool
) -> None:
    database, facility, set_by = where
    with administrator(admin_dsn, database) as connection:
        facility_id, ward_id = _place(connection, step.ward_code, facility)
        values = (
            new_id(),
            facility_id,
            ward_id,
            step.level.value,
            step.step,
            step.role.value,
            step.acknowledge_minutes,
            step.arrive_minutes,
            step.renotify_minutes,
            step.cascade_minutes,
            is_active,
            step.source,
            set_by.strip(),
        )
        connection.execute(_SET, values)


def _place(
    connection: psycopg.Connection[TupleRow], ward_code: str | None, facility: str | None
) -> tuple[Any, Any]:
    """Return the ids of hospital and ward, the ward's None for every ward."""
    if ward_code is not None:
        found = connection.execute(_WARD, (ward_code, facility, facility)).fetchall()
        if len(found) != 1:
            raise RuleBrokenError(f"There is no single ward with the code {ward_code}.")
        return found[0][1], found[0][0]
    rows = connection.execute("SELECT code, id FROM public.facilities ORDER BY code").fetchall()
    wanted = [row[1] for row in rows if facility in {None, row[0]}]
    if len(wanted) != 1:
        codes = ", ".join(row[0] for row in rows)
        raise RuleBrokenError(f"Say which hospital is meant: {codes}.")
    return wanted[0], None


def _set_step(row: tuple[Any, ...]) -> SetStep:
    ward_code, level, number, role, acknowledge, arrive, renotify, cascade, source = row[:9]
    step = RuleStep(
        ward_code=ward_code,
        level=Level(level),
        step=number,
        role=ResponderRole(role),
        acknowledge_minutes=acknowledge,
        arrive_minutes=arrive,
        renotify_minutes=renotify,
        cascade_minutes=cascade,
        source=source,
    )
    return SetStep(step=step, facility_code=row[10], set_by=row[11])
