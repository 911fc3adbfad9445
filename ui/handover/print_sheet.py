"""The sheet that prints a pocket sheet or saves it as a PDF; it is on record before it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.handover.pocket_print import PocketJob, page_layout, paint_sheet, save_pdf
from ui.handover.sheets_out import serial_text
from ui.handover.words import TOPIC, Reading
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, OneOf
from ui.widgets.inputs import Choice
from ward_app.core.errors import WardError
from ward_app.handover.service import print_sheet
from ward_app.handover.types import HandoverLine, NewPocketSheet, Paper
from ward_app.rooms.types import Ward

WARNING = (
    "The page carries names. It gets a number, and stands on the list of sheets that are out"
    " until it is returned or shredded."
)
# a shift with its handovers at both ends
_GOOD_FOR = timedelta(hours=12)
_TO_FILE = "file"
_TO_PRINTER = "printer"
_TARGETS = (Choice(_TO_FILE, "A PDF file…"), Choice(_TO_PRINTER, "A printer…"))

Lines = tuple[HandoverLine, ...]


class PrintPocketSheet(EntrySheet):
    """Chooses who, paper, how long it is good, and printer or file."""

    def __init__(
        self,
        context: Context,
        choices: tuple[tuple[str, Lines], ...],
        ward: Ward,
        until: datetime | None = None,
    ) -> None:
        super().__init__(context, title="Print a pocket sheet", save_text="Print")
        self.ward, self.zone = ward, ZoneInfo(ward.time_zone)
        warning = PlainLabel(WARNING, self)
        warning.setWordWrap(True)
        self.content.addWidget(warning)
        who = tuple(Choice(lines, f"{words} ({len(lines)})") for words, lines in choices)
        expires_at = until or context.clock() + _GOOD_FOR
        fields = (
            Field(name="lines", label="Who", kind=OneOf(who, None)),
            Field(name="paper", label="Paper", kind=OneOf(_papers(), None)),
            Field(name="expires_at", label="Good until", kind=Moment(self.zone),
                  value=expires_at, required=True, hint="24 hours at most"),
            Field(name="target", label="Where", kind=OneOf(_TARGETS, None)),
        )  # fmt: skip
        self.form = self.add_form(Form(fields, context.clock))
        self.content.addStretch(1)

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def save(self) -> None:
        if not self.check():
            return
        paper: Paper = self.value("paper")
        if self.value("target") == _TO_PRINTER:
            printer = ask_for_printer(self, paper)
            if printer is not None:
                self._record(paper, partial(self._print, printer))
        else:
            path = ask_for_file(self)
            if path is not None:
                self._record(paper, partial(self._save_file, path, paper))

    def _record(self, paper: Paper, then: Callable[[PocketJob], None]) -> None:
        """Put on record what leaves the screen; only then let it leave."""
        lines: Lines = self.value("lines")
        new = NewPocketSheet(
            id=self.ids["sheet"],
            paper=paper,
            patient_ids=tuple(line.patient_id for line in lines),
            expires_at=self.value("expires_at"),
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

    def _save_file(self, path: Path, paper: Paper, job: PocketJob) -> None:
        try:
            save_pdf(path, job, paper)
        except WardError as error:
            self.show_problem(error)
        else:
            self._tell(job, f"saved as {path.name}")

    def _print(self, printer: QPrinter, job: PocketJob) -> None:
        paint_sheet(printer, job)
        self._tell(job, f"sent to {printer.printerName() or 'the printer'}")

    def _tell(self, job: PocketJob, how: str) -> None:
        until = moment_text(job.expires_at, self.zone, self.context.clock())
        self.finish(
            f"Pocket sheet {serial_text(job.serial)} {how}. Return or shred it by {until}."
        )


def ask_for_file(parent: QWidget) -> Path | None:
    """Return where the PDF is to go, None when the person cancelled."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save the pocket sheet as PDF", "pocket-sheet.pdf", "PDF (*.pdf)"
    )
    return Path(name) if name else None


def ask_for_printer(parent: QWidget, paper: Paper) -> QPrinter | None:
    """Return the printer with its paper set, None when the person cancelled."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(page_layout(paper))
    dialog = QPrintDialog(printer, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return printer if accepted else None


def _papers() -> tuple[Choice, ...]:
    """Return the papers, the one usual in this country first."""
    american = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    papers = (Paper.LETTER, Paper.A4) if american else (Paper.A4, Paper.LETTER)
    return tuple(Choice(paper, paper.value) for paper in papers)
