"""Typing ahead to a bed's number in a view whose letters are the keys of acts."""

from __future__ import annotations

from collections.abc import Callable

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

    Figures begin the number of a bed, and with Shift letters do as well where a bed begins with
    them; others stay the keys of acts. A letter after figures
    belongs to the number only if there is such a bed: 1 2 A leads to bed 12A, 9 O to bed 9
    and then to its observations. What cannot go on begins anew: 9 1 2 leads to bed 12.

    Args:
        view: whose keys are read.
        is_begun_by: whether some bed's label or number begins with this text.

    Signals:
        typed: (str) what has been typed of a bed's label so far.
    """

    typed = Signal(str)

    def __init__(self, view: QAbstractItemView, is_begun_by: Callable[[str], bool]) -> None:
        super().__init__(view)
        self._is_begun_by = is_begun_by
        self._typed = ""
        self._since_last = QElapsedTimer()
        view.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _READ or not isinstance(event, QKeyEvent):
            return False
        typed = self._number_with(event)
        if typed is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            # claims the key, so that it comes back as a key press and not as an act
            event.accept()
            return True
        self._typed = typed
        self._since_last.start()
        self.typed.emit(typed)
        return True

    def _number_with(self, event: QKeyEvent) -> str | None:
        """Return what is typed of a number with this key; None if it is no part of one."""
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in _PLAIN and not shift:
            return None
        text = event.text()
        longer = self._in_progress() + text
        if text.isalnum() and len(longer) > 1 and self._is_begun_by(longer):
            return longer
        letter = shift and text.isalpha() and self._is_begun_by(text)
        return text if text.isdigit() or letter else None

    def _in_progress(self) -> str:
        """Return what was typed so far, or nothing after a pause."""
        fresh = self._since_last.isValid() and not self._since_last.hasExpired(_PAUSE_MS)
        return self._typed if fresh else ""
