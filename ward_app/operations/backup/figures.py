"""The last good backups as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from ward_app.operations.backup.good import GoodBackup

# name, what it is, where it stands
_FIGURES = (
    ("last_success_timestamp", "The moment that the last good backup of a kind shows.", "at_s"),
    ("size_bytes", "Size of the last good backup of a kind.", "bytes"),
    ("duration_seconds", "How long the last good backup of a kind took.", "seconds"),
)


class BackupFigures(Collector):
    """Makes metrics of when the last good backup of each kind was made, its size and duration."""

    def __init__(self, newest: Sequence[GoodBackup]) -> None:
        self._newest = newest

    @override
    def collect(self) -> Iterator[Metric]:
        for name, help_text, attribute in _FIGURES:
            made = GaugeMetricFamily(f"ward_backup_{name}", help_text, labels=["database", "kind"])
            for one in self._newest:
                value = getattr(one, attribute)
                if value is not None:
                    made.add_metric([one.database, one.kind], value)
            yield made
