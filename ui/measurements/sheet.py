"""The sheet that takes one bedside measurement, or corrects one."""

from __future__ import annotations

from functools import partial
from typing import Any

from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.formats import duration_text, moment_text, time_text
from ui.measurements.entry import MeasurementEntry
from ui.measurements.measured import again_at, age_months, latest
from ui.observations.measured_at import MeasuredAt
from ui.observations.subject import Subject
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Note, Text
from ui.widgets.sheet import AWAY
from ward_app.audit.service import open_chart
from ward_app.core.errors import ConflictError, WardError
from ward_app.core.ids import new_id
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.service import record_measurement, strike_out_measurement
from ward_app.measurements.types import (
    Kind,
    MeasurementChart,
    MeasurementStrikeOut,
    NewMeasurement,
    RecordedMeasurement,
    SavedMeasurement,
)
from ward_app.staff.types import Permission

TOPIC = "measurements"
USED = "measurement-kinds-used"
UNDO_REASON = "Undone right after saving by the person who saved it"
_NOTE, _CHANGE = "note", "change_reason"


class MeasurementSheet(EntrySheet):
    """Values of one kind by keyboard, with the total as it is typed and the one before as ghost.

    With `corrects` it starts from a recorded measurement and supersedes it; the original stays
    readable in the list.
    """

    def __init__(
        self,
        context: Context,
        subject: Subject,
        kind: Kind,
        *,
        corrects: RecordedMeasurement | None = None,
    ) -> None:
        about = f"correct:{corrects.id}" if corrects else f"new:{kind.name}"
        super().__init__(
            context,
            title=f"Correct {kind.title}" if corrects else kind.title,
            patient_name=subject.name,
            draft_key=f"measurement:{subject.admission_id}:{about}",
        )
        self._subject, self.kind, self._corrects = subject, kind, corrects
        self.without_server = AWAY if corrects else ""
        self.measured_at = MeasuredAt(context.clock, subject.zone, self)
        self.before = PlainLabel(parent=self)
        today = context.clock().astimezone(subject.zone).date()
        months = age_months(subject.born_on, today)
        self.entry = MeasurementEntry(kind, age_months=months, clock=context.clock, parent=self)
        self.details = Form(_details(corrects), context.clock, self.page)
        self._fill_content()
        self._start_from(corrects)
        self._clean = self.draft()
        self._read_chart()

    @property
    @override
    def is_dirty(self) -> bool:
        return bool(self.draft() != self._clean)

    @override
    def draft(self) -> Any:
        return (self.measured_at.typed(), *super().draft())

    @override
    def retype(self, draft: Any) -> None:
        moment, *typed = draft
        self.measured_at.retype(moment)
        super().retype(tuple(typed))

    @override
    def save(self) -> None:
        if self.entry.check() and self.measured_at.check() and self.details.check():
            self.send(TOPIC, self._saved, record_measurement, self.new_measurement())

    @override
    def show_problem(self, error: WardError) -> None:
        if isinstance(error, ConflictError) and self._corrects is None:
            self.ids.clear()  # what is typed here is another measurement
        super().show_problem(error)

    def new_measurement(self) -> NewMeasurement:
        """Return what will be saved; ask `save`, which checks it first."""
        occurred_at = self.measured_at.value()
        if occurred_at is None:
            raise ValueError("no moment was typed")
        return NewMeasurement(
            id=self.ids["measurement"],
            admission_id=self._subject.admission_id,
            kind=self.kind.name,
            values=self.entry.values(),
            occurred_at=occurred_at,
            note=self.details.value(_NOTE),
            supersedes_id=self._corrects.id if self._corrects else None,
            change_reason=self.details.value(_CHANGE) if self._corrects else None,
        )

    def show_chart(self, chart: MeasurementChart) -> None:
        """Show the measurement before, as ghosts in the fields and in one line above them."""
        last = latest(chart).get(self.kind.name)
        self.before.setText(before_text(last, self._subject, self.context))
        if last is not None:
            self.entry.show_previous(last.values)

    def _read_chart(self) -> None:
        if self._corrects is None:
            reply = Reply(self._read_opened_chart, self.show_problem)
            self.context.work.query(self, reply, open_chart, self._subject.patient_id)

    def _read_opened_chart(self, _opened: object) -> None:
        reply = Reply(self.show_chart, self.show_problem)
        self.context.work.query(self, reply, measurement_chart, self._subject.admission_id)

    def _saved(self, saved: SavedMeasurement) -> None:
        note_use(self.context, self.kind)
        at = time_text(saved.recorded_at, self._subject.zone)
        words = f"Saved {at}. {self.kind.title}: {saved.summary}."
        # undoing a correction would take the original's values away as well
        may = self.context.signed_in.may(Permission.OBSERVATION_CORRECT) and not self._corrects
        undo = partial(take_back, self.context, self._subject, saved) if may else None
        self.finish(f"{words} {self._again_text()}".rstrip(), undo)

    def _again_text(self) -> str:
        again = again_at(self.kind, self.measured_at.value())
        if again is None or self._corrects is not None:
            return ""
        return f"Again by {moment_text(again, self._subject.zone, self.context.clock())}."

    def _start_from(self, corrects: RecordedMeasurement | None) -> None:
        if corrects is None:
            self.before.setText("The measurement before is being read…")
            return
        self.before.setText(f"Was: {corrects.summary}, by {corrects.recorded_by}.")
        self.measured_at.set_value(corrects.occurred_at)
        self.entry.fill(corrects.values)
        self.details.set_value(_NOTE, corrects.note)

    def _fill_content(self) -> None:
        label = PlainLabel("Measured at", self)
        label.setBuddy(self.measured_at.input)
        self.before.setWordWrap(True)
        for words in (label, self.before):
            words.setFont(theme.font(theme.SMALL_PX))
            theme.tint(words, "dim")
        for widget in (label, self.measured_at, self.before, self.entry, self.details):
            self.content.addWidget(widget)
        self.forms = (self.entry.form, self.details)
        self.content.addStretch(1)


def before_text(last: RecordedMeasurement | None, subject: Subject, context: Context) -> str:
    """Return "Before: 7/10, left hip, 14:07, 2 h 05 min ago", or that there is none."""
    if last is None:
        return "Not measured on this stay yet."
    now = context.clock()
    at = moment_text(last.occurred_at, subject.zone, now)
    return f"Before: {last.summary}, {at}, {duration_text(now - last.occurred_at)} ago"


def kinds_used(context: Context) -> tuple[str, ...]:
    """Return the names of the kinds this person saved since signing in, the last one first."""
    used: tuple[str, ...] | None = context.drafts.kept(USED)
    return used or ()


def note_use(context: Context, kind: Kind) -> None:
    """Let a kind be the first that is offered the next time."""
    others = tuple(name for name in kinds_used(context) if name != kind.name)
    context.drafts.keep(USED, (kind.name, *others))


def take_back(context: Context, subject: Subject, saved: SavedMeasurement) -> None:
    """Take back a measurement right after saving; the original stays readable as struck out."""
    mark = MeasurementStrikeOut(
        id=new_id(),
        admission_id=subject.admission_id,
        struck_id=saved.id,
        reason=UNDO_REASON,
    )
    work = context.work
    work.command(work, TOPIC, Reply(_ignore), strike_out_measurement, mark)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every list."""


def _details(corrects: RecordedMeasurement | None) -> tuple[Field, ...]:
    why = Field(name=_CHANGE, label="Why is it corrected?", kind=Text(), required=True)
    note = Field(name=_NOTE, label="Note", kind=Note())
    return (why, note) if corrects else (note,)
