"""The time axis: ticks found in UTC, labelled on the ward's clock. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto

from ui.formats import MONTHS

TICK_ROOM_PX = 52
DAY_ROOM_PX = 64
_STEPS_HOURS = (1, 2, 3, 4, 6, 12)
_DAYS_BETWEEN = (1, 2, 7, 14, 28)
_DAY = timedelta(days=1)
# every zone's offset is a whole number of quarter hours
_QUARTER = timedelta(minutes=15)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class TickKind(Enum):
    """What a place on the axis marks."""

    HOUR = auto()
    DAY = auto()
    CLOCK_CHANGE = auto()


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that is shown; both ends aware, in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How much time is shown."""
        return self.end - self.start

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is shown."""
        return self.start <= moment <= self.end


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis: when (UTC), and its words."""

    kind: TickKind
    at: datetime
    label: str


def ticks(window: Window, zone: tzinfo, width_px: float) -> tuple[Tick, ...]:
    """Return hours, days and clock changes of a window, in time order.

    Hours stand at round hours of the ward's clock; where the clock changes, they stand closer
    together or further apart, as the hours really were.
    """
    px_per_hour = width_px / (window.length / timedelta(hours=1))
    found = [*_hours(window, zone, px_per_hour), *_days(window, zone, px_per_hour)]
    found += clock_changes(window, zone)
    return tuple(sorted(found, key=lambda tick: tick.at))


def clock_changes(window: Window, zone: tzinfo) -> tuple[Tick, ...]:
    """Return where the ward's clock was set forward or back, e.g. "clock +1 h"."""
    changes = []
    moment = window.start
    while moment < window.end:
        after = min(moment + _DAY, window.end)
        if _offset(moment, zone) != _offset(after, zone):
            at = _change_between(moment, after, zone)
            hours = (_offset(at, zone) - _offset(moment, zone)) / timedelta(hours=1)
            changes.append(Tick(TickKind.CLOCK_CHANGE, at, f"clock {hours:+g} h"))
        moment = after
    return tuple(changes)


def midnights(window: Window, zone: tzinfo) -> Iterator[datetime]:
    """Yield the local midnights of a window, in UTC."""
    day = window.start.astimezone(zone).date()
    while (midnight := _midnight(day, zone)) <= window.end:
        if midnight >= window.start:
            yield midnight
        day += _DAY


def _hours(window: Window, zone: tzinfo, px_per_hour: float) -> Iterator[Tick]:
    fitting = [step for step in _STEPS_HOURS if step * px_per_hour >= TICK_ROOM_PX]
    if not fitting:
        return
    moment = _next_quarter(window.start)
    while moment <= window.end:
        local = moment.astimezone(zone)
        if local.minute == 0 and local.hour % fitting[0] == 0:
            yield Tick(TickKind.HOUR, moment, f"{local:%H:%M}")
        moment += _QUARTER


def _days(window: Window, zone: tzinfo, px_per_hour: float) -> Iterator[Tick]:
    px_per_day = 24 * px_per_hour
    every = next((n for n in _DAYS_BETWEEN if n * px_per_day >= DAY_ROOM_PX), _DAYS_BETWEEN[-1])
    for midnight in midnights(window, zone):
        day = midnight.astimezone(zone).date()
        shown = day.toordinal() % every == 0
        yield Tick(TickKind.DAY, midnight, day_label(day) if shown else "")


def day_label(day: date) -> str:
    """Return "Fri 20-Nov"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day:02}-{MONTHS[day.month - 1]}"


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _next_quarter(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second,
                     microseconds=moment.microsecond)  # fmt: skip
    return moment if not past else moment - past + _QUARTER


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first whole minute with the new offset."""
    old = _offset(before, zone)
    low, high = before.replace(second=0, microsecond=0), after
    while high - low > timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == old else (low, middle)
    return high.replace(second=0, microsecond=0)
