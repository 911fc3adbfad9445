"""Measures how long the window was ever deaf: the longest gap between turns of the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 4


class Heartbeat(QObject):
    """Beats every 4 ms; a beat that comes late tells that nothing else could happen meanwhile."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last_s, self._last_work_s = perf_counter(), thread_time()
        self._is_counting = True
        self._longest_ms = self._longest_work_ms = 0.0
        self._timer.start()

    @property
    def longest_ms(self) -> float:
        """The longest gap since the last `begin`, in milliseconds beyond the beat's own."""
        return self._longest_ms

    @property
    def longest_work_ms(self) -> float:
        """The longest work between two beats, in milliseconds of the processor.

        What a busy computer adds to a gap is not in it.
        """
        return self._longest_work_ms

    def begin(self) -> None:
        """Measure anew from now."""
        self._longest_ms = self._longest_work_ms = 0.0
        self._take_time()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count what the walk itself does, such as taking a picture."""
        self._note()
        self._is_counting = False
        try:
            yield
        finally:
            self._is_counting = True
            self._take_time()

    def _beat(self) -> None:
        if self._is_counting:
            self._note()

    def _note(self) -> None:
        late_ms = (perf_counter() - self._last_s) * 1000 - BEAT_MS
        work_ms = (thread_time() - self._last_work_s) * 1000
        self._longest_ms = max(self._longest_ms, late_ms)
        self._longest_work_ms = max(self._longest_work_ms, work_ms)
        self._take_time()

    def _take_time(self) -> None:
        self._last_s, self._last_work_s = perf_counter(), thread_time()
