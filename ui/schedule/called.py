"""Asks before a patient is observed less while somebody is called to her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.background import Reply
from ui.formats import moment_text
from ui.widgets.entry_sheet import EntrySheet
from ward_app.core.errors import NotPermittedError, WardError
from ward_app.escalations.queries import open_escalation

if TYPE_CHECKING:
    from datetime import tzinfo

    from ward_app.escalations.types import OpenEscalation
    from ward_app.schedule.types import DueItem


class CalledSheet(EntrySheet):
    """A sheet on what is due for one patient; asks once, in place, when an escalation is open."""

    item: DueItem
    zone: tzinfo
    _asked = False

    def may_go_on(self) -> bool:
        """Whether to save now; if not, `save` is called again once that is known or answered."""
        if self._asked:
            return True
        self._set_saving(saving=True)
        reply = Reply(self._go_on_or_ask, self._go_on_unknowing)
        self.context.work.query(self, reply, open_escalation, self.item.admission_id)
        return False

    def _go_on_or_ask(self, call: OpenEscalation | None) -> None:
        self._set_saving(saving=False)
        self._asked = True
        if call is None:
            self.save()
            return
        since = moment_text(call.opened_at, self.zone, self.context.clock())
        words = self._plain_save_text
        self.ask(f"An escalation is open since {since}. {words} all the same?", words, self.save)

    def _go_on_unknowing(self, error: WardError) -> None:
        if isinstance(error, NotPermittedError):
            # who may not see who is called is not asked about it
            self._go_on_or_ask(None)
        else:
            self._refused(error)
