"""The bay grid as a table model: rows in bed order, value columns, score, time, what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from ui.observations.grid_cells import RowCells, cells_of
from ui.observations.grid_row import GridRow, GridRules
from ui.observations.grid_words import spoken_value
from ui.observations.words import score_text
from ui.patients.banner import patient_name

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
MEASURED_WIDTH_PX, SCORE_WIDTH_PX, STATE_WIDTH_PX = 72, 100, 250
MEASURED_LONGEST = 5


class GridModel(QAbstractTableModel):
    """Shows `GridRow`s. A change of a row is told by `touch`; only cells that changed are told on.

    Attributes:
        shown: what each row shows, as it was when it was touched last.
    """

    def __init__(
        self, rules: GridRules, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.rules = rules
        self._clock = clock
        self.rows: tuple[GridRow, ...] = ()
        self.shown: list[RowCells] = []
        self._places: dict[UUID, int] = {}
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
        self.shown = [cells_of(row, self.rules.zone) for row in self.rows]
        self._places = {row.admission_id: number for number, row in enumerate(self.rows)}
        self.endResetModel()

    def set_stale(self, *, stale: bool) -> None:
        """Grey what was known while newer values could not be read."""
        if stale == self.stale:
            return
        self.stale = stale
        if self.rows:
            last = self.index(len(self.rows) - 1, self.state_column)
            self.dataChanged.emit(self.index(0, 0), last)

    def place_of(self, admission_id: UUID) -> int | None:
        """Return the row number of a patient, None when she is not shown."""
        return self._places.get(admission_id)

    def touch(self, row: GridRow) -> None:
        """Tell that a row changed."""
        number = self.place_of(row.admission_id)
        if number is None:
            return
        before, now = self.shown[number], cells_of(row, self.rules.zone)
        self.shown[number] = now
        # each by itself: of several together Qt paints their neighbours too
        for column, (was, is_now) in enumerate(zip(before.columns, now.columns, strict=True)):
            if was != is_now:
                index = self.index(number, column)
                self.dataChanged.emit(index, index)
        if before.patient != now.patient:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, number, number)

    def touch_all(self) -> None:
        """Tell that any row may have changed."""
        for row in self.rows:
            self.touch(row)

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
        number, column = index.row(), index.column()
        if role == ROLE.DisplayRole:
            return self.shown[number].columns[column].text
        if role == ROLE.AccessibleTextRole:
            return self._spoken(number, column)
        if role == ROLE.ToolTipRole and column == self.state_column:
            return self.shown[number].columns[column].text
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
        patient = self.shown[section].patient
        return f"{patient.bed or 'No bed'}  {patient.name}"

    def _spoken(self, number: int, column: int) -> str:
        row = self.rows[number]
        name = patient_name(row.bed)
        if column < self.values:
            return f"{name}: {spoken_value(row, column)}"
        if column == self.score_column:
            return f"{name}: {score_text(row.score) if row.score.points else 'no score yet'}"
        what = "Measured at" if column == self.measured_column else "State"
        return f"{name}: {what} {self.shown[number].columns[column].text or 'empty'}"
