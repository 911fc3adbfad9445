"""Painting a window in a turn of the event loop of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override


class PaintTurn(QTimer):
    """Has a window painted a turn after something asked for it.

    What is made to be painted, and the painting, would together be felt at the keyboard. Qt asks
    once for all that waits to be painted, and not again until it is.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, singleShot=True, interval=0)
        self._window = window
        self._is_now = False
        self.timeout.connect(self._paint)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest or self._is_now:
            return False
        self.start()
        return True

    def _paint(self) -> None:
        self._is_now = True
        QCoreApplication.sendEvent(self._window, QEvent(QEvent.Type.UpdateRequest))
        self._is_now = False
