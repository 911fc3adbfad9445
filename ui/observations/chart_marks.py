"""The marks of a chart: one shape for each number of points, bars, crosses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ui.observations.colours import ChartColours

_RADIUS = 3.2
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


def draw_mark(painter: QPainter, at: QPointF, points: int, style: MarkStyle) -> None:
    """Draw the mark of a value: a dot for 0, square 1, triangle 2, diamond 3 points."""
    if points == 0:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.colours.ink))
        painter.drawEllipse(at, _RADIUS * style.scale, _RADIUS * style.scale)
        return
    painter.setPen(QPen(QColor(style.colours.points[points]), 2 * style.scale))
    painter.setBrush(QColor(style.colours.paper))
    corners = [QPointF(dx, dy) * style.scale + at for dx, dy in _CORNERS[points]]
    painter.drawPolygon(QPolygonF(corners))


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


def broken_line(points: Sequence[QPointF | None]) -> list[QLineF]:
    """Return the lines between points that follow each other; None breaks the line."""
    return [
        QLineF(before, after)
        for before, after in itertools.pairwise(points)
        if before is not None and after is not None
    ]
