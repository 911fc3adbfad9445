"""What the report on the server takes: figures, advice and all that is shown, in one go."""

from __future__ import annotations

from statistics import median

from benchmarks.hospital import Hospital
from benchmarks.measure import Figure, once_ms
from ward_app.cli.station_database import station_database
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.monitor.page import page
from ward_app.operations.monitor.reading import read_figures
from ward_app.operations.monitor.report import report

TARGET_MS = 3_000
_ROUNDS = 5


def measure(made: Hospital, rows: int) -> list[Figure]:
    """Return the figure of the whole report, as a page, with so many sets."""
    with station_database(made.cluster.dsn(made.settings.name), None) as database:

        def ours() -> None:
            page(report(database.read(None, read_figures), AlertSettings()))

        times = [once_ms(ours) for _ in range(_ROUNDS)]
    return [
        Figure(
            name=f"report on the server, {rows:,} sets",
            ours_ms=median(times),
            reference_ms=None,
            reference="3 seconds",
            target=TARGET_MS,
        )
    ]
