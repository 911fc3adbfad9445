"""The sheet that prints a chart or saves it as a PDF; either is on record before it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from typing_extensions import override

from ui.context import Context
from ui.observations.chart_print import (
    DAYS_PER_PAGE,
    PrintJob,
    page_layout,
    pages_of,
    paint_pages,
    save_pdf,
)
from ui.observations.decision_sheets import FormSheet
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ward_app.audit.service import record_print
from ward_app.core.errors import WardError

TOPIC = "prints"
_TO_FILE = "file"
_TO_PRINTER = "printer"


class PrintChartSheet(FormSheet):
    """Chooses stretch, paper and printer or file. `job` is what the chart shows now."""

    def __init__(self, context: Context, job: PrintJob, *, patient_name: str) -> None:
        super().__init__(
            context, title="Print chart", save_text="Print", patient_name=patient_name
        )
        self._job = job
        stretches = (
            Choice(job.windows, "What the chart shows now"),
            Choice(pages_of(job.content.whole), f"The whole stay, {DAYS_PER_PAGE} days on a page"),
        )
        fields = (
            Field(name="windows", label="What", kind=OneOf(stretches, None)),
            Field(name="paper", label="Paper, landscape", kind=OneOf(papers(), None)),
            Field(name="target", label="Where", kind=OneOf(_TARGETS, None)),
        )
        self.hold(
            Form(fields, context.clock, self),
            "The page carries the patient's name. Keep the file where only those who may see"
            " it can.",
        )

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def save(self) -> None:
        job = replace(self._job, windows=self.form.value("windows"))
        paper = self.form.value("paper")
        if self.form.value("target") == _TO_PRINTER:
            printer = ask_for_printer(self, paper)
            if printer is not None:
                self._record(job, f"printer, {paper}", partial(self._print, job, printer))
        else:
            path = ask_for_file(self)
            if path is not None:
                self._record(job, f"PDF, {paper}", partial(self._save_file, job, paper, path))

    def _record(self, job: PrintJob, how: str, then: Callable[[], None]) -> None:
        """Put on record what leaves the screen; only then let it leave."""
        pages = len(job.windows)
        what = f"observation chart, {how}, {pages} page{'' if pages == 1 else 's'}"
        self.send(TOPIC, lambda _nothing: then(), record_print, job.patient_id, what)

    def _save_file(self, job: PrintJob, paper: str, path: Path) -> None:
        try:
            save_pdf(path, job, paper)
        except WardError as error:
            self.show_problem(error)
        else:
            self.finish(f"The chart is saved as {path.name}.")

    def _print(self, job: PrintJob, printer: QPrinter) -> None:
        paint_pages(printer, job)
        self.finish(f"The chart is sent to {printer.printerName() or 'the printer'}.")


def ask_for_file(parent: QWidget) -> Path | None:
    """Return where the PDF is to go, None when the person cancelled."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save the chart as PDF", "observations.pdf", "PDF (*.pdf)"
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


_TARGETS = (Choice(_TO_FILE, "A PDF file…"), Choice(_TO_PRINTER, "A printer…"))


def papers() -> tuple[Choice, ...]:
    """Return the papers, the one usual in this country first."""
    american = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    names = ("Letter", "A4") if american else ("A4", "Letter")
    return tuple(Choice(name, name) for name in names)
