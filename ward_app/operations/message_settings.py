"""When unanswered urgent messages are passed on, as IT sets it: who decided stands with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import decision_words

_HISTORY = """
SELECT s.step, s.after_minutes, r.title, s.recorded_at, s.source
FROM public.message_steps s LEFT JOIN public.roles r ON r.name = s.role ORDER BY s.seq DESC
"""
_SET = """
INSERT INTO public.message_steps (id, step, after_minutes, role, source)
VALUES (%s, %s, %s, %s, %s)
"""
_ROLES = """
SELECT r.name FROM public.roles r
JOIN public.role_permissions rp ON rp.role_id = r.id
JOIN public.permissions p ON p.id = rp.permission_id
WHERE p.name = 'message.read' ORDER BY r.name
"""
NOBODY = "nobody"

# what the table takes
_STEPS, _MINUTES = (1, 9), (1, 1440)


@dataclass(frozen=True, slots=True)
class StepSetting:
    """One step, with its source and since when it holds.

    Attributes:
        after_minutes: since the message was sent.
        role: title of the role that is told; None = the step is not taken.
        since: aware.
    """

    step: int
    after_minutes: int
    role: str | None
    since: datetime
    source: str


def step_history(admin_dsn: str, *, database: str) -> list[StepSetting]:
    """Return every setting, the newest first; the newest of a step is in force.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [StepSetting(*row) for row in connection.execute(_HISTORY)]


def steps_in_force(history: list[StepSetting]) -> list[StepSetting]:
    """Return the setting in force of each step, in the order of the steps."""
    newest = {setting.step: setting for setting in reversed(history)}
    return [newest[step] for step in sorted(newest)]


def set_step(  # noqa: PLR0913 - each is said by name
    admin_dsn: str,
    step: int,
    *,
    after_minutes: int,
    role: str,
    database: str,
    set_by: str,
    source: str,
) -> None:
    """Set one step from now on; what was in force stays on record.

    Args:
        admin_dsn: how the administrator connects to the server.
        step: its number, 1 first.
        after_minutes: since a message was sent.
        role: name of the role that is told; "nobody" = the step is not taken.
        database: name of the ward database.
        set_by: who decided it, name and role.
        source: where the number comes from.

    Raises:
        RuleBrokenError: a number is out of its range, the role does not read messages, or name
            or source is missing.
        DatabaseUnavailableError: the server cannot be reached.
    """
    words = decision_words(set_by, source)
    _check(step, after_minutes)
    with administrator(admin_dsn, database) as connection, connection.transaction():
        roles = [str(name) for (name,) in connection.execute(_ROLES)]
        if role not in (*roles, NOBODY):
            raise RuleBrokenError(f"--role is one of {', '.join((*roles, NOBODY))}.")
        told = None if role == NOBODY else role
        connection.execute(_SET, (new_id(), step, after_minutes, told, words))


def _check(step: int, after_minutes: int) -> None:
    for name, value, (least, most) in (
        ("The step", step, _STEPS),
        ("--after", after_minutes, _MINUTES),
    ):
        if not least <= value <= most:
            raise RuleBrokenError(f"{name} is {least} to {most}.")
