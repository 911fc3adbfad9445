"""Two days of a chart on one clock. Pure functions, no Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ui.observations.chart_axis import Window
from ui.observations.chart_content import ChartContent
from ward_app.observations.types import RecordedObservations

_DAY = timedelta(days=1)
_A_PAIR = 2


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A second day on the clock of the first, to be drawn behind it.

    Attributes:
        sets: of that day, at the time of the first day at which the ward's clock said the same.
    """

    day: date
    sets: tuple[RecordedObservations, ...]


def day_of(moment: datetime, zone: tzinfo) -> date:
    """Return the day on the ward's clock."""
    return moment.astimezone(zone).date()


def day_window(day: date, zone: tzinfo) -> Window:
    """Return a whole day on the ward's clock: 23 or 25 hours where the clock changes."""
    start, end = (
        datetime.combine(one, time(), tzinfo=zone).astimezone(UTC) for one in (day, day + _DAY)
    )
    return Window(start, end)


def charted_days(content: ChartContent) -> tuple[date, ...]:
    """Return the days with a set in force, oldest first."""
    return tuple(sorted({day_of(one.occurred_at, content.zone) for one in content.drawn}))


def other_day(content: ChartContent, other: date, day: date) -> OtherDay:
    """Return the sets of a day as if measured at the same time by the clock on `day`."""
    zone = content.zone
    moved = [
        replace(one, occurred_at=_at_same_time(one.occurred_at, day, zone))
        for one in content.drawn
        if day_of(one.occurred_at, zone) == other
    ]
    return OtherDay(other, tuple(sorted(moved, key=lambda one: one.occurred_at)))


def _at_same_time(moment: datetime, day: date, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    same = datetime.combine(day, local.time(), tzinfo=zone).replace(fold=local.fold)
    return same.astimezone(UTC)


def next_day(days: Sequence[date], day: date, steps: int, *, without: date | None) -> date:
    """Return the charted day so many later than `day` (negative: earlier), round to the other end.

    Args:
        days: in order.
        day: need not be one of them.
        steps: not 0.
        without: this one is left out; None = none.
    """
    offered = [one for one in days if one != without]
    if not offered:
        return day
    at = bisect_left(offered, day)
    between = at == len(offered) or offered[at] != day
    return offered[(at + steps - (1 if between and steps > 0 else 0)) % len(offered)]


@dataclass(frozen=True, slots=True)
class DayPair:
    """A day of a chart, and the other day that stands behind it."""

    content: ChartContent
    day: date
    other: date

    @property
    def window(self) -> Window:
        """The whole day shown."""
        return day_window(self.day, self.content.zone)

    @property
    def behind(self) -> OtherDay:
        """The other day, on the clock of the day shown."""
        return other_day(self.content, self.other, self.day)

    def showing(self, day: date) -> DayPair:
        """Return the pair with another day shown; the day behind stays if it can."""
        if day != self.other:
            return replace(self, day=day)
        return replace(self, day=day, other=self._next(day, -1, without=day))

    def moved(self, steps: int) -> DayPair:
        """Return the pair with the charted day so many later shown (negative: earlier)."""
        return self.showing(self._next(self.day, steps, without=None))

    def with_other(self, steps: int) -> DayPair:
        """Return the pair with the charted day so many later behind (negative: earlier)."""
        return replace(self, other=self._next(self.other, steps, without=self.day))

    def _next(self, day: date, steps: int, *, without: date | None) -> date:
        return next_day(charted_days(self.content), day, steps, without=without)


def day_pair(content: ChartContent, day: date | None) -> DayPair | None:
    """Return a day (None: the last) with the charted day before it behind; None without two."""
    days = charted_days(content)
    if len(days) < _A_PAIR:
        return None
    shown = days[-1] if day is None else day
    return DayPair(content, shown, next_day(days, shown, -1, without=shown))
