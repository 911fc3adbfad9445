"""Painting a window in a turn of the event loop of its own, after what takes long was drawn."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid
from typing_extensions import override

# however much changes meanwhile: a window is painted in the end
_MOST_TURNS_BEFORE = 16


class DrawsAhead(Protocol):
    """A widget that has pictures of its parts, which can be drawn before it is painted."""

    def draw_some(self) -> bool:
        """Draw some of the pictures that are missing; say whether more are."""


class PaintTurn(QTimer):
    """Has a window painted a turn after something asked for it.

    What is made to be painted, and the painting, would together be felt at the keyboard. Qt asks
    once for all that waits to be painted, and not again until it is.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, singleShot=True, interval=0)
        self._window = window
        self._is_now = False
        self._drawn: WeakSet[DrawsAhead] = WeakSet()
        self._turns_before = 0
        self.timeout.connect(self._go_on)
        window.installEventFilter(self)

    def wait_for(self, drawn: DrawsAhead) -> None:
        """Paint the window from now on when this widget in it has drawn its pictures.

        What it raises is told as any bug is, after the painting, and it is not waited for again.
        """
        self._drawn.add(drawn)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest or self._is_now:
            return False
        self.start()
        return True

    def _go_on(self) -> None:
        self._turns_before += 1
        is_more = False
        try:
            is_more = self._turns_before < _MOST_TURNS_BEFORE and self._draw_some()
        finally:
            # whatever failed is told after it; Qt does not ask again for what is never painted
            if is_more:
                self.start()
            else:
                self._turns_before = 0
                self._paint()

    def _draw_some(self) -> bool:
        return any(self._draws_some(drawn) for drawn in list(self._drawn) if isValid(drawn))

    def _draws_some(self, drawn: DrawsAhead) -> bool:
        try:
            return drawn.draw_some()
        except Exception:
            # it would fail again, and be told again, whenever the window is painted
            self._drawn.discard(drawn)
            raise

    def _paint(self) -> None:
        self._is_now = True
        try:
            QCoreApplication.sendEvent(self._window, QEvent(QEvent.Type.UpdateRequest))
        finally:
            self._is_now = False
