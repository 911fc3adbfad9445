"""What happened to the way to the database: to the log, and to whoever wants to know."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySlow:
    """A statement took longer than it should.

    Attributes:
        query: its words, without any value.
        duration_ms: how long it took here, its way over the network included.
        ward_id: of the ward it was about, None where it named none or several.
        trace: of the use case, as in the log.
    """

    NAME: ClassVar[str] = "database.query.slow"

    query: str
    duration_ms: float
    ward_id: str | None
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolExhausted:
    """Every connection was busy for as long as one is waited for; told once until one was free."""

    NAME: ClassVar[str] = "database.connection.pool.exhausted"

    pool_size: int
    active_connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthDegraded:
    """The database answers slowly, or not at all; `status` is "degraded" or "down"."""

    NAME: ClassVar[str] = "database.health.degraded"

    status: str
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRecovered:
    """The database answers as it should again."""

    NAME: ClassVar[str] = "database.health.recovered"

    status: str
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaLeft:
    """Reads that could go to the replica go to the primary; `reason` is a sentence."""

    NAME: ClassVar[str] = "database.replica.left"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaBack:
    """Reads go to the replica again."""

    NAME: ClassVar[str] = "database.replica.back"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryMoved:
    """Another server takes the changes now."""

    NAME: ClassVar[str] = "database.primary.moved"

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCompared:
    """This computer's clock and the server's are further apart than before, or together again.

    Attributes:
        ahead_s: by how much this computer's is ahead (behind, if negative); 0: not worth telling.
    """

    NAME: ClassVar[str] = "database.clock.compared"

    ahead_s: int


Event = (
    QuerySlow
    | PoolExhausted
    | HealthDegraded
    | HealthRecovered
    | ReplicaLeft
    | ReplicaBack
    | PrimaryMoved
    | ClockCompared
)
Subscriber = Callable[[Event], None]


class Events:
    """Tells events to the log and to subscribers, on the thread where they arise.

    Attributes:
        clock: how the clocks were last told to compare, for who subscribes later; None: not yet.
    """

    def __init__(self) -> None:
        self.clock: ClockCompared | None = None
        self._subscribers: tuple[Subscriber, ...] = ()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Have every event told from now on; return what ends that."""
        self._subscribers = (*self._subscribers, subscriber)

        def leave() -> None:
            self._subscribers = tuple(one for one in self._subscribers if one is not subscriber)

        return leave

    def tell(self, event: Event) -> None:
        """Tell an event; a subscriber that fails is logged, and disturbs nobody else."""
        logger.log(_level(event), "%s %s", event.NAME, event)
        if isinstance(event, ClockCompared):
            self.clock = event
        for subscriber in self._subscribers:
            try:
                subscriber(event)
            except Exception as error:  # noqa: BLE001 - the work that caused the event goes on
                logger.error("a subscriber of %s failed: %s", event.NAME, type(error).__name__)  # noqa: TRY400 - its message may quote a value


# a statement that takes so long is an alert, or worse
_ALERT_MS, _CRITICAL_MS = 5_000, 30_000


def _level(event: Event) -> int:
    match event:
        case HealthRecovered() | ReplicaBack():
            return logging.INFO
        case QuerySlow() if event.duration_ms >= _CRITICAL_MS:
            return logging.CRITICAL
        case QuerySlow() if event.duration_ms >= _ALERT_MS:
            return logging.ERROR
        case _:
            return logging.WARNING
