"""An assessment is not made now: the reason by one digit, and until when; undone by one key."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial

from typing_extensions import override

from ui.assessments.words import TOPIC, due_words, why_due
from ui.background import Reply
from ui.context import Context
from ui.rounding.later_sheet import LaterSheet
from ward_app.assessments.service import defer_assessment, take_back_assessment_deferral
from ward_app.assessments.types import (
    AssessmentDeferral,
    AssessmentDeferralStrikeOut,
    AssessmentDue,
)
from ward_app.core.ids import new_id
from ward_app.rounding.types import DeferralReason

UNDO_REASON = "Undone right after saving."


class AssessmentDeferSheet(LaterSheet):
    """Puts off one assessment of one patient; counted apart from what was missed."""

    def __init__(
        self, context: Context, due: AssessmentDue, *, patient_name: str, zone: tzinfo
    ) -> None:
        super().__init__(
            context,
            whose=patient_name,
            about=f"{due.title}: {due_words(due, context.clock())} ({why_due(due)})."
            " It can be put off by up to 24 hours.",
            draft_key=f"{due.admission_id} {due.instrument} {due.due_at}",
            zone=zone,
        )
        self.due = due
        self.add_reasons(tuple(DeferralReason))

    @override
    def save(self) -> None:
        if not self.check():
            return
        new = AssessmentDeferral(
            id=self.ids["deferral"],
            admission_id=self.due.admission_id,
            instrument=self.due.instrument,
            due_at=self.due.due_at,
            reason=self.value("reason"),
            deferred_until=self.value("until"),
            occurred_at=self.context.clock(),
            note=self.value("note"),
        )
        self.send(TOPIC, partial(self._tell, new), defer_assessment, new)

    def _tell(self, saved: AssessmentDeferral, _done: None) -> None:
        self.finish(self.told(self.due.title), partial(undo_deferral, self.context, saved))


def undo_deferral(context: Context, deferral: AssessmentDeferral) -> None:
    """Take back a deferral right after saving; it stays on record."""
    mark = AssessmentDeferralStrikeOut(
        id=new_id(),
        admission_id=deferral.admission_id,
        struck_id=deferral.id,
        reason=UNDO_REASON,
    )
    work = context.work
    work.command(work, TOPIC, Reply(_ignore), take_back_assessment_deferral, mark)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every list."""
