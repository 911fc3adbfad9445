"""Work that must not leave what it made, also when its process is asked to end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STATUS_OF_SIGNALS = 128
# Windows has no terminals that hang up
_ASKS = (signal.SIGTERM,) if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP)


class AskedToEnd(SystemExit):
    """The process was asked to end: by a service that is stopped, or a terminal that is gone."""

    def __init__(self, number: int) -> None:
        super().__init__(_STATUS_OF_SIGNALS + number)
        self.number = number

    def __str__(self) -> str:
        return f"It was asked to end ({signal.Signals(self.number).name})."


@contextmanager
def asked_to_end() -> Iterator[Callable[[], None]]:
    """Let SIGTERM and SIGHUP raise AskedToEnd; what was ignored before (nohup) still is.

    Yields what has them ignored from then on, for the time in which things are removed; the first
    of them does so too. The main thread alone may enter it.
    """
    before = {each: signal.getsignal(each) for each in _ASKS}
    heard = [each for each, how in before.items() if how is not signal.SIG_IGN]

    def hold_off() -> None:
        # programs that are started now ignore them too, so that none is cut off
        for each in heard:
            signal.signal(each, signal.SIG_IGN)

    def end(number: int, _frame: object) -> None:
        hold_off()
        raise AskedToEnd(number)

    try:
        for each in heard:
            signal.signal(each, end)
        yield hold_off
    finally:
        for each in heard:
            signal.signal(each, before[each])
