"""The tiles: a list in icon mode whose tiles are as large as lets the whole ward be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QWidget
from typing_extensions import override

from ui.board.bed_model import ADMISSION_MIME, BedListModel
from ui.board.cards import BedCard
from ui.board.delegate import BedDelegate
from ui.board.tile_grid import tile_grid
from ui.board.tile_painter import TileState
from ui.paint_turn import PaintTurn

Move = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint
Index = QModelIndex | QPersistentModelIndex
_STEP_PX = 40
_DRAGGED_OPACITY = 0.85


class BoardView(QListView):
    """Beds as tiles under the headings of their bays.

    Icon mode's own drag filter swallows drops inside the view, so the drag events are taken
    here. Arrow keys walk tiles over headings, in rows as they are seen.

    Signals:
        card_changed: (BedCard or None) another bed is the current one.
    """

    card_changed = Signal(object)

    def __init__(self, model: BedListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beds = model
        self._group_sizes: Sequence[int] = ()
        self._delegate = BedDelegate(tile_grid((), 1, 1), self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._set_up_tiles()
        self._set_up_dragging()
        self.setAccessibleName("Bed board")

    @property
    def current_card(self) -> BedCard | None:
        """The bed that keys act on."""
        return self._beds.card(self.currentIndex())

    def set_group_sizes(self, sizes: Sequence[int]) -> None:
        """Size the tiles for all beds of the place, whatever the filter leaves of them."""
        if tuple(sizes) != tuple(self._group_sizes):
            self._group_sizes = sizes
            self._fit()

    def set_stale(self, stale: bool) -> None:  # noqa: FBT001 - a slot
        """Grey the tiles while what they show may have changed."""
        self._delegate.stale = stale
        self.viewport().update()

    def choose(self, index: QModelIndex) -> None:
        """Make a bed the current one without scrolling; an invalid index leaves none."""
        scroll_bar = self.verticalScrollBar()
        at = scroll_bar.value()
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        scroll_bar.setValue(at)

    def draw_some(self) -> bool:
        """Draw a few of the tiles in view that were not drawn yet; say whether any are left."""
        if not self.isVisible():
            return False
        self.executeDelayedItemsLayout()
        return self._delegate.draw_some(self._in_view(), self.devicePixelRatio())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        turn = self.window().findChild(PaintTurn)
        if turn is not None:
            turn.wait_for(self)

    @override
    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # stubs add persistent indexes
        super().currentChanged(current, previous)
        self.card_changed.emit(self._beds.card(current))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)
        # before they are painted, or they would be painted twice
        self.executeDelayedItemsLayout()
        if event.size().width() != event.oldSize().width():
            # once the tiles have their new places: a sheet must not push its bed out of sight
            QTimer.singleShot(0, self._keep_choice_in_view)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._delegate.take_colours()
            self.viewport().update()

    @override
    def scrollTo(
        self, index: Index, hint: Hint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        # with the headings right above its line, or nobody sees whose bay it is
        heading = self._heading_of_line(index.row())
        if heading is not None:
            super().scrollTo(self._beds.index(heading, 0), hint)
        super().scrollTo(index, hint)

    @override
    def moveCursor(self, cursorAction: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        at = self.currentIndex().row()
        steps = {
            Move.MoveLeft: lambda: self._next(at, -1),
            Move.MovePrevious: lambda: self._next(at, -1),
            Move.MoveRight: lambda: self._next(at, 1),
            Move.MoveNext: lambda: self._next(at, 1),
            Move.MoveUp: lambda: self._vertical(at, -1),
            Move.MoveDown: lambda: self._vertical(at, 1),
            Move.MoveHome: lambda: self._next(-1, 1),
            Move.MoveEnd: lambda: self._next(self._beds.rowCount(), -1),
            Move.MovePageUp: lambda: self._page(at, -1),
            Move.MovePageDown: lambda: self._page(at, 1),
        }
        row = steps[cursorAction]() if at >= 0 else self._next(-1, 1)
        return self._beds.index(row, 0) if row is not None else self.currentIndex()

    @override
    def keyboardSearch(self, search: str) -> None:
        """Leave typing ahead to `BoardKeys`, which knows how beds are numbered."""

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        card = self.current_card
        if card is None or card.bed.admission_id is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self._beds.mimeData([self.currentIndex()]))
        pixmap = self._picture_of(card)
        drag.setPixmap(pixmap)
        drag.setHotSpot(QPoint(self._delegate.grid.tile_width // 2, _STEP_PX // 2))
        drag.exec(Qt.DropAction.MoveAction)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(ADMISSION_MIME):
            event.accept()
        else:
            event.ignore()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        target = self._target(event)
        self._mark_target(target.row())
        self._scroll_near_edge(event.position().toPoint().y())
        if target.isValid():
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
        else:
            event.ignore()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark_target(-1)
        event.accept()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        target = self._target(event)
        self._mark_target(-1)
        if not target.isValid():
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        self._beds.dropMimeData(event.mimeData(), Qt.DropAction.MoveAction, -1, -1, target)

    def _set_up_tiles(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_STEP_PX)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSpacing(0)
        self.setWrapping(True)
        # of our own making, and so without a ground: to name the type of one that Qt made, PySide
        # goes through all its widget classes, 9 ms at the start
        self.setViewport(QWidget(self))

    def _set_up_dragging(self) -> None:
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        # Static movement switched this off and the view's own setter does not bring it back
        self.viewport().setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)

    def _fit(self) -> None:
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        # a tile that ends at the very edge would be wrapped
        grid = tile_grid(self._group_sizes, self.width() - bar - 1, self.height())
        if self._delegate.use(grid, self.viewport().width()):
            self.scheduleDelayedItemsLayout()

    def _in_view(self) -> Iterator[tuple[BedCard, TileState]]:
        """Yield the beds in view, and how the tile of each stands among the others."""
        room, chosen, has_keys = self.viewport().rect(), self.currentIndex(), self.hasFocus()
        for row in range(self._beds.rowCount()):
            index = self._beds.index(row, 0)
            card = self._beds.card(index)
            if card is not None and self.visualRect(index).intersects(room):
                selected = self.selectionModel().isSelected(index)
                focused = has_keys and index == chosen
                yield card, self._delegate.state(row, selected=selected, focused=focused)

    def _keep_choice_in_view(self) -> None:
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _heading_of_line(self, row: int) -> int | None:
        """Return the first of the headings right above a bed's line, None under other beds."""
        top = self._rect(row).top()
        while row > 0 and self._is_bed(row - 1) and self._rect(row - 1).top() == top:
            row -= 1
        heading = None
        while row > 0 and not self._is_bed(row - 1):
            row = heading = row - 1
        return heading

    def _is_bed(self, row: int) -> bool:
        return self._beds.card(self._beds.index(row, 0)) is not None

    def _next(self, row: int, step: int) -> int | None:
        """Return the nearest bed before or after a row, over headings."""
        row += step
        while 0 <= row < self._beds.rowCount():
            if self._is_bed(row):
                return row
            row += step
        return None

    def _vertical(self, row: int, step: int) -> int | None:
        """Return the bed above or below: of the next line of tiles, the nearest one."""
        here = self._rect(row)
        line_top: int | None = None
        best: tuple[int, int] | None = None
        candidate = self._next(row, step)
        while candidate is not None:
            rect = self._rect(candidate)
            if rect.top() != here.top():
                line_top = rect.top() if line_top is None else line_top
                if rect.top() != line_top:
                    break
                distance = abs(rect.center().x() - here.center().x())
                best = min(best or (distance, candidate), (distance, candidate))
            candidate = self._next(candidate, step)
        return best[1] if best else None

    def _page(self, row: int, step: int) -> int | None:
        """Return the bed about one screen above or below."""
        far = self._rect(row).top() + step * self.viewport().height()
        while (following := self._vertical(row, step)) is not None:
            row = following
            if (self._rect(row).top() - far) * step >= 0:
                break
        return row

    def _rect(self, row: int) -> QRect:
        return self.visualRect(self._beds.index(row, 0))

    def _picture_of(self, card: BedCard) -> QPixmap:
        grid, ratio = self._delegate.grid, self.devicePixelRatioF()
        size = QSize(grid.tile_width, grid.tile_height)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_DRAGGED_OPACITY)
        self._delegate.paint_card(painter, QRect(QPoint(0, 0), size), card)
        painter.end()
        return pixmap

    def _target(self, event: QDropEvent) -> QModelIndex:
        index = self.indexAt(event.position().toPoint())
        action = Qt.DropAction.MoveAction
        fits = self._beds.canDropMimeData(event.mimeData(), action, -1, -1, index)
        return index if fits else QModelIndex()

    def _mark_target(self, row: int) -> None:
        if row != self._delegate.target_row:
            self._delegate.target_row = row
            self.viewport().update()

    def _scroll_near_edge(self, y: int) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if y < _STEP_PX:
            bar.setValue(bar.value() - _STEP_PX // 2)
        elif y > height - _STEP_PX:
            bar.setValue(bar.value() + _STEP_PX // 2)
