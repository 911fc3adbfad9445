"""Painting the bay grid: value, points and the ghost of the value before, in one small cell."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.observations.grid_cells import PatientCell, ScoreCell, ValueCell, WordsCell
from ui.observations.grid_drawing import CENTRE, LEFT, RIGHT, GridLook
from ui.observations.grid_model import GridModel
from ui.observations.words import POINT_GLYPHS
from ui.plain_text import PlainLabel

ROW_HEIGHT_PX = 40
PATIENT_WIDTH_PX = 280
_PAD_PX = 6
_BED_WIDTH_PX = 46
_LIT_PX = 4


class GridDelegate(QStyledItemDelegate):
    """Paints one cell as the model says it is; the cell that takes the keys has ring and caret."""

    def __init__(self, model: GridModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._look = GridLook()
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
            self._look = GridLook()
        number, column = index.row(), index.column()
        cell, rect = self._model.shown[number].columns[column], QRect(option.rect)
        lit = number == self.current[0]
        painter.fillRect(rect, self._look.colour["selection" if lit else "card"])
        if isinstance(cell, ValueCell):
            self._paint_value(painter, rect, cell)
        elif isinstance(cell, ScoreCell):
            self._paint_score(painter, rect, cell)
        else:
            self._paint_words(painter, rect, cell, wraps=column == self._model.state_column)
        if (number, column) == self.current:
            painter.save()
            self._paint_ring(painter, rect, column)
            painter.restore()

    @property
    def _ghost(self) -> QColor:
        return self._look.colour["disabled" if self._model.stale else "dim"]

    def _paint_value(self, painter: QPainter, rect: QRect, cell: ValueCell) -> None:
        look, upper, lower = self._look, _inner(rect), QRect()
        if cell.text:
            upper, lower = _halves(rect)
            painter.setPen(look.colour["problem" if cell.wrong else "text"])
            look.body.draw(painter, upper, LEFT, cell.text)
            if cell.wrong:
                look.small.draw(painter, lower, LEFT, "◆ no")
            elif cell.points is not None:
                self._paint_points(painter, lower, cell.points, cell.shade)
        painter.setPen(self._ghost)
        below, side = (lower, RIGHT) if cell.text else (upper, LEFT)
        look.small.draw(painter, below, side, cell.before)
        if cell.wanted and not cell.wrong:
            painter.setPen(look.colour["caution"] if cell.missed else self._ghost)
            words = look.strong if cell.missed else look.small
            words.draw(painter, upper, RIGHT, cell.wanted)

    def _paint_points(self, painter: QPainter, lower: QRect, points: int, shade: int) -> None:
        look = self._look
        badge = QRect(lower.left() - 2, lower.top(), 28, lower.height())
        if points:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.bands[shade])
            painter.drawRoundedRect(badge, 3, 3)
        painter.setPen(look.points[shade])
        look.small.draw(painter, badge, CENTRE, f"{POINT_GLYPHS[shade]} {points}")

    def _paint_score(self, painter: QPainter, rect: QRect, cell: ScoreCell) -> None:
        below = _inner(rect)
        if cell.text:
            upper, below = _halves(rect)
            painter.setPen(self._look.risks[cell.rank])
            self._look.body.draw(painter, upper, LEFT, cell.text)
        painter.setPen(self._ghost)
        self._look.small.draw(painter, below, LEFT, cell.was)

    def _paint_words(
        self, painter: QPainter, rect: QRect, cell: WordsCell, *, wraps: bool
    ) -> None:
        inner = rect.adjusted(_PAD_PX, 1, -_PAD_PX, -2)
        painter.setPen(self._look.colour[cell.tone])
        if wraps:
            self._look.small.draw_wrapped(painter, inner, cell.text)
        else:
            self._look.small.draw(painter, inner, LEFT, cell.text)

    def _paint_ring(self, painter: QPainter, rect: QRect, column: int) -> None:
        colour = self._look.colour["accent" if self.has_keys else "edge"]
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(1, 1, -2, -2))
        if not self.has_keys or column in (self._model.score_column, self._model.state_column):
            return
        text = self._model.typed(self.current[0], column)
        upper, _lower = _halves(rect)
        x = upper.left() + round(self._look.body.width(text)) + 1
        painter.setPen(QPen(self._look.colour["text"], 1))
        painter.drawLine(x, upper.top() + 1, x, upper.bottom() - 1)


class PatientHeader(QHeaderView):
    """Bed and name, frozen at the left; the active row is lit by ground, edge and weight."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._model = model
        self._look = GridLook()
        self._active = -1
        self.setFixedWidth(PATIENT_WIDTH_PX)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(ROW_HEIGHT_PX)
        self.setSectionsClickable(True)

    def light(self, number: int) -> None:
        """Light the row with this number and no other; -1 = none."""
        before, self._active = self._active, number
        if before != number:
            self.updateSection(before)
            self.updateSection(number)

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not 0 <= logicalIndex < len(self._model.rows):
            return
        if self._look.scheme is not theme.scheme():
            self._look = GridLook()
        look, lit = self._look, logicalIndex == self._active
        painter.save()
        painter.fillRect(rect, look.colour["selection" if lit else "card"])
        if lit:
            edge = QRect(rect.left(), rect.top(), _LIT_PX, rect.height())
            painter.fillRect(edge, look.colour["accent"])
        painter.setPen(look.colour["line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        words = rect.adjusted(_PAD_PX + _LIT_PX, 2, -_PAD_PX, -3)
        self._paint_patient(painter, words, self._model.shown[logicalIndex].patient, lit=lit)
        painter.restore()

    def _paint_patient(
        self, painter: QPainter, rect: QRect, patient: PatientCell, *, lit: bool
    ) -> None:
        letters = self._look.active if lit else self._look.body
        painter.setPen(self._look.colour["problem" if patient.gone else "text"])
        bed = QRect(rect.left(), rect.top(), _BED_WIDTH_PX, rect.height())
        letters.draw(painter, bed, LEFT, patient.bed or "—")
        words = rect.adjusted(_BED_WIDTH_PX, 0, 0, 0)
        letters.draw(painter, words, LEFT, letters.elided(patient.name, words.width()))


class PatientHeading(QWidget):
    """The words over the patients, where the headers of rows and columns meet."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(_PAD_PX + _LIT_PX, 0, _PAD_PX, 0)
        row.setSpacing(0)
        bed, patient = PlainLabel("Bed", self), PlainLabel("Patient", self)
        for label in (bed, patient):
            label.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
            theme.tint(label, "dim")
        bed.setFixedWidth(_BED_WIDTH_PX)
        row.addWidget(bed)
        row.addWidget(patient, 1)


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)


def _halves(rect: QRect) -> tuple[QRect, QRect]:
    inner = rect.adjusted(_PAD_PX, 2, -_PAD_PX, -3)
    half = inner.height() // 2
    upper = QRect(inner.left(), inner.top(), inner.width(), half + 1)
    return upper, QRect(inner.left(), inner.top() + half + 1, inner.width(), half - 1)
