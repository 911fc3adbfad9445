"""Base of the sheets that print or save a PDF; either is on record before it happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic

from PySide6.QtGui import QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from typing_extensions import override

from ui.paper import Job, Printout, save_private, usual_papers
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, OneOf
from ui.widgets.inputs import Choice
from ward_app.audit.types import Action
from ward_app.core.errors import WardError

_TO_FILE, _TO_PRINTER = "file", "printer"
_TARGETS = (Choice(_TO_FILE, "A PDF file…"), Choice(_TO_PRINTER, "A printer…"))


class PrintSheet(EntrySheet, Generic[Job]):
    """Asks where to, puts it on record, then prints a `Job` or saves it as a PDF.

    The form of a subclass has the fields of `paper_field` and `target_field`. What a person
    chooses here is no entry: leaving the sheet asks nothing.

    Attributes:
        pages: how its jobs come on paper.
        what: in the sentences, after "the".
        file_name: proposed for the PDF; it carries no name of a patient.
    """

    # what may be printed says so by itself
    without_server = ""

    pages: ClassVar[Printout[Any]]
    what: ClassVar[str]
    file_name: ClassVar[str]

    def record(self, how: str, action: Action, then: Callable[[Job], None]) -> None:
        """Put on record what leaves the screen; only then let it leave, by `then`."""
        raise NotImplementedError

    def tell(self, _job: Job, how: str) -> None:
        """Say that it was printed or saved, and close the sheet."""
        self.finish(f"The {self.what} is {how}.")

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def save(self) -> None:
        if not self.check():
            return
        paper = self.value("paper")
        if self.value("target") == _TO_PRINTER:
            printer = ask_for_printer(self, self.pages.layout(paper))
            if printer is not None:
                self.record(f"printer, {paper}", Action.PRINT, partial(self._print, printer))
        else:
            path = ask_for_file(self, self.what, self.file_name)
            if path is not None:
                self.record(f"PDF, {paper}", Action.EXPORT, partial(self._save_file, path, paper))

    def _print(self, printer: QPrinter, job: Job) -> None:
        self.pages.paint(printer, job)
        self.tell(job, f"sent to {printer.printerName() or 'the printer'}")

    def _save_file(self, path: Path, paper: str, job: Job) -> None:
        try:
            save_private(path, self.pages.pdf(job, paper), self.what)
        except WardError as error:
            self.show_problem(error)
        else:
            self.tell(job, f"saved as {path.name}")


def paper_field(label: str) -> Field:
    """Return the choice of paper, the one usual in this country first."""
    choices = tuple(Choice(name, name) for name in usual_papers())
    return Field(name="paper", label=label, kind=OneOf(choices, None))


def target_field() -> Field:
    """Return the choice of printer or file."""
    return Field(name="target", label="Where", kind=OneOf(_TARGETS, None))


def ask_for_file(parent: QWidget, what: str, file_name: str) -> Path | None:
    """Return where the PDF is to go, None when the person cancelled."""
    name, _ = QFileDialog.getSaveFileName(
        parent, f"Save the {what} as PDF", file_name, "PDF (*.pdf)"
    )
    return Path(name) if name else None


def ask_for_printer(parent: QWidget, layout: QPageLayout) -> QPrinter | None:
    """Return the printer with its paper set, None when the person cancelled."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(layout)
    dialog = QPrintDialog(printer, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return printer if accepted else None
