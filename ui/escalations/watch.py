"""Watches the escalations of one's wards: the bell's number, the sound, what a lock may say.

It goes on while the screen is locked and whatever panel is in view. What it knew last it goes on
ringing for when the server cannot be read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import Reply
from ui.context import Context
from ui.escalations.sound import Chime
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.escalations.queries import watched_items
from ward_app.escalations.rules import ring_every, rings, ward_alerts
from ward_app.escalations.service import silence
from ward_app.escalations.types import OpenEscalation, OpenItems

TOPICS = frozenset({"escalations", "observations", "beds"})
_LOOK_MS = 1_000


class AlertWatch(QObject):
    """Reads what is open on the person's wards and rings until it is answered or silenced.

    Silence is for what was known then: an escalation that opens, or is raised, rings all the
    same, and the number of the bell never goes away.

    Signals:
        changed: (tuple of OpenEscalation) what is open, read anew.
        alerts_changed: (tuple of WardAlerts) how many ring, by ward.
        rang: the sound was played.
    """

    changed = Signal(object)
    alerts_changed = Signal(object)
    rang = Signal()

    def __init__(
        self, context: Context, chime: Chime, *, sound_on: bool = True,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.sound_on = sound_on
        self._context, self._chime = context, chime
        self._ward_ids = tuple(ward.id for ward in context.signed_in.wards)
        self._items: tuple[OpenEscalation, ...] = ()
        self._silent: dict[UUID, datetime] = {}
        self._silent_until: datetime | None = None
        self._rang_at: datetime | None = None
        self._asked = self._ask_again = False
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()

    @property
    def items(self) -> tuple[OpenEscalation, ...]:
        """What is open on the person's wards as far as is known, worst first."""
        return self._items

    @property
    def silent_until(self) -> datetime | None:
        """Until when the sound of what was known is off; None = it is not."""
        until = self._silent_until
        return until if until is not None and until > self._context.clock() else None

    def read(self) -> None:
        """Read what is open; asked again meanwhile, once more after that."""
        if self._asked:
            self._ask_again = True
            return
        self._asked = True
        reply = Reply(self._show, self._missed)
        self._context.work.query(self, reply, watched_items, self._ward_ids)

    def take_note(self, topic: str) -> None:
        """Read anew if a change of this topic may open or answer something."""
        if topic in TOPICS:
            self.read()

    def silence(self, minutes: int) -> None:
        """Turn the sound off for what is open now; it is recorded, and the number stays."""
        until = self._context.clock() + timedelta(minutes=minutes)
        self._silent_until = until
        self._silent = {item.id: item.since for item in self._items}
        self._chime.stop()
        reply = Reply(lambda _none: None)
        self._context.work.command(
            self, "escalations", reply, silence, new_id(), self._ward_ids, minutes=minutes
        )

    def look(self) -> None:
        """Ring if it is time to."""
        now = self._context.clock()
        every = ring_every(self._ringing(now), now)
        due = self._rang_at is None or (every is not None and now - self._rang_at >= every)
        if every is not None and due and self.sound_on:
            self._rang_at = now
            self._chime.play()
            self.rang.emit()

    def _ringing(self, now: datetime) -> tuple[OpenEscalation, ...]:
        silent = self._silent if self.silent_until is not None else {}
        return tuple(
            item for item in self._items if rings(item, now) and silent.get(item.id) != item.since
        )

    def _show(self, found: OpenItems) -> None:
        known = {item.id: item.since for item in self._items}
        self._items = found.escalations
        if any(known.get(item.id) != item.since for item in self._items):
            self._rang_at = None  # something new rings at once
        self.changed.emit(self._items)
        self.alerts_changed.emit(ward_alerts(self._items, self._context.clock()))
        self.look()
        self._answered()

    def _missed(self, _error: WardError) -> None:
        # the lamp says that the server is away; what was known goes on ringing
        self._answered()

    def _answered(self) -> None:
        self._asked = False
        if self._ask_again:
            self._ask_again = False
            self.read()
