"""Rows of a type-ahead list: what they say, what they stand for, why they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from ui.plain_text import plain_tooltip

Index = QModelIndex | QPersistentModelIndex

OptionRole = int(Qt.ItemDataRole.UserRole)
DetailRole = OptionRole + 1
_WHOLE_ROLES = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


@dataclass(frozen=True, slots=True)
class Option:
    """One row of a type-ahead list.

    Attributes:
        text: what is shown large, and what the field shows once it is picked.
        detail: the second, dimmer line; empty for none.
        value: what the option stands for.
        refusal: None when it can be picked, else why not, shown in place of the detail.
        marks_itself: may be marked, ready for Enter, before the user moved to it.
    """

    text: str
    detail: str
    value: Any
    refusal: str | None = None
    marks_itself: bool = True


class OptionModel(QAbstractListModel):
    """Options in the order given; refused ones can be read but not picked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options: tuple[Option, ...] = ()

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._options = tuple(options)
        self.endResetModel()

    def options(self) -> tuple[Option, ...]:
        """Return the rows as they stand."""
        return self._options

    def row_to_mark(self) -> int:
        """Return the first row that can be picked and marks itself, -1 when there is none."""
        rows = enumerate(self._options)
        fitting = (row for row, each in rows if each.marks_itself and each.refusal is None)
        return next(fitting, -1)

    def row_of(self, option: Option | None) -> int:
        """Return the row that stands for the same value, -1 when there is none."""
        rows = (
            row for row, each in enumerate(self._options) if option and each.value == option.value
        )
        return next(rows, -1)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._options)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        option = self._options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return option.text
        if role == DetailRole:
            return option.refusal or option.detail
        if role == OptionRole:
            return option
        if role in _WHOLE_ROLES:
            # a narrow list cuts long rows short; the tooltip has it all
            whole = ", ".join(filter(None, (option.text, option.refusal or option.detail)))
            return plain_tooltip(whole) if role == Qt.ItemDataRole.ToolTipRole else whole
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._options[index.row()].refusal is not None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)
