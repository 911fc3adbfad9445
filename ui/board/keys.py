"""Typing ahead to a bed's number in a view whose letters are the keys of acts."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView
from typing_extensions import override

# a pause this long starts a new bed number
_PAUSE_MS = 1_000
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_READ = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class BedNumberKeys(QObject):
    """Reads bed numbers as they are typed, before the view and the keys of acts see them.

    Figures begin the number of a bed, and with Shift letters do as well; letters alone are
    left to the acts. Once a number is begun, letters belong to it: 1 2 A leads to bed 12A.

    Signals:
        typed: (str) what has been typed of a bed's label so far.
    """

    typed = Signal(str)

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._typed = ""
        self._since_last = QElapsedTimer()
        view.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _READ or not isinstance(event, QKeyEvent):
            return False
        if not self._is_part_of_number(event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            # claims the key, so that it comes back as a key press and not as an act
            event.accept()
            return True
        self._typed = self._in_progress() + event.text()
        self._since_last.start()
        self.typed.emit(self._typed)
        return True

    def _is_part_of_number(self, event: QKeyEvent) -> bool:
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in _PLAIN and not shift:
            return False
        text = event.text()
        begins = text.isdigit() or (shift and text.isalpha())
        return begins or (text.isalnum() and bool(self._in_progress()))

    def _in_progress(self) -> str:
        """Return what was typed so far, or nothing after a pause."""
        fresh = self._since_last.isValid() and not self._since_last.hasExpired(_PAUSE_MS)
        return self._typed if fresh else ""
