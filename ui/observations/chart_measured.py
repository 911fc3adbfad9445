"""Other bedside measurements on the chart: which rows there are, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ui.formats import date_time_text
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.charted import Standing
from ui.observations.colours import ChartColours
from ward_app.measurements.kinds import kinds
from ward_app.measurements.types import RecordedMeasurement

ROW_PX = 20
_SMALL_PX = 11
_TICK_PX = 6
_LONGEST_PX = 96
# the titles that have no room beside a row
_SHORT_TITLES = {
    "gcs": "GCS",
    "blood_glucose": "Glucose, ketones",
    "neurological": "Neurological",
    "postural": "Postural BP",
    "cannula_site": "Cannula (VIP)",
}
# those that say most about a course first; the others by their keys
_FIRST = ("gcs", "neurological", "pain", "blood_glucose")


def counting(measured: Sequence[RecordedMeasurement]) -> tuple[RecordedMeasurement, ...]:
    """Return the measurements in force, oldest first."""
    return tuple(one for one in measured if one.superseded_by is None and not one.struck_out)


def measured_rows(
    measured: Sequence[RecordedMeasurement], most: int | None
) -> tuple[ChartRow, ...]:
    """Return a row for each kind that was measured, at most so many (None: all of them)."""
    known = kinds()
    found = dict.fromkeys(one.kind for one in counting(measured) if one.kind in known)
    order = [name for name in (*_FIRST, *known) if name in found]
    return tuple(
        ChartRow(
            kind=RowKind.MEASURED,
            name=name,
            label=_SHORT_TITLES.get(name, known[name].title),
            height=ROW_PX,
        )
        for name in list(dict.fromkeys(order))[:most]
    )


def short_text(one: RecordedMeasurement) -> str:
    """Return what the row shows of a measurement: the first part of its line."""
    text = one.summary.partition(", ")[0]
    kind = kinds().get(one.kind)
    for label in (item.label for item in (kind.derived if kind else ())):
        text = text.removeprefix(f"{label} ")
    return text


def paint_measured(
    painter: QPainter,
    layout: ChartLayout,
    row: ChartRow,
    measured: Sequence[RecordedMeasurement],
    colours: ChartColours,
) -> None:
    """Write each measurement of a kind at its time; where words have no room, a stroke."""
    rect, taken = layout.rect(row), float("-inf")
    painter.setFont(chart_font(_SMALL_PX))
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(colours.text))
    for one in counting(measured):
        if one.kind != row.name or not layout.window.holds(one.occurred_at):
            continue
        elide = Qt.TextElideMode.ElideRight
        x, text = layout.x(one.occurred_at), short_text(one)
        text = metrics.elidedText(text, elide, _LONGEST_PX)
        width = metrics.horizontalAdvance(text) + 4
        left = min(x - width / 2, rect.right() - width)
        if left >= taken:
            room = QRectF(left, rect.top(), width, rect.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
            taken = left + width
        else:
            stroke = QRectF(x - 1, rect.bottom() - _TICK_PX, 2, _TICK_PX)
            painter.fillRect(stroke, QColor(colours.dim))


class ChartedMeasurement(NamedTuple):
    """A measurement as it was entered, and its standing."""

    recorded: RecordedMeasurement
    standing: Standing

    @property
    def occurred_at(self) -> datetime:
        """When it was measured, aware."""
        return self.recorded.occurred_at


def charted(measured: Sequence[RecordedMeasurement]) -> tuple[ChartedMeasurement, ...]:
    """Return every measurement that somebody entered; marks of strike-outs are none."""
    struck = {one.supersedes_id for one in measured if one.struck_out}
    return tuple(
        ChartedMeasurement(one, _standing(one, struck=one.id in struck))
        for one in measured
        if not one.struck_out
    )


def table_words(one: ChartedMeasurement, zone: tzinfo) -> Mapping[str, str]:
    """Return what the table says of a measurement, by the header of the column."""
    recorded, title = one.recorded, one.recorded.kind
    changed = ""
    if recorded.superseded_by is not None:
        at = date_time_text(recorded.corrected_at, zone)
        changed = f"{recorded.corrected_by}, {at}: {recorded.change_reason}"
    if title in kinds():
        title = kinds()[title].title
    return {
        "Measured": date_time_text(recorded.occurred_at, zone),
        "State": "" if one.standing is Standing.IN_FORCE else one.standing.capitalize(),
        "Further signs": f"{title}: {recorded.summary}",
        "Changed by, when and why": changed,
        "Note": recorded.note or "",
        "Recorded by": recorded.recorded_by,
        "Recorded": date_time_text(recorded.recorded_at, zone),
        "Source": recorded.source,
    }


def _standing(one: RecordedMeasurement, *, struck: bool) -> Standing:
    if one.superseded_by is not None:
        return Standing.STRUCK_OUT if struck else Standing.CORRECTED
    return Standing.IN_FORCE if one.supersedes_id is None else Standing.CORRECTION
