"""The pocket sheets of a ward: which are out, and the tick that one came back or was shredded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui.context import Context
from ui.formats import duration_text, moment_text
from ui.handover.words import TOPIC
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Text
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.handover.rules import is_expired, outstanding
from ward_app.handover.service import end_sheet
from ward_app.handover.sheet_types import NewSheetEnd, PocketSheet, SheetEnd

NONE_OUT = "No pocket sheet of this ward is out."
END_WORDS = {
    SheetEnd.RETURNED: "returned",
    SheetEnd.SHREDDED: "shredded",
    SheetEnd.LOST: "lost",
}
_TABLE_PX = 300


def serial_text(serial: int) -> str:
    """Return the number as it is printed: "P-000123"."""
    return f"P-{serial:06}"


def overdue_text(sheets: Sequence[PocketSheet], now: datetime) -> str:
    """Return what is loud about sheets that expired and are still out; empty for none."""
    late = [sheet for sheet in outstanding(sheets) if is_expired(sheet, now)]
    if not late:
        return ""
    many = "pocket sheets have" if len(late) > 1 else "pocket sheet has"
    named = ", ".join(f"{serial_text(sheet.serial)} ({sheet.printed_by})" for sheet in late)
    return f"▲ {len(late)} {many} expired and not been returned: {named}. U ticks them off."


class SheetsOutSheet(Sheet):
    """R returned, S shredded, L lost; what expires first is at the top."""

    width_px: ClassVar[int] = 560

    def __init__(self, context: Context, sheets: Sequence[PocketSheet], zone: tzinfo) -> None:
        super().__init__(context, title="Pocket sheets out", save_text="Returned (R)")
        self.zone = zone
        out = outstanding(sheets)
        self.model = RowsModel[PocketSheet](self._columns(), self)
        self.table = RowsTable(self.model, "Pocket sheets that are out", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setMinimumHeight(_TABLE_PX)
        self.words = PlainLabel(NONE_OUT if not out else "", self)
        self.content.addWidget(self.words)
        self.content.addWidget(self.table, 1)
        self.words.setVisible(not out)
        self.model.show_rows(out)
        self.table.setCurrentIndex(self.model.index(0, 0) if out else QModelIndex())
        self._add_keys()

    @property
    def chosen(self) -> PocketSheet | None:
        """The sheet the cursor is on."""
        return self.model.row(self.table.currentIndex())

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        self.tick(SheetEnd.RETURNED)

    def shred(self) -> None:
        """Tick the chosen sheet off as shredded."""
        self.tick(SheetEnd.SHREDDED)

    def lose(self) -> None:
        """Open the sheet that says where a lost one was last."""
        if self.chosen is not None:
            self.sheet_requested.emit(LostSheet(self.context, self.chosen))

    def tick(self, kind: SheetEnd) -> None:
        """Tick the chosen sheet off."""
        sheet = self.chosen
        if sheet is None or self.is_saving:
            return
        self.send(
            TOPIC,
            lambda _nothing: self.finish(f"{serial_text(sheet.serial)}: {END_WORDS[kind]}."),
            end_sheet,
            NewSheetEnd(id=self.ids[f"{kind} {sheet.id}"], sheet_id=sheet.id, kind=kind),
        )

    def _add_keys(self) -> None:
        # before the table takes letters as the beginning of a word to look for
        for key, run in (("R", self.save), ("S", self.shred), ("L", self.lose)):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)
        for words, run in (("Shredded (S)", self.shred), ("Lost (L)…", self.lose)):
            button = QPushButton(words, self)
            button.clicked.connect(run)
            self.content.addWidget(button)

    def _columns(self) -> tuple[RowColumn[PocketSheet], ...]:
        now = self.context.clock()

        def expires(sheet: PocketSheet) -> str:
            if is_expired(sheet, now):
                return f"▲ {duration_text(now - sheet.expires_at)} ago"
            return moment_text(sheet.expires_at, self.zone, now)

        def loud(sheet: PocketSheet) -> str | None:
            return "problem" if is_expired(sheet, now) else None

        return (
            RowColumn("Number", 88, lambda sheet: serial_text(sheet.serial)),
            RowColumn("Printed by", 116, lambda sheet: sheet.printed_by),
            RowColumn("At", 104, lambda sheet: moment_text(sheet.printed_at, self.zone, now)),
            RowColumn("Names", 66, lambda sheet: str(sheet.patients), number=True),
            RowColumn("Expires", 150, expires, colour=loud),
        )


class LostSheet(EntrySheet):
    """Where a lost pocket sheet was last, and who was told."""

    def __init__(self, context: Context, lost: PocketSheet) -> None:
        super().__init__(
            context,
            title=f"Pocket sheet {serial_text(lost.serial)} is lost",
            save_text="Record",
            draft_key=f"lost pocket sheet {lost.id}",
        )
        self.lost = lost
        field = Field(
            name="words", label="Where it was last, and who was told", kind=Text(), required=True
        )
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        new = NewSheetEnd(
            id=self.ids["end"],
            sheet_id=self.lost.id,
            kind=SheetEnd.LOST,
            words=self.value("words"),
        )
        told = f"{serial_text(self.lost.serial)} is recorded as lost."
        self.send(TOPIC, lambda _nothing: self.finish(told), end_sheet, new)
