"""The open escalations as a table: worst first, clocks running, one sentence a row for readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from ui import theme
from ui.call_words import (
    item_name,
    level_text,
    next_text,
    open_text,
    owed_text,
    place_text,
    state_text,
)
from ui.level_words import LEVEL_GLYPHS, LEVEL_TOKENS, ROLE_WORDS
from ui.plain_text import plain_tooltip
from ward_app.escalations.rules import is_late
from ward_app.escalations.types import OpenEscalation

Index = QModelIndex | QPersistentModelIndex
ItemRole = int(Qt.ItemDataRole.UserRole)
Teller = Callable[[OpenEscalation, datetime, tzinfo], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, width, and how an escalation reads in it."""

    header: str
    width_px: int
    text: Teller


def _level(item: OpenEscalation, _now: datetime, _zone: tzinfo) -> str:
    return f"{LEVEL_GLYPHS[item.level]} {level_text(item.level, item.points)}"


def _told(item: OpenEscalation, _now: datetime, _zone: tzinfo) -> str:
    times = "once" if item.told == 1 else f"{item.told} times"
    return f"{ROLE_WORDS[item.role].capitalize()}, {times}"


COLUMNS: tuple[Column, ...] = (
    Column("Risk", 184, _level),
    Column("Bed", 46, lambda item, _now, _zone: item.bed_label or "No bed"),
    Column("Patient", 204, lambda item, _now, _zone: item_name(item)),
    Column("Open", 62, lambda item, now, _zone: open_text(item, now)),
    Column("Answer", 160, lambda item, _now, zone: state_text(item, zone)),
    Column("Next", 236, next_text),
    Column("Called", 156, _told),
    Column("Still to do", 132, lambda item, _now, _zone: owed_text(item)),
    Column("Ward", 86, lambda item, _now, _zone: item.ward_name),
)
_BOLD = (0, 5)


class AlertModel(QAbstractTableModel):
    """Open escalations as rows in the order given; `ItemRole` gives the escalation."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[OpenEscalation, ...] = ()
        self._texts: tuple[tuple[str, ...], ...] = ()
        self._late: tuple[bool, ...] = ()
        self._stale = False
        self._readers: Mapping[int, Callable[[int, int], Any]] = {
            ItemRole: lambda row, _column: self._items[row],
            Qt.ItemDataRole.ToolTipRole: lambda row, column: plain_tooltip(
                self._texts[row][column]
            ),
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Qt.ItemDataRole.FontRole: lambda _row, column: _bold() if column in _BOLD else None,
            # the first cell speaks for the whole row
            Qt.ItemDataRole.AccessibleTextRole: self._sentence,
        }

    def show_items(self, items: Sequence[OpenEscalation], now: datetime, zone: tzinfo) -> None:
        """Show these; where the same ones stay in their places, no row is moved."""
        same = [item.id for item in items] == [item.id for item in self._items]
        if not same:
            self.beginResetModel()
        self._items = tuple(items)
        self._texts = tuple(tuple(c.text(item, now, zone) for c in COLUMNS) for item in items)
        self._late = tuple(is_late(item, now) for item in items)
        if not same:
            self.endResetModel()
        else:
            self._announce()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return COLUMNS

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The words of every row, by column."""
        return self._texts

    def set_stale(self, *, stale: bool) -> None:
        """Grey the rows while newer ones could not be read."""
        if stale != self._stale:
            self._stale = stale
            self._announce()

    def item(self, index: Index) -> OpenEscalation | None:
        """Return the escalation of a row; None nowhere."""
        return self._items[index.row()] if index.isValid() else None

    def row_of(self, escalation_id: UUID | None) -> int:
        """Return the row of an escalation, -1 when it is not there."""
        ids = [item.id for item in self._items]
        return ids.index(escalation_id) if escalation_id in ids else -1

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._items)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[row][column]
        read = self._readers.get(role)
        return read(row, column) if read else None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].header
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _colour(self, row: int, column: int) -> Any:
        if self._stale:
            return theme.colour("dim")
        if column == 0:
            return theme.colour(LEVEL_TOKENS[self._items[row].level])
        if COLUMNS[column].header == "Next" and self._late[row]:
            return theme.colour("risk_high")
        return None

    def _sentence(self, row: int, column: int) -> str | None:
        """Return the whole row for a screen reader, the place in words."""
        if column:
            return None
        texts = [place_text(self._items[row]), *self._texts[row]]
        return ". ".join(text for text in texts if text)

    def _announce(self) -> None:
        if self._items:
            last = self.index(len(self._items) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _bold() -> QFont:
    return theme.font(theme.BODY_PX, QFont.Weight.DemiBold)
