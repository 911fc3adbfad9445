"""The sheet that records a pregnancy: which score applies follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from typing_extensions import override

from ui.context import Context
from ui.formats import date_text, date_time_text
from ui.observations.decision_sheets import TOPIC, FormSheet
from ui.observations.subject import Subject
from ui.observations.words import choice_text
from ui.widgets.form import Day, Field, Form, Note, OneOf
from ui.widgets.inputs import Choice
from ward_app.observations.pack_choice import RECENT_DAYS, Pregnancy, PregnancyRecord
from ward_app.observations.pack_service import record_pregnancy
from ward_app.observations.pack_types import NewPregnancyRecord, ScoringBasis

_STATES = (
    Choice(Pregnancy.PREGNANT, "Pregnant"),
    Choice(Pregnancy.ENDED, "The pregnancy ended, on…"),
    Choice(Pregnancy.NOT_PREGNANT, "Not pregnant"),
)
_RULE = (
    f"Changes of pregnancy alter what is well, up to {RECENT_DAYS} days after its end: NEWS2 is"
    " not made for it. The score follows this record from the next set on; sets already recorded"
    " keep theirs."
)


class PregnancySheet(FormSheet):
    """Records that a patient is pregnant, was until a day, or is not."""

    def __init__(self, context: Context, subject: Subject, basis: ScoringBasis) -> None:
        super().__init__(
            context,
            title="Pregnancy",
            save_text="Record",
            patient_name=subject.name,
            draft_key=f"pregnancy:{subject.admission_id}",
        )
        self._subject = subject
        self._basis = basis
        fields = (
            Field(name="status", label="What is known", kind=OneOf(_STATES), required=True),
            Field(name="ended_on", label="Ended on", kind=Day(subject.zone), required=True),
            Field(name="note", label="Note", kind=Note()),
        )
        words = f"{known_text(basis.pregnancy, subject)}\n\n{_RULE}"
        self.hold(Form(fields, context.clock, self.page), words)
        self.form.changed.connect(self._show_day)
        self._show_day()
        self.form.set_clean()

    @override
    def save(self) -> None:
        if not self.form.check():
            return
        status: Pregnancy = self.form.value("status")
        record = NewPregnancyRecord(
            id=self.ids["record"],
            admission_id=self._subject.admission_id,
            status=status,
            ended_on=self.form.value("ended_on") if status is Pregnancy.ENDED else None,
            occurred_at=self.context.clock(),
            note=self.form.value("note"),
        )
        self._recorded = PregnancyRecord(status=status, ended_on=record.ended_on)
        self.send(TOPIC, self._saved, record_pregnancy, record)

    def _saved(self, _result: object) -> None:
        today = self.context.clock().astimezone(UTC).date()
        choice = replace(self._basis, pregnancy=self._recorded).choice_on(today)
        self.finish(f"Recorded. From the next set on: {choice_text(choice)}")

    def _show_day(self) -> None:
        self.form.set_shown("ended_on", shown=self.form.value("status") is Pregnancy.ENDED)


def known_text(record: PregnancyRecord | None, subject: Subject) -> str:
    """Return what is recorded of a pregnancy, since when and by whom."""
    if record is None:
        return "Nothing is recorded of a pregnancy: taken as not pregnant."
    said = {
        Pregnancy.PREGNANT: "pregnant",
        Pregnancy.ENDED: f"the pregnancy ended on {date_text(record.ended_on)}",
        Pregnancy.NOT_PREGNANT: "not pregnant",
    }[record.status]
    if record.occurred_at is None:
        return f"Recorded: {said}."
    at = date_time_text(record.occurred_at, subject.zone)
    return f"Recorded {at} by {record.recorded_by}: {said}."
