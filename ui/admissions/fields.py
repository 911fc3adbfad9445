"""Kinds of form fields that only admissions know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from typing_extensions import override

from ui.widgets.inputs import Clock, DayInput, Input, MomentInput


@dataclass(frozen=True, slots=True)
class PastMoment:
    """When something happened, on the clock of `zone`; never in the future."""

    zone: tzinfo = UTC

    def input(self, clock: Clock) -> Input:
        """Return the input that takes it."""
        return PastMomentInput(clock, self.zone)


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A day from today on, in `zone`."""

    zone: tzinfo = UTC

    def input(self, clock: Clock) -> Input:
        """Return the input that takes it."""
        return ComingDayInput(clock, self.zone)


class PastMomentInput(MomentInput):
    """A moment that must have come.

    A moment filled in by program keeps its seconds until it is typed over: two steps within
    one minute stay in order.
    """

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        super().__init__(clock, zone)
        self._now = clock
        self._exact: datetime | None = None

    @override
    def set_value(self, value: datetime | None) -> None:
        self._exact = value
        super().set_value(value)

    @override
    def value(self) -> datetime | None:
        typed = super().value()
        if self._exact is None or typed is None:
            return typed
        shown = self._exact.replace(second=0, microsecond=0)
        return self._exact if typed == shown else typed

    @override
    def problem(self) -> str | None:
        moment = self.value()
        if moment is not None and moment > self._now():
            return "This is in the future"
        return super().problem()


class ComingDayInput(DayInput):
    """A day that is not over."""

    @override
    def problem(self) -> str | None:
        day: date | None = self.value()
        if day is not None and day < self._today():
            return "This day is over"
        return super().problem()
