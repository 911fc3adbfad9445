"""A round as a table model: a row a patient in bed order, a column an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from ui import theme
from ui.rounding.round_row import Look, RoundRow
from ui.rounding.words import bed_text, due_words, last_text, subject_text
from ward_app.rounding.rules import is_overdue
from ward_app.rounding.types import Item, ItemKind

Index = QModelIndex | QPersistentModelIndex
BED, WHO, DUE = 0, 1, 2
FIXED = (("Bed", 56), ("Patient", 226), ("Due", 166))
ALIKE_MARK = "≈ "
STATE_WIDTH_PX = 230
_WIDTHS_PX = {
    ItemKind.YES_NO: 128,
    ItemKind.CHOICE: 132,
    ItemKind.NUMBER: 96,
    ItemKind.TEXT: 240,
    ItemKind.BODY_MAP: 200,
}
_LOOKS = {Look.SAVED: "success", Look.CAUTION: "caution", Look.PROBLEM: "problem"}
_UNANSWERED = "·"


class RoundModel(QAbstractTableModel):
    """Shows the rows of one checklist; every change of a row is told by `touch`."""

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.zone: tzinfo | None = None
        self.rows: tuple[RoundRow, ...] = ()
        self.items: tuple[Item, ...] = ()
        self.stale = False

    def now(self) -> datetime:
        """Return the present, aware."""
        return self._clock()

    @property
    def state_column(self) -> int:
        """The column that says when it was done last, or what became of the entry."""
        return len(FIXED) + len(self.items)

    def show_rows(self, items: Sequence[Item], rows: Sequence[RoundRow]) -> None:
        """Show these items of these rows; where both are the same, nothing jumps."""
        if tuple(items) == self.items and tuple(rows) == self.rows:
            self.touch_all()
            return
        self.beginResetModel()
        self.items, self.rows = tuple(items), tuple(rows)
        self.endResetModel()

    def set_stale(self, *, stale: bool) -> None:
        """Grey what was known while newer could not be read."""
        self.stale = stale
        self.touch_all()

    def item(self, column: int) -> Item | None:
        """Return the item of a column; None = the column takes no answer."""
        number = column - len(FIXED)
        return self.items[number] if 0 <= number < len(self.items) else None

    def column_of(self, item: Item) -> int:
        """Return the column of an item; the first one when it is not shown."""
        names = [one.name for one in self.items]
        return len(FIXED) + (names.index(item.name) if item.name in names else 0)

    def width_px(self, column: int) -> int:
        """Return how wide a column is."""
        if column < len(FIXED):
            return FIXED[column][1]
        item = self.item(column)
        return _WIDTHS_PX[item.kind] if item else STATE_WIDTH_PX

    def touch(self, row: RoundRow) -> None:
        """Tell that a row changed."""
        if row in self.rows:
            number = self.rows.index(row)
            self.dataChanged.emit(self.index(number, 0), self.index(number, self.state_column))

    def touch_all(self) -> None:
        """Tell that everything may have changed."""
        if self.rows:
            last = self.index(len(self.rows) - 1, self.state_column)
            self.dataChanged.emit(self.index(0, 0), last)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else self.state_column + 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            name = self.colour_name(row, column)
            return theme.colour(name) if name else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.text(row, column) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            header = self.headerData(column, Qt.Orientation.Horizontal)
            text = self.text(row, column)
            return f"{header}: {'not answered' if text in ('', _UNANSWERED) else text}"
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            item = self.item(section)
            if item is not None:
                return item.label
            return FIXED[section][0] if section < len(FIXED) else "Last done"
        return None

    def text(self, row: RoundRow, column: int) -> str:
        """Return what a cell reads."""
        item, now = self.item(column), self._clock()
        if item is not None:
            unanswered = "" if row.entry.reason else _UNANSWERED if item.required else ""
            return row.cell_text(item) or unanswered
        if column == BED:
            return bed_text(row.line)
        if column == WHO:
            return f"{ALIKE_MARK}{subject_text(row.line)}" if row.alike else subject_text(row.line)
        if column == DUE:
            return due_words(row.line, now)
        return row.said or (last_text(row.line, self.zone, now) if self.zone else "")

    def colour_name(self, row: RoundRow, column: int) -> str | None:
        """Return the colour token of a cell; None = that of text."""
        if self.stale:
            return "dim"
        item = self.item(column)
        if item is not None:
            if row.problem(item):
                return "problem"
            answered = item.name in row.entry.answers
            return "caution" if row.is_exception(item) else None if answered else "dim"
        if column == DUE and is_overdue(row.line.due_at, self._clock()):
            return "risk_high"
        if column == self.state_column:
            return _LOOKS.get(row.look, "dim" if not row.said else None)
        return None
