"""The sheet that takes the report out: printer, PDF or CSV; on record before it leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget
from typing_extensions import override

from ui.context import Context
from ui.paper import save_private
from ui.plain_text import PlainLabel
from ui.timeliness.words import due_columns
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import ask_for_printer, paper_field
from ui.widgets.rows_table import RowColumn
from ui.widgets.table_print import PAGES, PrintedTable, csv_of
from ward_app.audit.service import record_report
from ward_app.audit.types import Action
from ward_app.core.errors import WardError
from ward_app.timeliness.types import Due, Line

TOPIC = "prints"
_PDF, _CSV, _PRINTER = "pdf", "csv", "printer"
_TARGETS = (
    Choice(_PDF, "A PDF file…"),
    Choice(_CSV, "A CSV file, for a spreadsheet…"),
    Choice(_PRINTER, "A printer…"),
)
_BEWARE = (
    "Rows carry patients' names; lines carry none. Keep a file where only those who may see it"
    " can. What is taken out is on record."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report as the screen shows it.

    Attributes:
        title: what is reported, "Timeliness of rounds, by shift".
        about: the sum, in sentences.
        lines: every line, `columns` those of the screen.
        dues: the rows behind the chosen line, or behind all.
        whose: which rows these are, "Night" or "all lines".
    """

    title: str
    about: str
    columns: Sequence[RowColumn[Line]]
    lines: Sequence[Line]
    dues: Sequence[Due]
    whose: str
    zone: tzinfo


class PrintReportSheet(EntrySheet):
    """Lines or rows; printer, PDF or CSV. The rows are offered first while they are shown."""

    def __init__(self, context: Context, report: Report, *, rows_first: bool) -> None:
        super().__init__(context, title="Print or save the report", save_text="Take it out")
        self.report = report
        what = (
            Choice("lines", f"{_number(len(report.lines), 'line')}, without names"),
            Choice("rows", f"{_number(len(report.dues), 'row')} of {report.whose}, with names"),
        )
        fields = (
            Field(name="what", label="What", kind=OneOf(what[::-1] if rows_first else what, None)),
            Field(name="target", label="Where", kind=OneOf(_TARGETS, None)),
            paper_field("Paper, landscape"),
        )
        beware = PlainLabel(_BEWARE, self)
        beware.setWordWrap(True)
        self.content.addWidget(beware)
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.form.changed.connect(self._ask_paper)
        self.content.addStretch(1)

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def save(self) -> None:
        target = self.value("target")
        if target == _PRINTER:
            printer = ask_for_printer(self, PAGES.layout(self.value("paper")))
            if printer is not None:
                self._record("printer", Action.PRINT, partial(self._print, printer))
            return
        path = ask_for_file(self, target)
        if path is not None:
            save = partial(self._save_file, target, path)
            self._record(target.upper(), Action.EXPORT, save)

    def table(self) -> PrintedTable:
        """Return what was chosen as it leaves the screen."""
        report = self.report
        columns: Sequence[RowColumn[Any]] = report.columns
        rows: Sequence[Any] = report.lines
        if self._with_rows:
            columns, rows = due_columns(report.zone), report.dues
        return PrintedTable(
            title=report.title,
            about=report.about,
            headers=tuple(column.header for column in columns),
            widths=tuple(column.width_px for column in columns),
            numbers=tuple(column.number for column in columns),
            rows=tuple(tuple(column.text(row) for column in columns) for row in rows),
            zone=report.zone,
            printed_by=self.context.signed_in.display_name,
            printed_at=self.context.clock(),
        )

    @property
    def _with_rows(self) -> bool:
        return bool(self.value("what") == "rows")

    def _record(self, how: str, action: Action, then: Callable[[PrintedTable], None]) -> None:
        """Put on record what leaves the screen; only then let it leave."""
        table = self.table()
        number = _number(len(table.rows), "row" if self._with_rows else "line")
        what = f"{self.report.title}, {how}, {number}"
        stays = self._named()
        leave = partial(record_report, action=action)
        self.send(TOPIC, lambda _nothing: then(table), leave, self._wards(), what, stays)

    def _wards(self) -> tuple[UUID, ...]:
        dues = (due for line in self.report.lines for due in line.dues)
        return tuple(dict.fromkeys(due.ward_id for due in dues))

    def _named(self) -> tuple[UUID, ...]:
        """Return the stays whose patients the rows name."""
        if not self._with_rows:
            return ()
        named = (due.admission_id for due in self.report.dues if due.family_name is not None)
        return tuple(dict.fromkeys(stay for stay in named if stay is not None))

    def _save_file(self, target: str, path: Path, table: PrintedTable) -> None:
        content = csv_of(table) if target == _CSV else PAGES.pdf(table, self.form.value("paper"))
        try:
            save_private(path, content, "report")
        except WardError as error:
            self.show_problem(error)
        else:
            self.finish(f"The report is saved as {path.name}; only you can read it.")

    def _print(self, printer: QPrinter, table: PrintedTable) -> None:
        PAGES.paint(printer, table)
        self.finish(f"The report is sent to {printer.printerName() or 'the printer'}.")

    def _ask_paper(self, changed: str) -> None:
        if changed == "target":
            self.form.set_shown("paper", shown=self.value("target") != _CSV)


def ask_for_file(parent: QWidget, target: str) -> Path | None:
    """Return where the file is to go, None when the person cancelled."""
    kind = target.upper()
    name, _ = QFileDialog.getSaveFileName(
        parent, f"Save the report as {kind}", f"timeliness.{target}", f"{kind} (*.{target})"
    )
    return Path(name) if name else None


def _number(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else f'{word}s'}"
