"""The rows of the chart with a scale of values: lines, marks, bars, numbers, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.observations.chart_cells import SMALL_PX, points_in
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_marks import MarkDrawer, MarkStyle, arrow_head, pressure_lines
from ui.observations.chart_places import (
    CROWDED_PX,
    Placed,
    Spot,
    apart,
    line_of,
    marks_of,
    runs_of,
)
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.words import missing_letter
from ward_app.observations.limits import number_text
from ward_app.observations.types import RecordedObservations

_VALUE_ROOM_PX = 30
_VALUE_OFF_PX = 13
_LETTER_ROOM_PX = 11
_ARROW_PX = 6
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class ValueLook:
    """How values are drawn; `faint`: those of another day, behind, without numbers.

    Attributes:
        spacing: usual distance of two sets, in pixels.
    """

    style: MarkStyle
    spacing: float
    faint: bool = False


class ValuePainter:
    """Draws the values of some sets into the rows that have a scale."""

    def __init__(self, layout: ChartLayout, sets: Sequence[Placed], look: ValueLook) -> None:
        self._layout = layout
        self._sets = sets
        self._look = look
        self._colours = look.style.colours
        self._ink = QColor(self._colours.dim if look.faint else self._colours.ink)
        self._crowded = look.spacing < CROWDED_PX
        self._marks = MarkDrawer(look.style, hollow=look.faint)

    def numbers_fit(self, recorded: RecordedObservations) -> bool:
        """Whether a set's values are written beside its marks."""
        return any(
            one.recorded.id == recorded.id and one.room >= _VALUE_ROOM_PX for one in self._sets
        )

    def paint(self, painter: QPainter, row: ChartRow) -> None:
        """Draw one row."""
        spots = self._spots(row)
        if row.kind is RowKind.PRESSURE:
            self._bars(painter, row)
        else:
            self._line(painter, row, spots)
        inside = [spot for spot in spots if spot.placed.inside]
        marked = marks_of(inside) if self._crowded else inside
        for spot in marked:
            if row.kind is RowKind.LINE or spot.points:
                self._marks.draw(painter, QPointF(spot.x, spot.y), spot.points)
        if not self._look.faint:
            self._numbers(painter, row, marked)
            self._letters(painter, row)

    def _spots(self, row: ChartRow) -> list[Spot]:
        y, value_of, points_of = self._layout.scale(row), attrgetter(row.name), points_in(row)
        return [
            Spot(one.x, y(float(value)), points_of(one.recorded), one)
            for one in self._sets
            if (value := value_of(one.recorded.vital_signs)) is not None
        ]

    def _line(self, painter: QPainter, row: ChartRow, spots: Sequence[Spot]) -> None:
        lines: list[QLineF] = []
        for run in runs_of(spots):
            through = line_of(run)
            lines += [QLineF(a.x, a.y, b.x, b.y) for a, b in pairwise(through)]
        dashes = Qt.PenStyle.DashLine if self._look.faint else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self._ink, 1.5, dashes))
        painter.save()
        painter.setClipRect(self._layout.rect(row))
        # a smoothed line through a crowd costs most of the painting and shows nothing more
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not self._crowded)
        painter.drawLines(lines)
        painter.restore()

    def _bars(self, painter: QPainter, row: ChartRow) -> None:
        arm = min(_ARROW_PX, self._look.spacing / 3)
        shown = [one for one in self._sets if one.inside]
        y = self._layout.scale(row)
        lines = [line for one in shown for line in self._bar(one, y, arm)]
        width = 1.2 if self._look.faint else 2 * self._look.style.scale
        dashes = Qt.PenStyle.DotLine if self._look.faint else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self._ink, width, dashes))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not self._crowded)
        painter.drawLines(lines)
        painter.restore()

    def _bar(self, one: Placed, y: Callable[[float], float], arm: float) -> list[QLineF]:
        signs, x = one.recorded.vital_signs, one.x
        high, low = signs.systolic_bp_mmhg, signs.diastolic_bp_mmhg
        systolic = None if high is None else y(high)
        diastolic = None if low is None else y(low)
        if systolic is not None and diastolic is not None:
            if self._crowded:
                # an arrow head would be narrower than the line
                return [QLineF(x, systolic, x, diastolic)]
            return pressure_lines(x, systolic, diastolic, arm)
        if systolic is not None:
            return arrow_head(x, systolic, arm)
        return [] if diastolic is None else arrow_head(x, diastolic, -arm)

    def _numbers(self, painter: QPainter, row: ChartRow, spots: Sequence[Spot]) -> None:
        """Write values beside their marks: where they lie beyond the row, or there is room."""
        outside = [spot for spot in spots if self._is_beyond(row, self._value(row, spot))]
        for spot in apart(outside, lambda spot: spot.x, _VALUE_ROOM_PX):
            self._beyond(painter, row, QPointF(spot.x, spot.y), self._value(row, spot))
        painter.setFont(chart_font(SMALL_PX - 1))
        painter.setPen(QColor(self._colours.dim))
        for spot in spots:
            if spot.placed.room >= _VALUE_ROOM_PX and not self._is_beyond(
                row, self._value(row, spot)
            ):
                self._value_at(painter, spot.x, self._beside(row, spot.y), self._text(row, spot))
        if row.kind is RowKind.PRESSURE:
            self._diastolic_numbers(painter, row)

    def _beside(self, row: ChartRow, y: float) -> float:
        """Return where the number of a mark goes: above it, at the top of the row below it."""
        above = y - _VALUE_OFF_PX
        inside = above - 6 >= self._layout.rect(row).top() - 2
        return above if inside else y + _VALUE_OFF_PX

    def _diastolic_numbers(self, painter: QPainter, row: ChartRow) -> None:
        for one in self._sets:
            diastolic = one.recorded.vital_signs.diastolic_bp_mmhg
            if diastolic is None or not one.inside or one.room < _VALUE_ROOM_PX:
                continue
            y = self._layout.y(row, diastolic)
            if self._is_beyond(row, diastolic):
                self._beyond(painter, row, QPointF(one.x, y), float(diastolic))
                painter.setFont(chart_font(SMALL_PX - 1))
                painter.setPen(QColor(self._colours.dim))
            elif y + 16 <= self._layout.rect(row).bottom() + 2:
                self._value_at(painter, one.x, y + 10, str(diastolic))

    def _letters(self, painter: QPainter, row: ChartRow) -> None:
        """Write why a value is missing at the foot of the row, in one letter."""
        missing = [
            (one.x, letter)
            for one in self._sets
            if one.inside
            and getattr(one.recorded.vital_signs, row.name) is None
            and (letter := missing_letter(one.recorded))
        ]
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.Bold))
        painter.setPen(QColor(self._colours.text))
        bottom = self._layout.rect(row).bottom()
        for x, letter in apart(missing, lambda one: one[0], _LETTER_ROOM_PX):
            painter.drawText(QRectF(x - 8, bottom - 15, 16, 14), _CENTRE, letter)

    def _beyond(self, painter: QPainter, row: ChartRow, place: QPointF, value: float) -> None:
        """Write the number of a value that lies beyond the row, with an arrow to where it lies."""
        above = value > row.highest
        room = QRectF(place.x() + 7, place.y() + (-2 if above else -14), 40, 16)
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.Bold))
        painter.setPen(QColor(self._colours.text))
        painter.drawText(room, _LEFT, f"{'↑' if above else '↓'}{value:g}")

    def _value_at(self, painter: QPainter, x: float, y: float, text: str) -> None:
        painter.drawText(QRectF(x - 18, y - 6, 36, 12), _CENTRE, text)

    def _value(self, row: ChartRow, spot: Spot) -> float:
        return float(getattr(spot.placed.recorded.vital_signs, row.name))

    def _text(self, row: ChartRow, spot: Spot) -> str:
        return number_text(getattr(spot.placed.recorded.vital_signs, row.name))

    def _is_beyond(self, row: ChartRow, value: float) -> bool:
        return not row.lowest <= value <= row.highest
