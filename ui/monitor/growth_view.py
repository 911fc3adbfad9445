"""How the database grew: a line over time, with its ends in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import theme
from ward_app.operations.monitor.snapshots import Snapshot
from ward_app.operations.monitor.words import moment_text
from ward_app.operations.sizes import size_text

_HEIGHT_PX = 128
_WIDEST_PX = 640
_MARGIN_PX = 26


class GrowthView(QWidget):
    """The size at each snapshot; the axis begins at nothing, so that small growth looks small."""

    def __init__(self, snapshots: Sequence[Snapshot], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshots = tuple(snapshots)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_WIDEST_PX)
        self.setAccessibleName("Size of the database over time")
        self.setAccessibleDescription(f"From {self._said(0)} to {self._said(-1)}")

    @override
    def sizeHint(self) -> QSize:
        return QSize(_WIDEST_PX, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALL_PX))
        place = QRectF(0, _MARGIN_PX, self.width() - 4, self.height() - 2 * _MARGIN_PX)
        painter.setPen(theme.colour("line"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawPolyline(self._line(place))
        painter.setPen(theme.colour("text"))
        below = QRectF(0, place.bottom() + 2, self.width(), _MARGIN_PX - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._said(0))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._said(-1))

    def _line(self, place: QRectF) -> QPolygonF:
        first = self._snapshots[0].taken_at
        span_s = (self._snapshots[-1].taken_at - first).total_seconds() or 1.0
        most = max(one.size.bytes for one in self._snapshots) or 1
        return QPolygonF([
            QPointF(
                place.left() + place.width() * (one.taken_at - first).total_seconds() / span_s,
                place.bottom() - place.height() * one.size.bytes / most,
            )
            for one in self._snapshots
        ])  # fmt: skip

    def _said(self, number: int) -> str:
        one = self._snapshots[number]
        return f"{size_text(one.size.bytes)}, {moment_text(one.taken_at)}"
