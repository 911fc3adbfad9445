"""Saying what becomes of an opening: justified, not justified, or a question first."""

from __future__ import annotations

from typing_extensions import override

from ui.context import Context
from ui.openings.words import DECISION_WORDS, reason_text, whom_text
from ui.patients.glass_words import TOPIC
from ui.widgets.entry_sheet import EntrySheet
from ward_app.openings.service import review_opening
from ward_app.openings.types import Decision, NewReview, Opening

_TITLES = {
    Decision.JUSTIFIED: "Justified",
    Decision.NOT_JUSTIFIED: "Not justified",
    Decision.ASKED: "Ask who opened the chart",
}
_USUAL = {
    Decision.JUSTIFIED: ("Emergency, as recorded", "Was covering the ward", "Asked for by us"),
    Decision.NOT_JUSTIFIED: ("No reason to be found", "Not in the patient's care"),
    Decision.ASKED: ("Who called you there?", "What was it needed for?"),
}
_WHAT_FOLLOWS = {
    Decision.JUSTIFIED: "It stays on record, with your words.",
    Decision.NOT_JUSTIFIED: "It stays on record, with your words. Speak with the person, and"
    " follow your hospital's way from here.",
    Decision.ASKED: "Your words are sent as a message to who opened the chart. The opening waits"
    " until somebody decides.",
}


class ReviewSheet(EntrySheet):
    """One decision about one opening, with words."""

    def __init__(self, context: Context, opening: Opening, decision: Decision) -> None:
        super().__init__(
            context,
            title=_TITLES[decision],
            save_text="Send" if decision is Decision.ASKED else "Record",
            draft_key=f"review {opening.id} {decision}",
        )
        self._opening, self._decision = opening, decision
        self.add_words(
            f"{opening.user_name} opened: {whom_text(opening)}, {opening.ward_name}.",
            f"Reason: {reason_text(opening)}",
            _WHAT_FOLLOWS[decision],
        )
        label = "What do you ask?" if decision is Decision.ASKED else "Why"
        self.form = self.ask_why(_USUAL[decision], label)

    @override
    def save(self) -> None:
        if not self.check():
            return
        reviews = self._opening.reviews
        new = NewReview(
            id=self.ids["review"],
            opening_id=self._opening.id,
            decision=self._decision,
            words=self.value("reason"),
            after=reviews[-1].id if reviews else None,
        )
        self.send(TOPIC, self._saved, review_opening, new)

    def _saved(self, _result: object) -> None:
        if self._decision is Decision.ASKED:
            self.finish(f"Sent to {self._opening.user_name}. The opening waits on.")
        else:
            words = DECISION_WORDS[self._decision].lower()
            self.finish(f"Recorded: {words}. Nothing of it can be changed or removed.")
