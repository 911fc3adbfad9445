"""Keeps the screen fresh, and knows how fresh it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QObject, QTimer, Signal

from ui.database_signals import DatabaseSignals
from ui.freshness import Freshness, Signs, freshness
from ui.listener import ChangeListener
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.core.events import ClockCompared, Events, HealthDegraded, PrimaryMoved
from ward_app.core.reference_data import REFERENCE

POLL_MS = 30_000
TICK_MS = 1_000
# the whole hospital hears of a change of reference data in one moment, and would read at once
READ_ANEW_WITHIN_MS = 3_000


class Pulse(QObject):
    """The second's tick, the poll, and the news from other workstations.

    The poll is the truth; notifications only make it sooner.

    Signals:
        ticked: once a second.
        refresh_due: everything shown should be read anew.
        changed: (str, str) ward id and what changed there, from any workstation.
        server_moved: (WardError) another database server has taken over, as a sentence.
    """

    ticked = Signal()
    refresh_due = Signal()
    changed = Signal(str, str)
    server_moved = Signal(object)

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._listening = False
        self._unreachable = False
        self._is_slow = False
        self._clock_ahead = timedelta(0)
        self._is_lost = False
        self._waiting = 0
        self.poll = QTimer(self, interval=POLL_MS)
        self.poll.timeout.connect(self.refresh_due)
        self._second = QTimer(self, interval=TICK_MS)
        self._second.timeout.connect(self.ticked)
        self.anew = QTimer(self, singleShot=True)
        self.anew.timeout.connect(self.refresh_due)

    def start(self) -> None:
        """Begin to tick and poll."""
        self.poll.start()
        self._second.start()

    def stop(self) -> None:
        """Tick and poll no more."""
        self.anew.stop()
        self.poll.stop()
        self._second.stop()

    def hear(self, listener: ChangeListener) -> None:
        """Follow the changes a listener hears; have it forget when another server takes over."""
        listener.connected.connect(self._begin_hearing)
        listener.disconnected.connect(self._stop_hearing)
        listener.changed.connect(self._pass_on)
        self.server_moved.connect(listener.forget)

    def follow(self, events: Events) -> None:
        """Follow what is told of the way to the database."""
        signals = DatabaseSignals(events, self)
        signals.health_degraded.connect(self._note_degraded)
        signals.health_recovered.connect(self._note_recovered)
        signals.clock_compared.connect(self._note_clock)
        signals.primary_moved.connect(self._note_moved)
        if events.clock is not None:
            self._note_clock(events.clock)

    def note_load(self) -> None:
        """Take note that a panel was loaded."""
        self._unreachable = False
        self.ticked.emit()

    def note_failure(self, error: WardError) -> None:
        """Take note that a panel could not be loaded."""
        self._unreachable = isinstance(error, DatabaseUnavailableError)
        self.ticked.emit()

    def note_outage(self, is_lost: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Take note that copies are shown because the server is lost, or that it answers again."""
        self._is_lost = is_lost
        self._unreachable = False
        self.ticked.emit()
        if not is_lost:
            self.refresh_due.emit()

    def note_waiting(self, count: int) -> None:
        """Take note of how many entries charted here are not sent yet."""
        self._waiting = count

    def freshness(self, loaded_at: datetime | None, zone: tzinfo) -> Freshness:
        """Return how fresh something is that was last loaded then (None = not yet)."""
        signs = Signs(
            listening=self._listening,
            unreachable=self._unreachable,
            loaded_at=loaded_at,
            slow=self._is_slow,
            clock_ahead=self._clock_ahead,
            kept_here=self._is_lost,
            waiting=self._waiting,
        )
        return freshness(signs, self._clock(), zone)

    def _pass_on(self, ward_id: str, kind: str) -> None:
        # of reference data every screen may show something
        if kind != REFERENCE:
            self.changed.emit(ward_id, kind)
        elif not self.anew.isActive():
            self.anew.start(random.randint(0, READ_ANEW_WITHIN_MS))  # noqa: S311 - no secret

    def _note_degraded(self, event: HealthDegraded) -> None:
        # without an answer it is not slow but away, which the next reading shows
        self._is_slow = event.latency_ms is not None
        self.ticked.emit()

    def _note_clock(self, event: ClockCompared) -> None:
        self._clock_ahead = timedelta(seconds=event.ahead_s)
        self.ticked.emit()

    def _note_moved(self, event: PrimaryMoved) -> None:
        # a standby that did not have to confirm may lack what was saved just before; what was read
        # once is forgotten before all is read anew
        self.server_moved.emit(
            WardError(
                f"Another database server, {event.host}, has taken over. Look whether what was "
                "saved in the last minute is there; enter it again where it is not."
            )
        )
        self.refresh_due.emit()

    def _note_recovered(self, _event: object) -> None:
        self._is_slow = False
        self.ticked.emit()

    def _begin_hearing(self) -> None:
        self._listening = True
        # whatever was notified while the connection was down is lost
        self.refresh_due.emit()

    def _stop_hearing(self, _reason: str) -> None:
        self._listening = False
        self.ticked.emit()
