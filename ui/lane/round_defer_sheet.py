"""A checklist is not answered now: the reason by one digit, and until when."""

from __future__ import annotations

from datetime import tzinfo

from typing_extensions import override

from ui.context import Context
from ui.formats import due_text
from ui.lane.words import whose_text
from ui.rounding.later_sheet import LaterSheet
from ui.rounding.words import TOPIC
from ward_app.lane.types import LaneItem, LaneRow
from ward_app.rounding.service import defer_round
from ward_app.rounding.types import NewDeferral, Template


class RoundDeferSheet(LaterSheet):
    """Puts off one checklist of one patient, or of the ward itself."""

    without_server = ""

    def __init__(
        self, context: Context, template: Template, row: LaneRow, item: LaneItem, *, zone: tzinfo
    ) -> None:
        self._admission_id = row.patient.admission_id if row.patient else None
        super().__init__(
            context,
            whose=whose_text(row),
            about=f"{template.title} is {due_text(item.due_at, context.clock())}.",
            draft_key=f"{self._admission_id or row.ward_id} {item.subject_id} {item.due_at}",
            zone=zone,
        )
        self.template, self.row = template, row
        self.add_reasons(template.deferrals)

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
        self.send(TOPIC, self._tell, defer_round, new)

    def _tell(self, _done: None) -> None:
        self.finish(self.told(self.template.title))
