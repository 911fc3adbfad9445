"""The points of one parameter as a small badge: number, shape and colour say the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme
from ui.observations.colours import chart_colours, shade_of
from ui.observations.words import POINT_GLYPHS
from ward_app.observations.rules import Scoring


class PointsBadge(QWidget):
    """Points of one parameter; nothing while the parameter is not measured."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.points: int | None = None
        self._shade = 0
        self.setFixedSize(QSize(44, 22))
        self.show_points(None)

    def show_points(self, points: int | None, scoring: Scoring = Scoring.SUM) -> None:
        """Show the points; None = not measured, not scorable yet, or not scored at all."""
        self.points = points
        self._shade = shade_of(points or 0, scoring)
        words = "no points yet" if points is None else f"{points} points"
        self.setAccessibleName(f"{self._label}: {words}")
        self.setToolTip("" if points is None else f"{self._label} gives {words}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.points is None:
            return
        colours = chart_colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(colours.points[self._shade])
        painter.setPen(QPen(ink, 1) if self.points else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.bands[self._shade]))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(ink)
        painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        text = f"{POINT_GLYPHS[self._shade]} {self.points}"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
