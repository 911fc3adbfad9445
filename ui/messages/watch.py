"""Watches one's messages: what waits is counted at the rail, what arrives is said once."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, Signal

from ui.background import Reply
from ui.context import Context
from ui.messages.message_sheet import TOPIC
from ward_app.core.errors import WardError
from ward_app.messages.queries import watched_messages
from ward_app.messages.rules import is_new
from ward_app.messages.types import Message, MessageBox


class MessageWatch(QObject):
    """Reads the person's messages now and whenever something may have come.

    Signals:
        changed: (tuple of Message) the messages as they are.
        arrived: (tuple of Message) those not seen that were not known before.
    """

    changed = Signal(object)
    arrived = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: set[UUID] = set()
        self.messages: tuple[Message, ...] = ()
        self._asked = self._ask_again = False

    def read(self) -> None:
        """Read the messages; asked again meanwhile, once more after that."""
        if self._asked:
            self._ask_again = True
            return
        self._asked = True
        self._context.work.query(self, Reply(self._show, self._missed), watched_messages)

    def take_note(self, topic: str) -> None:
        """Read anew if messages changed."""
        if topic == TOPIC:
            self.read()

    def _show(self, box: MessageBox) -> None:
        self.messages = box.messages
        new = tuple(one for one in box.messages if is_new(one) and one.id not in self._known)
        self._known.update(one.id for one in box.messages)
        self.changed.emit(self.messages)
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
