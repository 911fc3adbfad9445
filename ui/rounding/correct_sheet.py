"""Corrects what was answered, or strikes it out; the original stays readable."""

from __future__ import annotations

from datetime import datetime, tzinfo

from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.rounding.answer_form import AnswerForm
from ui.rounding.history_words import full_text
from ui.rounding.words import TOPIC, subject_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment
from ui.widgets.reason_input import Reason
from ward_app.rounding.service import record_round, strike_out_record
from ward_app.rounding.types import DueLine, HistoryItem, NewRecord, RecordStrikeOut, Template

WHY_CORRECTED = ("Wrong answer", "Wrong time", "Something to add")
WHY_STRUCK = ("Wrong patient", "Wrong checklist", "Recorded twice", "Never happened")


class CorrectSheet(EntrySheet):
    """The answers as they were, to be changed, and why; with the version they were given to."""

    def __init__(self, context: Context, line: DueLine, item: HistoryItem, zone: tzinfo) -> None:
        super().__init__(
            context,
            title=f"Correct “{item.title}”",
            save_text="Correct",
            patient_name=subject_text(line),
            draft_key=f"round correct {item.id}",
        )
        self.line, self.item = line, item
        self._template = _answered_with(item)
        why = (
            Field(name="at", label="Done at", kind=Moment(zone), value=item.occurred_at,
                  required=True),
            Field(name="reason", label="Why it is corrected", kind=Reason(WHY_CORRECTED),
                  required=True),
        )  # fmt: skip
        self.answers = AnswerForm(self._template, item.answers, item.words, context.clock)
        self.add_form(self.answers)
        self.add_form(Form(why, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        fits = self.check()
        if not self.answers.check_answers() or not fits:
            return
        record = NewRecord(
            id=self.ids["record"],
            template=self._template,
            answers=self.answers.answers(),
            words=self.answers.words(),
            occurred_at=self._at(),
            admission_id=self.line.admission_id,
            ward_id=None if self.line.admission_id else self.line.ward_id,
            note=self.item.note,
            supersedes_id=self.item.id,
            change_reason=self.value("reason"),
        )
        self.send(TOPIC, self._tell, record_round, (record,))

    def _at(self) -> datetime:
        """Return the time as recorded unless another minute is typed; seconds are not shown."""
        typed: datetime = self.value("at")
        before = self.item.occurred_at
        return before if before.replace(second=0, microsecond=0) == typed else typed

    def _tell(self, _at: object) -> None:
        self.finish(f"{self.item.title}, {subject_text(self.line)}: corrected.")


class StrikeSheet(EntrySheet):
    """Asks for nothing but the reason."""

    def __init__(self, context: Context, line: DueLine, item: HistoryItem, zone: tzinfo) -> None:
        super().__init__(
            context,
            title=f"Strike out “{item.title}”",
            save_text="Strike out",
            patient_name=subject_text(line),
            draft_key=f"round strike {item.id}",
        )
        self.line, self.item = line, item
        now = context.clock()
        at = moment_text(item.occurred_at, zone, now)
        self.add_words(
            f"{at}, {item.recorded_by}: {full_text(item, zone, now)}",
            "It no longer counts: what was due before it is due again. It stays readable here.",
        )
        self.form = self.ask_why(WHY_STRUCK)

    @override
    def save(self) -> None:
        if not self.check():
            return
        mark = RecordStrikeOut(
            id=self.ids["mark"], struck_id=self.item.id, reason=self.value("reason")
        )
        self.send(TOPIC, self._tell, strike_out_record, mark)

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{self.item.title}, {subject_text(self.line)}: struck out.")


def _answered_with(item: HistoryItem) -> Template:
    if item.template is None:
        raise ValueError("a task has no answers")
    return item.template
