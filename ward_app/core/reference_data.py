"""Reference data: what the house set up and seldom changes, read once while changes are heard.

Wards and their places, beds, checklists, instruments, a ward's own numbers; never anything of a
patient. Each signed-in person has their own: what they may see, row security decided.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

REFERENCE = "reference"
"""The kind of a notification that says that the house changed something of it."""

# so long at most, also if a right was withdrawn, of which nothing is notified
KEPT_FOR_S = 600.0


def _now_s() -> float:
    """Return a time in seconds that goes on while the computer is suspended.

    On Linux `monotonic` stands still then; where there is no other clock, that is as good as any.
    """
    which = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if which is None else time.clock_gettime(which)


class ReferenceData:
    """What one person read of it since their program hears changes; for every thread.

    Kept between `hear` and `leave` alone: who does not hear changes reads everything anew.
    """

    def __init__(self, clock: Callable[[], float] = _now_s) -> None:
        self._clock = clock
        self._lock = Lock()
        self._is_hearing = False
        self._epoch = 0
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    @property
    def epoch(self) -> int:
        """How often everything was forgotten; asked before a read, for `keep`."""
        return self._epoch

    def hear(self) -> None:
        """Keep what is read from now on: changes are heard."""
        self._begin(is_hearing=True)

    def leave(self) -> None:
        """Forget everything and keep nothing more: changes are not heard any more."""
        self._begin(is_hearing=False)

    def forget(self) -> None:
        """Forget everything: something changed, or the person may have left."""
        with self._lock:
            self._clear()

    def find(self, asked: Hashable) -> tuple[Any] | None:
        """Return the answer to what was asked, alone in a tuple; None = it must be read."""
        with self._lock:
            kept_at, answer = self._kept.get(asked, (None, None))
        if kept_at is None or self._clock() - kept_at > KEPT_FOR_S:
            return None
        return (answer,)

    def keep(self, asked: Hashable, answer: object, epoch: int) -> None:
        """Keep what was read, unless something changed since that epoch: it may be older."""
        with self._lock:
            if self._is_hearing and epoch == self._epoch:
                self._kept[asked] = (self._clock(), answer)

    def _begin(self, *, is_hearing: bool) -> None:
        with self._lock:
            self._is_hearing = is_hearing
            self._clear()

    def _clear(self) -> None:
        """Forget everything; under the lock."""
        self._epoch += 1
        self._kept.clear()
