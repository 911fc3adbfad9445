"""The numbers of the schedule as IT sets them: who decided stands with each, none is lost."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import datetime

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import decision_words

_HISTORY = """
SELECT arrival_minutes, restart_minutes, unknown_minutes, refusal_cap_minutes,
    longest_deferral_minutes, shortest_minutes, grace_minutes, recorded_at, source
FROM report.schedule_settings ORDER BY seq DESC
"""

# two who set something at once do so one after the other, so that neither number is lost
_LOCK = "LOCK TABLE report.schedule_settings IN SHARE ROW EXCLUSIVE MODE"

_SET = """
INSERT INTO report.schedule_settings (arrival_minutes, restart_minutes, unknown_minutes,
    refusal_cap_minutes, longest_deferral_minutes, shortest_minutes, grace_minutes, id, source)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

# what the table takes; whole minutes
_RANGES = {
    "arrival": (5, 1440),
    "restart": (5, 1440),
    "unknown": (5, 1440),
    "refusal_cap": (5, 1440),
    "longest_deferral": (5, 1440),
    "shortest": (5, 60),
    "grace": (0, 240),
}


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """The numbers of the schedule, in whole minutes.

    Attributes:
        arrival: first set after arrival on a ward.
        restart: first set after leave or an undone discharge, at the latest.
        unknown: between sets while no score says how often.
        refusal_cap: longest wait after a refusal.
        longest_deferral: longest a set may be put off at once.
        shortest: no set is asked for more often.
        grace: minutes after the due time that are on time still.
    """

    arrival: int
    restart: int
    unknown: int
    refusal_cap: int
    longest_deferral: int
    shortest: int
    grace: int


@dataclass(frozen=True, slots=True)
class SetSettings:
    """Settings with their source, who decided on them, and since when; aware."""

    settings: ScheduleSettings
    since: datetime
    source: str


def settings_history(admin_dsn: str, *, database: str) -> list[SetSettings]:
    """Return every version of the settings, the one in force first.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        rows = connection.execute(_HISTORY).fetchall()
    return [SetSettings(ScheduleSettings(*row[:7]), row[7], row[8]) for row in rows]


def set_settings(
    admin_dsn: str, changes: dict[str, int], *, database: str, set_by: str, source: str
) -> ScheduleSettings:
    """Set some of the numbers from now on and return all that are in force.

    What is due follows at once; the version before stays on record.

    Args:
        admin_dsn: how the server's administrator connects.
        changes: minutes by the name of a number of `ScheduleSettings`.
        database: the ward database.
        set_by: who decided it, by name.
        source: where the numbers come from.

    Raises:
        RuleBrokenError: nothing is to be changed, a number is out of its range, or name or
            source is missing.
        DatabaseUnavailableError: the server cannot be reached.
    """
    words = decision_words(set_by, source)
    _check(changes)
    with administrator(admin_dsn, database) as connection, connection.transaction():
        connection.execute(_LOCK)
        row = connection.execute(_HISTORY).fetchone()
        if row is None:
            raise RuleBrokenError("There are no settings to start from: wardctl migrate run.")
        wanted = replace(ScheduleSettings(*row[:7]), **changes)
        connection.execute(_SET, (*astuple(wanted), new_id(), words))
    return wanted


def _check(changes: dict[str, int]) -> None:
    if not changes:
        raise RuleBrokenError("Say which number is to change, such as --arrival 15.")
    for name, minutes in changes.items():
        least, most = _RANGES[name]
        if not least <= minutes <= most:
            option = name.replace("_", "-")
            raise RuleBrokenError(f"--{option} is {least} to {most} minutes.")
