"""What was measured beside the vital signs, as rows of the chart. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from uuid import UUID

from ui.formats import date_time_text, time_text
from ui.observations.chart_rows import ROW_GAP_PX, ChartRow, RowKind
from ui.observations.charted import Standing, standing_of
from ward_app.measurements.kinds import kind_title, kinds
from ward_app.measurements.types import Formula, Kind, RecordedMeasurement

_ROW_PX = 18
# the titles that have no room beside a row
_SHORT_TITLES = {
    "gcs": "GCS",
    "blood_glucose": "Glucose, ketones",
    "neurological": "Neurological",
    "postural": "Postural BP",
    "cannula_site": "Cannula (VIP)",
}
_FIRST = ("gcs", "neurological", "pain", "blood_glucose")
_DROP = "drop "
_NAME = "measured "
# what the rows with a scale, axis and heading keep at least: below it the bars of blood pressures
# have no room for both their numbers
_LEAST_FOR_VALUES_PX = 320


@dataclass(frozen=True)
class ChartedMeasurement:
    """A recorded measurement and its standing.

    Attributes:
        replaces: the measurement that this one corrects; None for one that came first.
    """

    recorded: RecordedMeasurement
    standing: Standing
    replaces: RecordedMeasurement | None = None

    @property
    def id(self) -> UUID:
        """Id of the measurement."""
        return self.recorded.id

    @property
    def occurred_at(self) -> datetime:
        """When it was measured."""
        return self.recorded.occurred_at

    @cached_property
    def short(self) -> str:
        """The value that tells most: "15" of the coma scale, "7/10", "drop 25/10 mmHg"."""
        parts, kind = self.recorded.summary.split(", "), kinds().get(self.recorded.kind)
        if kind is not None and any(one.formula is Formula.DROP for one in kind.derived):
            return next((part for part in parts if part.startswith(_DROP)), parts[0])
        return _without_label(parts[0], kind)

    @property
    def line(self) -> str:
        """Kind and all values: "Pain: 7/10, left hip"."""
        return f"{kind_title(self.recorded.kind)}: {self.recorded.summary}"


def charted_measurements(
    measured: Sequence[RecordedMeasurement],
) -> tuple[ChartedMeasurement, ...]:
    """Return every measurement a person entered, oldest first; strike-out marks are none.

    An original stays in the list beside the correction or strike-out that replaced it.
    """
    by_id = {one.id: one for one in measured}
    entered = [one for one in measured if not one.struck_out]
    ordered = sorted(entered, key=lambda one: (one.occurred_at, one.recorded_at))
    return tuple(ChartedMeasurement(one, *standing_of(one, by_id)) for one in ordered)


def measured_rows(measurements: Sequence[ChartedMeasurement]) -> tuple[ChartRow, ...]:
    """Return a row for each kind that was measured, those first that say most about a course."""
    found = dict.fromkeys(one.recorded.kind for one in measurements)
    # those that this program does not know come last
    order = dict.fromkeys((*_FIRST, *kinds(), *found))
    names = [name for name in order if name in found]
    return tuple(
        ChartRow(
            kind=RowKind.MEASURED,
            name=row_name(name),
            label=_SHORT_TITLES.get(name, kind_title(name)),
            height=_ROW_PX,
        )
        for name in names
    )


def row_name(kind: str) -> str:
    """Return the name of the row of a kind."""
    return _NAME + kind


def fitting_rows(rows: Sequence[ChartRow], height: float) -> tuple[ChartRow, ...]:
    """Return the rows that leave the values enough of a height in pixels.

    Measured rows that have no room are counted in the last one, which has no values.
    """
    kept = list(rows)
    measured = [row for row in kept if row.kind is RowKind.MEASURED]
    hidden = 0
    while measured and _for_values(kept, height) < _LEAST_FOR_VALUES_PX:
        # the first one that goes makes room for nothing: the count stands in its place
        kept.remove(measured.pop())
        hidden += 1
        if hidden == 1:
            kept.insert(-1, _rest(hidden))
        else:
            kept[-2] = _rest(hidden)
    return tuple(kept)


def hint(one: ChartedMeasurement, zone: tzinfo) -> str:
    """Return "14:07  Pain: 7/10, left hip", with what became of it."""
    recorded = one.recorded
    text = f"{time_text(recorded.occurred_at, zone)}  {one.line}"
    if one.standing is Standing.IN_FORCE:
        return text
    return f"{text} ({one.standing}: {changed_text(one, zone)})"


def changed_text(one: ChartedMeasurement, zone: tzinfo) -> str:
    """Return by whom, when and why it was replaced, or itself replaced another; empty: neither."""
    changed = one.replaces if one.standing.counts else one.recorded
    if changed is None:
        return ""
    at = date_time_text(changed.corrected_at, zone)
    return f"{changed.corrected_by}, {at}: {changed.change_reason}"


def _without_label(text: str, kind: Kind | None) -> str:
    for one in kind.derived if kind else ():
        text = text.removeprefix(f"{one.label} ")
    return text


def _for_values(rows: Sequence[ChartRow], height: float) -> float:
    return height - sum(row.height for row in rows) - ROW_GAP_PX * (len(rows) - 1)


def _rest(hidden: int) -> ChartRow:
    label = f"{hidden} more kind{'' if hidden == 1 else 's'}: T"
    return ChartRow(kind=RowKind.MEASURED, name=_NAME, label=label, height=_ROW_PX)
