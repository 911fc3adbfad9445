"""Paints the rows of a type-ahead list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.widgets.option_model import DetailRole

_MARGIN_PX = 8
_GAP_PX = 4

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
