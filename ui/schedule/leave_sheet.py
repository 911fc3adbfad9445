"""A patient goes on leave or comes back; the bed stays hers."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.admissions.words import at_text
from ui.context import Context
from ui.due_words import leave_text
from ui.schedule.called import CalledSheet
from ui.schedule.take_back import undo_leave
from ui.schedule.words import TOPIC, patient_text
from ui.widgets.form import Field, Form, Moment, Text
from ward_app.admissions.service import record_leave
from ward_app.admissions.types import LeaveKind, NewLeave
from ward_app.schedule.rules import is_on_leave
from ward_app.schedule.types import DueItem


class LeaveSheet(CalledSheet):
    """Records the leave of a patient who is here, the return of one who is away."""

    def __init__(self, context: Context, item: DueItem, zone: tzinfo) -> None:
        self.kind = LeaveKind.RETURNED if is_on_leave(item) else LeaveKind.LEFT
        back = self.kind is LeaveKind.RETURNED
        super().__init__(
            context,
            title="Return from leave" if back else "Going on leave",
            save_text="Record the return" if back else "Record the leave",
            patient_name=patient_text(item),
            draft_key=f"{self.kind} {item.admission_id}",
        )
        self.item, self.zone = item, zone
        self.add_words(self._about())
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        if self.kind is LeaveKind.LEFT and not self.may_go_on():
            return
        entered = self.form.values()
        new = NewLeave(
            id=self.ids["leave"],
            admission_id=self.item.admission_id,
            kind=self.kind,
            occurred_at=entered["occurred_at"],
            expected_back_at=entered.get("expected_back_at"),
            reason=entered["reason"],
        )
        self.send(TOPIC, partial(self._tell, new), record_leave, new)

    def _about(self) -> str:
        if self.kind is LeaveKind.RETURNED:
            return f"{leave_text(self.item.back_by, self.context.clock(), self.zone)}."
        return "The bed stays the patient's. Observations pause until the return is recorded."

    def _fields(self) -> tuple[Field, ...]:
        when, now = PastMoment(self.zone), self.context.clock()
        if self.kind is LeaveKind.RETURNED:
            return (
                Field(name="occurred_at", label="Back at", kind=when, value=now, required=True),
                Field(name="reason", label="Note", kind=Text()),
            )
        return (
            Field(name="occurred_at", label="Left at", kind=when, value=now, required=True),
            Field(name="expected_back_at", label="Back by", kind=Moment(self.zone),
                  required=True),
            Field(name="reason", label="Reason", kind=Text()),
        )  # fmt: skip

    def _tell(self, saved: NewLeave, _nothing: object) -> None:
        name, now = patient_text(self.item), self.context.clock()
        when = at_text(self.value("occurred_at"), self.zone, now)
        if self.kind is LeaveKind.RETURNED:
            self.finish(f"{name} came back {when}. A set is due within the hour.")
        else:
            back = at_text(self.value("expected_back_at"), self.zone, now)
            undo = partial(undo_leave, self.context, saved)
            self.finish(f"{name} went on leave {when}, to be back {back}. The bed is kept.", undo)
