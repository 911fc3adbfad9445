"""Table model of the same beds: one row a bed, sortable, for reading and screen readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from ui import theme
from ui.board.badges import allergy_chip, flag_chips, shared_chips
from ui.board.cards import BedCard, Face
from ui.board.tile_layout import badge_text, badge_token
from ui.formats import date_text, sex_word
from ui.plain_text import plain_tooltip
from ward_app.board import rules
from ward_app.board.types import BoardBed
from ward_app.patients.likeness import plain
from ward_app.rooms.types import natural_key

Index = QModelIndex | QPersistentModelIndex
CardRole = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, text, and what it is sorted by; a None in the order comes last."""

    header: str
    text: Callable[[BedCard], str]
    order: Callable[[BedCard], Any]
    width_px: int


class BedTableModel(QAbstractTableModel):
    """Beds as rows, in bed order until a column is sorted; `CardRole` gives the card."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[BedCard, ...] = ()
        self._texts: tuple[tuple[str, ...], ...] = ()
        self._in_bed_order: tuple[BedCard, ...] = ()
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self._stale = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return COLUMNS

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The words of every row, by column."""
        return self._texts

    def set_cards(self, cards: Sequence[BedCard]) -> None:
        """Show these beds, sorted as before; where none moved, no row is moved."""
        self._in_bed_order = tuple(cards)
        new = self._sorted()
        if [card.key for card in new] == [card.key for card in self._cards]:
            self._take(new)
            if new:
                last = self.index(len(new) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._take(new)
        self.endResetModel()

    def set_stale(self, stale: bool) -> None:  # noqa: FBT001 - a slot
        """Grey the rows while what they show may have changed."""
        if stale != self._stale:
            self._stale = stale
            if self._cards:
                last = self.index(len(self._cards) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def card(self, index: Index) -> BedCard | None:
        """Return the bed of a row; None nowhere."""
        return self._cards[index.row()] if index.isValid() else None

    def index_of(self, admission_id: UUID | None, bed_id: UUID | None) -> QModelIndex:
        """Return where the patient is now, else where the bed is; invalid if neither is shown."""
        for row, card in enumerate(self._cards):
            if admission_id is not None and card.bed.admission_id == admission_id:
                return self.index(row, 0)
        for row, card in enumerate(self._cards):
            if bed_id is not None and card.bed.bed_id == bed_id:
                return self.index(row, 0)
        return QModelIndex()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._cards)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._texts[index.row()][index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and self._stale:
            return theme.colour("dim")
        read = _READ.get(role)
        return read(self._cards[index.row()], index.column()) if read else None

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

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 = bed order. Beds alike in it stay in bed order."""
        self._sorted_by = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        cards = [self._cards[index.row()] for index in before]
        self._take(self._sorted())
        row_of = {id(card): row for row, card in enumerate(self._cards)}
        after = [
            self.index(row_of[id(card)], index.column())
            for card, index in zip(cards, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _take(self, cards: tuple[BedCard, ...]) -> None:
        self._cards = cards
        self._texts = tuple(tuple(column.text(card) for column in COLUMNS) for card in cards)

    def _sorted(self) -> tuple[BedCard, ...]:
        column, order = self._sorted_by
        if column < 0:
            return self._in_bed_order
        read = COLUMNS[column].order
        known = [card for card in self._in_bed_order if read(card) is not None]
        unknown = [card for card in self._in_bed_order if read(card) is None]
        known.sort(key=read, reverse=order == Qt.SortOrder.DescendingOrder)
        return (*known, *unknown)


def _colour(card: BedCard, column: int) -> QColor | None:
    if COLUMNS[column].header == "Next obs" and card.overdue:
        return theme.colour("risk_high")
    if COLUMNS[column].header == "Score" and card.score is not None and card.score.points:
        return theme.colour(badge_token(card.score))
    return theme.colour("dim") if card.face is not Face.PATIENT else None


def _of_patient(read: Callable[[BoardBed], str | None]) -> Callable[[BedCard], str]:
    """Return a reader that leaves the cell of a bed without a patient empty."""
    return lambda card: (read(card.bed) or "") if card.face is Face.PATIENT else ""


def _plain_or_none(read: Callable[[BedCard], str]) -> Callable[[BedCard], str | None]:
    return lambda card: plain(read(card)) or None


def _age(card: BedCard) -> str:
    return card.about.partition(" · ")[0] if card.face is Face.PATIENT else ""


def _risk(card: BedCard) -> str:
    if card.score is None:
        return ""
    incomplete = card.score.points is not None and not card.score.complete
    score = card.score
    parts = (badge_text(score), score.trend)
    return " ".join(part for part in (*parts, "incomplete" if incomplete else "") if part)


def _state(card: BedCard) -> str:
    if card.face is Face.PATIENT:
        shared = (chip.words for chip in shared_chips(card.bed))
        return " · ".join((*(("Name like another's",) if card.alike else ()), *shared))
    return " · ".join(part for part in (card.about, card.stay, card.due) if part)


def _name(card: BedCard) -> str:
    return f"≈ {card.name}" if card.alike else card.name


def _name_order(card: BedCard) -> str | None:
    return plain(card.name) if card.face is Face.PATIENT else None


def _due(card: BedCard) -> str:
    return card.due.removeprefix("Next obs ") if card.face is Face.PATIENT else ""


def _round(card: BedCard) -> str:
    return card.round.words or card.round.line


def _leaves(bed: BoardBed) -> str:
    leaves_on = bed.expected_discharge_on
    return date_text(leaves_on) if leaves_on else "no date"


def _flags(card: BedCard) -> str:
    return ", ".join(chip.words for chip in flag_chips(card.bed))


def _label(card: BedCard) -> str:
    return f"{card.label} shared" if card.bed.mates else card.label


def _day(card: BedCard) -> str:
    return card.day.removeprefix("D")


_consultant = _of_patient(lambda bed: bed.consultant)
_specialty = _of_patient(lambda bed: bed.specialty)
_allergies = _of_patient(lambda bed: allergy_chip(bed).words.removeprefix("Allergy: "))
_sex = _of_patient(lambda bed: sex_word(bed.sex))

# what decides first: on a small screen the others are scrolled to
COLUMNS: tuple[Column, ...] = (
    Column("Bed", _label, lambda card: natural_key(card.label), 92),
    Column("Patient", _name, _name_order, 240),
    Column("Score", _risk, lambda card: rules.risk_order(card.bed), 160),
    Column("Alert", lambda card: card.called, lambda card: card.bed.escalation_opened_at, 170),
    Column("Next obs", _due, lambda card: card.bed.next_due_at, 140),
    Column("Round", _round, lambda card: card.bed.round_due_at, 150),
    Column("Allergies", _allergies, _plain_or_none(_allergies), 170),
    Column("Alerts", _flags, _plain_or_none(_flags), 170),
    Column("Age", _age, lambda card: _born_order(card.bed), 110),
    Column("Sex", _sex, _plain_or_none(_sex), 76),
    Column("Bay", lambda card: card.bed.room_name or "", lambda card: card.bed.room_name, 80),
    Column("Day", _day, lambda card: int(_day(card)) if _day(card) else None, 60),
    Column("Leaves", _of_patient(_leaves), lambda card: card.bed.expected_discharge_on, 110),
    Column("Consultant", _consultant, _plain_or_none(_consultant), 120),
    Column("Specialty", _specialty, _plain_or_none(_specialty), 170),
    Column("State", _state, _plain_or_none(_state), 320),
    Column("Ward", lambda card: card.bed.ward_name, lambda card: card.bed.ward_name, 140),
)


def _born_order(bed: BoardBed) -> int | None:
    return None if bed.born_on is None else -bed.born_on.toordinal()


_READ: Mapping[int, Callable[[BedCard, int], Any]] = {
    CardRole: lambda card, _column: card,
    # the first cell speaks for the whole row
    Qt.ItemDataRole.AccessibleTextRole: lambda card, column: None if column else card.sentence,
    Qt.ItemDataRole.ForegroundRole: _colour,
}
