"""Watches the queue of reviews: what waits is counted at the rail, what arrives is said once."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, Signal

from ui.background import Reply
from ui.context import Context
from ui.patients.glass_words import TOPIC
from ward_app.core.errors import WardError
from ward_app.openings.queries import openings_to_review
from ward_app.openings.rules import waiting_for_me
from ward_app.openings.types import Opening


class OpeningWatch(QObject):
    """Reads what the person reviews, now and whenever something may have come.

    Signals:
        changed: (tuple of Opening) the openings as they are.
        arrived: (tuple of Opening) those that wait for the person and were not known before.
    """

    changed = Signal(object)
    arrived = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: set[UUID] = set()
        self._asked = self._ask_again = False

    def read(self) -> None:
        """Read the queue; asked again meanwhile, once more after that."""
        if self._asked:
            self._ask_again = True
            return
        self._asked = True
        work = self._context.work
        work.query(self, Reply(self._show, self._missed), openings_to_review)

    def take_note(self, topic: str) -> None:
        """Read anew if something was opened or reviewed."""
        if topic == TOPIC:
            self.read()

    def _show(self, openings: tuple[Opening, ...]) -> None:
        waiting = waiting_for_me(openings)
        new = tuple(one for one in waiting if one.id not in self._known)
        self._known.update(one.id for one in waiting)
        self.changed.emit(openings)
        if new:
            self.arrived.emit(new)
        self._answered()

    def _missed(self, _error: WardError) -> None:
        # the lamp says that the server is away; the count stays as it was
        self._answered()

    def _answered(self) -> None:
        self._asked = False
        if self._ask_again:
            self._ask_again = False
            self.read()
