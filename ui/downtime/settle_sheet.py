"""What becomes of an entry that needs a person: as meant, entered anew or set aside, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.downtime.entry_words import HOW_WORDS, TOPIC, said_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.sheet import AWAY
from ward_app.core.errors import WardError
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.reconciliation import Line
from ward_app.downtime.service import settle, settle_here
from ward_app.downtime.types import SettledHow, Settlement

_TITLES = {
    SettledHow.AS_MEANT: "Record as it was meant",
    SettledHow.ENTERED_ANEW: "Settle: entered anew",
    SettledHow.SET_ASIDE: "Set aside",
}
_WHAT_FOLLOWS = {
    SettledHow.AS_MEANT: "It goes into the chart now, under your name, at the time it was charted"
    " for, with a word on who charted it. A score is worked out anew.",
    SettledHow.ENTERED_ANEW: "Use this once it is in the chart again. The chart is not changed"
    " by it.",
    SettledHow.SET_ASIDE: "It does not go into the chart. It stays on record, with your words.",
}
_USUAL = {
    SettledHow.AS_MEANT: ("Checked with who charted it", "Checked with the patient's notes"),
    SettledHow.ENTERED_ANEW: ("Entered again from this list", "Entered again from paper"),
    SettledHow.SET_ASIDE: ("Charted twice", "For another patient", "No longer true"),
}


class SettleSheet(EntrySheet):
    """One decision, with words; of what the database refused it is kept on this station."""

    width_px: ClassVar[int] = 480

    def __init__(
        self,
        context: Context,
        line: Line,
        how: SettledHow,
        *,
        who: str,
        said: Mapping[str, Any] | None,
        outbox: Outbox | None,
    ) -> None:
        super().__init__(
            context,
            title=_TITLES[how],
            save_text="Record" if how is SettledHow.AS_MEANT else "Settle",
            patient_name=who,
            draft_key=f"settle {line.key} {how}",
        )
        self._line, self._how, self._outbox = line, how, outbox
        # what the server never took is settled here alone
        self.without_server = AWAY if line.queued is not None else ""
        words = said_text(line.kind, said) if said is not None else ""
        told = (words, line.problem or "", _WHAT_FOLLOWS[how])
        self.add_words(*(text for text in told if text))
        self.form = self.ask_why(_USUAL[how])

    @override
    def save(self) -> None:
        if not self.check():
            return
        line, reason = self._line, self.value("reason")
        if line.queued is not None:
            new = Settlement(
                id=self.ids["settlement"], entry_id=line.queued.id, how=self._how, reason=reason
            )
            self.send(TOPIC, self._settled, settle, new)
        elif line.held is not None and self._outbox is not None:
            self._set_saving(saving=True)
            reply = Reply(self._settled, self._not_settled)
            by = self.context.signed_in.user_id
            work = self.context.work
            work.ask(self, reply, settle_here, self._outbox, line.held, reason, by)

    def _settled(self, _nothing: object) -> None:
        self._set_saving(saving=False)
        self.finish(f"Settled: {HOW_WORDS[self._how]}.")

    def _not_settled(self, error: WardError) -> None:
        self._set_saving(saving=False)
        self.show_problem(error)
