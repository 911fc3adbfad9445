"""A checklist is not answered now: the reason by one digit, and until when."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial

from typing_extensions import override

from ui.context import Context
from ui.formats import due_text, moment_text
from ui.lane.words import whose_text
from ui.plain_text import PlainLabel
from ui.rounding.words import REASON_WORDS, TOPIC
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ward_app.lane.types import LaneItem, LaneRow
from ward_app.rounding.rules import proposed_until
from ward_app.rounding.service import defer_round
from ward_app.rounding.types import DeferralReason, NewDeferral, Template


class RoundDeferSheet(EntrySheet):
    """Puts off one checklist of one patient, or of the ward itself."""

    def __init__(
        self, context: Context, template: Template, row: LaneRow, item: LaneItem, *, zone: tzinfo
    ) -> None:
        self._admission_id = row.patient.admission_id if row.patient else None
        what = f"{self._admission_id or row.ward_id} {item.subject_id} {item.due_at}"
        super().__init__(
            context,
            title="Not now",
            save_text="Put off",
            patient_name=whose_text(row),
            draft_key=f"not now {what}",
        )
        self.template, self.row, self._zone = template, row, zone
        due = due_text(item.due_at, context.clock())
        self.words = PlainLabel(f"{template.title} is {due}.", self)
        self.words.setWordWrap(True)
        self.content.addWidget(self.words)
        self.form = self.add_form(Form(self._fields(), context.clock))
        self.form.changed.connect(self._propose)
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        new = NewDeferral(
            id=self.ids["deferral"],
            template=self.template,
            reason=self.value("reason"),
            deferred_until=self.value("until"),
            occurred_at=self.context.clock(),
            admission_id=self._admission_id,
            ward_id=None if self._admission_id else self.row.ward_id,
            note=self.value("note"),
        )
        self.send(TOPIC, partial(self._tell, new), defer_round, new)

    def _fields(self) -> tuple[Field, ...]:
        words = {reason: REASON_WORDS[reason] for reason in self.template.deferrals}
        choices = tuple(
            Choice(reason, f"{text[0].upper()}{text[1:]}") for reason, text in words.items()
        )
        return (
            Field(name="reason", label="Why not", kind=DigitChoice(choices), required=True),
            Field(name="until", label="Due again at", kind=Moment(self._zone), required=True),
            Field(name="note", label="Note", kind=Text()),
        )

    def _propose(self, changed: str) -> None:
        if changed == "reason":
            reason: DeferralReason = self.value("reason")
            self.form.set_value("until", proposed_until(reason, self.context.clock()))

    def _tell(self, saved: NewDeferral, _done: None) -> None:
        until = moment_text(saved.deferred_until, self._zone, self.context.clock())
        words = REASON_WORDS[saved.reason]
        self.finish(
            f"{whose_text(self.row)}, {self.template.title}: {words}. Due again at {until}."
        )
