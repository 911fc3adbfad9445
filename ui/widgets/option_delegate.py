"""Paints the rows of a type-ahead list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.widgets.option_model import DetailRole

_MARGIN_PX = 8
_GAP_PX = 4
_ANY_HEIGHT_PX = 10_000

Index = QModelIndex | QPersistentModelIndex


class OptionDelegate(QStyledItemDelegate):
    """An option is a line of text above a dimmer line of detail; a refused one is all dim."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, 2 * option.fontMetrics.lineSpacing() + 2 * _GAP_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setFont(option.font)
        text_colour, detail_colour = _colours(painter, option, index)
        lines = option.rect.adjusted(_MARGIN_PX, _GAP_PX, -_MARGIN_PX, -_GAP_PX)
        half = QSize(lines.width(), lines.height() // 2)
        lower = QRect(lines.topLeft(), half).translated(0, half.height())
        _draw_line(painter, QRect(lines.topLeft(), half), str(index.data()), text_colour)
        _draw_line(painter, lower, str(index.data(DetailRole)), detail_colour)
        painter.restore()


class WrappingOptionDelegate(QStyledItemDelegate):
    """The same, with every word: lines too long for the width go on below."""

    def __init__(self, width_px: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._width_px = width_px - 2 * _MARGIN_PX

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heights = (self._height(option.fontMetrics, text) for text in _texts(index))
        return QSize(0, sum(heights) + 2 * _GAP_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setFont(option.font)
        top = option.rect.top() + _GAP_PX
        for text, colour in zip(_texts(index), _colours(painter, option, index), strict=True):
            height = self._height(option.fontMetrics, text)
            where = QRect(option.rect.left() + _MARGIN_PX, top, self._width_px, height)
            painter.setPen(colour)
            painter.drawText(where, int(Qt.TextFlag.TextWordWrap), text)
            top += height
        painter.restore()

    def _height(self, metrics: QFontMetrics, text: str) -> int:
        room = QRect(0, 0, self._width_px, _ANY_HEIGHT_PX)
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()


def _texts(index: Index) -> tuple[str, str]:
    return str(index.data()), str(index.data(DetailRole))


def _colours(
    painter: QPainter, option: QStyleOptionViewItem, index: Index
) -> tuple[QColor, QColor]:
    """Return the colours of text and detail, after filling the background of a current row."""
    palette = option.palette
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, palette.highlight())
        bright = palette.color(QPalette.ColorRole.HighlightedText)
        return bright, bright
    dim = palette.color(QPalette.ColorRole.PlaceholderText)
    pickable = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
    return palette.color(QPalette.ColorRole.Text) if pickable else dim, dim


def _draw_line(painter: QPainter, where: QRect, text: str, colour: QColor) -> None:
    short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.setPen(colour)
    painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), short)
