"""The marks of a chart: one shape for each number of points, bars, crosses."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.observations.colours import ChartColours

_RADIUS = 3.2
_HOUSE = 2
_CORNERS = {
    1: ((-3.7, -3.7), (3.7, -3.7), (3.7, 3.7), (-3.7, 3.7)),
    2: ((0, -5), (5.4, 4.2), (-5.4, 4.2)),
    3: ((0, -5.6), (5.6, 0), (0, 5.6), (-5.6, 0)),
}


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """Colours and size of marks; `scale` 1 is the full size, less where sets stand close."""

    colours: ChartColours
    scale: float = 1


class MarkDrawer:
    """Draws marks of one style; pens, brushes and outlines are made once and not at every mark."""

    def __init__(self, style: MarkStyle, *, hollow: bool = False) -> None:
        self.style = style
        colours, width = style.colours, 1.2 if hollow else 2 * style.scale
        dot = QPen(QColor(colours.dim), width) if hollow else QPen(Qt.PenStyle.NoPen)
        self._pens = (dot, *(QPen(QColor(each), width) for each in colours.points[1:]))
        paper = QBrush(QColor(colours.paper))
        self._brushes = (paper if hollow else QBrush(QColor(colours.ink)), paper, paper, paper)
        self._shapes = {
            points: QPolygonF([QPointF(dx, dy) * style.scale for dx, dy in corners])
            for points, corners in _CORNERS.items()
        }
        self._radius = _RADIUS * style.scale

    def draw(self, painter: QPainter, at: QPointF, points: int) -> None:
        """Draw the mark of a value: a dot for 0, square 1, triangle 2, diamond 3 points."""
        painter.setPen(self._pens[points])
        painter.setBrush(self._brushes[points])
        if points == 0:
            painter.drawEllipse(at, self._radius, self._radius)
        else:
            painter.drawPolygon(self._shapes[points].translated(at))


def score_shape(cell: QRectF, rank: int) -> QPainterPath:
    """Return the outline of a score by its risk: frame 0, pill 1, house 2, lozenge 3.

    The shape says what the colour says, and leaves room for the number.
    """
    path = QPainterPath()
    if rank <= 1:
        radius = cell.height() / 2 if rank else 3
        path.addRoundedRect(cell, radius, radius)
        return path
    path.addPolygon(_house(cell) if rank == _HOUSE else _lozenge(cell))
    path.closeSubpath()
    return path


def _house(cell: QRectF) -> QPolygonF:
    left, right, eaves = cell.left(), cell.right(), cell.top() + 5
    ridge = QPointF(cell.center().x(), cell.top() - 2)
    return QPolygonF(
        [cell.bottomLeft(), QPointF(left, eaves), ridge, QPointF(right, eaves), cell.bottomRight()]
    )


def _lozenge(cell: QRectF) -> QPolygonF:
    middle, corner = cell.center().y(), min(7.0, cell.width() / 4)
    left, right, top, bottom = cell.left(), cell.right(), cell.top(), cell.bottom()
    return QPolygonF(
        [
            QPointF(left - 3, middle),
            QPointF(left + corner, top),
            QPointF(right - corner, top),
            QPointF(right + 3, middle),
            QPointF(right - corner, bottom),
            QPointF(left + corner, bottom),
        ]
    )


def pressure_lines(x: float, systolic: float, diastolic: float, arm: float) -> list[QLineF]:
    """Return the bar of one blood pressure: an arrow from diastolic to systolic, both ends."""
    return [
        QLineF(x, systolic, x, diastolic),
        *arrow_head(x, systolic, arm),
        *arrow_head(x, diastolic, -arm),
    ]


def arrow_head(x: float, y: float, arm: float) -> list[QLineF]:
    """Return an arrow head pointing up; pointing down with a negative arm."""
    side = abs(arm) * 0.7
    return [QLineF(x - side, y + arm, x, y), QLineF(x, y, x + side, y + arm)]


def cross_lines(at: QPointF, arm: float = 4) -> list[QLineF]:
    """Return a cross."""
    x, y = at.x(), at.y()
    return [QLineF(x - arm, y - arm, x + arm, y + arm), QLineF(x - arm, y + arm, x + arm, y - arm)]
