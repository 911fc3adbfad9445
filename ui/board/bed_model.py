"""List model of the board's tiles: headings and beds, and what may be dragged where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from typing_extensions import override

from ui.board.cards import BedCard
from ui.board.rows import Heading, Row
from ui.plain_text import plain_tooltip
from ward_app.board import rules
from ward_app.board.types import BoardBed

Index = QModelIndex | QPersistentModelIndex
RowRole = int(Qt.ItemDataRole.UserRole)
ADMISSION_MIME = "application/x-ward-admission"
_TEXT_ROLES = [
    RowRole,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
]


class BedListModel(QAbstractListModel):
    """Rows in bed order, each ready to be shown; `RowRole` gives the row itself.

    Signals:
        dropped: (BoardBed, BoardBed) a patient was dropped on a free or an occupied bed.
    """

    dropped = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, in order."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; where only contents changed, no tile is laid out anew."""
        new = tuple(rows)
        if [_key(row) for row in new] != [_key(row) for row in self._rows]:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        changed = [at for at, row in enumerate(new) if row != self._rows[at]]
        self._rows = new
        if changed:
            first, last = self.index(changed[0], 0), self.index(changed[-1], 0)
            self.dataChanged.emit(first, last, _TEXT_ROLES)

    def card(self, index: Index) -> BedCard | None:
        """Return the bed at an index; None for a heading or nowhere."""
        row = self._rows[index.row()] if index.isValid() else None
        return row if isinstance(row, BedCard) else None

    def index_of(self, admission_id: UUID | None, bed_id: UUID | None) -> QModelIndex:
        """Return where the patient is now, else where the bed is; invalid if neither is shown."""
        by_bed = QModelIndex()
        for at, row in enumerate(self._rows):
            if not isinstance(row, BedCard):
                continue
            if admission_id is not None and row.bed.admission_id == admission_id:
                return self.index(at, 0)
            if bed_id is not None and row.bed.bed_id == bed_id and not by_bed.isValid():
                by_bed = self.index(at, 0)
        return by_bed

    def has_label(self, typed: str) -> bool:
        """Whether some bed's label or its number begins with what was typed."""
        return any(
            isinstance(row, BedCard) and rules.label_fits(row.label, typed) for row in self._rows
        )

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == RowRole:
            return row
        if isinstance(row, Heading):
            return _heading_text(row, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(row.sentence)
        return row.sentence if role == Qt.ItemDataRole.AccessibleTextRole else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        card = self.card(index)
        if card is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if rules.has_patient(card.bed):
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        if takes_a_patient(card.bed):
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        return flags

    @override
    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def mimeTypes(self) -> list[str]:
        return [ADMISSION_MIME]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        card = self.card(indexes[0]) if indexes else None
        if card is not None and card.bed.admission_id is not None:
            data.setData(ADMISSION_MIME, QByteArray(str(card.bed.admission_id).encode()))
        return data

    @override
    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        target, patient = self.card(parent), self._dragged(data)
        return target is not None and patient is not None and may_drop(patient, target.bed)

    @override
    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Announce the drop. False always: the view must not take the row away by itself."""
        target, patient = self.card(parent), self._dragged(data)
        if target is not None and patient is not None and may_drop(patient, target.bed):
            self.dropped.emit(patient, target.bed)
        return False

    def _dragged(self, data: QMimeData) -> BoardBed | None:
        """Return the dragged patient's row; None when it left the board meanwhile."""
        if not data.hasFormat(ADMISSION_MIME):
            return None
        admission_id = UUID(data.data(ADMISSION_MIME).toStdString())
        card = self.card(self.index_of(admission_id, None))
        return card.bed if card else None


def takes_a_patient(bed: BoardBed) -> bool:
    """Whether a patient may be dropped here: a free bed, or one whose patient can swap."""
    return rules.is_free(bed) or (bed.bed_id is not None and rules.has_patient(bed))


def may_drop(patient: BoardBed, target: BoardBed) -> bool:
    """Whether dropping makes sense: a move to a free bed, or a swap of two beds."""
    if not takes_a_patient(target) or patient.admission_id == target.admission_id:
        return False
    # one without a bed has none to give in exchange; two who share a bed would stay in it, and
    # with a third it would be open who goes along
    exchanges = patient.bed_id not in (None, target.bed_id)
    return rules.is_free(target) or (exchanges and not patient.mates and not target.mates)


def _key(row: Row) -> object:
    """Return what stays the same while the row's content changes."""
    return row.key if isinstance(row, BedCard) else (row.text, row.is_ward)


def _heading_text(row: Heading, role: int) -> str | None:
    if role == Qt.ItemDataRole.DisplayRole:
        return row.text
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"{row.text}. {row.note}."
    return None
