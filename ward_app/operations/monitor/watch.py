"""The report as somebody of IT reads it in the program: with what grew, and the computer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.monitor.reading import read_figures
from ward_app.operations.monitor.report import Report, report
from ward_app.operations.monitor.snapshots import Trend, read_snapshots, trend

GROWTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is shown.

    Attributes:
        machine_at: when the server's own computer was last asked; None: never. Only on it
            processor, memory, disk and backups are seen.
    """

    report: Report
    trend: Trend
    machine_at: datetime | None


@unhurried
def read_watch(tx: Transaction, limits: AlertSettings) -> Watch:
    """Return the report of this moment, with the growth of thirty days.

    Raises:
        NotPermittedError: for nobody of IT.
    """
    found = read_figures(tx)
    snapshots = read_snapshots(tx, GROWTH)
    of_machine = [one for one in snapshots if one.machine is not None]
    latest = of_machine[-1] if of_machine else None
    return Watch(
        report(found, limits, None if latest is None else latest.machine),
        trend(snapshots),
        None if latest is None else latest.taken_at,
    )
