"""The line that waits for a badge: what a hand types there goes on to the line below."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ui.staff.badge_reader import LONGEST_GAP_MS, TAKES_BADGE, BadgeReader

# a hand is slower than any reader: after so long without a letter it was one
_BY_HAND_MS = 4 * LONGEST_GAP_MS
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BadgeField(QLineEdit):
    """Takes the cursor and no text. Who types instead is typing into the next line already.

    Signals:
        passed: Enter, and nothing was typed or read.
    """

    passed = Signal()

    def __init__(self, words: str, heir: QLineEdit, reader: BadgeReader, parent: QWidget) -> None:
        """Wait for a badge.

        Args:
            words: what may be done here, shown as long as nothing else is.
            heir: the line that gets what a hand types.
            reader: of the page; what it took for a badge was not typed by hand.
            parent: where it stands.
        """
        super().__init__(parent)
        self._heir, self._held, self._last_ms = heir, "", 0
        self._by_hand = QTimer(self, singleShot=True, interval=_BY_HAND_MS)
        self._by_hand.timeout.connect(self._hand_over)
        self.setReadOnly(True)
        self.setProperty(TAKES_BADGE, True)  # noqa: FBT003 - a property's value
        self.setPlaceholderText(words)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # noqa: FBT003 - as above
        reader.recognised.connect(self._forget)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        if event.key() in _ENTER:
            self._end(event)
        elif len(letter) == 1 and letter.isprintable():
            self._hold(letter, event.timestamp())
        else:
            self._hand_over()
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hand_over(with_cursor=False)
        super().focusOutEvent(event)

    def _hold(self, letter: str, at_ms: int) -> None:
        """Keep a letter until it is known whether a reader or a hand typed it."""
        by_hand = bool(self._held) and at_ms - self._last_ms > LONGEST_GAP_MS
        self._held += letter
        self._last_ms = at_ms
        if by_hand:
            self._hand_over()
        else:
            self._by_hand.start()

    def _end(self, event: QKeyEvent) -> None:
        """Enter: with letters held it is the next line's, which a machine typed no badge for."""
        if not self._held:
            self.passed.emit()
            return
        self._hand_over()
        again = QKeyEvent(QEvent.Type.KeyPress, event.key(), event.modifiers(), event.text())
        QCoreApplication.sendEvent(self._heir, again)

    def _hand_over(self, *, with_cursor: bool = True) -> None:
        held = self._held
        self._forget()
        if not held:
            return
        if with_cursor:
            self._heir.setFocus(Qt.FocusReason.OtherFocusReason)
        self._heir.insert(held)

    def _forget(self) -> None:
        self._held = ""
        self._by_hand.stop()
