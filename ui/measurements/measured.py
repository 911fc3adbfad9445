"""Recorded measurements as lists show them: what counts, what came before, when again. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import number_text
from ward_app.measurements.types import (
    Field,
    FieldType,
    Formula,
    Kind,
    MeasurementChart,
    RecordedMeasurement,
)
from ward_app.observations.pack_choice import age_in_months

UP, DOWN, SAME = "▲", "▼", "="


class Standing(StrEnum):
    """What a measurement of the list counts for now."""

    IN_FORCE = "in force"
    CORRECTED = "corrected"
    STRUCK_OUT = "struck out"


@dataclass(frozen=True, slots=True)
class Trend:
    """How a number moved against the one before of the same kind.

    Attributes:
        text: glyph and difference: "▼ 3", "▲ 0.4", "=".
        alarming: a coma scale that fell; anything else is for the reader to judge.
    """

    text: str
    alarming: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement a person entered, its standing, and how it moved.

    Attributes:
        before: the newest of its kind before it that is in force and has a number.
        trend: against `before`; None where either is missing or this one does not count.
    """

    recorded: RecordedMeasurement
    standing: Standing
    before: RecordedMeasurement | None
    trend: Trend | None


def measured(chart: MeasurementChart) -> tuple[Measured, ...]:
    """Return every entered measurement, the newest first; strike-out marks are none.

    An original stays in the list beside what corrected it.
    """
    by_id = {one.id: one for one in chart.sets}
    newest: dict[str, RecordedMeasurement] = {}
    found = []
    for one in _in_order(chart):
        standing = _standing(one, by_id)
        before = newest.get(one.kind)
        counts = standing is Standing.IN_FORCE
        found.append(Measured(one, standing, before, trend(before, one) if counts else None))
        # a part that could not be tested leaves no total; the next is held against the one before
        if counts and number_of(one) is not None:
            newest[one.kind] = one
    return tuple(reversed(found))


def latest(chart: MeasurementChart) -> dict[str, RecordedMeasurement]:
    """Return the newest measurement in force of every kind, by the kind's name."""
    counting = [one for one in _in_order(chart) if one.superseded_by is None]
    return {one.kind: one for one in counting}


def again_at(kind: Kind, measured_at: datetime | None) -> datetime | None:
    """Return when the same is to be measured again; None = nothing says so, or never measured."""
    if measured_at is None or kind.reassess_minutes is None:
        return None
    return measured_at + timedelta(minutes=kind.reassess_minutes)


def trend(before: RecordedMeasurement | None, one: RecordedMeasurement) -> Trend | None:
    """Return how the kind's number moved; None where one of the two has none."""
    was, now = (number_of(each) if each else None for each in (before, one))
    if was is None or now is None:
        return None
    if was == now:
        return Trend(SAME, alarming=False)
    text = f"{UP if now > was else DOWN} {number_text(abs(now - was))}"
    return Trend(text, alarming=now < was and _is_scale(kinds().get(one.kind)))


def number_of(one: RecordedMeasurement) -> Decimal | None:
    """Return the number a kind is followed by: its derived value, else its first that is one."""
    kind = kinds().get(one.kind)
    if kind is None:
        return None
    if kind.derived:
        return one.derived.get(kind.derived[0].name)
    first = kind.fields[0]
    value = one.values.get(first.name)
    return value if first.type is FieldType.NUMBER else _chosen_number(first, value)


def title_of(name: str) -> str:
    """Return what a kind is called; one that this program does not know keeps its name."""
    kind = kinds().get(name)
    return kind.title if kind else name.replace("_", " ").capitalize()


def age_months(born_on: date | None, on: date) -> int | None:
    """Return the age in completed months; None = the date of birth is not known."""
    return None if born_on is None else age_in_months(born_on, on)


def _in_order(chart: MeasurementChart) -> list[RecordedMeasurement]:
    """Return what was entered, oldest measurement first."""
    entered = [one for one in chart.sets if not one.struck_out]
    return sorted(entered, key=lambda one: (one.occurred_at, one.recorded_at))


def _standing(one: RecordedMeasurement, by_id: Mapping[UUID, RecordedMeasurement]) -> Standing:
    if one.superseded_by is None:
        return Standing.IN_FORCE
    after = by_id.get(one.superseded_by)
    return Standing.STRUCK_OUT if after and after.struck_out else Standing.CORRECTED


def _is_scale(kind: Kind | None) -> bool:
    """Whether the number is a sum of scored answers, as the coma scale's is."""
    return kind is not None and any(one.formula is Formula.SUM for one in kind.derived)


def _chosen_number(field: Field, value: object) -> Decimal | None:
    chosen = isinstance(value, str) and field.type is FieldType.CHOICE and value.isdecimal()
    return Decimal(str(value)) if chosen else None
