"""A set is not taken now: the reason by one digit, and until when."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import partial

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.context import Context
from ui.due_words import DEFERRAL_WORDS
from ui.formats import due_text, moment_text
from ui.plain_text import PlainLabel
from ui.schedule.called import CalledSheet
from ui.schedule.take_back import undo_deferral
from ui.schedule.words import TOPIC, patient_text, why_text
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ward_app.schedule.rules import proposed_until
from ward_app.schedule.service import defer
from ward_app.schedule.types import DeferralReason, DueItem, NewDeferral


class DeferSheet(CalledSheet):
    """Puts off what is due for one patient; counted apart from what was missed."""

    def __init__(self, context: Context, item: DueItem, zone: tzinfo) -> None:
        super().__init__(
            context,
            title="Not now",
            save_text="Put off",
            patient_name=patient_text(item),
            draft_key=f"defer {item.admission_id} {item.due_at}",
        )
        self.item, self.zone = item, zone
        self.words = PlainLabel(self._about(), self)
        self.words.setWordWrap(True)
        self.content.addWidget(self.words)
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.form.changed.connect(self._propose)
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        reason = self.value("reason")
        needs_until = reason is not DeferralReason.REFUSED
        if not self.check():
            return
        if needs_until and self.value("until") is None:
            self.form.set_problem("until", "Say until when")
            return
        if self.item.due_at is None or not self.may_go_on():
            return
        new = NewDeferral(
            id=self.ids["deferral"],
            admission_id=self.item.admission_id,
            due_at=self.item.due_at,
            reason=reason,
            deferred_until=self.value("until") if needs_until else None,
            occurred_at=self.value("occurred_at"),
            note=self.value("note"),
        )
        self.send(TOPIC, partial(self._tell, new), defer, new)

    def _about(self) -> str:
        now = self.context.clock()
        at_most = moment_text(self.item.deferrable_until, self.zone, now)
        return (
            f"The set is {due_text(self.item.due_at, now)}."
            f" {why_text(self.item, self.zone, now)}. It can be put off until {at_most} at most."
        )

    def _fields(self) -> tuple[Field, ...]:
        choices = tuple(Choice(each, words) for each, words in DEFERRAL_WORDS.items())
        when, now = PastMoment(self.zone), self.context.clock()
        return (
            Field(name="reason", label="Why not", kind=DigitChoice(choices), required=True),
            Field(name="until", label="Due again at", kind=Moment(self.zone)),
            Field(name="note", label="Note", kind=Text()),
            Field(name="occurred_at", label="Decided at", kind=when, value=now, required=True),
        )

    def _propose(self, changed: str) -> None:
        if changed != "reason":
            return
        reason = self.value("reason")
        until = proposed_until(reason, self.item, self.context.clock())
        self.form.set_shown("until", shown=until is not None)
        if until is not None:
            self.form.set_value("until", until)

    def _tell(self, saved: NewDeferral, until: datetime) -> None:
        at = moment_text(until, self.zone, self.context.clock())
        words = DEFERRAL_WORDS[self.value("reason")].lower()
        undo = partial(undo_deferral, self.context, saved)
        self.finish(f"{patient_text(self.item)}: {words}. Next set by {at}.", undo)
