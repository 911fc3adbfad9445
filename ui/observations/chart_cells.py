"""The rows of words and numbers of the chart: oxygen, consciousness, score, corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_marks import MarkDrawer, MarkStyle, cross_lines, score_shape
from ui.observations.chart_places import BUCKET_PX, Placed, apart
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.charted import STANDING_LETTERS, ChartedSet, Standing
from ui.observations.colours import risk_index, shade_in
from ui.observations.words import (
    missing_letter,
    not_taken_letter,
    score_number,
    short_oxygen_text,
)
from ward_app.observations.types import (
    Consciousness,
    RecordedObservations,
    Score,
    SetNotTaken,
)

SMALL_PX = 11
LABEL_PX = 13
_CELL_PX = 30
_NARROWEST_WORD_PX = 10
_NARROWEST_NUMBER_PX = 17
_LONG_SCORE = 3
_DIASTOLIC = "diastolic_bp_mmhg"
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Lane:
    """Which part of a row is meant: the whole, or one of two days below each other."""

    number: int = 0
    of: int = 1

    def part(self, rect: QRectF) -> QRectF:
        """Return this lane's part of a row."""
        height = rect.height() / self.of
        return QRectF(rect.left(), rect.top() + self.number * height, rect.width(), height)


class CellPainter:
    """Draws the rows that have no scale of values."""

    def __init__(
        self,
        layout: ChartLayout,
        sets: Sequence[Placed],
        style: MarkStyle,
        lane: Lane = Lane(),
        score_marks: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._score_marks = score_marks
        self._layout = layout
        self._style = style
        self._lane = lane
        self._colours = style.colours
        self._shown = tuple(one for one in sets if one.inside)

    def paint(self, painter: QPainter, row: ChartRow) -> None:
        """Draw one row."""
        if row.kind is RowKind.SCORE:
            self._scores(painter, row)
        else:
            self._words(painter, row)

    def paint_standings(
        self, painter: QPainter, row: ChartRow, sets: Sequence[ChartedSet]
    ) -> None:
        """Mark corrected, reinstated and struck-out sets at their times."""
        rect = self._layout.rect(row)
        painter.setPen(QPen(QColor(self._colours.dim), 1.5))
        painter.setFont(chart_font(LABEL_PX, QFont.Weight.Bold))
        for one in sets:
            letter = STANDING_LETTERS.get(one.standing)
            if letter is None or not self._layout.window.holds(one.recorded.occurred_at):
                continue
            place = QPointF(self._layout.x(one.recorded.occurred_at), rect.center().y())
            if one.standing is Standing.STRUCK_OUT:
                painter.drawLines(cross_lines(place))
            else:
                room = QRectF(place.x() - 8, rect.top(), 16, rect.height())
                painter.drawText(room, _CENTRE, letter)

    def paint_not_taken(
        self, painter: QPainter, row: ChartRow, sets: Sequence[SetNotTaken]
    ) -> None:
        """Mark whole sets that were refused or put off at the time that was said."""
        rect = self._layout.rect(row)
        painter.setPen(QColor(self._colours.text))
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.Bold))
        shown = [one for one in sets if self._layout.window.holds(one.occurred_at)]
        places = [(self._layout.x(one.occurred_at), not_taken_letter(one)) for one in shown]
        for x, letter in apart(places, lambda one: one[0], LABEL_PX):
            painter.drawText(QRectF(x - 8, rect.top(), 16, rect.height()), _CENTRE, letter)

    def _words(self, painter: QPainter, row: ChartRow) -> None:
        """Write air, oxygen or consciousness; where words have no room, a stroke."""
        rect, taken = self._lane.part(self._layout.rect(row)), float("-inf")
        room_of, points_of = cache(_width), points_in(row)
        strokes: list[tuple[float, int]] = []
        for placed in self._shown:
            points, x = points_of(placed.recorded), placed.x
            free = x - _NARROWEST_WORD_PX / 2 >= taken
            text = short_words(placed.recorded, row) if free else ""
            width = room_of(text, points > 0) if free else 0
            if free and x - width / 2 >= taken:
                painter.setFont(chart_font(SMALL_PX, weight(bold=points > 0)))
                painter.setPen(QColor(self._colours.points[points]))
                room = QRectF(x - width / 2, rect.top(), width, rect.height())
                painter.drawText(room, _CENTRE, text)
                taken = x + width / 2
            elif points:
                strokes.append((x, points))
        for x, points in apart(strokes, lambda one: one[0], BUCKET_PX):
            stroke = QRectF(x - 1, rect.bottom() - 4, 2, 4)
            painter.fillRect(stroke, QColor(self._colours.points[points]))

    def _scores(self, painter: QPainter, row: ChartRow) -> None:
        rect = self._lane.part(self._layout.rect(row))
        narrow: list[tuple[float, int]] = []
        for placed in self._shown:
            score = placed.recorded.score
            if score is None:
                continue
            width = min(_CELL_PX, max(placed.room - 2, 3))
            if width < _NARROWEST_NUMBER_PX:
                narrow.append((placed.x, risk_index(score.at_least, score.risk)))
            else:
                cell = QRectF(placed.x - width / 2, rect.top() + 3, width, rect.height() - 6)
                self._score_cell(painter, cell, score)
        # the highest risk is drawn where several share a place
        narrow.sort(key=lambda one: (one[0] // BUCKET_PX, -one[1]))
        small = MarkDrawer(MarkStyle(self._colours, min(self._style.scale, 0.7)))
        for x, rank in apart(narrow, lambda one: one[0] // BUCKET_PX * BUCKET_PX, BUCKET_PX):
            self._score_mark(painter, QPointF(x, rect.center().y()), rank, small)

    def _score_cell(self, painter: QPainter, cell: QRectF, score: Score) -> None:
        rank = risk_index(score.at_least, score.risk)
        ink = QColor(self._colours.risks[rank])
        filled = rank > 0 and score.complete
        style = Qt.PenStyle.SolidLine if score.complete else Qt.PenStyle.DotLine
        painter.setBrush(ink if filled else QColor(self._colours.paper))
        painter.setPen(QPen(ink, 1.4, style))
        painter.drawPath(score_shape(cell, rank))
        text = f"{self._score_marks.get(score.pack, '')}{score_number(score)}"
        painter.setPen(QColor(self._colours.on_risk) if filled else ink)
        size = LABEL_PX if len(text) < _LONG_SCORE else SMALL_PX
        painter.setFont(chart_font(size, QFont.Weight.Bold))
        painter.drawText(cell, _CENTRE, text)

    def _score_mark(self, painter: QPainter, place: QPointF, rank: int, small: MarkDrawer) -> None:
        """Draw a score that has no room for its number: the colour and shape of its risk."""
        if rank > 1:
            small.draw(painter, place, rank)
            return
        ink, radius = QColor(self._colours.risks[rank]), 3 * small.style.scale
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(ink if rank else QColor(self._colours.paper))
        painter.drawEllipse(place, radius, radius)


def _width(text: str, bold: bool) -> float:  # noqa: FBT001 - a key of the cache
    return QFontMetricsF(chart_font(SMALL_PX, weight(bold=bold))).horizontalAdvance(text) + 4


def short_words(recorded: RecordedObservations, row: ChartRow) -> str:
    """Return "Air", "2 L", "V 28 %", "A"; a letter in brackets or a dash where it is missing."""
    signs = recorded.vital_signs
    letter = missing_letter(recorded)
    missing = f"({letter})" if letter else "—"
    if row.kind is RowKind.LEVEL:
        level: Consciousness | None = signs.consciousness
        return level.value if level else missing
    return short_oxygen_text(signs) or missing


def points_in(row: ChartRow) -> Callable[[RecordedObservations], int]:
    """Return what gives the shade, 0 to 3, of the points a set got in a row; 0 if not scored."""
    name = row.name
    other = _DIASTOLIC if row.kind is RowKind.PRESSURE else name

    def points_of(one: RecordedObservations) -> int:
        score = one.score
        if score is None:
            return 0
        points = max(score.points.get(name, 0), score.points.get(other, 0))
        return shade_in(points, score.pack) if points else 0

    return points_of


def weight(*, bold: bool) -> QFont.Weight:
    """Return the weight of a heading or of plain text."""
    return QFont.Weight.DemiBold if bold else QFont.Weight.Normal
