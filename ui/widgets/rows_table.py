"""A table of frozen rows to read and choose from: columns as data, one model, one view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.columns import FittedTable

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")
ROW_HEIGHT_PX = 30


@dataclass(frozen=True, slots=True)
class RowColumn(Generic[R]):
    """One column: header, width, and how a row reads in it.

    Attributes:
        number: the texts are numbers, set against the right edge.
        colour: name of the colour token of a row's text here; None = the usual one.
    """

    header: str
    width_px: int
    text: Callable[[R], str]
    number: bool = False
    colour: Callable[[R], str | None] | None = None


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows in the order given; all their words are made when they come."""

    def __init__(self, columns: Sequence[RowColumn[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: tuple[R, ...] = ()
        self._texts: tuple[tuple[str, ...], ...] = ()
        self._stale = False

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows shown."""
        return self._rows

    def show_rows(self, rows: Sequence[R], first_header: str | None = None) -> None:
        """Replace the rows; `first_header` renames the first column for them."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self._texts = tuple(tuple(c.text(row) for c in self.columns) for row in self._rows)
        if first_header is not None:
            first = self.columns[0]
            renamed = RowColumn(
                first_header, first.width_px, first.text, first.number, first.colour
            )
            self.columns = (renamed, *self.columns[1:])
        self.endResetModel()

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The words of every row, by column."""
        return self._texts

    def set_stale(self, *, stale: bool) -> None:
        """Grey the rows while newer ones could not be read."""
        if stale != self._stale:
            self._stale = stale
            if self._rows:
                last = self.index(len(self._rows) - 1, len(self.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def row(self, index: Index) -> R | None:
        """Return the row at an index; None nowhere."""
        return self._rows[index.row()] if index.isValid() else None

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, text = self.columns[index.column()], self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(index)
        return {
            int(Qt.ItemDataRole.DisplayRole): text,
            int(Qt.ItemDataRole.ToolTipRole): text or None,
            int(Qt.ItemDataRole.AccessibleTextRole): f"{column.header}: {text or 'nothing'}",
            int(Qt.ItemDataRole.TextAlignmentRole): _alignment(column),
        }.get(int(role))

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].header
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def _colour(self, index: Index) -> Any:
        if self._stale:
            return theme.colour("dim")
        read = self.columns[index.column()].colour
        name = read(self._rows[index.row()]) if read else None
        return theme.colour(name) if name else None


class RowsTable(FittedTable):
    """Shows a `RowsModel`; arrow keys walk rows, Enter or a double click opens one.

    Columns share out the room there is by what they ask for and what their words need; a table
    far too wide for it scrolls.
    """

    def __init__(self, model: RowsModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, model, parent)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.horizontalHeader().setHighlightSections(False)
        self.fit_columns()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


def _alignment(column: RowColumn[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
