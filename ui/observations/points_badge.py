"""The points of one parameter as a small badge: number, shape and colour say the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme
from ui.observations.colours import chart_colours
from ui.observations.words import POINT_GLYPHS


class PointsBadge(QWidget):
    """Points 0 to 3 of one parameter; nothing while the parameter is not measured."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.points: int | None = None
        self.setFixedSize(QSize(44, 22))
        self.show_points(None)

    def show_points(self, points: int | None) -> None:
        """Show the points; None = not measured, or not scorable yet."""
        self.points = points
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
        ink = QColor(colours.points[self.points])
        painter.setPen(QPen(ink, 1) if self.points else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.bands[self.points]))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(ink)
        painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        text = f"{POINT_GLYPHS[self.points]} {self.points}"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
