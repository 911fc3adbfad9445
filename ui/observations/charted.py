"""Which sets of a chart are in force, corrected or struck out. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.types import RecordedObservations


class Changeable(Protocol):
    """A row that can be corrected or struck out."""

    @property
    def supersedes_id(self) -> UUID | None: ...
    @property
    def superseded_by(self) -> UUID | None: ...
    @property
    def struck_out(self) -> bool: ...


T = TypeVar("T", bound=Changeable)


class Standing(StrEnum):
    """What a set of the chart counts for now."""

    IN_FORCE = "in force"
    CORRECTION = "correction"
    CORRECTED = "corrected"
    STRUCK_OUT = "struck out"
    REINSTATED = "reinstated"

    @property
    def counts(self) -> bool:
        """Whether the set is drawn and scored: in force, first-hand or after another."""
        return self in _COUNTING


_COUNTING = frozenset({Standing.IN_FORCE, Standing.CORRECTION, Standing.REINSTATED})
STANDING_LETTERS = {Standing.CORRECTION: "c", Standing.REINSTATED: "r", Standing.STRUCK_OUT: "✕"}
"""How the chart marks what is not simply in force; a corrected set stands in its correction."""


class ChartedSet(NamedTuple):
    """A recorded set and its standing; there may be thousands, so these are tuples.

    Attributes:
        replaces: the row that this one superseded, which says by whom, when and why; None for a
            set that came first.
    """

    recorded: RecordedObservations
    standing: Standing
    replaces: RecordedObservations | None = None


def charted_sets(chart: ObservationChart) -> tuple[ChartedSet, ...]:
    """Return every set a person entered, oldest measurement first; strike-out marks are not sets.

    A set's original stays in the list beside the correction or strike-out that replaced it.
    """
    by_id = {recorded.id: recorded for recorded in chart.sets}
    entered = [recorded for recorded in chart.sets if not recorded.struck_out]
    ordered = sorted(entered, key=lambda recorded: (recorded.occurred_at, recorded.recorded_at))
    return tuple(ChartedSet(recorded, *standing_of(recorded, by_id)) for recorded in ordered)


def in_force(sets: Iterable[ChartedSet]) -> tuple[RecordedObservations, ...]:
    """Return the sets that count, oldest first."""
    return tuple(one.recorded for one in sets if one.standing.counts)


def latest_in_force(chart: ObservationChart) -> RecordedObservations | None:
    """Return the newest set that counts, None when there is none."""
    counting = in_force(charted_sets(chart))
    return counting[-1] if counting else None


def standing_of(recorded: T, by_id: Mapping[UUID, T]) -> tuple[Standing, T | None]:
    """Return what a row counts for now, and the row that it superseded; None = it came first."""
    before = by_id.get(recorded.supersedes_id) if recorded.supersedes_id else None
    after = by_id.get(recorded.superseded_by) if recorded.superseded_by else None
    if recorded.superseded_by is not None:
        struck = after is not None and after.struck_out
        return Standing.STRUCK_OUT if struck else Standing.CORRECTED, before
    if recorded.supersedes_id is None:
        return Standing.IN_FORCE, None
    back = before is not None and before.struck_out
    return Standing.REINSTATED if back else Standing.CORRECTION, before
