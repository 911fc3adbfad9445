"""Something is not done now: the reason by one digit, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from ui.context import Context
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.rounding.words import REASON_WORDS
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ward_app.rounding.rules import proposed_until
from ward_app.rounding.types import DeferralReason


class LaterSheet(EntrySheet):
    """Asks why and until when; what is saved is its heir's."""

    def __init__(
        self, context: Context, *, whose: str, about: str, draft_key: str, zone: tzinfo
    ) -> None:
        super().__init__(
            context,
            title="Not now",
            save_text="Put off",
            patient_name=whose,
            draft_key=f"not now {draft_key}",
        )
        self._whose, self.zone = whose, zone
        self.words = PlainLabel(about, self)
        self.words.setWordWrap(True)
        self.content.addWidget(self.words)

    def add_reasons(self, reasons: Sequence[DeferralReason]) -> None:
        """Put up the form with the reasons that count here."""
        self.form = self.add_form(Form(self._fields(reasons), self.context.clock, self.page))
        self.form.changed.connect(self._propose)
        self.content.addStretch(1)

    def told(self, what: str) -> str:
        """Return "OKAFOR, Ada, Skin check: asleep. Due again at 16:00."."""
        until = moment_text(self.value("until"), self.zone, self.context.clock())
        words = REASON_WORDS[self.value("reason")]
        return f"{self._whose}, {what}: {words}. Due again at {until}."

    def _fields(self, reasons: Sequence[DeferralReason]) -> tuple[Field, ...]:
        words = {reason: REASON_WORDS[reason] for reason in reasons}
        choices = tuple(
            Choice(reason, f"{text[0].upper()}{text[1:]}") for reason, text in words.items()
        )
        return (
            Field(name="reason", label="Why not", kind=DigitChoice(choices), required=True),
            Field(name="until", label="Due again at", kind=Moment(self.zone), required=True),
            Field(name="note", label="Note", kind=Text()),
        )

    def _propose(self, changed: str) -> None:
        if changed == "reason":
            reason: DeferralReason = self.value("reason")
            self.form.set_value("until", proposed_until(reason, self.context.clock()))
