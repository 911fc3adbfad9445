"""A badge reader for tests: types at its own pace, whatever the clock of this computer says."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

BADGES = {"nora": "04A1B2C3D4", "hal": "0455667788", "dora": "04D0D0D0D0", "wes": "0499887766"}
PIN = "582047"
_moments = count(1_000_000, 10_000)


def hold_badge(window, badge, gap_ms=4, end=Qt.Key.Key_Return):
    """Let the reader type a badge into the window that is in front, and Enter."""
    at_ms = next(_moments)
    for letter in badge:
        at_ms += gap_ms
        strike(window, at_ms, ord(letter.upper()), letter)
    if end is not None:
        strike(window, at_ms + gap_ms, end, "\r")


def strike(window, at_ms, key, text=""):
    """Press and release one key at a moment."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(at_ms)
        QCoreApplication.sendEvent(window.windowHandle(), event)
