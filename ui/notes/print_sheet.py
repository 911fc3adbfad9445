"""The sheet that prints notes or saves them as a PDF; either is on record before it happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from typing_extensions import override

from ui.context import Context
from ui.notes.line import NoteLine
from ui.notes.note_print import PrintJob, page_layout, paint_pages, save_pdf
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ward_app.audit.service import record_print
from ward_app.core.errors import WardError
from ward_app.notes.rules import Thread

TOPIC = "prints"
_TO_FILE, _TO_PRINTER = "file", "printer"
_TARGETS = (Choice(_TO_FILE, "A PDF file…"), Choice(_TO_PRINTER, "A printer…"))
_BEWARE = "The pages carry the patient's name. Keep the file where only those who may see it can."


class PrintNotesSheet(EntrySheet):
    """The chosen note with its additions, or all notes that the list shows of its patient."""

    def __init__(
        self, context: Context, line: NoteLine, lines: Sequence[NoteLine], zone: tzinfo
    ) -> None:
        super().__init__(context, title="Print notes", save_text="Print", patient_name=line.name)
        self.line, self.zone = line, zone
        everything = tuple(dict.fromkeys(one.thread for one in lines if one.thread))
        one = (line.thread,) if line.thread else ()
        what = [Choice(one, "This note, with what was added")]
        if everything:
            what.append(Choice(everything, f"All {len(everything)} notes of the stay"))
        fields = (
            Field(name="threads", label="What", kind=OneOf(tuple(what), None)),
            Field(name="paper", label="Paper, upright", kind=OneOf(_papers(), None)),
            Field(name="target", label="Where", kind=OneOf(_TARGETS, None)),
        )
        beware = PlainLabel(_BEWARE, self)
        beware.setWordWrap(True)
        self.content.addWidget(beware)
        self.form = self.add_form(Form(fields, context.clock))
        self.content.addStretch(1)

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def save(self) -> None:
        job, paper = self.job(self.value("threads")), self.value("paper")
        if self.value("target") == _TO_PRINTER:
            printer = ask_for_printer(self, paper)
            if printer is not None:
                self._record(job, f"printer, {paper}", partial(self._print, job, printer))
        else:
            path = ask_for_file(self)
            if path is not None:
                self._record(job, f"PDF, {paper}", partial(self._save_file, job, paper, path))

    def job(self, threads: Sequence[Thread]) -> PrintJob:
        """Return these notes as they are to be printed now."""
        bed = self.line.bed
        if bed.patient_id is None:
            raise ValueError("a note of nobody")
        return PrintJob(
            patient_id=bed.patient_id,
            row=bed,
            threads=threads,
            zone=self.zone,
            printed_by=self.context.signed_in.display_name,
            printed_at=self.context.clock(),
        )

    def _record(self, job: PrintJob, how: str, then: Callable[[], None]) -> None:
        """Put on record what leaves the screen; only then let it leave."""
        number = len(job.threads)
        what = f"{number} nursing note{'' if number == 1 else 's'}, {how}"
        self.send(TOPIC, lambda _nothing: then(), record_print, job.patient_id, what)

    def _save_file(self, job: PrintJob, paper: str, path: Path) -> None:
        try:
            save_pdf(path, job, paper)
        except WardError as error:
            self.show_problem(error)
        else:
            self.finish(f"The notes are saved as {path.name}.")

    def _print(self, job: PrintJob, printer: QPrinter) -> None:
        paint_pages(printer, job)
        self.finish(f"The notes are sent to {printer.printerName() or 'the printer'}.")


def ask_for_file(parent: QWidget) -> Path | None:
    """Return where the PDF is to go, None when the person cancelled."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save the notes as PDF", "notes.pdf", "PDF (*.pdf)"
    )
    return Path(name) if name else None


def ask_for_printer(parent: QWidget, paper: str) -> QPrinter | None:
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
    names = ("Letter", "A4") if american else ("A4", "Letter")
    return tuple(Choice(name, name) for name in names)
