"""The figures of server and workstation as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from typing_extensions import override

from ward_app.core.metrics import Metrics
from ward_app.operations.backup.figures import BackupFigures
from ward_app.operations.backup.good import GoodBackup
from ward_app.operations.monitor.figures_for_prometheus import WatchedFigures
from ward_app.operations.monitor.kinds import Figures as AnyFigures
from ward_app.operations.monitor.kinds import Kind
from ward_app.operations.server_facts import ServerFacts

FILE_NAME = "ward_app.prom"
# a week of hours
KEPT_FILES = 168
_KEPT_NAMES = "metrics_*Z.prom"

# name -> what it is -> which fact
_OF_SERVER = {
    "pg_connections": ("Connections to the database.", "active_connections"),
    "pg_database_size": ("Size of the database on the disk, in bytes.", "size_bytes"),
    "pg_cache_hit_ratio": ("Blocks found in memory, in percent.", "cache_hit_percent"),
    "pg_lock_waits": ("Statements that wait for a lock.", "lock_waits"),
    "pg_replication_lag_seconds": (
        "How far a standby is behind; a primary has none.",
        "replication_lag_s",
    ),
}
_COUNTED_BY_SERVER = {
    "pg_commits": ("Transactions that were committed.", "total_commits"),
    "pg_rollbacks": ("Transactions that were rolled back.", "total_rollbacks"),
    "pg_deadlocks": ("Deadlocks that the server ended.", "deadlocks"),
}
_OF_STATION = {
    "ward_pool_connections": ("Open connections of this workstation.", "total_connections"),
    "ward_pool_connections_active": ("Connections in use.", "active_connections"),
    "ward_pool_connections_idle": ("Connections that are free.", "idle_connections"),
    "ward_pool_connections_max": ("Most connections it may open.", "max_connections"),
    "ward_pool_waiting_requests": ("Who waits for a connection.", "waiting_requests"),
    "ward_pool_utilization": ("Share of the connections in use, 0 to 1.", "pool_utilization"),
    "ward_query_error_rate": ("Share of statements that failed, 0 to 1.", "error_rate"),
    "ward_query_average_ms": ("Mean duration of a statement, in ms.", "average_query_time"),
}
_COUNTED_BY_STATION = {
    "ward_queries": ("Statements since the program's start.", "total_queries"),
    "ward_slow_queries": ("Statements slower than metrics.slow_query_ms.", "slow_queries"),
    "ward_failed_queries": ("Statements that failed.", "failed_queries"),
    "ward_spared_queries": ("Reads of reference data that were known.", "spared_queries"),
    "ward_connection_errors": ("Connections that could not be had.", "connection_errors"),
}
_QUANTILES = {"0.5": "latency_p50", "0.95": "latency_p95", "0.99": "latency_p99"}


class _Figures(Collector):
    """Makes each figure that is known into a metric."""

    def __init__(self, facts: ServerFacts, station: Metrics | None) -> None:
        self._facts, self._station = facts, station

    @override
    def collect(self) -> Iterator[Metric]:
        labels = {"database": self._facts.database}
        yield from _metrics(GaugeMetricFamily, _OF_SERVER, self._facts, labels)
        yield from _metrics(CounterMetricFamily, _COUNTED_BY_SERVER, self._facts, labels)
        if self._station is not None:
            yield from _metrics(GaugeMetricFamily, _OF_STATION, self._station, {})
            yield from _metrics(CounterMetricFamily, _COUNTED_BY_STATION, self._station, {})
            yield _latency(self._station)


def _metrics(
    kind: type[GaugeMetricFamily | CounterMetricFamily],
    names: dict[str, tuple[str, str]],
    of: object,
    labels: dict[str, str],
) -> Iterator[Metric]:
    for name, (help_text, attribute) in names.items():
        made = kind(name, help_text, labels=list(labels))
        value = getattr(of, attribute)
        if value is not None:
            made.add_metric(list(labels.values()), value)
        yield made


def _latency(station: Metrics) -> Metric:
    made = GaugeMetricFamily(
        "ward_query_latency_ms", "Duration of the latest statements.", labels=["quantile"]
    )
    for quantile, attribute in _QUANTILES.items():
        value = getattr(station, attribute)
        if value is not None:
            made.add_metric([quantile], value)
    return made


Watched = Mapping[Kind, AnyFigures]


def registry(
    facts: ServerFacts,
    station: Metrics | None,
    watched: Watched | None = None,
    backups: Sequence[GoodBackup] = (),
) -> CollectorRegistry:
    """Return the figures for the library.

    `station` None = no program runs on this computer; `watched`, of the report on the server,
    None = who asks may not see them; `backups`, the last good ones, as far as known from here.
    """
    made = CollectorRegistry()
    made.register(_Figures(facts, station))
    if watched is not None:
        made.register(WatchedFigures(watched))
    if backups:
        made.register(BackupFigures(backups))
    return made


def exposition(
    facts: ServerFacts,
    station: Metrics | None,
    watched: Watched | None = None,
    backups: Sequence[GoodBackup] = (),
) -> str:
    """Return the figures in Prometheus' text format."""
    return generate_latest(registry(facts, station, watched, backups)).decode()


def write_textfile(folder: Path, figures: CollectorRegistry) -> Path:
    """Replace the file for node_exporter as a whole and return where it is.

    Raises:
        OSError: it cannot be written.
    """
    file = folder / FILE_NAME
    write_to_textfile(str(file), figures)
    return file


def keep_file(folder: Path, facts: ServerFacts, watched: Watched, at: datetime) -> Path:
    """Write `metrics_<utc>.prom` as a whole, keep the latest of them, and return where it is.

    Raises:
        OSError: it cannot be written.
    """
    file = folder / f"metrics_{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.prom"
    write_to_textfile(str(file), registry(facts, None, watched))
    for old in sorted(folder.glob(_KEPT_NAMES))[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
    return file
