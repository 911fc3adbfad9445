"""Shares as bars: what is in use, found, free; with the limit as a line across."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import theme
from ward_app.operations.monitor.parts import Bar

_ROW_PX = 28
_BAR_PX = 14
_GAP_PX = 12
_LONGEST_BAR_PX = 360
_SHORTEST_BAR_PX = 80
_BAD = "◆ "


class BarsView(QWidget):
    """A line a bar: its name, the bar, its figure; a bad one is marked by glyph and colour."""

    def __init__(self, bars: Sequence[Bar], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = tuple(bars)
        self._font = theme.font()
        self._metrics = QFontMetrics(self._font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Bars")
        self.setAccessibleDescription(". ".join(f"{bar.label}: {said(bar)}" for bar in bars))

    @override
    def sizeHint(self) -> QSize:
        width = self._names_px() + _GAP_PX + _SHORTEST_BAR_PX + _GAP_PX + self._texts_px()
        return QSize(width, _ROW_PX * len(self.bars))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        names_px = self._names_px()
        room = self.width() - names_px - 2 * _GAP_PX - self._texts_px()
        length = max(min(room, _LONGEST_BAR_PX), _SHORTEST_BAR_PX)
        for row, bar in enumerate(self.bars):
            top = row * _ROW_PX
            left = names_px + _GAP_PX
            painter.setPen(theme.colour("text"))
            painter.drawText(QRectF(0, top, names_px, _ROW_PX), _MIDDLE, bar.label)
            self._draw(painter, bar, QRectF(left, top + (_ROW_PX - _BAR_PX) / 2, length, _BAR_PX))
            painter.setPen(theme.colour("risk_high" if bar.is_bad else "text"))
            text_left = left + length + _GAP_PX
            text = QRectF(text_left, top, self.width() - text_left, _ROW_PX)
            painter.drawText(text, _MIDDLE, said(bar))

    def _draw(self, painter: QPainter, bar: Bar, place: QRectF) -> None:
        if bar.share is None:
            return  # an empty bar would say none
        painter.fillRect(place, theme.colour("line"))
        share = min(max(bar.share, 0.0), 1.0)
        filled = QRectF(place.left(), place.top(), place.width() * share, place.height())
        painter.fillRect(filled, theme.colour("risk_high" if bar.is_bad else "accent"))
        if bar.limit is not None:
            at = place.left() + place.width() * bar.limit
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.drawLine(
                round(at), round(place.top() - 3), round(at), round(place.bottom() + 3)
            )

    def _names_px(self) -> int:
        return max((self._metrics.horizontalAdvance(bar.label) for bar in self.bars), default=0)

    def _texts_px(self) -> int:
        return max((self._metrics.horizontalAdvance(said(bar)) for bar in self.bars), default=0)


def said(bar: Bar) -> str:
    """Return the figure of a bar, marked where it is beyond its limit."""
    return f"{_BAD}{bar.said}" if bar.is_bad else bar.said


_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
