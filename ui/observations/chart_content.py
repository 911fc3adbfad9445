"""What a chart shows, worked out once per load: sets, gaps, scale. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache, cached_property
from itertools import groupby

from ui.observations.chart_axis import Window
from ui.observations.chart_rows import ROWS, ChartRow
from ui.observations.charted import ChartedSet, charted_sets, in_force
from ui.observations.measured_rows import (
    ChartedMeasurement,
    charted_measurements,
    measured_rows,
)
from ui.score_words import ScoreNames, score_names
from ward_app.measurements.types import RecordedMeasurement
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.oxygen_target import TargetRange
from ward_app.observations.packs import PACK_NAMES, pack_named
from ward_app.observations.rules import CONTINUOUS_RECHART_MINUTES, ScorePack
from ward_app.observations.types import RecordedObservations, VitalSigns

# a line across more than this many times the expected interval would invent a course
GAP_FACTOR = 2
_UNSCORED_INTERVAL = timedelta(hours=12)
_MARGIN = timedelta(hours=1)
_LONGEST_FIRST_VIEW = timedelta(days=3)


@dataclass(frozen=True)
class ChartContent:
    """One load of one patient's chart.

    Attributes:
        zone: of the ward; the axis is labelled in it.
        measured: other bedside measurements, oldest first, originals included.
    """

    chart: ObservationChart
    zone: tzinfo
    measured: tuple[RecordedMeasurement, ...] = ()

    @cached_property
    def sets(self) -> tuple[ChartedSet, ...]:
        """Every entered set, oldest first, with its standing."""
        return charted_sets(self.chart)

    @cached_property
    def drawn(self) -> tuple[RecordedObservations, ...]:
        """The sets in force, oldest first."""
        return in_force(self.sets)

    @cached_property
    def measurements(self) -> tuple[ChartedMeasurement, ...]:
        """Every other measurement that was entered, oldest first, with its standing."""
        return charted_measurements(self.measured)

    @cached_property
    def rows(self) -> tuple[ChartRow, ...]:
        """The rows of the chart, other measurements below the score."""
        *signs, marks = ROWS
        return (*signs, *measured_rows(self.measurements), marks)

    @property
    def pack(self) -> ScorePack | None:
        """The pack that scores the patient now, whose bands are drawn; None = no score fits."""
        return self.chart.basis.choice.pack

    @cached_property
    def acknowledgement(self) -> str:
        """The words that the owners of the scores shown ask for."""
        names = [one.score.pack for one in self.drawn if one.score]
        names += [self.pack.name] if self.pack else []
        held = [pack_named(name) for name in dict.fromkeys(names) if name in PACK_NAMES]
        return " ".join(pack.acknowledgement for pack in held)

    @cached_property
    def score_names(self) -> ScoreNames:
        """What the numbers of the score row are called."""
        scored = [one.score.pack for one in self.drawn if one.score]
        return score_names([*scored, *([self.pack.name] if self.pack and not scored else [])])

    @cached_property
    def whole(self) -> Window:
        """The stretch from before the first set to after the last, now and the next due time."""
        moments = [one.recorded.occurred_at for one in self.sets] + [self.chart.read_at]
        moments += [one.occurred_at for one in self.chart.not_taken]
        moments += [one.occurred_at for one in self.measured]
        if self.chart.next_due_at is not None:
            moments.append(self.chart.next_due_at)
        return Window(min(moments) - _MARGIN, max(moments) + _MARGIN)

    @property
    def first_view(self) -> Window:
        """The whole course, or its last three days when it is longer."""
        whole = self.whole
        return Window(max(whole.start, whole.end - _LONGEST_FIRST_VIEW), whole.end)


@dataclass(frozen=True, slots=True)
class GroundRun:
    """A stretch of time during which the same bands apply.

    Attributes:
        signs: carries the SpO2 scale and whether on oxygen; nothing else of it counts.
    """

    start: datetime
    end: datetime
    signs: VitalSigns


def ground_runs(content: ChartContent, window: Window) -> tuple[GroundRun, ...]:
    """Return which SpO2 bands apply when: from each set to the next, merged where alike.

    On scale 2 the bands from 93 % count on oxygen only, so they follow the patient.
    """
    runs: list[GroundRun] = []
    for start, end, signs in _stretches(content, window):
        if runs and _ground_of(runs[-1].signs) == _ground_of(signs):
            runs[-1] = GroundRun(runs[-1].start, end, runs[-1].signs)
        else:
            runs.append(GroundRun(start, end, signs))
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class TargetRun:
    """A stretch of time during which one oxygen target was prescribed."""

    start: datetime
    end: datetime
    target: TargetRange


def target_runs(content: ChartContent, window: Window) -> tuple[TargetRun, ...]:
    """Return which oxygen target was in force when, oldest first; the last one still is."""
    decisions = content.chart.target_decisions[::-1]
    runs = []
    for place, one in enumerate(decisions, start=1):
        until = decisions[place].occurred_at if place < len(decisions) else window.end
        start, end = max(one.occurred_at, window.start), min(until, window.end)
        if one.target is not None and start < end:
            runs.append(TargetRun(start, end, one.target))
    return tuple(runs)


def is_gap(before: RecordedObservations, after: RecordedObservations) -> bool:
    """Whether too much time lies between two sets to draw a line from one to the other."""
    return after.occurred_at - before.occurred_at > longest_join(before)


def longest_join(recorded: RecordedObservations) -> timedelta:
    """Return the longest time to the next set over which a line may be drawn."""
    return GAP_FACTOR * expected_interval(recorded)


def expected_interval(recorded: RecordedObservations) -> timedelta:
    """Return the longest time to the next set that the set's score asked for."""
    if recorded.score is None:
        return _UNSCORED_INTERVAL
    return _interval(recorded.score.interval_minutes or CONTINUOUS_RECHART_MINUTES)


@cache
def _interval(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def _stretches(
    content: ChartContent, window: Window
) -> Iterator[tuple[datetime, datetime, VitalSigns]]:
    sets = content.drawn
    if not sets:
        yield window.start, window.end, VitalSigns(spo2_scale=content.chart.scale)
        return
    alike = groupby(sets, key=lambda one: _ground_of(one.vital_signs))
    firsts = [next(group) for _ground, group in alike]
    starts = [window.start, *(one.occurred_at for one in firsts[1:]), window.end]
    for place, one in enumerate(firsts):
        start, end = max(starts[place], window.start), min(starts[place + 1], window.end)
        if start < end:
            yield start, end, one.vital_signs


def _ground_of(signs: VitalSigns) -> tuple[int, bool | None]:
    """Return what the bands follow: the SpO2 scale and, on scale 2, whether on oxygen."""
    return signs.spo2_scale, None if signs.spo2_scale == 1 else signs.on_oxygen
