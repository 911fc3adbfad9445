"""The sheet that takes the trail out: printer, PDF or CSV; on record before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget
from typing_extensions import override

from ui.audit.reading import MOST_ROWS, take_out
from ui.audit.words import asked_text, found_text, printed_columns, trail_columns
from ui.context import Context
from ui.paper import save_private
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, OneOf
from ui.widgets.inputs import Choice
from ui.widgets.print_sheet import ask_for_printer, paper_field
from ui.widgets.table_print import PAGES, PrintedTable, csv_of
from ward_app.audit.types import Action, TrailRow, Wanted
from ward_app.core.errors import WardError

TOPIC = "prints"
_PDF, _CSV, _PRINTER = "pdf", "csv", "printer"
_TARGETS = (
    Choice(_CSV, "A CSV file, for a spreadsheet…"),
    Choice(_PDF, "A PDF file…"),
    Choice(_PRINTER, "A printer…"),
)
_BEWARE = (
    f"Everything that was asked for, the newest {MOST_ROWS:,} entries at most, with names of"
    " people and patients. Keep it where only those who may see it can. That it is taken out is"
    " on record."
)


class PrintTrailSheet(EntrySheet):
    """Reads all that was asked for again, whatever the list has read so far, and takes it out."""

    def __init__(self, context: Context, wanted: Wanted, zone: tzinfo) -> None:
        super().__init__(context, title="Print or save the audit trail", save_text="Take it out")
        self.wanted, self.zone = wanted, zone
        fields = (
            Field(name="target", label="Where", kind=OneOf(_TARGETS, None)),
            paper_field("Paper, landscape"),
        )
        self.add_words(asked_text(wanted, zone), _BEWARE)
        self.form = self.add_form(Form(fields, context.clock))
        self.form.changed.connect(self._ask_paper)
        self._ask_paper("target")
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

    def table(self, rows: tuple[TrailRow, ...], *, whole: bool) -> PrintedTable:
        """Return the entries as they leave the screen; `whole`: with code and session."""
        columns = printed_columns(self.zone) if whole else trail_columns(self.zone)
        more = len(rows) == MOST_ROWS
        return PrintedTable(
            title="Audit trail",
            about=f"{asked_text(self.wanted, self.zone)}. {found_text(len(rows), more=more)}",
            headers=tuple(column.header for column in columns),
            widths=tuple(column.width_px for column in columns),
            numbers=tuple(column.number for column in columns),
            rows=tuple(tuple(column.text(row) for column in columns) for row in rows),
            zone=self.zone,
            printed_by=self.context.signed_in.display_name,
            printed_at=self.context.clock(),
        )

    def _record(
        self, how: str, action: Action, then: Callable[[tuple[TrailRow, ...]], None]
    ) -> None:
        """Put on record what leaves the screen; only then let it leave."""
        what = f"{asked_text(self.wanted, self.zone)}, {how}"
        self.send(TOPIC, then, partial(take_out, action=action), self.wanted, what)

    def _save_file(self, target: str, path: Path, rows: tuple[TrailRow, ...]) -> None:
        if target == _CSV:
            content = csv_of(self.table(rows, whole=True))
        else:
            content = PAGES.pdf(self.table(rows, whole=False), self.value("paper"))
        try:
            save_private(path, content, "trail")
        except WardError as error:
            self.show_problem(error)
        else:
            self.finish(f"The trail is saved as {path.name}; only you can read it.")

    def _print(self, printer: QPrinter, rows: tuple[TrailRow, ...]) -> None:
        PAGES.paint(printer, self.table(rows, whole=False))
        self.finish(f"The trail is sent to {printer.printerName() or 'the printer'}.")

    def _ask_paper(self, changed: str) -> None:
        if changed == "target":
            self.form.set_shown("paper", shown=self.value("target") != _CSV)


def ask_for_file(parent: QWidget, target: str) -> Path | None:
    """Return where the file is to go, None when the person cancelled."""
    kind = target.upper()
    name, _ = QFileDialog.getSaveFileName(
        parent, f"Save the trail as {kind}", f"audit-trail.{target}", f"{kind} (*.{target})"
    )
    return Path(name) if name else None
