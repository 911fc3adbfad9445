"""What happens to the way to the database, as signals on the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ward_app.core.events import (
    ClockCompared,
    Event,
    Events,
    HealthDegraded,
    HealthRecovered,
    PoolExhausted,
    PrimaryMoved,
    QuerySlow,
)


class DatabaseSignals(QObject):
    """Tells the events of a database from whatever thread they arise on.

    Signals:
        query_slow: (QuerySlow) a statement took longer than it should.
        pool_exhausted: (PoolExhausted) every connection was busy for too long.
        health_degraded: (HealthDegraded) it answers slowly, or not at all.
        health_recovered: (HealthRecovered) it answers as it should again.
        clock_compared: (ClockCompared) this computer's clock is wrong, or right again.
        primary_moved: (PrimaryMoved) another server takes the changes now.
    """

    query_slow = Signal(object)
    pool_exhausted = Signal(object)
    health_degraded = Signal(object)
    health_recovered = Signal(object)
    clock_compared = Signal(object)
    primary_moved = Signal(object)

    def __init__(self, events: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        leave = events.subscribe(self._pass_on)
        self.destroyed.connect(lambda _gone: leave())

    def _pass_on(self, event: Event) -> None:
        match event:
            case QuerySlow():
                self.query_slow.emit(event)
            case PoolExhausted():
                self.pool_exhausted.emit(event)
            case HealthDegraded():
                self.health_degraded.emit(event)
            case HealthRecovered():
                self.health_recovered.emit(event)
            case ClockCompared():
                self.clock_compared.emit(event)
            case PrimaryMoved():
                self.primary_moved.emit(event)
            case _:  # what becomes of a standby's reads shows in wardctl health alone
                pass
