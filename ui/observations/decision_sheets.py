"""Small sheets around a chart: the SpO2 scale decision, and striking a set out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui.context import Context
from ui.formats import date_time_text
from ui.observations.subject import Subject
from ui.observations.words import values_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Check, Field, Form, OneOf, Text
from ui.widgets.inputs import Choice
from ui.widgets.sheet import Sheet
from ward_app.observations.service import decide_spo2_scale, strike_out
from ward_app.observations.types import RecordedObservations, SpO2ScaleDecision, StrikeOut

TOPIC = "observations"
_SCALES = (
    Choice(1, "Scale 1, the default"),
    Choice(2, "Scale 2, target saturation 88 to 92 %"),
)
_SCALE_2_RULE = (
    "Scale 2 is only for confirmed hypercapnic respiratory failure with a prescribed target of"
    " 88 to 92 %, decided by a competent clinical decision maker. It is never inferred from a"
    " diagnosis. (Royal College of Physicians, NEWS2, 2017)"
)


class FormSheet(EntrySheet):
    """A sheet that is one form below a few words."""

    form: Form

    def hold(self, form: Form, words: str) -> None:
        """Show the form below a few words."""
        self.add_words(words)
        self.form = self.add_form(form)
        self.content.addStretch(1)


class SpO2ScaleSheet(FormSheet):
    """Records which SpO2 scale is in force, who decided it and why; `then` another sheet."""

    def __init__(
        self,
        context: Context,
        subject: Subject,
        *,
        scale: int,
        then: Callable[[], Sheet] | None = None,
    ) -> None:
        super().__init__(
            context,
            title="SpO₂ scale",
            save_text="Record",
            patient_name=subject.name,
            draft_key=f"spo2-scale:{subject.admission_id}",
        )
        self._subject = subject
        self._then = then
        fields = (
            Field(name="scale", label="Scale", kind=OneOf(_SCALES, None), value=3 - scale),
            Field(name="decided_by", label="Who decided", kind=Text(), required=True,
                  hint="Name and role of the clinical decision maker"),
            Field(name="reason", label="Reason", kind=Text(), required=True),
            Field(name="confirmed", label="", kind=Check("Confirmed and prescribed"),
                  hint="Hypercapnic respiratory failure is confirmed; a target of 88 to 92 %"
                  " is prescribed"),
        )  # fmt: skip
        self.hold(Form(fields, context.clock, self.page), _SCALE_2_RULE)
        self.form.changed.connect(self._show_confirmation)
        self._show_confirmation()
        self.form.set_clean()

    @override
    def save(self) -> None:
        scale = self.form.value("scale")
        if not self.form.check():
            return
        if scale == 2 and not self.form.value("confirmed"):  # noqa: PLR2004 - the scale's name
            self.form.set_problem("confirmed", "Scale 2 needs this.")
            return
        decision = SpO2ScaleDecision(
            id=self.ids["decision"],
            admission_id=self._subject.admission_id,
            scale=scale,
            decided_by=self.form.value("decided_by"),
            reason=self.form.value("reason"),
            occurred_at=self.context.clock(),
        )
        self.send(TOPIC, self._saved, decide_spo2_scale, decision)

    def _saved(self, _result: object) -> None:
        scale = self.form.value("scale")
        self.finish(f"SpO₂ scale {scale} is in force. Sets already recorded keep their score.")
        if self._then is not None:
            self.sheet_requested.emit(self._then())

    def _show_confirmation(self) -> None:
        self.form.set_shown("confirmed", shown=self.form.value("scale") != 1)


class StrikeOutSheet(FormSheet):
    """Marks one set as entered in error; the original stays readable.

    `whole_group` opens, in this sheet's place, the one for everything of the same device or
    person; None for who may not do that.
    """

    def __init__(
        self,
        context: Context,
        subject: Subject,
        *,
        recorded: RecordedObservations,
        whole_group: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            context,
            title="Strike out observations",
            save_text="Strike out",
            patient_name=subject.name,
            draft_key=f"strike-out:{recorded.id}",
        )
        self._subject = subject
        self._recorded = recorded
        reason = Field(
            name="reason",
            label="Why was it entered in error?",
            kind=Text("Wrong patient, wrong time, wrong value…"),
            required=True,
        )
        at = date_time_text(recorded.occurred_at, subject.zone)
        words = (
            f"{at}, by {recorded.recorded_by}: {values_text(recorded)}.\n\n"
            "The set no longer counts. It stays readable in the table, marked as struck out."
        )
        self.hold(Form((reason,), context.clock, self.page), words)
        if whole_group is not None:
            self._offer_group(whole_group)

    @override
    def save(self) -> None:
        if not self.form.check():
            return
        mark = StrikeOut(
            id=self.ids["mark"],
            admission_id=self._subject.admission_id,
            struck_id=self._recorded.id,
            reason=self.form.value("reason"),
        )
        self.send(TOPIC, self._saved, strike_out, mark)

    def _saved(self, _result: object) -> None:
        at = date_time_text(self._recorded.occurred_at, self._subject.zone)
        self.finish(f"The set of {at} is struck out. It stays readable in the table.")

    def _offer_group(self, whole_group: Callable[[], None]) -> None:
        words = "Everything of this device or person instead… (Shift+X)"
        self.group_button = QPushButton(words, self)
        self.group_button.setProperty("kind", "quiet")
        self.group_button.clicked.connect(whole_group)
        self.content.insertWidget(self.content.count() - 1, self.group_button)
