"""How often devices are looked at, as IT sets it: who decided stands with each, none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.devices.pack import device_pack
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import decision_words

_HISTORY = """
SELECT kind, check_minutes, stay_hours, recorded_at, source
FROM report.device_settings ORDER BY seq DESC
"""

_SET = """
INSERT INTO report.device_settings (id, kind, check_minutes, stay_hours, source)
VALUES (%s, %s, %s, %s, %s)
"""

# what the table takes
_MINUTES, _HOURS = (15, 10_080), (1, 17_520)


@dataclass(frozen=True, slots=True)
class DeviceSetting:
    """The numbers of a kind of device, with their source and since when they hold.

    Attributes:
        check_minutes: longest time between looks at the site.
        stay_hours: longest time in place; None = none set.
        since: aware.
    """

    kind: str
    check_minutes: int
    stay_hours: int | None
    since: datetime
    source: str


def device_settings_history(admin_dsn: str, *, database: str) -> list[DeviceSetting]:
    """Return every setting, the newest first; the newest of a kind is in force.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [DeviceSetting(*row) for row in connection.execute(_HISTORY)]


def in_force(history: list[DeviceSetting]) -> list[DeviceSetting]:
    """Return the setting in force of each kind, in the order of the shipped kinds."""
    newest = {setting.kind: setting for setting in reversed(history)}
    return [newest[kind.name] for kind in device_pack().kinds if kind.name in newest]


def set_device_setting(  # noqa: PLR0913 - each is said by name
    admin_dsn: str,
    kind: str,
    *,
    check_minutes: int,
    stay_hours: int | None,
    database: str,
    set_by: str,
    source: str,
) -> None:
    """Set the numbers of one kind from now on; what was in force stays on record.

    Raises:
        RuleBrokenError: there is no such kind, a number is out of its range, or name or source
            is missing.
        DatabaseUnavailableError: the server cannot be reached.
    """
    _check(kind, check_minutes, stay_hours)
    words = decision_words(set_by, source)
    with administrator(admin_dsn, database) as connection, connection.transaction():
        connection.execute(_SET, (new_id(), kind, check_minutes, stay_hours, words))


def _check(kind: str, check_minutes: int, stay_hours: int | None) -> None:
    names = [each.name for each in device_pack().kinds]
    if kind not in names:
        raise RuleBrokenError(f"A kind of device is one of {', '.join(names)}.")
    least, most = _MINUTES
    if not least <= check_minutes <= most:
        raise RuleBrokenError(f"--check is {least} to {most} minutes.")
    least, most = _HOURS
    if stay_hours is not None and not least <= stay_hours <= most:
        raise RuleBrokenError(f"--stay is {least} to {most} hours.")
