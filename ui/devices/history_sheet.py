"""All that was ever recorded of one device; what is in force can be corrected or struck out."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar, cast

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.devices.check_sheet import CheckSheet, OldCheck
from ui.devices.device_sheet import DeviceSheet
from ui.devices.line import DeviceLine
from ui.devices.removal_sheet import OldRemoval, RemovalSheet
from ui.devices.strike_sheet import StrikeSheet
from ui.devices.words import history_text, history_time_text, line_text
from ui.notices import CAUTION
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.devices.pack import device_pack
from ward_app.devices.queries import device_history
from ward_app.devices.types import Entry, HistoryItem
from ward_app.staff.types import Permission

IN_FORCE_ONLY = "This is not in force any more; it stays as it is."


class HistorySheet(Sheet):
    """What was recorded last comes first; Enter or C corrects the chosen row, X strikes it out."""

    width_px: ClassVar[int] = 560

    def __init__(self, context: Context, line: DeviceLine, zone: tzinfo) -> None:
        super().__init__(
            context, title="History of a device", save_text="Correct", patient_name=line.name
        )
        self.line, self.zone = line, zone
        self._kinds = {kind.name: kind for kind in device_pack().kinds}
        self.model = RowsModel[HistoryItem](self._columns(), self)
        self.table = RowsTable(self.model, "What was recorded, the last first", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.words = PlainLabel("Being read…", self)
        self.words.setWordWrap(True)
        self.strike_button = QPushButton("Strike out", self)
        self._fill()
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.table.activated.connect(lambda _index: self.save())
        # before the table takes letters as the beginning of a word to look for
        for key, run in (("C", self.save), ("X", self.strike)):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)
        self.strike_button.clicked.connect(self.strike)
        reply = Reply(self.show_history, self.show_problem)
        context.work.query(self, reply, device_history, line.device.id)

    @property
    def chosen(self) -> HistoryItem | None:
        """The row the cursor is on."""
        return self.model.row(self.table.currentIndex())

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        item = self._in_force()
        if item is not None:
            self.sheet_requested.emit(self._correcting(item))

    def strike(self, _checked: object = None) -> None:
        """Open the sheet that strikes the chosen row out."""
        item = self._in_force()
        if item is not None:
            words = history_text(item, self._kinds)
            self.sheet_requested.emit(
                StrikeSheet(self.context, self.line, Entry(item.entry), item.id, words)
            )

    def show_history(self, found: tuple[HistoryItem, ...]) -> None:
        """Show the rows and choose the first."""
        self.model.columns = self._columns()
        self.model.show_rows(found)
        self.table.setCurrentIndex(self.model.index(0, 0) if found else QModelIndex())

    def _in_force(self) -> HistoryItem | None:
        """Return the chosen row if it can be changed, or say why not."""
        item = self.chosen
        if item is None:
            return None
        if not self.context.signed_in.may(Permission.DEVICE_RECORD):
            self.notice.tell(CAUTION, "Your role does not correct the register.")
        elif item.superseded or item.struck_out:
            self.notice.tell(CAUTION, IN_FORCE_ONLY)
        else:
            return item
        return None

    def _correcting(self, item: HistoryItem) -> Sheet:
        if item.entry == Entry.DEVICE or item.occurred_at is None:
            return DeviceSheet(self.context, self.line.bed, self.zone, corrects=self.line)
        if item.entry == Entry.CHECK:
            signs = {name: bool(there) for name, there in item.about.items()}
            old = OldCheck(item.id, signs, item.occurred_at, item.note)
            return CheckSheet(self.context, self.line, self.zone, corrects=old)
        about = cast("dict[str, str]", item.about)
        removal = OldRemoval(item.id, about["reason"], about["tip"], about["removed_by"],
                             item.occurred_at, item.note)  # fmt: skip
        return RemovalSheet(self.context, self.line, self.zone, corrects=removal)

    def _columns(self) -> tuple[RowColumn[HistoryItem], ...]:
        now = self.context.clock()

        def colour(item: HistoryItem) -> str | None:
            return "dim" if item.superseded or item.struck_out else None

        return (
            RowColumn("When", 104, lambda i: history_time_text(i, self.zone, now), colour=colour),
            RowColumn("What", 288, lambda i: history_text(i, self._kinds), colour=colour),
            RowColumn("Recorded by", 110, lambda i: i.recorded_by or "imported", colour=colour),
        )

    def _show_chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        item = self.chosen
        self.notice.clear()
        self.words.setText(history_text(item, self._kinds) if item else "")

    def _fill(self) -> None:
        self.add_words(line_text(self.line))
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.words)
        self.strike_button.setToolTip("Strike the chosen row out; it stays readable (X)")
        self.content.addWidget(self.strike_button)
        self.save_button.setToolTip("Correct the chosen row (C, Enter)")
