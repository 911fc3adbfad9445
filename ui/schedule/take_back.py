"""What was decided on the schedule is undone: a deferral taken back, a leave that was none."""

from __future__ import annotations

from datetime import timedelta

from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.plain_text import PlainLabel
from ui.schedule.words import TOPIC, patient_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Text
from ward_app.admissions.service import record_leave
from ward_app.admissions.types import LeaveKind, NewLeave
from ward_app.core.ids import new_id
from ward_app.schedule.service import take_back_deferral
from ward_app.schedule.types import DeferralStrikeOut, DueItem, NewDeferral

UNDO_REASON = "Undone right after saving."
_A_SECOND = timedelta(seconds=1)


class TakeBackSheet(EntrySheet):
    """Takes back what put a set off; what was due before is due again."""

    def __init__(self, context: Context, item: DueItem) -> None:
        super().__init__(
            context,
            title="Take back what put a set off",
            save_text="Take back",
            patient_name=patient_text(item),
            draft_key=f"take back {item.deferral_id}",
        )
        self.item = item
        words = PlainLabel(
            "What was due before is due again. What was decided stays on record.", self
        )
        words.setWordWrap(True)
        self.content.addWidget(words)
        field = Field(name="reason", label="Reason", kind=Text(), required=True)
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check() or self.item.deferral_id is None:
            return
        mark = DeferralStrikeOut(
            id=self.ids["strike out"],
            admission_id=self.item.admission_id,
            struck_id=self.item.deferral_id,
            reason=self.value("reason"),
        )
        self.send(TOPIC, self._tell, take_back_deferral, mark)

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{patient_text(self.item)}: not put off any more.")


def undo_deferral(context: Context, deferral: NewDeferral) -> None:
    """Take back a deferral right after saving; it stays on record."""
    mark = DeferralStrikeOut(
        id=new_id(),
        admission_id=deferral.admission_id,
        struck_id=deferral.id,
        reason=UNDO_REASON,
    )
    work = context.work
    work.command(work, TOPIC, Reply(_ignore), take_back_deferral, mark)


def undo_leave(context: Context, leave: NewLeave) -> None:
    """Record the return of who did not go; the leave stays on record."""
    back = NewLeave(
        id=new_id(),
        admission_id=leave.admission_id,
        kind=LeaveKind.RETURNED,
        # a return follows its leave, also one that was recorded for this very moment
        occurred_at=max(context.clock(), leave.occurred_at + _A_SECOND),
        reason=UNDO_REASON,
    )
    work = context.work
    work.command(work, TOPIC, Reply(_ignore), record_leave, back)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every list."""
