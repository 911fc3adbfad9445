"""From rows to the lines of the report, in the ward's time zone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from statistics import median

from ward_app.timeliness.types import Due, Grouping, Line, Outcome, Work


class Period(StrEnum):
    """A stretch of days that a report covers, ending now or with yesterday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    SEVEN_DAYS = "seven_days"
    FOUR_WEEKS = "four_weeks"


_DAYS = {Period.SEVEN_DAYS: 7, Period.FOUR_WEEKS: 28}

_A_MINUTE = timedelta(minutes=1)
# of these the reason names the thing itself
_NAMED = frozenset({Work.ROUNDS, Work.ASSESSMENTS})

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


def let_sleep(dues: Sequence[Due], until: Sequence[datetime | None]) -> tuple[Due, ...]:
    """Return the rows, earliest first, with who was let sleep told apart from late and missed.

    Args:
        dues: earliest first.
        until: until when each could wait by the ward's own decision about its nights; None = it
            could not. Answered by then it was let sleep; later it is late from then on. One that
            was missed was let sleep where the next of the same thing fell into the same night.
    """
    following: dict[object, datetime] = {}
    found: list[Due] = []
    for due, night_end in zip(reversed(dues), reversed(until), strict=True):
        key = due.admission_id, due.reason if due.work in _NAMED else ""
        found.append(_slept(due, night_end, following.get(key)) if night_end else due)
        following[key] = due.due_at
    return tuple(reversed(found))


def _slept(due: Due, night_end: datetime, next_at: datetime | None) -> Due:
    slept = replace(due, outcome=Outcome.LET_SLEEP, minutes_late=None)
    if due.outcome is Outcome.MISSED:
        return slept if next_at is not None and next_at <= night_end else due
    if due.outcome is not Outcome.LATE or due.answered_at is None:
        return due
    late = int((due.answered_at - night_end) / _A_MINUTE)
    return replace(due, minutes_late=late) if late > 0 else slept


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
