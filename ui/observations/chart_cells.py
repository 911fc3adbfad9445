"""The rows of words and numbers of the chart: oxygen, consciousness, score, corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.observations.chart_content import ChartContent
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_marks import MarkStyle, cross_lines
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.charted import Standing
from ui.observations.colours import risk_index
from ui.observations.words import score_number
from ward_app.observations.limits import number_text
from ward_app.observations.types import Consciousness, RecordedObservations, VitalSigns

SMALL_PX = 11
LABEL_PX = 13
_CELL_PX = 30
_NARROWEST_NUMBER_PX = 17
_LONG_SCORE = 3
_CENTRE = Qt.AlignmentFlag.AlignCenter


class CellPainter:
    """Draws the rows that have no scale of values."""

    def __init__(
        self,
        content: ChartContent,
        layout: ChartLayout,
        rooms: Mapping[UUID, float],
        style: MarkStyle,
    ) -> None:
        self._content = content
        self._layout = layout
        self._rooms = rooms
        self._style = style
        self._colours = style.colours
        window = layout.window
        self._shown = tuple(one for one in content.drawn if window.holds(one.occurred_at))

    def paint(self, painter: QPainter, row: ChartRow) -> None:
        """Draw one row."""
        if row.kind is RowKind.SCORE:
            self._scores(painter, row)
        elif row.kind is RowKind.MARKS:
            self._standings(painter, row)
        else:
            self._words(painter, row)

    def _words(self, painter: QPainter, row: ChartRow) -> None:
        """Write air, oxygen flow or consciousness; where words have no room, a stroke."""
        rect, taken = self._layout.rect(row), float("-inf")
        for one in self._shown:
            text = _short_words(one.vital_signs, row)
            points, x = points_of(one, row), self._layout.x(one.occurred_at)
            painter.setFont(chart_font(SMALL_PX, weight(bold=points > 0)))
            width = painter.fontMetrics().horizontalAdvance(text) + 4
            if x - width / 2 >= taken:
                painter.setPen(QColor(self._colours.points[points]))
                painter.drawText(
                    QRectF(x - width / 2, rect.top(), width, rect.height()), _CENTRE, text
                )
                taken = x + width / 2
            elif points:
                stroke = QRectF(x - 1, rect.bottom() - 4, 2, 4)
                painter.fillRect(stroke, QColor(self._colours.points[points]))

    def _scores(self, painter: QPainter, row: ChartRow) -> None:
        rect = self._layout.rect(row)
        for one in self._shown:
            if one.score is not None:
                width = min(_CELL_PX, max(self._rooms[one.id] - 2, 3))
                x = self._layout.x(one.occurred_at)
                cell = QRectF(x - width / 2, rect.top() + 3, width, rect.height() - 6)
                self._score_cell(painter, cell, one)

    def _score_cell(self, painter: QPainter, cell: QRectF, one: RecordedObservations) -> None:
        score = one.score
        if score is None:
            return
        rank = risk_index(score.at_least)
        ink = QColor(self._colours.risks[rank])
        filled = rank > 0 and score.complete
        style = Qt.PenStyle.SolidLine if score.complete else Qt.PenStyle.DotLine
        painter.setBrush(ink if filled else QColor(self._colours.paper))
        if cell.width() < _NARROWEST_NUMBER_PX:
            painter.setPen(QPen(ink, self._style.scale))
            painter.drawRect(cell)
            return
        painter.setPen(QPen(ink, 1.4, style))
        painter.drawRoundedRect(cell, 3, 3)
        text = score_number(score)
        painter.setPen(QColor(self._colours.on_risk) if filled else ink)
        size = LABEL_PX if len(text) < _LONG_SCORE else SMALL_PX
        painter.setFont(chart_font(size, QFont.Weight.Bold))
        painter.drawText(cell, _CENTRE, text)

    def _standings(self, painter: QPainter, row: ChartRow) -> None:
        """Mark corrected and struck-out sets at their times."""
        rect = self._layout.rect(row)
        painter.setPen(QPen(QColor(self._colours.dim), 1.5))
        painter.setFont(chart_font(LABEL_PX, QFont.Weight.Bold))
        for one in self._content.sets:
            place = QPointF(self._layout.x(one.recorded.occurred_at), rect.center().y())
            if one.standing is Standing.STRUCK_OUT:
                painter.drawLines(cross_lines(place))
            elif one.standing is Standing.CORRECTION:
                painter.drawText(
                    QRectF(place.x() - 8, rect.top(), 16, rect.height()), _CENTRE, "c"
                )


def rooms_of(sets: Sequence[RecordedObservations], layout: ChartLayout) -> dict[UUID, float]:
    """Return how many pixels each set has to itself: the distance to its nearest neighbour."""
    places = [layout.x(one.occurred_at) for one in sets]
    gaps = [layout.width, *(after - before for before, after in pairwise(places)), layout.width]
    return {one.id: min(gaps[at], gaps[at + 1]) for at, one in enumerate(sets)}


def _short_words(signs: VitalSigns, row: ChartRow) -> str:
    if row.kind is RowKind.LEVEL:
        level: Consciousness | None = signs.consciousness
        return level.value if level else "—"
    if signs.on_oxygen is None:
        return "—"
    if not signs.on_oxygen:
        return "Air"
    flow = signs.oxygen_flow_l_per_min
    return "O₂" if flow is None else f"{number_text(flow)} L"


def points_of(one: RecordedObservations, row: ChartRow) -> int:
    """Return the points a set got in a row; 0 when nothing was scored."""
    return 0 if one.score is None else one.score.points.get(row.name, 0)


def weight(*, bold: bool) -> QFont.Weight:
    """Return the weight of a heading or of plain text."""
    return QFont.Weight.DemiBold if bold else QFont.Weight.Normal
