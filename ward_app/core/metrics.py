"""The figures of this computer's way to the database, by the names IT knows them by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ward_app.core.connections import PoolStats
    from ward_app.core.measures import QueryStats

# what is late after this is no figure of now any more
FRESH_FOR_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Connections now and statements since the start; durations in ms, None before the first.

    Attributes:
        pool_utilization, error_rate: shares, 0 to 1.
        latency_p50, latency_p95, latency_p99: of the latest statements.
        spared_queries: reads of reference data whose answer was known.
    """

    total_connections: int
    active_connections: int
    idle_connections: int
    max_connections: int
    waiting_requests: int
    connection_errors: int
    pool_utilization: float
    total_queries: int
    slow_queries: int
    failed_queries: int
    spared_queries: int
    error_rate: float
    average_query_time: float | None
    latency_p50: float | None
    latency_p95: float | None
    latency_p99: float | None

    def document(self) -> dict[str, float | None]:
        """Return the figures by their names in JSON, such as "totalConnections"."""
        return {_json_name(name): value for name, value in _each(self)}

    @classmethod
    def of_document(cls, document: dict[str, float | None]) -> Metrics:
        """Return the figures of a document.

        Raises:
            KeyError: it has none of that name.
        """
        return cls(**{one.name: document[_json_name(one.name)] for one in fields(cls)})  # type: ignore[arg-type] # as `document` wrote them


def metrics_of(pool: PoolStats, queries: QueryStats) -> Metrics:
    """Return the figures of a pool and its statements."""
    return Metrics(
        total_connections=pool.total,
        active_connections=pool.in_use,
        idle_connections=pool.idle,
        max_connections=pool.max,
        waiting_requests=pool.waiting,
        connection_errors=pool.errors,
        pool_utilization=pool.utilisation,
        total_queries=queries.total,
        slow_queries=queries.slow,
        failed_queries=queries.failed,
        spared_queries=queries.spared,
        error_rate=queries.error_rate,
        average_query_time=queries.average_ms,
        latency_p50=queries.p50_ms,
        latency_p95=queries.p95_ms,
        latency_p99=queries.p99_ms,
    )


def _each(metrics: Metrics) -> list[tuple[str, float | None]]:
    return [(one.name, getattr(metrics, one.name)) for one in fields(metrics)]


def _json_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
