"""A body, front and back as one outline, with the places of an item and their keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme
from ward_app.rounding.types import Item

_SIZE = QSize(196, 250)
_MARK_PX = 20
# where a place lies on the back of a body, in parts of width and height
_PLACES = {
    "head": (0.50, 0.07),
    "left_ear": (0.42, 0.08),
    "right_ear": (0.58, 0.08),
    "left_shoulder": (0.36, 0.24),
    "right_shoulder": (0.64, 0.24),
    "left_elbow": (0.26, 0.42),
    "right_elbow": (0.74, 0.42),
    "spine": (0.50, 0.33),
    "sacrum": (0.50, 0.50),
    "left_hip": (0.40, 0.53),
    "right_hip": (0.60, 0.53),
    "left_heel": (0.42, 0.94),
    "right_heel": (0.58, 0.94),
    "device": (0.88, 0.12),
}


class BodyMap(QWidget):
    """Shows which places of an item are marked; the keys are pressed in the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: Item | None = None
        self._marked: frozenset[str] = frozenset()
        self.setFixedSize(_SIZE)

    def show_places(self, item: Item, marked: tuple[str, ...]) -> None:
        """Show the places of an item, those marked filled."""
        self._item, self._marked = item, frozenset(marked)
        words = [choice.words for choice in item.choices if choice.value in self._marked]
        self.setAccessibleName(f"{item.label}: {', '.join(words) or 'no place marked'}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("dim"), 1.4))
        painter.drawPath(_outline(self.width(), self.height()))
        painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        for choice in self._item.choices if self._item else ():
            if choice.value in _PLACES:
                self._paint_place(painter, choice.key, choice.value)
        painter.end()

    def _paint_place(self, painter: QPainter, key: str, place: str) -> None:
        across, down = _PLACES[place]
        centre = QPointF(across * self.width(), down * self.height())
        circle = QRectF(0, 0, _MARK_PX, _MARK_PX)
        circle.moveCenter(centre)
        marked = place in self._marked
        ground = theme.colour("risk_high" if marked else "card")
        text = theme.colour("on_risk" if marked else "text")
        painter.setPen(QPen(theme.colour("risk_high" if marked else "dim"), 1.2))
        painter.setBrush(QColor(ground))
        painter.drawEllipse(circle)
        painter.setPen(text)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, key)


def _outline(width: int, height: int) -> QPainterPath:
    """Return head, trunk, arms and legs, seen from behind."""
    path = QPainterPath()
    path.addEllipse(QPointF(0.5 * width, 0.08 * height), 0.075 * width, 0.065 * height)
    path.addRoundedRect(QRectF(0.36 * width, 0.16 * height, 0.28 * width, 0.40 * height), 16, 16)
    for left in (0.25, 0.65):
        path.addRoundedRect(QRectF(left * width, 0.18 * height, 0.10 * width, 0.38 * height), 9, 9)
    for left in (0.37, 0.52):
        path.addRoundedRect(QRectF(left * width, 0.57 * height, 0.11 * width, 0.40 * height), 9, 9)
    return path
