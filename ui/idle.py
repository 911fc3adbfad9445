"""Notices whether somebody is at the screen: real input only, never the program's own work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from typing_extensions import override

LOOK_EVERY_MS = 1_000
TELL_AT_MOST_EVERY = timedelta(minutes=1)

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class IdleWatch(QObject):
    """Watches the input of every window of the application.

    The windows as the system knows them, not the application: everything the program does by
    itself sends events there, thousands for one sheet, and each would be looked at here.

    Signals:
        used: somebody used the program; at most once a minute.
        left_alone: no input for the time given to `start`; once, until started again.
    """

    used = Signal()
    left_alone = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = timedelta(0)
        self._last_input_at = clock()
        self._last_told_at: datetime | None = None
        self._running = QElapsedTimer()
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self.check)

    @property
    def is_watching(self) -> bool:
        """Whether the time without input is counted."""
        return self._look.isActive()

    def start(self, limit: timedelta) -> None:
        """Count from now; `left_alone` after `limit` without input."""
        self._limit = limit
        self._last_told_at = self._clock()
        self._note()
        self._look.start()
        self._watch_windows()

    def stop(self) -> None:
        """Count no more (locked, or nobody signed in)."""
        self._look.stop()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)

    def check(self) -> None:
        """Emit `left_alone` if the limit has passed."""
        if self.is_watching and self._idle_for() >= self._limit:
            self.stop()
            self.left_alone.emit()
        elif self.is_watching:
            self._watch_windows()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _INPUT:
            return False
        # the first touch after a suspend must not unhide what should have been locked
        self.check()
        if not self.is_watching:
            return True
        self._note()
        self._tell()
        return False

    def _watch_windows(self) -> None:
        """Watch what has opened meanwhile, too; a window watched already stays so."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def _note(self) -> None:
        self._last_input_at = self._clock()
        self._running.start()

    def _tell(self) -> None:
        now = self._clock()
        if self._last_told_at is None or now - self._last_told_at >= TELL_AT_MOST_EVERY:
            self._last_told_at = now
            self.used.emit()

    def _idle_for(self) -> timedelta:
        # the running clock survives a corrected wall clock, the wall clock counts suspended time
        by_wall = self._clock() - self._last_input_at
        return max(by_wall, timedelta(milliseconds=self._running.elapsed()))
