"""What was recorded of somebody's rounds and tasks, to be corrected or struck out."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.formats import moment_text
from ui.notices import CAUTION
from ui.plain_text import PlainLabel
from ui.rounding.correct_sheet import CorrectSheet, StrikeSheet
from ui.rounding.history_words import ended_text, full_text, history_text
from ui.rounding.words import subject_text
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.audit.service import open_chart
from ward_app.rounding.queries import round_history
from ward_app.rounding.types import DueLine, HistoryItem
from ward_app.staff.types import Permission

NOTHING = "Nothing was recorded yet."


class HistorySheet(Sheet):
    """What was recorded last comes first; Enter or C corrects the chosen row, X strikes it out."""

    width_px: ClassVar[int] = 640

    def __init__(
        self, context: Context, line: DueLine, zone: tzinfo, record_id: UUID | None = None
    ) -> None:
        super().__init__(
            context, title="Rounds so far", save_text="Correct", patient_name=subject_text(line)
        )
        self.line, self.zone, self._wanted = line, zone, record_id
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
        self._read()

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
        if item is None:
            return
        if item.outcome == "deferred":
            self.notice.tell(CAUTION, "Strike it out (X), then answer or put off anew.")
        else:
            self.sheet_requested.emit(CorrectSheet(self.context, self.line, item, self.zone))

    def strike(self, _checked: object = None) -> None:
        """Open the sheet that strikes the chosen row out."""
        item = self._in_force()
        if item is not None:
            self.sheet_requested.emit(StrikeSheet(self.context, self.line, item, self.zone))

    def show_history(self, found: tuple[HistoryItem, ...]) -> None:
        """Show the rows and choose the first, or the one that was looked for."""
        self.model.columns = self._columns()
        self.model.show_rows(found)
        ids = [item.id for item in found]
        row = ids.index(self._wanted) if self._wanted in ids else 0
        self.table.setCurrentIndex(self.model.index(row, 0) if found else QModelIndex())
        if not found:
            self.words.setText(NOTHING)

    def _read(self) -> None:
        """Read the history; that of a patient once its opening is on record."""
        read = Reply(self.show_history, self.show_problem)
        ask = partial(
            self.context.work.query,
            self,
            read,
            round_history,
            admission_id=self.line.admission_id,
            ward_id=self.line.ward_id,
        )
        if self.line.patient_id is None:
            ask()
            return
        opened = Reply(lambda _opened: ask(), self.show_problem)
        self.context.work.query(self, opened, open_chart, self.line.patient_id)

    def _in_force(self) -> HistoryItem | None:
        """Return the chosen record if it can be changed, or say why not."""
        item = self.chosen
        if item is None:
            return None
        if item.template is None:
            self.notice.tell(CAUTION, "What became of a task stays as it is; open a new one (F7).")
        elif not self.context.signed_in.may(Permission.ROUND_CORRECT):
            self.notice.tell(CAUTION, "Your role does not correct rounds.")
        elif item.ended is not None:
            self.notice.tell(CAUTION, "This is not in force any more; it stays as it is.")
        else:
            return item
        return None

    def _columns(self) -> tuple[RowColumn[HistoryItem], ...]:
        now, zone = self.context.clock(), self.zone

        def colour(item: HistoryItem) -> str | None:
            return "dim" if item.ended else None

        def what(item: HistoryItem) -> str:
            ended = ended_text(item)
            return f"{ended}. {history_text(item, zone, now)}" if ended else _first(item)

        def _first(item: HistoryItem) -> str:
            return history_text(item, zone, now)

        return (
            RowColumn("When", 112, lambda i: moment_text(i.occurred_at, zone, now), colour=colour),
            RowColumn("What", 372, what, colour=colour),
            RowColumn("By", 110, lambda item: item.recorded_by, colour=colour),
        )

    def _show_chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        item = self.chosen
        self.notice.clear()
        self.words.setText(full_text(item, self.zone, self.context.clock()) if item else "")

    def _fill(self) -> None:
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.words)
        self.strike_button.setToolTip("Strike the chosen row out; it stays readable (X)")
        self.content.addWidget(self.strike_button)
        self.save_button.setToolTip("Correct the chosen row (C, Enter)")
