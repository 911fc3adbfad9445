"""A card over the middle of the window, closed by Escape or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme

TOP_MARGIN_PX = 56
SHADE_OPACITY = 90


class Overlay(QWidget):
    """Covers its parent with a shade and shows `card` on it. Subclasses fill `column`.

    A child of the window and not a window of its own, so that the lock cover covers it too.
    """

    def __init__(self, parent: QWidget, width_px: int) -> None:
        super().__init__(parent)
        self.card = QFrame(self)
        self.card.setFixedWidth(width_px)
        self.card.setObjectName("OverlayCard")
        theme.tint(self.card, ground="card")
        self.column = QVBoxLayout(self.card)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, TOP_MARGIN_PX, 0, theme.GRID_PX)
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._covered = parent
        self._before: QWidget | None = None
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show over everything else in the window."""
        self._before = self.window().focusWidget()
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def room(self) -> int:
        """Return how high the card's content may be in the window as it is."""
        margins = self.column.contentsMargins()
        return self._covered.height() - 2 * TOP_MARGIN_PX - margins.top() - margins.bottom()

    def shut(self) -> None:
        """Hide and give the focus back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.shut()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, SHADE_OPACITY))
        painter.end()
