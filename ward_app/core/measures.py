"""Every statement counted and timed: what IT reads when the ward says that it is slow."""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from ward_app.core.events import Events, QuerySlow

logger = logging.getLogger(__name__)

SLOW_MS = 1_000
# so many of the latest durations tell the percentiles
KEPT = 2_048
_LONGEST_WORDS = 400
_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SPACE = re.compile(r"\s+")

# of the use case that runs on this thread
trace: ContextVar[str] = ContextVar("trace", default="-")


@contextmanager
def use_case() -> Iterator[None]:
    """Give what is asked of a server within it, and each repeat of it, a trace of its own."""
    before = trace.set(token_hex(4))
    try:
        yield
    finally:
        trace.reset(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStats:
    """The statements of this process so far; durations in ms, None before the first one.

    Attributes:
        spared: how many more there would have been, had reference data not been known.
        p50_ms, p95_ms, p99_ms: of the latest statements alone.
    """

    total: int
    slow: int
    failed: int
    spared: int
    average_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None

    @property
    def error_rate(self) -> float:
        """The share that failed, 0 to 1."""
        return self.failed / self.total if self.total else 0.0


class Measures:
    """Counts statements, from any thread, and tells of slow ones."""

    def __init__(self, events: Events, slow_ms: int = SLOW_MS) -> None:
        self._events, self._slow_s = events, slow_ms / 1000
        self._lock = threading.Lock()
        self._total = self._slow = self._failed = self._spared = 0
        self._spent_s = 0.0
        self._latest: deque[float] = deque(maxlen=KEPT)

    def note(self, sql: str, params: Sequence[Any] | Mapping[str, Any], spent_s: float) -> None:
        """Take note of a statement that was answered."""
        with self._lock:
            self._total += 1
            self._spent_s += spent_s
            self._latest.append(spent_s)
        if spent_s >= self._slow_s:
            self._tell_slow(sql, params, spent_s)

    def note_failure(self, sql: str, state: str | None) -> None:
        """Take note of a statement that failed; the log gets its words without any value."""
        with self._lock:
            self._total += 1
            self._failed += 1
        logger.info("failed with %s [%s]: %s", state, trace.get(), words_of(sql))

    def note_spared(self) -> None:
        """Take note of a statement that was not needed: its answer is known."""
        with self._lock:
            self._spared += 1

    def stats(self) -> QueryStats:
        """Return the counts and percentiles up to now."""
        with self._lock:
            answered, latest = self._total - self._failed, sorted(self._latest)
            total, slow, failed, spent_s = self._total, self._slow, self._failed, self._spent_s
            spared = self._spared
        return QueryStats(
            total=total,
            slow=slow,
            failed=failed,
            spared=spared,
            average_ms=1000 * spent_s / answered if answered else None,
            p50_ms=percentile_ms(latest, 50),
            p95_ms=percentile_ms(latest, 95),
            p99_ms=percentile_ms(latest, 99),
        )

    def _tell_slow(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any], spent_s: float
    ) -> None:
        with self._lock:
            self._slow += 1
        self._events.tell(
            QuerySlow(
                query=words_of(sql),
                duration_ms=round(1000 * spent_s, 1),
                ward_id=_ward_of(params),
                trace=trace.get(),
            )
        )


def percentile_ms(ordered_s: Sequence[float], percent: int) -> float | None:
    """Return the smallest duration that so many percent do not exceed, in ms; None of nothing."""
    if not ordered_s:
        return None
    rank = -(-percent * len(ordered_s) // 100)  # rounded up: the nearest rank
    return 1000 * ordered_s[max(rank, 1) - 1]


def words_of(sql: str) -> str:
    """Return a statement in one line, with "?" in place of every value."""
    return _SPACE.sub(" ", _VALUES.sub("?", sql)).strip()[:_LONGEST_WORDS]


def _ward_of(params: Sequence[Any] | Mapping[str, Any]) -> str | None:
    """Return the one ward that the parameters name, if they do."""
    if not isinstance(params, Mapping):
        return None
    wards = params.get("ward_ids") or [params.get("ward_id")]
    only = list(wards) if isinstance(wards, Sequence) and not isinstance(wards, str) else [wards]
    return str(only[0]) if len(only) == 1 and only[0] is not None else None
