"""Reads badges: a reader types as a keyboard does, only faster than anybody can, and Enter."""

from __future__ import annotations

import re
from typing import ClassVar

import shiboken6
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from typing_extensions import override

# a masked line with this property waits for a badge, or for the PIN of one
TAKES_BADGE = "takesBadge"
# readers send a character every 1 to 20 ms; who types fast needs 60 and more
LONGEST_GAP_MS = 30
# no shorter: a few keys struck at once are no badge; no blanks: a phrase is a password
_BADGE = re.compile(r"(?=.*[0-9])[!-~]{6,100}")
# with a prefix no more is asked of it than by the database
_FEWEST = 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HELD = (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr)


class BadgeReader(QObject):
    """Watches the keys of a page's window while the page is in view.

    A line for a password is left alone: what is typed there is a password, however fast a program
    typed it. What the reader typed into another line is taken out of it again.

    Attributes:
        prefix: what the readers here are set up to type before each badge, for every page: then
            nothing without it is a badge, and with it one is read wherever the cursor is.

    Signals:
        recognised: a badge was read; lines that kept its letters drop them before it is told.
        read: (str) what a badge says; a secret, never shown or kept.
    """

    prefix: ClassVar[str] = ""
    # a page that is being thrown away still says that it hides, to a reader that has nothing left
    _page: QWidget | None = None

    recognised = Signal()
    read = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._window: QWindow | None = None
        self._clock = QElapsedTimer()
        self._clock.start()
        self._typed, self._last_ms = "", 0
        self._line: QLineEdit | None = None
        self._line_before = ""
        self._is_secret = False
        page.installEventFilter(self)
        if page.isVisible():
            self._watch()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page:
            if event.type() == QEvent.Type.Show:
                self._watch()
            elif event.type() == QEvent.Type.Hide:
                self._look_away()
            return False
        return isinstance(event, QKeyEvent) and self._take(event)

    def _watch(self) -> None:
        self._look_away()
        self._window = None if self._page is None else self._page.window().windowHandle()
        if self._window is not None:
            self._window.installEventFilter(self)

    def _look_away(self) -> None:
        # a page may be given to another window, and its own be gone by then
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = None
        self._forget()

    def _take(self, event: QKeyEvent) -> bool:
        """Follow one key; True when it ended a badge, so that nobody else gets it."""
        if event.type() != QEvent.Type.KeyPress or event.key() in _HELD:
            return False
        # when the key was struck, not when a busy program came to look at it
        now_ms = event.timestamp() or self._clock.elapsed()
        in_time = now_ms - self._last_ms <= LONGEST_GAP_MS
        if event.key() in _ENTER:
            typed = self._typed if in_time else ""
            return self._end(typed)
        letter = event.text()
        if event.isAutoRepeat() or len(letter) != 1 or not letter.isprintable():
            self._forget()
            return False
        if not in_time or not self._typed:
            self._begin()
        self._typed += letter
        self._last_ms = now_ms
        return False

    def _begin(self) -> None:
        self._typed = ""
        focused = QApplication.focusWidget()
        self._line = focused if isinstance(focused, QLineEdit) else None
        self._line_before = self._line.text() if self._line is not None else ""
        self._is_secret = self._line is not None and _is_for_passwords(self._line)

    def _end(self, typed: str) -> bool:
        badge = self._badge_in(typed)
        if badge is not None and self._line is not None:
            self._line.setText(self._line_before)
        self._forget()
        if badge is not None:
            self.recognised.emit()
            self.read.emit(badge)
        return badge is not None

    def _badge_in(self, typed: str) -> str | None:
        """Return the badge in what came at a reader's pace, None where it is none."""
        if self.prefix:
            rest = typed.removeprefix(self.prefix)
            return rest if rest != typed and len(rest) >= _FEWEST else None
        is_badge = not self._is_secret and _BADGE.fullmatch(typed) is not None
        return typed if is_badge else None

    def _forget(self) -> None:
        self._typed, self._line, self._line_before = "", None, ""
        self._is_secret = False


def _is_for_passwords(line: QLineEdit) -> bool:
    is_masked = line.echoMode() != QLineEdit.EchoMode.Normal
    return is_masked and not line.property(TAKES_BADGE)
