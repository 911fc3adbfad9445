"""The charts a panel reads: opened first, on record, each once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from ui.notices import CAUTION
from ui.widgets.panel import Panel
from ward_app.audit.service import open_reachable_charts


class OpenCharts:
    """Which charts the session of a panel has opened; another session begins with none."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._actor: object = None
        self._opened: frozenset[UUID] = frozenset()
        self._wanted: frozenset[UUID] = frozenset()
        panel.loaded.connect(self._tell_of_closed)

    def before(self, patient_ids: Iterable[UUID | None], read_on: Callable[[], None]) -> None:
        """Log the access to charts not opened yet by this session; only then `read_on`."""
        actor = self._panel.context.work.actor
        if actor is not self._actor:
            self._actor, self._opened = actor, frozenset()
        self._wanted = frozenset(each for each in patient_ids if each is not None)
        closed = list(self._wanted - self._opened)
        if closed:
            self._panel.read(partial(self._note, actor, read_on), open_reachable_charts, closed)
        else:
            read_on()

    def _note(self, actor: object, read_on: Callable[[], None], opened: frozenset[UUID]) -> None:
        if actor is self._actor:
            self._opened |= opened
        read_on()

    def _tell_of_closed(self, _loaded_at: object) -> None:
        """Say whose values are missing here: nobody may take a closed chart for an empty one."""
        closed = len(self._wanted - self._opened)
        if closed:
            whose = "1 patient is" if closed == 1 else f"{closed} patients are"
            self._panel.notice.tell(
                CAUTION,
                f"{whose} marked private and not in your care: the chart is closed, and nothing"
                " of it is shown here. Enter on the board opens it with a reason.",
            )
