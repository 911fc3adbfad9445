"""The beds in the middle of the board: as tiles, as a table, or a sentence why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedWidget,
    QWidget,
)

from ui import theme
from ui.board.bed_model import BedListModel
from ui.board.board_view import BoardView
from ui.board.cards import BedCard
from ui.board.keys import BedNumberKeys
from ui.board.rows import Row, cards_of
from ui.board.table_model import BedTableModel
from ui.plain_text import PlainLabel
from ui.widgets.columns import FittedTable
from ward_app.board.rules import label_fits
from ward_app.patients.likeness import plain

_TABLE_ROW_PX = 30


class BedsArea(QStackedWidget):
    """Tiles and table of the same rows; the chosen bed is the same in both.

    The choice follows the patient: one who is moved elsewhere stays chosen in the new bed,
    so that a key never acts on another patient than the one that was looked at.

    Signals:
        card_changed: (BedCard or None) another bed is chosen, or the chosen one changed.
        opened: () the chosen bed was double-clicked.
        menu_wanted: (QPoint) a menu for the chosen bed, at this place of the screen.
        dropped: (BoardBed, BoardBed) a patient was dragged to a bed.
    """

    card_changed = Signal(object)
    opened = Signal()
    menu_wanted = Signal(QPoint)
    dropped = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = BedListModel(self)
        self.table_model = BedTableModel(self)
        self.tiles = BoardView(self.model, self)
        self.message = PlainLabel(parent=self)
        self._as_table = False
        self._chosen: BedCard | None = None
        self._prepare_message()
        for widget in (self.tiles, self.message):
            self.addWidget(widget)
        self.setFocusProxy(self.tiles)
        self._connect()

    @property
    def chosen(self) -> BedCard | None:
        """The bed that keys act on."""
        return self._chosen

    @property
    def view(self) -> QAbstractItemView:
        """Tiles or table, whichever is in use."""
        return self.table if self._as_table else self.tiles

    def show_rows(self, rows: Sequence[Row], group_sizes: Sequence[int]) -> None:
        """Show these rows; the choice and the place on the screen stay."""
        chosen, at = self._chosen, self.tiles.verticalScrollBar().value()
        self.tiles.set_group_sizes(group_sizes)
        self.model.set_rows(rows)
        if self._as_table:
            self.table_model.set_cards(cards_of(self.model.rows))
        self._choose_again(chosen)
        self.tiles.verticalScrollBar().setValue(at)
        self.setCurrentWidget(self.view)

    def show_message(self, text: str) -> None:
        """Show a sentence in place of beds."""
        self.message.setText(text)
        self.setCurrentWidget(self.message)

    def show_table(self, as_table: bool) -> None:  # noqa: FBT001 - a slot of a switch
        """Show the beds as a table or as tiles."""
        had_focus = self.view.hasFocus()
        self._as_table = as_table
        self.setFocusProxy(self.view)
        if as_table:
            self.table_model.set_cards(cards_of(self.model.rows))
        self._choose_again(self._chosen)
        if self.currentWidget() is not self.message:
            self.setCurrentWidget(self.view)
        if had_focus:
            self.view.setFocus()

    def set_stale(self, stale: bool) -> None:  # noqa: FBT001 - a slot
        """Grey the beds while what they show may have changed."""
        self.tiles.set_stale(stale)
        self.table_model.set_stale(stale)

    def go_to(self, admission_id: UUID | None, bed_id: UUID | None) -> None:
        """Choose a patient or a bed and bring it into view."""
        index = self._index_of(admission_id, bed_id)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def go_to_number(self, typed: str) -> None:
        """Choose the bed whose label begins as typed: exactly so, else the first in bed order."""
        found = [card for card in cards_of(self.model.rows) if label_fits(card.label, typed)]
        exact = [card for card in found if plain(card.label) == plain(typed)]
        for card in (exact or found)[:1]:
            self.go_to(card.bed.admission_id, card.bed.bed_id)

    def go_to_first(self) -> None:
        """Choose the first bed shown."""
        for card in cards_of(self.model.rows)[:1]:
            self.go_to(card.bed.admission_id, card.bed.bed_id)

    def focus_beds(self) -> None:
        """Give the beds the keyboard."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self.tiles.card_changed.connect(self._take_choice)
        # after the drag has ended: whoever listens may open a sheet
        self.model.dropped.connect(self.dropped, Qt.ConnectionType.QueuedConnection)
        self._connect_view(self.tiles)

    def _connect_view(self, view: QAbstractItemView) -> None:
        view.doubleClicked.connect(self.opened)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._want_menu)
        numbers = BedNumberKeys(view, self.model.has_label)
        numbers.typed.connect(self.go_to_number)

    def _take_choice(self, card: BedCard | None) -> None:
        if not self._as_table and card is not None:
            self._chosen = card
            self.card_changed.emit(card)

    def _take_table_choice(self, current: QModelIndex, _previous: QModelIndex) -> None:
        card = self.table_model.card(current)
        if self._as_table and card is not None:
            self._chosen = card
            self.card_changed.emit(card)

    def _choose_again(self, chosen: BedCard | None) -> None:
        """Choose the same patient, else the same bed, else the first one."""
        index = QModelIndex()
        if chosen is not None:
            index = self._index_of(chosen.bed.admission_id, chosen.bed.bed_id)
        cards = cards_of(self.model.rows)
        if not index.isValid() and cards:
            index = self._index_of(cards[0].bed.admission_id, cards[0].bed.bed_id)
        if self._as_table:
            self.table.setCurrentIndex(index)
        else:
            # told once, below
            with QSignalBlocker(self.tiles):
                self.tiles.choose(index)
        self._chosen = self._card_at(index)
        self.card_changed.emit(self._chosen)

    def _index_of(self, admission_id: UUID | None, bed_id: UUID | None) -> QModelIndex:
        model = self.table_model if self._as_table else self.model
        return model.index_of(admission_id, bed_id)

    def _card_at(self, index: QModelIndex) -> BedCard | None:
        return (self.table_model if self._as_table else self.model).card(index)

    def _want_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if self._card_at(index) is not None:
            self.view.setCurrentIndex(index)
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(at))

    @cached_property
    def table(self) -> FittedTable:
        """The table, made when it is first looked at."""
        table = self._make_table()
        table.selectionModel().currentChanged.connect(self._take_table_choice)
        self._connect_view(table)
        self.addWidget(table)
        return table

    def _make_table(self) -> FittedTable:
        table = FittedTable(self.table_model, self.table_model, self)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_TABLE_ROW_PX)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.horizontalHeader().setHighlightSections(False)
        table.setAccessibleName("Beds as a table")
        table.fit_columns()
        return table

    def _prepare_message(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setFont(theme.font(theme.TITLE_PX))
        theme.tint(self.message, "dim")
