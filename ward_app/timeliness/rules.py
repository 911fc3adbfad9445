"""From rows to the lines of the report, in the ward's time zone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from statistics import median

from ward_app.timeliness.types import Due, Grouping, Line, Outcome


class Period(StrEnum):
    """A stretch of days that a report covers, ending now or with yesterday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    SEVEN_DAYS = "seven_days"
    FOUR_WEEKS = "four_weeks"


_DAYS = {Period.SEVEN_DAYS: 7, Period.FOUR_WEEKS: 28}


NO_SHIFT = "No shift"
"""The line of what was due while no shift of the ward ran."""


def period_bounds(period: Period, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return from when to when a period reaches, both aware, whole days in `zone`.

    A day of a clock change has 23 or 25 hours.
    """
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    if period is Period.TODAY:
        return midnight, now
    if period is Period.YESTERDAY:
        return datetime.combine(today - timedelta(days=1), time(), zone), midnight
    first = today - timedelta(days=_DAYS[period] - 1)
    return datetime.combine(first, time(), zone), now


def hour_at(at: datetime, zone: tzinfo) -> str:
    """Return the hour of the day in `zone` as "07:00"."""
    return f"{at.astimezone(zone):%H}:00"


def lines(dues: Iterable[Due], grouping: Grouping, zone: tzinfo) -> tuple[Line, ...]:
    """Return the report's lines; wards and hours in order, shifts as they follow on a day."""
    found: dict[str, list[Due]] = {}
    key = _key(grouping, zone)
    for due in dues:
        found.setdefault(key(due), []).append(due)
    names = sorted(found, key=str.casefold)
    if grouping is Grouping.SHIFT:
        names.sort(key=lambda name: _begins(found[name], zone))
    return tuple(line(name, found[name]) for name in names)


def deferral_counts(dues: Iterable[Due]) -> tuple[tuple[str, int], ...]:
    """Return how many were put off for each coded reason, the most frequent first."""
    counts = Counter(due.deferral for due in dues if due.outcome is Outcome.DEFERRED)
    return tuple((reason or "other", count) for reason, count in counts.most_common())


def line(key: str, dues: Iterable[Due]) -> Line:
    """Return the line that sums up these rows."""
    rows = tuple(sorted(dues, key=lambda due: due.due_at))
    late = [due.minutes_late or 0 for due in rows if due.outcome is Outcome.LATE]
    return Line(
        key=key,
        counts={outcome: sum(due.outcome is outcome for due in rows) for outcome in Outcome},
        median_minutes_late=int(median(late)) if late else None,
        dues=rows,
    )


def _key(grouping: Grouping, zone: tzinfo) -> Callable[[Due], str]:
    if grouping is Grouping.WARD:
        return lambda due: due.ward_name
    if grouping is Grouping.SHIFT:
        return lambda due: due.shift or NO_SHIFT
    if grouping is Grouping.CAUSE:
        return lambda due: due.reason
    return lambda due: hour_at(due.due_at, zone)


def _begins(dues: Iterable[Due], zone: tzinfo) -> time:
    """Return when the shift of these rows begins on the clock; last when none ran."""
    known = [due.shift_from_at for due in dues if due.shift_from_at is not None]
    return min((at.astimezone(zone).time() for at in known), default=time.max)
