"""The sheet that prints a pocket sheet or saves it as a PDF; it is on record before it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.handover.pocket_print import PAGES, PocketJob
from ui.handover.sheets_out import serial_text
from ui.handover.words import TOPIC, Reading
from ui.widgets.form import Field, Form, Moment, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import PrintSheet, paper_field, target_field
from ward_app.audit.types import Action
from ward_app.handover.service import print_sheet
from ward_app.handover.sheet_types import NewPocketSheet, Paper
from ward_app.handover.types import HandoverLine
from ward_app.rooms.types import Ward

WARNING = (
    "The page carries names. It gets a number, and stands on the list of sheets that are out"
    " until it is returned or shredded."
)
# a shift with its handovers at both ends
_GOOD_FOR = timedelta(hours=12)

Lines = tuple[HandoverLine, ...]


class PrintPocketSheet(PrintSheet[PocketJob]):
    """Chooses who, paper, how long it is good, and printer or file."""

    pages = PAGES
    what = "pocket sheet"
    file_name = "pocket-sheet.pdf"

    def __init__(
        self,
        context: Context,
        choices: tuple[tuple[str, Lines], ...],
        ward: Ward,
        until: datetime | None = None,
    ) -> None:
        super().__init__(context, title="Print a pocket sheet", save_text="Print")
        self.ward, self.zone = ward, ZoneInfo(ward.time_zone)
        self.add_words(WARNING)
        who = tuple(Choice(lines, f"{words} ({len(lines)})") for words, lines in choices)
        expires_at = until or context.clock() + _GOOD_FOR
        fields = (
            Field(name="lines", label="Who", kind=OneOf(who, None)),
            paper_field("Paper"),
            Field(name="expires_at", label="Good until", kind=Moment(self.zone),
                  value=expires_at, required=True, hint="24 hours at most"),
            target_field(),
        )  # fmt: skip
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def record(self, how: str, action: Action, then: Callable[[PocketJob], None]) -> None:
        lines: Lines = self.value("lines")
        new = NewPocketSheet(
            # saved after a printer failed, or printed after a file did, it is another one
            id=self.ids[f"sheet {action}"],
            paper=Paper(self.value("paper")),
            patient_ids=tuple(line.patient_id for line in lines),
            expires_at=self.value("expires_at"),
            as_file=action is Action.EXPORT,
        )
        self.send(TOPIC, lambda serial: then(self._job(serial, lines, new)), print_sheet, new)

    def _job(self, serial: int, lines: Lines, new: NewPocketSheet) -> PocketJob:
        now = self.context.clock()
        return PocketJob(
            serial=serial,
            ward=self.ward.name,
            lines=lines,
            reading=Reading(None, now, self.zone),
            printed_by=self.context.signed_in.display_name,
            printed_at=now,
            expires_at=new.expires_at,
        )

    @override
    def tell(self, job: PocketJob, how: str) -> None:
        until = moment_text(job.expires_at, self.zone, self.context.clock())
        self.finish(
            f"Pocket sheet {serial_text(job.serial)} {how}. Return or shred it by {until}."
        )
