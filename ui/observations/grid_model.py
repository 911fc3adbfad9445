"""The bay grid as a table model: rows in bed order, value columns, score, time, what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from ui.formats import time_text
from ui.observations.grid_row import GridRow, GridRules, Look
from ui.observations.grid_words import value_texts
from ui.observations.words import score_number, score_text
from ui.patients.banner import patient_name
from ui.score_words import with_name
from ui.theme import risk_glyph

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
MEASURED_WIDTH_PX, SCORE_WIDTH_PX, STATE_WIDTH_PX = 72, 100, 250
MEASURED_LONGEST = 5
NAME_MARK = "≈ "


class GridModel(QAbstractTableModel):
    """Shows `GridRow`s; every change of a row is told by `touch`."""

    def __init__(
        self, rules: GridRules, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.rules = rules
        self._clock = clock
        self.rows: tuple[GridRow, ...] = ()
        self.stale = False
        self.values = len(rules.fields)
        self.score_column = self.values
        self.measured_column = self.values + 1
        self.state_column = self.values + 2

    def show_rows(self, rows: Sequence[GridRow]) -> None:
        """Show these rows; where they are the same ones, nothing jumps."""
        if tuple(rows) == self.rows:
            self.touch_all()
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def set_stale(self, *, stale: bool) -> None:
        """Grey what was known while newer values could not be read."""
        self.stale = stale
        self.touch_all()

    def place_of(self, admission_id: UUID) -> int | None:
        """Return the row number of a patient, None when she is not shown."""
        for number, row in enumerate(self.rows):
            if row.admission_id == admission_id:
                return number
        return None

    def touch(self, row: GridRow) -> None:
        """Tell that a row changed."""
        number = self.place_of(row.admission_id)
        if number is not None:
            self.dataChanged.emit(self.index(number, 0), self.index(number, self.state_column))

    def touch_all(self) -> None:
        """Tell that everything may have changed."""
        if self.rows:
            last = len(self.rows) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, self.state_column))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)

    def width_px(self, column: int) -> int:
        """Return how wide a column is."""
        if column < self.values:
            return self.rules.fields[column].width_px
        return (SCORE_WIDTH_PX, MEASURED_WIDTH_PX, STATE_WIDTH_PX)[column - self.values]

    def typed(self, number: int, column: int) -> str:
        """Return what is typed in a cell."""
        row = self.rows[number]
        if column < self.values:
            return row.entry.texts[column]
        return row.entry.measured if column == self.measured_column else ""

    def type_text(self, number: int, column: int, text: str) -> None:
        """Put a text into a cell, completed as its column reads it."""
        row = self.rows[number]
        if column == self.measured_column:
            kept = "".join(c for c in text if c.isdigit() or c in ":.")
            row.set_measured(kept[:MEASURED_LONGEST])
        else:
            row.set_text(column, text, self._clock())
        self.touch(row)

    def measured_text(self, row: GridRow) -> str:
        """Return the time of a row as shown: typed, or when its first key was pressed."""
        if row.entry.measured or row.entry.begun_at is None:
            return row.entry.measured
        return time_text(row.entry.begun_at, self.rules.zone)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else self.state_column + 1

    @override
    def data(self, index: Index, role: int = ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == ROLE.DisplayRole:
            return self._text(row, column)
        if role == ROLE.AccessibleTextRole:
            return self._spoken(row, column)
        if role == ROLE.ToolTipRole:
            return self._text(row, column) if column == self.state_column else None
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._patient(section) if role == ROLE.DisplayRole else None
        if section < self.values:
            known = self.rules.fields[section]
            return {ROLE.DisplayRole: known.header, ROLE.ToolTipRole: known.key_help}.get(
                ROLE(role)
            )
        if role == ROLE.DisplayRole:
            return ("Score", "Time", "State")[section - self.values]
        return None

    def _patient(self, section: int) -> str:
        bed = self.rows[section].bed
        mark = NAME_MARK if bed.alike_name else ""
        return f"{bed.bed_label or 'No bed'}  {mark}{patient_name(bed)}"

    def _text(self, row: GridRow, column: int) -> str:
        if column < self.values:
            return row.entry.texts[column]
        if column == self.score_column:
            return score_cell(row)
        return self.measured_text(row) if column == self.measured_column else state_text(row)

    def _spoken(self, row: GridRow, column: int) -> str:
        name = patient_name(row.bed)
        if column < self.values:
            return f"{name}: {value_texts(row)[column]}"
        if column == self.score_column:
            return f"{name}: {score_text(row.score) if row.score.points else 'no score yet'}"
        what = "Measured at" if column == self.measured_column else "State"
        return f"{name}: {what} {self._text(row, column) or 'empty'}"


def score_cell(row: GridRow) -> str:
    """Return "▲ 5", "● ≥3" for an incomplete set, empty when nothing is typed."""
    if not row.score.points:
        return ""
    number = with_name(score_number(row.score), row.score.pack)
    return f"{risk_glyph(row.score.at_least, row.score.risk)} {number}"


def state_text(row: GridRow) -> str:
    """Return what the last column says, its glyph first."""
    glyph, _token = row.look.value
    if row.look is Look.PLAIN or not row.message:
        return row.message
    return f"{glyph} {row.message}"
