"""A ward's numbers of the shift lane as IT sets them: who decided stands with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.lane.types import Kind, Policy
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import decision_words

EVERY_WARD = "every ward"
# risks of a score that may be let wait at all; the table refuses others
SLEEP_RISKS = ("low", "low-medium")

_HISTORY = """
SELECT coalesce(w.code, %s), s.recorded_at, s.source, s.visit_minutes, s.night_from,
    s.night_until, s.sleep_kinds, s.sleep_risks, s.sleep_minutes, s.work_minutes
FROM rounding.lane_settings s LEFT JOIN room.wards w ON w.id = s.ward_id ORDER BY s.seq DESC
"""

# two who set something at once do so one after the other, so that neither number is lost
_LOCK = "LOCK TABLE rounding.lane_settings IN SHARE ROW EXCLUSIVE MODE"

_SET = """
INSERT INTO rounding.lane_settings (id, ward_id, visit_minutes, night_from, night_until,
    sleep_kinds, sleep_risks, sleep_minutes, work_minutes, source)
VALUES (%s, (SELECT w.id FROM room.wards w WHERE w.code = %s), %s, %s, %s, %s, %s, %s, %s, %s)
"""

_WARD = "SELECT count(*) FROM room.wards WHERE code = %s"

# what the table takes; whole minutes
_RANGES = {"visit_minutes": (0, 120), "sleep_minutes": (0, 720)}
_LONGEST_WORK_MINUTES = 240


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """A policy with the code of its ward, its source, and since when it holds; aware."""

    ward: str
    since: datetime
    source: str
    policy: Policy


def policy_history(admin_dsn: str, *, database: str) -> list[SetPolicy]:
    """Return every version, the newest first; the newest of a ward is in force.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [_of(row) for row in connection.execute(_HISTORY, (EVERY_WARD,))]


def in_force(history: list[SetPolicy]) -> list[SetPolicy]:
    """Return the version in force for every ward without its own, then those of wards."""
    newest = {version.ward: version for version in reversed(history)}
    return sorted(newest.values(), key=lambda version: (version.ward != EVERY_WARD, version.ward))


def set_policy(
    admin_dsn: str,
    ward: str | None,
    changes: Mapping[str, Any],
    *,
    database: str,
    set_by: str,
    source: str,
) -> Policy:
    """Set some numbers of a ward (None: of every ward without its own) and return all in force.

    Raises:
        RuleBrokenError: nothing is to be changed, a value is not possible, there is no such
            ward or several, or name or source is missing.
        DatabaseUnavailableError: the server cannot be reached.
    """
    words = decision_words(set_by, source)
    _check(changes)
    with administrator(admin_dsn, database) as connection, connection.transaction():
        connection.execute(_LOCK)
        if ward is not None:
            found = connection.execute(_WARD, (ward,)).fetchone()
            if found != (1,):
                raise RuleBrokenError(f"There is no one ward with the code {ward}.")
        rows = connection.execute(_HISTORY, (EVERY_WARD,))
        versions = {version.ward: version.policy for version in in_force([_of(r) for r in rows])}
        wanted = replace(versions.get(ward or EVERY_WARD, versions[EVERY_WARD]), **changes)
        connection.execute(_SET, (new_id(), ward, *_columns(wanted), words))
    return wanted


def _of(row: tuple[Any, ...]) -> SetPolicy:
    ward, since, source, visit, night_from, night_until, kinds, risks, longest, work = row
    policy = Policy(
        visit_minutes=visit,
        night_from=night_from,
        night_until=night_until,
        sleep_kinds=frozenset(kinds),
        sleep_risks=frozenset(risks),
        sleep_minutes=longest,
        work_minutes=work,
    )
    return SetPolicy(ward, since, source, policy)


def _columns(policy: Policy) -> tuple[Any, ...]:
    return (
        policy.visit_minutes,
        policy.night_from,
        policy.night_until,
        sorted(policy.sleep_kinds),
        sorted(policy.sleep_risks),
        policy.sleep_minutes,
        Jsonb(dict(policy.work_minutes)),
    )


def _check(changes: Mapping[str, Any]) -> None:
    if not changes:
        raise RuleBrokenError("Say what is to change, such as --visit 20.")
    for name, (least, most) in _RANGES.items():
        if not least <= changes.get(name, least) <= most:
            raise RuleBrokenError(f"{name.replace('_', ' ')} is {least} to {most}.")
    _check_words(changes)


def _check_words(changes: Mapping[str, Any]) -> None:
    kinds = {*changes.get("sleep_kinds", ()), *changes.get("work_minutes", ())}
    if not kinds <= {*Kind}:
        raise RuleBrokenError(f"What is done is {', '.join(Kind)}.")
    if not {*changes.get("sleep_risks", ())} <= {*SLEEP_RISKS}:
        raise RuleBrokenError("Only low and low-medium risks may be let wait.")
    minutes = changes.get("work_minutes", {}).values()
    if not all(0 <= each <= _LONGEST_WORK_MINUTES for each in minutes):
        raise RuleBrokenError(f"Work takes 0 to {_LONGEST_WORK_MINUTES} minutes.")
