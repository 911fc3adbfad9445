"""The charts a panel reads: opened first, on record, each once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from ui.widgets.panel import Panel
from ward_app.audit.service import open_reachable_charts


class OpenCharts:
    """Which charts the session of a panel has opened; another session begins with none."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._actor: object = None
        self._opened: frozenset[UUID] = frozenset()

    def before(self, patient_ids: Iterable[UUID | None], read_on: Callable[[], None]) -> None:
        """Log the access to charts not opened yet by this session; only then `read_on`."""
        actor = self._panel.context.work.actor
        if actor is not self._actor:
            self._actor, self._opened = actor, frozenset()
        closed = list({each for each in patient_ids if each is not None} - self._opened)
        if closed:
            self._panel.read(partial(self._note, actor, read_on), open_reachable_charts, closed)
        else:
            read_on()

    def _note(self, actor: object, read_on: Callable[[], None], opened: frozenset[UUID]) -> None:
        if actor is self._actor:
            self._opened |= opened
        read_on()
