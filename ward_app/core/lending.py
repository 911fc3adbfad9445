"""Who has which connection, since when and from where: counts for IT, and a finder of leaks."""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

logger = logging.getLogger(__name__)

LEAK_AFTER_S = 60.0
# frames of these files only pass a connection on
_BETWEEN = frozenset({"lending.py", "connections.py", "database.py", "contextlib.py"})
_NOT_OURS = "tenacity"


@dataclass(slots=True)
class Loan:
    """One connection that somebody has.

    Attributes:
        since: when it was lent, on the monotonic clock.
        site: "file:line" of who asked for it.
        is_told: whether the log has it as a leak already.
    """

    connection: psycopg.Connection[Any]
    since: float
    site: str
    is_told: bool = False


class Loans:
    """The connections that are lent out just now; for every thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._loans: dict[int, Loan] = {}

    def __len__(self) -> int:
        return len(self._loans)

    def begin(self, connection: psycopg.Connection[Any]) -> None:
        """Note that whoever calls got a connection; tell of those that have one for too long."""
        self.tell_leaks()
        with self._changed:
            self._loans[id(connection)] = Loan(connection, monotonic(), _site())

    def end(self, connection: psycopg.Connection[Any]) -> None:
        """Note that a connection came back."""
        with self._changed:
            self._loans.pop(id(connection), None)
            self._changed.notify_all()

    def tell_leaks(self, after_s: float = LEAK_AFTER_S) -> list[str]:
        """Return where those were asked for that are out for too long; each is logged once."""
        latest = monotonic() - after_s
        with self._changed:
            late = [loan for loan in self._loans.values() if loan.since <= latest]
        for loan in late:
            if not loan.is_told:
                loan.is_told = True
                logger.warning("a connection is out for over %d s: %s", after_s, loan.site)
        return [loan.site for loan in late]

    def wait_until_back(self, within_s: float) -> list[psycopg.Connection[Any]]:
        """Wait until every connection came back; return those that did not in time."""
        with self._changed:
            self._changed.wait_for(lambda: not self._loans, within_s)
            return [loan.connection for loan in self._loans.values()]


def _site() -> str:
    """Return "file:line" of the nearest frame that does more than pass a connection on."""
    frame = sys._getframe(1)  # noqa: SLF001 - a whole stack costs more than the loan itself
    while frame.f_back is not None:
        file = _named(frame.f_code.co_filename)
        if file is not None:
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return "unknown"


@cache
def _named(path: str) -> str | None:
    """Return the folder and name of a file; None if it only passes connections on.

    Kept: taking paths apart took a tenth of a millisecond of every transaction.
    """
    file = Path(path)
    if file.name in _BETWEEN or _NOT_OURS in file.parts:
        return None
    return f"{file.parent.name}/{file.name}"
