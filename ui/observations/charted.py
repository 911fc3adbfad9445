"""Which sets of a chart are in force, corrected or struck out. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ward_app.observations.types import ObservationChart, RecordedObservations


class Standing(StrEnum):
    """What a set of the chart counts for now."""

    IN_FORCE = "in force"
    CORRECTION = "correction"
    CORRECTED = "corrected"
    STRUCK_OUT = "struck out"

    @property
    def counts(self) -> bool:
        """Whether the set is drawn and scored: in force, first-hand or as a correction."""
        return self in {Standing.IN_FORCE, Standing.CORRECTION}


@dataclass(frozen=True, slots=True)
class ChartedSet:
    """A recorded set and its standing."""

    recorded: RecordedObservations
    standing: Standing


def charted_sets(chart: ObservationChart) -> tuple[ChartedSet, ...]:
    """Return every set a person entered, oldest measurement first; strike-out marks are not sets.

    A set's original stays in the list beside the correction or strike-out that replaced it.
    """
    marks = {recorded.id for recorded in chart.sets if recorded.struck_out}
    entered = [recorded for recorded in chart.sets if not recorded.struck_out]
    ordered = sorted(entered, key=lambda recorded: (recorded.occurred_at, recorded.recorded_at))
    return tuple(ChartedSet(recorded, _standing(recorded, marks)) for recorded in ordered)


def in_force(sets: Iterable[ChartedSet]) -> tuple[RecordedObservations, ...]:
    """Return the sets that count, oldest first."""
    return tuple(one.recorded for one in sets if one.standing.counts)


def latest_in_force(chart: ObservationChart) -> RecordedObservations | None:
    """Return the newest set that counts, None when there is none."""
    counting = in_force(charted_sets(chart))
    return counting[-1] if counting else None


def _standing(recorded: RecordedObservations, marks: set[UUID]) -> Standing:
    if recorded.superseded_by is None:
        return Standing.IN_FORCE if recorded.supersedes_id is None else Standing.CORRECTION
    return Standing.STRUCK_OUT if recorded.superseded_by in marks else Standing.CORRECTED
