"""The figures of the report as Prometheus reads them, beside those of any workstation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from ward_app.operations.monitor.kinds import (
    Activity,
    Bloat,
    Cache,
    Connections,
    Figures,
    Host,
    Kind,
    Replication,
    Size,
    Slow,
)
from ward_app.operations.monitor.locks import Locks

# name -> what it is; what follows is the label that tells them apart
HELP = {
    "pg_connections_used": "Connections of clients to the server.",
    "pg_connections_max": "Connections that clients may have.",
    "pg_connections_idle_in_transaction": "Connections that hold a transaction and do nothing.",
    "pg_idle_in_transaction_seconds_max": "How long the longest of them does so.",
    "pg_query_seconds_max": "How long the longest statement runs.",
    "pg_lock_wait_seconds_max": "How long the longest waits for a lock.",
    "pg_blocked_sessions": "Sessions that wait for a lock.",
    "pg_standby_lag_seconds": "How far a standby is behind.",
    "pg_slot_kept_bytes": "What a slot keeps of the log of changes.",
    "pg_archive_age_seconds": "How old the last archived piece of the log of changes is.",
    "pg_archive_fails": "1: the archive does not take the log of changes.",
    "pg_transaction_age": "How many transactions ago the oldest row was frozen.",
    "pg_cache_requests": "Blocks that were asked for, in memory or not.",
    "pg_table_bytes": "Size of the largest tables with their indexes.",
    "pg_table_dead_rows": "Dead rows of tables with more than a thousand.",
    "pg_statement_mean_seconds": "Mean duration of the slowest statements.",
    "ward_host_cpu_percent": "How busy the processors of the server's computer are.",
    "ward_host_memory_free_percent": "How much of its memory is available.",
    "ward_host_disk_free_percent": "How much of the disk of the database is free.",
    "ward_backup_age_hours": "How old the last good backup is.",
    "ward_backup_ahead": "How many good backups are of a day to come, and so do not count.",
    "ward_backup_missing": "Whether there is no good backup at all, where one is needed.",
    "ward_backup_unknown": "Whether nobody can look whether there is one, where one is needed.",
    "ward_restore_drill_age_days": "How long ago restoring was last tried.",
    "ward_restore_drill_missing": "Whether restoring was never tried, where it is to be.",
}
_LABELS = {
    "pg_standby_lag_seconds": ("standby",),
    "pg_slot_kept_bytes": ("slot",),
    "pg_table_bytes": ("table",),
    "pg_table_dead_rows": ("table",),
    "pg_statement_mean_seconds": ("id", "statement"),
}
# name, values of its labels, value; None is left out: unknown is not zero
Sample = tuple[str, tuple[str, ...], float | None]


class WatchedFigures(Collector):
    """Makes each figure of the report that is known into a metric."""

    def __init__(self, figures: Mapping[Kind, Figures]) -> None:
        self._figures = figures

    @override
    def collect(self) -> Iterator[Metric]:
        found = [one for figures in self._figures.values() for one in samples(figures)]
        for name, text in HELP.items():
            made = GaugeMetricFamily(name, text, labels=_LABELS.get(name, ()))
            for of, labels, value in found:
                if of == name and value is not None:
                    made.add_metric(labels, value)
            yield made


def samples(figures: Figures) -> Iterable[Sample]:
    """Return the samples of one kind; none of those that are for reading alone."""
    make = _OF_KIND.get(type(figures))
    return () if make is None else make(figures)


def _activity(found: Activity) -> Iterator[Sample]:
    active = [one.runs_s for one in found.sessions if one.state == "active"]
    yield "pg_query_seconds_max", (), max(active, default=0.0)


def _locks(found: Locks) -> Iterator[Sample]:
    yield "pg_lock_wait_seconds_max", (), found.longest_s
    yield "pg_blocked_sessions", (), len({pair.pid for pair in found.blocked})


def _cache(found: Cache) -> Iterator[Sample]:
    yield "pg_cache_requests", (), found.requests


def _size(found: Size) -> Iterator[Sample]:
    return (("pg_table_bytes", (one.name,), one.bytes) for one in found.tables)


def _bloat(found: Bloat) -> Iterator[Sample]:
    return (("pg_table_dead_rows", (one.name,), one.dead) for one in found.tables)


def _connections(found: Connections) -> Iterator[Sample]:
    yield "pg_connections_used", (), found.used
    yield "pg_connections_max", (), found.most
    yield "pg_connections_idle_in_transaction", (), found.idle_in_transaction
    yield "pg_idle_in_transaction_seconds_max", (), found.longest_idle_in_transaction_s or 0.0


def _slow(found: Slow) -> Iterator[Sample]:
    for one in found.statements:
        if one.id is not None and one.mean_ms is not None:
            yield "pg_statement_mean_seconds", (one.id, one.shape), one.mean_ms / 1_000


def _replication(found: Replication) -> Iterator[Sample]:
    # the first of a name: several receivers of one standby may bear it
    for name, lag_s in {one.name: one.lag_s for one in reversed(found.standbys)}.items():
        yield "pg_standby_lag_seconds", (name,), lag_s
    for slot in found.slots:
        yield "pg_slot_kept_bytes", (slot.name,), slot.kept_bytes


def _host(found: Host) -> Iterator[Sample]:
    machine = found.machine
    yield "pg_archive_age_seconds", (), found.archive.archived_s
    yield "pg_archive_fails", (), float(found.archive.fails)
    yield "pg_transaction_age", (), found.wraparound.oldest
    yield "ward_host_cpu_percent", (), machine.cpu_percent
    yield "ward_host_memory_free_percent", (), machine.memory_free_percent
    yield "ward_host_disk_free_percent", (), machine.disk_free_percent
    yield "ward_backup_age_hours", (), machine.backup_h
    yield "ward_restore_drill_age_days", (), machine.drill_d
    if machine.is_read:
        is_unknown = bool(machine.backup_problem)
        yield "ward_backup_missing", (), None if is_unknown else machine.lacks_backup
        yield "ward_backup_unknown", (), is_unknown and machine.lacks_backup
        yield "ward_backup_ahead", (), len(machine.backups_ahead)
        yield "ward_restore_drill_missing", (), machine.lacks_drill


_OF_KIND: Mapping[type[Figures], Callable[[Any], Iterator[Sample]]] = {
    Activity: _activity,
    Bloat: _bloat,
    Cache: _cache,
    Connections: _connections,
    Host: _host,
    Locks: _locks,
    Replication: _replication,
    Size: _size,
    Slow: _slow,
}
