"""Painting the bay grid: value, points and the ghost of the value before, in one small cell."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from ui import theme
from ui.observations.colours import ChartColours, chart_colours, risk_index
from ui.observations.entry_fields import points_of_line
from ui.observations.grid_model import NAME_MARK, GridModel, score_cell, state_text
from ui.observations.grid_row import GridRow
from ui.observations.target_words import SIDE_GLYPHS
from ui.observations.words import POINT_GLYPHS
from ui.patients.banner import patient_name
from ui.score_words import with_name

ROW_HEIGHT_PX = 40
PATIENT_WIDTH_PX = 252
_PAD_PX = 6
_BED_WIDTH_PX = 46
_LIT_PX = 4
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Look:
    """Colours and fonts of one scheme, made once and not at every cell."""

    def __init__(self) -> None:
        self.scheme = theme.scheme()
        chart: ChartColours = chart_colours()
        self.points = tuple(QColor(each) for each in chart.points)
        self.bands = tuple(QColor(each) for each in chart.bands)
        self.risks = tuple(QColor(each) for each in chart.risks)
        names = theme.tokens().__slots__
        self.colour = {name: theme.colour(name) for name in names}
        self.body = theme.font(theme.BODY_PX, QFont.Weight.DemiBold)
        self.small = theme.font(theme.SMALL_PX)
        self.strong = theme.font(theme.SMALL_PX, QFont.Weight.DemiBold)


class GridDelegate(QStyledItemDelegate):
    """Paints one cell; the cell that takes the keys has a ring and a caret."""

    def __init__(self, model: GridModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._look = _Look()
        self.current = (-1, -1)
        self.has_keys = False

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if self._look.scheme is not theme.scheme():
            self._look = _Look()
        number, column = index.row(), index.column()
        row, rect = self._model.rows[number], QRect(option.rect)
        painter.save()
        lit = number == self.current[0]
        painter.fillRect(rect, self._look.colour["selection" if lit else "card"])
        if column < self._model.values:
            self._paint_value(painter, rect, row, column)
        elif column == self._model.score_column:
            self._paint_score(painter, rect, row)
        else:
            self._paint_words(painter, rect, row, column)
        if (number, column) == self.current:
            self._paint_ring(painter, rect, column)
        painter.restore()

    def _paint_value(self, painter: QPainter, rect: QRect, row: GridRow, place: int) -> None:
        look, text, before = self._look, row.entry.texts[place], row.before(place)
        points = points_of_line(row.score, row.rules.fields[place].scored)
        upper, lower = _halves(rect)
        ghost = look.colour["disabled" if self._model.stale else "dim"]
        if not text:
            painter.setPen(ghost)
            painter.setFont(look.small)
            painter.drawText(rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0), _LEFT, before)
            self._paint_wanted(painter, rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0), row, place)
            return
        wrong = row.problems[place] is not None
        painter.setPen(look.colour["problem" if wrong else "text"])
        painter.setFont(look.body)
        painter.drawText(upper, _LEFT, text)
        painter.setFont(look.small)
        if wrong:
            painter.drawText(lower, _LEFT, "◆ no")
        elif points is not None:
            self._paint_points(painter, lower, points, row.shade(points))
        painter.setPen(ghost)
        painter.drawText(lower, _RIGHT, before)
        if not wrong:
            self._paint_wanted(painter, upper, row, place)

    def _paint_wanted(self, painter: QPainter, rect: QRect, row: GridRow, place: int) -> None:
        """Write what is prescribed at the right of a cell, with a glyph where it is missed."""
        wanted, side = row.wanted(place), row.outside()
        if wanted:
            ghost = "disabled" if self._model.stale else "dim"
            painter.setPen(self._look.colour["caution" if side else ghost])
            painter.setFont(self._look.strong if side else self._look.small)
            glyph = f"{SIDE_GLYPHS[side]} " if side else ""
            painter.drawText(rect, _RIGHT, f"{glyph}{wanted}")

    def _paint_points(self, painter: QPainter, lower: QRect, points: int, shade: int) -> None:
        look = self._look
        badge = QRect(lower.left() - 2, lower.top(), 28, lower.height())
        if points:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.bands[shade])
            painter.drawRoundedRect(badge, 3, 3)
        painter.setPen(look.points[shade])
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, f"{POINT_GLYPHS[shade]} {points}")

    def _paint_score(self, painter: QPainter, rect: QRect, row: GridRow) -> None:
        upper, lower = _halves(rect)
        if row.score.points:
            painter.setPen(self._look.risks[risk_index(row.score.at_least, row.score.risk)])
            painter.setFont(self._look.body)
            painter.drawText(upper, _LEFT, score_cell(row))
        known = row.last.total if row.last else None
        painter.setPen(self._look.colour["disabled" if self._model.stale else "dim"])
        painter.setFont(self._look.small)
        below = lower if row.score.points else rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        pack = row.last.pack if row.last else None
        was = "" if known is None else f"was {with_name(str(known), pack)}"
        painter.drawText(below, _LEFT, was)

    def _paint_words(self, painter: QPainter, rect: QRect, row: GridRow, column: int) -> None:
        inner = rect.adjusted(_PAD_PX, 1, -_PAD_PX, -2)
        painter.setFont(self._look.small)
        if column == self._model.measured_column:
            typed = bool(row.entry.measured)
            painter.setPen(self._look.colour["text" if typed else "dim"])
            painter.drawText(inner, _LEFT, self._model.measured_text(row))
            return
        _glyph, token = row.look.value
        painter.setPen(self._look.colour[token])
        flags = _LEFT | Qt.TextFlag.TextWordWrap
        painter.drawText(inner, flags, state_text(row))

    def _paint_ring(self, painter: QPainter, rect: QRect, column: int) -> None:
        colour = self._look.colour["accent" if self.has_keys else "edge"]
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(1, 1, -2, -2))
        if not self.has_keys or column in (self._model.score_column, self._model.state_column):
            return
        text = self._model.typed(self.current[0], column)
        upper, _lower = _halves(rect)
        x = upper.left() + QFontMetrics(self._look.body).horizontalAdvance(text) + 1
        painter.setPen(QPen(self._look.colour["text"], 1))
        painter.drawLine(x, upper.top() + 1, x, upper.bottom() - 1)


class PatientHeader(QHeaderView):
    """Bed and name, frozen at the left; the active row is lit by ground, edge and weight."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._model = model
        self.active = -1
        self.setFixedWidth(PATIENT_WIDTH_PX)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(ROW_HEIGHT_PX)
        self.setSectionsClickable(True)

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not 0 <= logicalIndex < len(self._model.rows):
            return
        row, lit = self._model.rows[logicalIndex], logicalIndex == self.active
        painter.save()
        painter.fillRect(rect, theme.colour("selection" if lit else "card"))
        if lit:
            painter.fillRect(
                QRect(rect.left(), rect.top(), _LIT_PX, rect.height()), theme.colour("accent")
            )
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._paint_patient(
            painter, rect.adjusted(_PAD_PX + _LIT_PX, 2, -_PAD_PX, -3), row, lit=lit
        )
        painter.restore()

    def _paint_patient(self, painter: QPainter, rect: QRect, row: GridRow, *, lit: bool) -> None:
        weight = QFont.Weight.Bold if lit else QFont.Weight.DemiBold
        painter.setFont(theme.font(theme.BODY_PX, weight))
        painter.setPen(theme.colour("problem" if row.gone else "text"))
        bed = QRect(rect.left(), rect.top(), _BED_WIDTH_PX, rect.height())
        painter.drawText(bed, _LEFT, row.bed.bed_label or "—")
        words = rect.adjusted(_BED_WIDTH_PX, 0, 0, 0)
        mark = NAME_MARK if row.bed.alike_name else ""
        name = f"{mark}{patient_name(row.bed)}"
        metrics = painter.fontMetrics()
        short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, _LEFT, short)


def _halves(rect: QRect) -> tuple[QRect, QRect]:
    inner = rect.adjusted(_PAD_PX, 2, -_PAD_PX, -3)
    half = inner.height() // 2
    upper = QRect(inner.left(), inner.top(), inner.width(), half + 1)
    return upper, QRect(inner.left(), inner.top() + half + 1, inner.width(), half - 1)
