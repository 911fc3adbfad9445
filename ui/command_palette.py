"""The command palette: every action, patient, bed and ward by a few letters (Ctrl+K, Ctrl+W)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.plain_text import PlainLabel
from ui.widgets.overlay import Overlay
from ui.widgets.panel import Found

Index = QModelIndex | QPersistentModelIndex
Source = Callable[[str], Sequence[Found]]

FoundRole = int(Qt.ItemDataRole.UserRole)
PALETTE_WIDTH_PX = 640
ROW_HEIGHT_PX = 36
ROWS_SHOWN = 11
MOST_FOUND = 50


class FoundModel(QAbstractListModel):
    """What was found, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: list[Found] = []

    def set_found(self, found: Sequence[Found]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._found = list(found)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._found)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{found.text}, {found.detail}"
        return found if role == FoundRole else None


class FoundDelegate(QStyledItemDelegate):
    """One line: text at the left, detail or keys dim at the right."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(PALETTE_WIDTH_PX // 2, ROW_HEIGHT_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found: Found = index.data(FoundRole)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        inner = area.adjusted(2 * theme.GRID_PX, 0, -2 * theme.GRID_PX, 0)
        self._write(painter, inner, found)
        painter.restore()

    def _write(self, painter: QPainter, area: QRect, found: Found) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(theme.SMALL_PX))
        painter.setPen(theme.colour("dim"))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, found.detail)
        room = area.width() - painter.fontMetrics().horizontalAdvance(found.detail) - 16
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        text = painter.fontMetrics().elidedText(found.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, text)


class CommandPalette(Overlay):
    """A line to type in and the list of what it finds; Enter runs the first or chosen one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, PALETTE_WIDTH_PX)
        self.line = QLineEdit(self.card)
        self.list = QListView(self.card)
        self.model = FoundModel(self)
        self.nothing = PlainLabel("Nothing found", self.card)
        self._source: Source | None = None
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Found")
        self.list.clicked.connect(self._run)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        theme.tint(self.nothing, "dim")
        self.column.setContentsMargins(theme.GRID_PX, theme.GRID_PX, theme.GRID_PX, theme.GRID_PX)
        for widget in (self.line, self.list, self.nothing):
            self.column.addWidget(widget)

    def ask(self, source: Source, placeholder: str) -> None:
        """Open over the window and offer what `source` finds for the letters typed."""
        self._source = source
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(placeholder)
        self.line.clear()
        self._search("")
        self.open()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def shut(self) -> None:
        self._source = None
        self.model.set_found(())
        super().shut()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() == QEvent.Type.KeyPress and watched is self.line
        if pressed and isinstance(event, QKeyEvent) and self._steer(event):
            return True
        return super().eventFilter(watched, event)

    def _steer(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._run(self.list.currentIndex())
            return True
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return False
        last = self.model.rowCount() - 1
        row = max(0, min(last, self.list.currentIndex().row() + step))
        self.list.setCurrentIndex(self.model.index(row))
        return True

    def _search(self, typed: str) -> None:
        if self._source is None:
            return
        found = self._source(typed)[:MOST_FOUND]
        self.model.set_found(found)
        self.list.setCurrentIndex(self.model.index(0))
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(len(found), ROWS_SHOWN) * ROW_HEIGHT_PX + 2)
        self.nothing.setVisible(not found)

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        found: Found = index.data(FoundRole)
        self.shut()
        found.run()
