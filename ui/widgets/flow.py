"""A layout that sets what it holds beside each other, and goes on below where a line is full."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QLayout, QLayoutItem, QWidget
from typing_extensions import override

_WIDEST_PX = 16_777_215


class Flow(QLayout):
    """Widgets in lines, each as wide as its words; the last takes what is left of its line.

    A label that is last stands at the right edge, on a line of its own where its words do not
    fit into the rest of the line before. What was measured is kept until Qt says that something
    in the layout changed: it is asked for it hundreds of times in between.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._sizes: list[tuple[QLayoutItem, QSize]] | None = None
        self._heights: dict[int, int] = {}
        self.setContentsMargins(QMargins())
        self.setSpacing(spacing)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        taken = self._items.pop(index)
        self.invalidate()
        return taken

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._placed(QRect(0, 0, width, 0), moves=False)
        return self._heights[width]

    @override
    def invalidate(self) -> None:
        self._sizes = None
        self._heights.clear()
        super().invalidate()

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._placed(rect, moves=True)

    @override
    def sizeHint(self) -> QSize:
        widths = [size.width() for _, size in self._shown()]
        gaps = self.spacing() * max(0, len(widths) - 1)
        return QSize(sum(widths) + gaps, self.heightForWidth(_WIDEST_PX))

    @override
    def minimumSize(self) -> QSize:
        sizes = [size for item, size in self._shown() if not _is_words(item)]
        return QSize(
            max((size.width() for size in sizes), default=0),
            max((size.height() for size in sizes), default=0),
        )

    def _shown(self) -> list[tuple[QLayoutItem, QSize]]:
        """Return what is shown, each with what it needs on one line."""
        if self._sizes is None:
            self._sizes = [(item, _size(item)) for item in self._items if not item.isEmpty()]
        return self._sizes

    def _placed(self, room: QRect, *, moves: bool) -> int:
        """Place what is shown into the room, if it is to move; return the height it needs."""
        top = room.top()
        for line in self._lines(room.width()):
            height, left = max(size.height() for _, size in line), room.left()
            for item, size in line:
                # words stand at half the height of the buttons beside them
                own = QSize(size.width(), height) if _is_words(item) else size
                if moves:
                    item.setGeometry(QRect(QPoint(left, top), own))
                left += own.width() + self.spacing()
            top += height + self.spacing()
        return max(0, top - self.spacing() - room.top())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """Return what is shown in lines of at most this width, each with what it takes."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        shown, used = self._shown(), 0
        for item, size in shown:
            if not lines or used + size.width() > width:
                lines.append([])
                used = 0
            taken = size
            if item is shown[-1][0] and _is_words(item):
                taken = QSize(width - used, max(size.height(), _height(item, width - used)))
            lines[-1].append((item, taken))
            used += taken.width() + self.spacing()
        return lines


def _is_words(item: QLayoutItem) -> bool:
    return isinstance(item.widget(), QLabel)


def _size(item: QLayoutItem) -> QSize:
    """Return what an item needs on one line; a label that may wrap would like to be square."""
    label = item.widget()
    if not isinstance(label, QLabel):
        return item.sizeHint()
    metrics = label.fontMetrics()
    height = max(metrics.height(), label.minimumHeight())
    return QSize(metrics.horizontalAdvance(label.text()) + 2, height)


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
