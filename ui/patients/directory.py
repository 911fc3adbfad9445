"""Reading the patient directory: each opening is logged before anybody can be found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject

from ui.background import Reply
from ui.context import Context
from ward_app.audit.service import open_directory

P = ParamSpec("P")

# the server closes it after 15 minutes
_OPEN_FOR = timedelta(minutes=12)


class Directory:
    """Opens the directory when it must be, then reads; the lane keeps the order."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._open_until: datetime | None = None

    def read(
        self,
        owner: QObject,
        reply: Reply,
        query: Callable[Concatenate[Any, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `query(tx, ...)` on the open directory and reply with its result."""
        now = self._context.clock()
        if self._open_until is None or now >= self._open_until:
            opened = Reply(lambda _: self._note_opened(now), reply.failed)
            self._context.work.query(owner, opened, open_directory)
        self._context.work.query(owner, reply, query, *args, **kwargs)

    def _note_opened(self, at: datetime) -> None:
        self._open_until = at + _OPEN_FOR
