"""Whether Caps Lock is on, as far as typing shows it: Qt does not say."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

CAPS_LOCK = "▲ Caps Lock is on."


class CapsLockWatch(QObject):
    """Reads the letters typed into some lines: a capital without Shift tells of Caps Lock.

    Signals:
        changed: (bool) whether it is on.
    """

    changed = Signal(bool)

    def __init__(self, *lines: QLineEdit) -> None:
        super().__init__(lines[0].parent())
        self._is_on = False
        for line in lines:
            line.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._read(event)
        return super().eventFilter(watched, event)

    def _read(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_CapsLock:
            self._tell(on=not self._is_on)
            return
        letter = event.text()
        if len(letter) == 1 and letter.isalpha() and letter.lower() != letter.upper():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._tell(on=letter.isupper() != shifted)

    def _tell(self, *, on: bool) -> None:
        if on != self._is_on:
            self._is_on = on
            self.changed.emit(on)
