"""The sets that would be struck out as a group, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from ui.formats import moment_text
from ui.observations.words import short_signs_text
from ui.plain_text import plain_tooltip
from ward_app.strike_outs.types import ChosenSet

Index = QModelIndex | QPersistentModelIndex

COLUMNS: tuple[tuple[str, int, Callable[[ChosenSet], str]], ...] = (
    ("Bed", 42, lambda one: one.bed_label or "—"),
    ("Patient", 136, lambda one: one.patient),
    ("Measured", 92, lambda _one: ""),
    ("Score", 64, lambda one: one.score or "—"),
    ("Values", 300, lambda one: short_signs_text(one.vital_signs)),
    ("By", 130, lambda one: one.recorded_by),
    ("With", 130, lambda one: one.device_source),
)
_MEASURED = 2


class ChosenSetsModel(QAbstractTableModel):
    """Every set that would be struck out, by bed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sets: tuple[ChosenSet, ...] = ()
        self._texts: tuple[tuple[str, ...], ...] = ()

    @property
    def sets(self) -> tuple[ChosenSet, ...]:
        """The sets shown."""
        return self._sets

    def show_sets(self, sets: Sequence[ChosenSet], zone: tzinfo, now: Any) -> None:
        """Replace the rows; times are shown in `zone`, with their day unless it is today's."""
        self.beginResetModel()
        self._sets = tuple(sets)
        self._texts = tuple(_texts(one, moment_text(one.occurred_at, zone, now)) for one in sets)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._sets)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()][0]}: {text or 'nothing'}"
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def _texts(one: ChosenSet, measured: str) -> tuple[str, ...]:
    texts = [text(one) for _header, _width, text in COLUMNS]
    texts[_MEASURED] = measured
    return tuple(texts)
