"""Whether the database answers, how fast, and a look at that now and then."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic, perf_counter, time

import psycopg

from ward_app.core.connections import Connections, PoolStats
from ward_app.core.database_errors import NoneFreeError, ward_error
from ward_app.core.events import ClockCompared, Events, HealthDegraded, HealthRecovered
from ward_app.core.reading import READ_WITHIN_S, Reading

_CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8"

logger = logging.getLogger(__name__)

SLOW_MS = 500.0
# of the connections in use; more are not healthy
MOST_IN_USE = 0.9
JITTER = 0.2
# what is due is told in minutes, and a computer that asks for the time is right within a second
CLOCKS_APART_S = 60


class HealthStatus(StrEnum):
    """How the database does."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One look at the database.

    Attributes:
        latency_ms: until it answered, a connection got first; None: it did not.
        problem: why not, in a sentence; None: it did.
        clock_ahead_s: by how much this computer's clock is ahead of the server's; negative:
            behind; None: nobody answered.
    """

    status: HealthStatus
    latency_ms: float | None
    pool: PoolStats
    problem: str | None = None
    clock_ahead_s: float | None = None

    @property
    def is_slow(self) -> bool:
        """Whether it answers, but not soon."""
        return self.latency_ms is not None and self.latency_ms > SLOW_MS


class HealthCheck:
    """Looks, and tells an event when what it sees has changed."""

    def __init__(self, connections: Connections, events: Events) -> None:
        self._connections, self._events = connections, events
        self._last = HealthStatus.HEALTHY
        self._clock_ahead_s = 0
        self._one_at_a_time = threading.Lock()

    def look(self) -> Health:
        """Return how the database does now; takes five seconds at most."""
        with self._one_at_a_time:
            health = self._ask()
            self._tell_change(health)
            self._compare_clocks(health)
        self._connections.tell_leaks()
        return health

    def _ask(self) -> Health:
        began, stats = perf_counter(), self._connections.stats
        try:
            with self._connections.lent(Reading(monotonic() + READ_WITHIN_S)) as connection:
                asked_at = time()
                [(there,)] = connection.execute(_CLOCK).fetchall()
                ahead_s = (asked_at + time()) / 2 - there
        except psycopg.Error as error:
            # with every connection busy nothing is known against the server
            is_there = isinstance(error, NoneFreeError)
            status = HealthStatus.DEGRADED if is_there else HealthStatus.DOWN
            problem = str(ward_error(error))
            return Health(status=status, latency_ms=None, pool=stats(), problem=problem)
        latency_ms, pool = 1000 * (perf_counter() - began), stats()
        is_well = latency_ms <= SLOW_MS and pool.utilisation < MOST_IN_USE
        status = HealthStatus.HEALTHY if is_well else HealthStatus.DEGRADED
        return Health(status=status, latency_ms=latency_ms, pool=pool, clock_ahead_s=ahead_s)

    def _tell_change(self, health: Health) -> None:
        before, self._last = self._last, health.status
        if health.status is before:
            return
        well = health.status is HealthStatus.HEALTHY
        kind = HealthRecovered if well else HealthDegraded
        self._events.tell(kind(status=health.status, latency_ms=health.latency_ms))

    def _compare_clocks(self, health: Health) -> None:
        """Tell when both clocks came apart by minutes, by others than before, or together."""
        if health.clock_ahead_s is None:
            return
        ahead_s = round(health.clock_ahead_s)
        if abs(ahead_s) < CLOCKS_APART_S:
            ahead_s = 0
        if abs(ahead_s - self._clock_ahead_s) >= CLOCKS_APART_S:
            self._clock_ahead_s = ahead_s
            self._events.tell(ClockCompared(ahead_s=ahead_s))


class HealthTimer:
    """Has something looked at again and again on a thread of its own, never twice at once.

    Args:
        interval_s: from the end of one look to the next, a fifth longer or shorter at random, so
            that the stations of a hospital do not all ask at one moment.
    """

    def __init__(self, look: Callable[[], object], interval_s: float) -> None:
        self._look, self._interval_s = look, interval_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        """Begin to look; first after an interval, since who starts it has just looked."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that runs is waited for."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(jittered(self._interval_s)):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the next look may do better
                logger.error("a look at the database failed: %s", type(error).__name__)  # noqa: TRY400 - its message may quote a value


def jittered(interval_s: float) -> float:
    """Return an interval a fifth longer or shorter at random."""
    return interval_s * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
