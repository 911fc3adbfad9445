"""Delegate that paints the board's rows with the painter of the moment's tile size."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.board.bed_model import RowRole
from ui.board.cards import BedCard
from ui.board.rows import Heading
from ui.board.tile_grid import TileGrid
from ui.board.tile_painter import TilePainter, TileState

Index = QModelIndex | QPersistentModelIndex
# tiles beside a sheet and without one, with the details and without them
_SIZES_KEPT = 4


class BedDelegate(QStyledItemDelegate):
    """Paints tiles and headings; sizes come from `use`."""

    def __init__(self, grid: TileGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._painters: dict[TileGrid, TilePainter] = {}
        self._heading_width = 0
        self.stale = False
        self.target_row = -1

    @property
    def grid(self) -> TileGrid:
        """The tile size in use."""
        return self._grid

    def use(self, grid: TileGrid, heading_width: int) -> bool:
        """Take these sizes; say whether anything has to be laid out anew."""
        if (grid, heading_width) == (self._grid, self._heading_width):
            return False
        self._grid, self._heading_width = grid, heading_width
        return True

    def take_colours(self) -> None:
        """Take the colours of the scheme in force from the next painting on."""
        for painter in self._painters.values():
            painter.take_colours()

    def paint_card(self, painter: QPainter, rect: QRect, card: BedCard) -> None:
        """Paint one bed as chosen, as it looks while it is dragged."""
        self._current().paint(painter, rect, card, TileState(selected=True, focused=True))

    def draw_some(self, wanted: Iterable[tuple[BedCard, TileState]], ratio: float) -> bool:
        """Draw a few beds that were not drawn in their state; say whether any are left."""
        return self._current().draw_some(wanted, ratio)

    def state(self, row: int, *, selected: bool, focused: bool) -> TileState:
        """Return how the tile of a row stands among the others."""
        target = row == self.target_row
        return TileState(selected=selected, focused=focused, target=target, stale=self.stale)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(RowRole)
        rect: QRect = option.rect
        if isinstance(row, Heading):
            self._current().paint_heading(painter, rect, row)
        elif isinstance(row, BedCard):
            self._current().show(painter, rect, row, self._state(option, index))

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        grid = self._grid
        if isinstance(index.data(RowRole), Heading):
            return QSize(self._heading_width, grid.heading_height)
        return QSize(grid.tile_width, grid.tile_height)

    def _state(self, option: QStyleOptionViewItem, index: Index) -> TileState:
        return self.state(
            index.row(),
            selected=bool(option.state & QStyle.StateFlag.State_Selected),
            focused=bool(option.state & QStyle.StateFlag.State_HasFocus),
        )

    def _current(self) -> TilePainter:
        """Return the painter of this size; one that comes again still knows its layouts."""
        painter = self._painters.get(self._grid)
        if painter is None:
            while len(self._painters) >= _SIZES_KEPT:
                del self._painters[next(iter(self._painters))]
            painter = self._painters[self._grid] = TilePainter(self._grid)
        return painter
