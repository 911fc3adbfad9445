"""Keys and mouse as a nurse's hands give them: to the window in front, which finds the focus."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QModelIndex, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QWindow,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

POLL_MS = 4
PATIENCE_S = 10.0
_DRAG_STEPS = 6
_READER_MS = 5
_LEFT = Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


class TooLongError(Exception):
    """Something did not come about in time."""


class Hands:
    """Presses, types, clicks and drags, one thing after the other, the event loop turning between.

    Attributes:
        keys: how many keys were pressed; a chord such as Ctrl+Enter counts as one.
    """

    def __init__(self) -> None:
        self.keys = 0

    def press(self, keys: str) -> None:
        """Press keys as Qt writes them ("Ctrl+Return", "T", "Esc"), one after each space."""
        for chord in keys.split():
            combination = QKeySequence(chord)[0]  # type: ignore[index] # the stubs lack it
            QTest.keyClick(self._front(), combination.key(), combination.keyboardModifiers())
            self.keys += 1
            self.rest()

    def type(self, text: str) -> None:
        """Type a text."""
        for character in text:
            QTest.keyClick(self._front(), ord(character))
            self.keys += 1
            self.rest()

    def hold_badge(self, badge: str) -> None:
        """Type what a badge says as a reader does: faster than any person, and Enter."""
        for at, letter in enumerate(f"{badge}\r", start=1):
            # a moment of its own for each: how busy this computer is says nothing of the reader
            key = Qt.Key.Key_Return if letter == "\r" else Qt.Key(ord(letter))
            event = QKeyEvent(QEvent.Type.KeyPress, key, _PLAIN, letter)
            event.setTimestamp(at * _READER_MS)
            QGuiApplication.sendEvent(self._front(), event)
        self.keys += len(badge) + 1
        self.rest()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, in its middle if not said where."""
        window, point = _on_window(widget, at or widget.rect().center())
        QTest.mouseClick(window, _LEFT, _PLAIN, point)
        self.rest()

    def drag(self, view: QAbstractItemView, start: QModelIndex, end: QModelIndex) -> None:
        """Drag one item of a view onto another, the button held.

        The press and the first moves are the mouse's and start the view's own drag. Without a
        screen Qt carries nothing from there, so what the view lifted is handed to it again.
        """
        window, first = _on_window(view.viewport(), view.visualRect(start).center())
        _, last = _on_window(view.viewport(), view.visualRect(end).center())
        QTest.mousePress(window, _LEFT, _PLAIN, first)
        for step in range(1, _DRAG_STEPS + 1):
            QTest.mouseMove(window, first + (last - first) * step / _DRAG_STEPS)
            self.rest()
        QTest.mouseRelease(window, _LEFT, _PLAIN, last)
        _drop(view, view.model().mimeData([start]), view.visualRect(end).center())
        self.rest()

    def rest(self, milliseconds: int = POLL_MS) -> None:
        """Let the event loop turn for so long."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Let the event loop turn until something is so.

        Raises:
            TooLongError: it was not so in time.
        """
        waiting = _Waiting(condition, monotonic() + within_s)
        waiting.run()

    def _front(self) -> QWindow:
        """Return the window that keys go to; one that was just opened takes a moment."""
        self.wait(QGuiApplication.focusWindow)
        return QGuiApplication.focusWindow()


class _Waiting:
    """One wait: asks every few milliseconds; what the question raises is raised to the waiter."""

    def __init__(self, condition: Callable[[], object], until_s: float) -> None:
        self._condition, self._until_s = condition, until_s
        self._loop = QEventLoop()
        self._raised: BaseException | None = None

    def run(self) -> None:
        if self._condition():
            return
        timer = QTimer(interval=POLL_MS)
        timer.timeout.connect(self._ask)
        timer.start()
        self._loop.exec()
        timer.stop()
        if self._raised is not None:
            raise self._raised

    def _ask(self) -> None:
        try:
            if not self._condition():
                if monotonic() < self._until_s:
                    return
                self._raised = TooLongError()
        except BaseException as error:  # noqa: BLE001 - carried out of Qt's loop to the waiter
            self._raised = error
        self._loop.quit()


def _on_window(widget: QWidget, at: QPoint) -> tuple[QWindow, QPoint]:
    top = widget.window()
    return top.windowHandle(), widget.mapTo(top, at)


def _drop(view: QAbstractItemView, lifted: QMimeData, at: QPoint) -> None:
    """Let a view take what was lifted from it, at a point of its viewport."""
    about = (Qt.DropAction.MoveAction, lifted, _LEFT, _PLAIN)
    for event in (
        QDragEnterEvent(at, *about),
        QDragMoveEvent(at, *about),
        QDropEvent(QPointF(at), *about),
    ):
        QApplication.sendEvent(view.viewport(), event)
