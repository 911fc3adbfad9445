"""The last good backup as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from ward_app.operations.backup.manifest import Manifest


class BackupFigures(Collector):
    """Makes when the last good backup was made, its size and its duration into metrics."""

    def __init__(self, last_good: Manifest) -> None:
        self._last = last_good

    @override
    def collect(self) -> Iterator[Metric]:
        last = self._last
        figures = (
            (
                "last_success_timestamp",
                "When the last good backup was begun.",
                last.started_at.timestamp(),
            ),
            ("size_bytes", "Size of the last good backup.", last.bytes),
            (
                "duration_seconds",
                "How long the last good backup took.",
                (last.finished_at - last.started_at).total_seconds(),
            ),
        )
        for name, help_text, value in figures:
            made = GaugeMetricFamily(f"ward_backup_{name}", help_text, labels=["database"])
            made.add_metric([last.database], value)
            yield made
