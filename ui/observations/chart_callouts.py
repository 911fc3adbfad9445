"""The values of one set written over the chart, where its marks had no room for them."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.formats import time_text
from ui.observations.chart_cells import SMALL_PX, short_words
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.colours import ChartColours
from ui.observations.words import (
    LETTER_WORDS,
    missing_letter,
    pressure_text,
    score_number,
    set_text,
    value_text,
)
from ward_app.observations.limits import number_text
from ward_app.observations.types import RecordedObservations

_HEIGHT_PX = 16
_OFF_PX = 8
_CENTRE = Qt.AlignmentFlag.AlignCenter


def paint_marked(
    painter: QPainter, layout: ChartLayout, one: RecordedObservations, colours: ChartColours
) -> None:
    """Mark one set through all rows."""
    x = layout.x(one.occurred_at)
    colour = QColor(colours.accent)
    painter.setPen(QPen(colour, 1.4))
    colour.setAlphaF(0.14)
    painter.setBrush(colour)
    painter.drawRect(QRectF(x - 15, layout.top, 30, layout.bottom - layout.top))


def paint_hovered(
    painter: QPainter, layout: ChartLayout, one: RecordedObservations, colours: ChartColours
) -> None:
    """Draw an upright line through a set under the pointer."""
    x = layout.x(one.occurred_at)
    painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QLineF(x, layout.top, x, layout.bottom))


def paint_callouts(
    painter: QPainter,
    layout: ChartLayout,
    one: RecordedObservations,
    colours: ChartColours,
    zone: tzinfo,
) -> None:
    """Write every value of a set beside its marks, and its time at the foot.

    What was measured beside the set has times and values of its own in its rows.
    """
    font = chart_font(SMALL_PX, QFont.Weight.Bold)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    x = layout.x(one.occurred_at)
    for row in layout.rows:
        if row.kind is RowKind.MEASURED:
            continue
        text = callout_text(one, row, zone)
        width = metrics.horizontalAdvance(text) + 8
        right = x + _OFF_PX + width <= layout.size.width()
        left = x + _OFF_PX if right else x - _OFF_PX - width
        box = QRectF(left, _middle(layout, row, one) - _HEIGHT_PX / 2, width, _HEIGHT_PX)
        painter.setPen(QPen(QColor(colours.accent), 1))
        painter.setBrush(QColor(colours.paper))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, _CENTRE, text)


def callout_text(one: RecordedObservations, row: ChartRow, zone: tzinfo) -> str:
    """Return what a set has in a row: "96", "120/80", "2 L", "7"; the time for the last row."""
    signs = one.vital_signs
    if row.kind is RowKind.MARKS:
        return time_text(one.occurred_at, zone)
    if row.kind is RowKind.SCORE:
        return score_number(one.score)
    if row.kind in {RowKind.OXYGEN, RowKind.LEVEL}:
        return short_words(one, row)
    value = getattr(signs, row.name)
    text = (missing_letter(one) or "—") if value is None else number_text(value)
    if row.kind is RowKind.PRESSURE:
        diastolic = signs.diastolic_bp_mmhg
        return text if diastolic is None else f"{text}/{diastolic}"
    return text


def hint_text(one: RecordedObservations, row: ChartRow, zone: tzinfo) -> str:
    """Return what a set has in a row, with its time; of score and marks the whole set."""
    if row.kind in {RowKind.SCORE, RowKind.MARKS}:
        return set_text(one, zone)
    return f"{time_text(one.occurred_at, zone)}  {value_hint(one, row)}"


def value_hint(one: RecordedObservations, row: ChartRow) -> str:
    """Return "Pulse 96 /min, 1 point" for a row with a value; why where it is missing."""
    signs = one.vital_signs
    pressure = row.kind is RowKind.PRESSURE
    value = pressure_text(signs) if pressure else value_text(signs, row.name)
    points = None if one.score is None else one.score.points.get(row.name)
    if points is not None:
        return f"{row.label} {value}, {points} point{'' if points == 1 else 's'}"
    letter = missing_letter(one)
    why = f" ({LETTER_WORDS[letter]})" if letter and getattr(signs, row.name) is None else ""
    return f"{row.label} {value}{why}"


def _middle(layout: ChartLayout, row: ChartRow, one: RecordedObservations) -> float:
    """Return how high a callout stands: at its value, held inside the row."""
    rect = layout.rect(row)
    value = getattr(one.vital_signs, row.name, None)
    if row.kind not in {RowKind.LINE, RowKind.PRESSURE} or value is None:
        return rect.center().y()
    half = _HEIGHT_PX / 2
    y = layout.y(row, float(value))
    return min(max(y, rect.top() + half), rect.bottom() - half)
