"""Sheets of tasks: a new one, and what became of one."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from functools import partial
from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.rounding.words import TOPIC, subject_text, task_words
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ward_app.rounding.service import end_task, open_task
from ward_app.rounding.types import DueLine, NewTask, OpenTask, TaskOutcome

_WITHIN = timedelta(hours=1)
_OUTCOMES = (
    Choice("done", "Done"),
    Choice("deferred", "Not now"),
    Choice("cancelled", "Not needed any more"),
)


class NewTaskSheet(EntrySheet):
    """Opens a task of a patient's bed, or of the ward."""

    def __init__(
        self,
        context: Context,
        *,
        ward_id: UUID,
        admission_id: UUID | None,
        name: str,
        zone: tzinfo,
    ) -> None:
        super().__init__(
            context,
            title="New task",
            save_text="Open the task",
            patient_name=name,
            draft_key=f"task {ward_id} {admission_id}",
        )
        self._ward_id, self._admission_id, self._zone = ward_id, admission_id, zone
        due_at = context.clock() + _WITHIN
        fields = (
            Field(name="title", label="What is to be done", kind=Text(), required=True),
            Field(name="due_at", label="By", kind=Moment(zone), value=due_at, required=True),
        )
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        task = NewTask(
            id=self.ids["task"],
            ward_id=self._ward_id,
            admission_id=self._admission_id,
            title=self.value("title"),
            due_at=self.value("due_at"),
        )
        self.send(TOPIC, partial(self._tell, task), open_task, task)

    def _tell(self, task: NewTask, _done: None) -> None:
        by = moment_text(task.due_at, self._zone, self.context.clock())
        self.finish(f"Task opened: {task.title}, by {by}.")


def new_task_sheet(context: Context, line: DueLine, zone: tzinfo) -> NewTaskSheet:
    """Return the sheet that opens a task of the patient, or the ward, of a line."""
    return NewTaskSheet(
        context,
        ward_id=line.ward_id,
        admission_id=line.admission_id,
        name=subject_text(line),
        zone=zone,
    )


class TaskSheet(EntrySheet):
    """Says what became of a task; done needs one digit, all else a reason."""

    def __init__(self, context: Context, task: OpenTask, zone: tzinfo) -> None:
        super().__init__(
            context,
            title="Task",
            save_text="Record",
            patient_name=subject_text(task),
            draft_key=f"task {task.id}",
        )
        self.task, self._zone = task, zone
        now = context.clock()
        self.words = PlainLabel(task_words(task, zone, now), self)
        self.words.setWordWrap(True)
        self.content.addWidget(self.words)
        fields = (
            Field(name="kind", label="What became of it", kind=DigitChoice(_OUTCOMES),
                  required=True),
            Field(name="reason", label="Why", kind=Text()),
            Field(name="until", label="Due again at", kind=Moment(zone), value=now + _WITHIN),
        )  # fmt: skip
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.form.changed.connect(self._ask_for_what_is_needed)
        self.content.addStretch(1)
        self._ask_for_what_is_needed("kind")

    @override
    def save(self) -> None:
        kind = self.value("kind")
        if not self.check():
            return
        if kind != "done" and not self.value("reason"):
            self.form.set_problem("reason", "Say why")
            return
        outcome = TaskOutcome(
            id=self.ids["outcome"],
            task_id=self.task.id,
            kind=kind,
            occurred_at=self.context.clock(),
            reason=self.value("reason") if kind != "done" else None,
            deferred_until=self.value("until") if kind == "deferred" else None,
        )
        self.send(TOPIC, partial(self._tell, outcome), end_task, outcome)

    def _ask_for_what_is_needed(self, changed: str) -> None:
        if changed == "kind":
            kind = self.value("kind")
            self.form.set_shown("reason", shown=kind in ("deferred", "cancelled"))
            self.form.set_shown("until", shown=kind == "deferred")

    def _tell(self, outcome: TaskOutcome, _done: None) -> None:
        words = {"done": "done", "cancelled": "not needed any more"}.get(outcome.kind)
        if outcome.deferred_until is not None:
            until = moment_text(outcome.deferred_until, self._zone, self.context.clock())
            words = f"put off until {until}"
        self.finish(f"{self.task.title}: {words}.")
