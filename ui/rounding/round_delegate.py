"""Paints the cells of a round straight from its rows: a whole ward in one stroke."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui import theme
from ui.rounding.round_model import RoundModel

_PAD_PX = 4
_MOST_TEXTS = 2_000
_SHORTENED = Qt.TextElideMode.ElideRight


class RoundDelegate(QStyledItemDelegate):
    """One text a cell in its colour; the cell that takes the keys stands on the highlight."""

    def __init__(self, model: RoundModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._scheme: theme.Scheme | None = None
        self._colours: dict[str | None, QColor] = {}
        self._texts: dict[tuple[str, int], QStaticText] = {}

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row, column = self._model.rows[index.row()], index.column()
        rect, palette = QRect(option.rect), option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.brush(QPalette.ColorRole.Highlight))
            painter.setPen(palette.color(QPalette.ColorRole.HighlightedText))
        else:
            painter.setPen(self._colour(self._model.colour_name(row, column)))
        inner = rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        text = self._model.text(row, column)
        if text:
            shown = self._shaped(text, inner.width(), option)
            down = (inner.height() - shown.size().height()) / 2
            painter.drawStaticText(QPointF(inner.left(), inner.top() + down), shown)

    def _shaped(self, text: str, width: int, option: QStyleOptionViewItem) -> QStaticText:
        """Return a text shortened to a width, shaped once: rounds repeat themselves."""
        shaped = self._texts.get((text, width))
        if shaped is None:
            if len(self._texts) > _MOST_TEXTS:
                self._texts.clear()
            shaped = QStaticText(option.fontMetrics.elidedText(text, _SHORTENED, width))
            shaped.setTextFormat(Qt.TextFormat.PlainText)
            shaped.prepare(font=option.font)
            self._texts[text, width] = shaped
        return shaped

    def _colour(self, name: str | None) -> QColor:
        """Return a colour of the scheme in force, each made once."""
        if self._scheme is not theme.scheme():
            self._scheme, self._colours = theme.scheme(), {}
        if name not in self._colours:
            self._colours[name] = theme.colour(name or "text")
        return self._colours[name]
