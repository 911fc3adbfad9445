"""Shift times of wards and grades of staff, as IT sets them: who decided stands with each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import decision_words

_HISTORY = """
SELECT w.code, w.name, s.name, s.starts_at, s.ends_at, s.wanted, s.is_used, s.in_force_from,
    s.source
FROM public.ward_shifts s JOIN room.wards w ON w.id = s.ward_id
ORDER BY w.name, s.name, s.in_force_from DESC, s.seq DESC
"""

_SET = """
INSERT INTO public.ward_shifts (id, ward_id, name, starts_at, ends_at, wanted, is_used,
    in_force_from, source)
SELECT %s, w.id, %s, %s, %s, %s, %s, coalesce(%s, (now() AT TIME ZONE w.time_zone)::date), %s
FROM room.wards w WHERE w.code = %s
"""

_GRADES = "SELECT name FROM public.grades ORDER BY position"

_SET_GRADE = """
INSERT INTO public.user_grades (id, user_id, grade, source)
SELECT %s, u.id, %s, %s FROM public.users u WHERE u.login = %s
"""

_NAME_LETTERS, _MOST = 30, 99


@dataclass(frozen=True, slots=True)
class WardShift:
    """The times of one shift of a ward, from a day on."""

    ward_code: str
    ward_name: str
    name: str
    starts_at: time
    ends_at: time
    wanted: Mapping[str, int]
    is_used: bool
    in_force_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWish:
    """What a shift of a ward is set to.

    Attributes:
        ends_at: not after `starts_at` = on the next day.
        wanted: how many of each grade, by its name.
        in_force_from: None = today by the ward's clock.
    """

    ward_code: str
    name: str
    starts_at: time
    ends_at: time
    wanted: Mapping[str, int] = field(default_factory=dict)
    is_used: bool = True
    in_force_from: date | None = None


def shift_settings_history(admin_dsn: str, *, database: str) -> list[WardShift]:
    """Return every setting, ward by ward, the newest of a shift first.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [WardShift(*row) for row in connection.execute(_HISTORY)]


def newest(history: list[WardShift]) -> list[WardShift]:
    """Return the newest setting of each shift of each ward."""
    found = {(one.ward_code, one.name): one for one in reversed(history)}
    return [one for one in history if found[one.ward_code, one.name] is one]


def set_ward_shift(
    admin_dsn: str, wish: ShiftWish, *, database: str, set_by: str, source: str
) -> None:
    """Set a shift of a ward from a day on; what was in force stays on record.

    Raises:
        RuleBrokenError: there is no such ward or grade, or a name, number or source is wrong.
        DatabaseUnavailableError: the server cannot be reached.
    """
    words = decision_words(set_by, source)
    if not 1 <= len(wish.name.strip()) <= _NAME_LETTERS:
        raise RuleBrokenError(f"The name of a shift has 1 to {_NAME_LETTERS} letters.")
    if not all(0 <= number <= _MOST for number in wish.wanted.values()):
        raise RuleBrokenError(f"--wants is 0 to {_MOST} of a grade.")
    with administrator(admin_dsn, database) as connection, connection.transaction():
        for grade in wish.wanted:
            _require_grade(connection, grade)
        values = (new_id(), wish.name.strip(), wish.starts_at, wish.ends_at,
                  json.dumps(dict(wish.wanted)), wish.is_used, wish.in_force_from, words,
                  wish.ward_code)  # fmt: skip
        if not connection.execute(_SET, values).rowcount:
            raise RuleBrokenError(f"There is no ward {wish.ward_code}. `show` names them.")


def set_grade(
    admin_dsn: str, login: str, grade: str, *, database: str, set_by: str, source: str
) -> None:
    """Record the grade of a person; it goes before the one that comes with a role.

    Raises:
        RuleBrokenError: there is no such person or grade, or name or source is missing.
        DatabaseUnavailableError: the server cannot be reached.
    """
    words = decision_words(set_by, source)
    with administrator(admin_dsn, database) as connection, connection.transaction():
        _require_grade(connection, grade)
        if not connection.execute(_SET_GRADE, (new_id(), grade, words, login)).rowcount:
            raise RuleBrokenError(f"Nobody signs in as {login}.")


def _require_grade(connection: Any, grade: str) -> None:
    names = [name for (name,) in connection.execute(_GRADES)]
    if grade not in names:
        raise RuleBrokenError(f"A grade is one of {', '.join(names)}.")
