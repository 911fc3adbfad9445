"""The tasks that are open on a ward, below the round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.context import Context
from ui.plain_text import PlainLabel
from ui.rounding.task_sheets import TaskSheet
from ui.rounding.words import task_columns
from ui.widgets.rows_table import ROW_HEIGHT_PX, RowsModel, RowsTable
from ward_app.rounding.types import OpenTask

MOST_ROWS = 4
KEYS = "F6: to the tasks and back · Enter: what became of it · F7: new task"


class TaskStrip(QWidget):
    """A heading with the number of open tasks, and their table.

    Signals:
        sheet_requested: (Sheet) the sheet that says what became of the chosen task.
    """

    sheet_requested = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._zone: tzinfo = UTC
        self.rows = RowsModel[OpenTask](task_columns(UTC, context.clock()), self)
        self.heading = PlainLabel(parent=self)
        self.table = RowsTable(self.rows, "Open tasks", self)
        self.heading.setFont(theme.font(theme.SMALL_PX))
        self.heading.setWordWrap(True)
        self.table.activated.connect(self._open_task)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID_PX // 2)
        column.addWidget(self.heading)
        column.addWidget(self.table)
        # there is no room for a bar; the arrow keys and the task's sheet show what is beside
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setVisible(False)

    def show_tasks(self, tasks: Sequence[OpenTask], zone: tzinfo) -> None:
        """Show the tasks, the cursor on the same one as before."""
        chosen = self.rows.row(self.table.currentIndex())
        self._zone = zone
        self.rows.set_stale(stale=False)
        self.rows.columns = task_columns(zone, self._context.clock())
        self.rows.show_rows(tasks)
        self.table.setVisible(bool(tasks))
        header_px = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header_px + min(len(tasks), MOST_ROWS) * ROW_HEIGHT_PX + 2)
        ids = [task.id for task in tasks]
        if chosen is not None and chosen.id in ids:
            self.table.setCurrentIndex(self.rows.index(ids.index(chosen.id), 0))
        words = {0: "No open tasks", 1: "1 open task"}.get(len(tasks), f"{len(tasks)} open tasks")
        self.heading.setText(f"{words}   {KEYS}")

    def take_focus(self) -> bool:
        """Take the cursor to the tasks; False when it is there already, or there are none."""
        if self.table.hasFocus() or not self.rows.rows:
            return False
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.rows.index(0, 0))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _open_task(self) -> None:
        task = self.rows.row(self.table.currentIndex())
        if task is not None:
            self.sheet_requested.emit(TaskSheet(self._context, task, self._zone))
