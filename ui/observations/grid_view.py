"""The bay grid under the fingers: cells typed in directly, one hand's order of keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget
from typing_extensions import override

from ui.observations.grid_delegate import (
    ROW_HEIGHT_PX,
    GridDelegate,
    PatientHeader,
    PatientHeading,
)
from ui.observations.grid_model import GridModel, Index
from ui.observations.grid_row import GridRow, Look
from ui.observations.words import REASON_WORDS
from ui.widgets.columns import SmallHeadedTable
from ward_app.observations.types import IncompleteReason

KEY = Qt.Key
_ENTER = {KEY.Key_Return, KEY.Key_Enter}
_ADVANCE = {*_ENTER, KEY.Key_Tab}
_STEPS = {
    KEY.Key_Left: (0, -1),
    KEY.Key_Right: (0, 1),
    KEY.Key_Up: (-1, 0),
    KEY.Key_Down: (1, 0),
    KEY.Key_Backtab: (0, -1),
}
REASON_KEYS = dict(zip("1234567", REASON_WORDS, strict=True))
REASON_CHOICES = " · ".join(
    f"{key} {reason.value.replace('_', ' ')}" for key, reason in REASON_KEYS.items()
)


class GridView(SmallHeadedTable):
    """Types into the current cell; there is no second editor over it.

    A value that no further key could belong to hands the cursor on, as in the single form; the
    Enter or Tab that a hand sends after it all the same is then ignored.

    Signals:
        save_asked: (GridRow) Enter in the last cell, or Ctrl+Enter anywhere.
        reason_given: (GridRow) one key said why the set is incomplete.
        sheet_asked: (GridRow) Enter on a patient whose chart is another one.
        moved: the cursor is in another cell.
    """

    save_asked = Signal(object)
    reason_given = Signal(object)
    sheet_asked = Signal(object)
    moved = Signal()

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._fresh = True
        self._ignores_advance = False
        self._text_before = ""
        # of our own making: to name the type of one that Qt made, PySide goes through all its
        # widget classes, 10 ms while the grid is opened
        ground = QWidget(self)
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        self.setViewport(ground)
        self.painting = GridDelegate(model, self)
        self.patients = PatientHeader(model, self)
        self.setVerticalHeader(self.patients)
        self.patients_heading = PatientHeading(self)
        self.setModel(model)
        self.setItemDelegate(self.painting)
        self._dress()
        model.modelReset.connect(self._size_columns)
        self._size_columns()

    @property
    def row(self) -> GridRow | None:
        """The row the cursor is in."""
        number = self.currentIndex().row()
        return self._model.rows[number] if 0 <= number < len(self._model.rows) else None

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the cursor; -1 when nowhere."""
        return self.currentIndex().row(), self.currentIndex().column()

    def go_to(self, number: int, column: int) -> None:
        """Put the cursor into a cell."""
        self.setCurrentIndex(self._model.index(number, column))

    def go_to_next_row(self, number: int) -> None:
        """Put the cursor into the first cell of the row after this one; the last row keeps it."""
        if number + 1 < len(self._model.rows):
            self.go_to(number + 1, 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        over, beside = self.patients.geometry(), self.horizontalHeader().geometry()
        self.patients_heading.setGeometry(over.x(), beside.y(), over.width(), beside.height())

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._fresh, self._ignores_advance = True, False
        self.painting.current = current.row(), current.column()
        self.patients.light(current.row())
        if current.isValid():
            self._text_before = self._model.typed(current.row(), current.column())
        if previous.isValid() and previous.row() < len(self._model.rows):
            self._ask(previous.row(), previous.column())
        if previous.row() != current.row():
            self._leave_row(previous.row())
            self._repaint_row(previous.row())
            self._repaint_row(current.row())
        self.moved.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.row, KEY(event.key())
        ignored, self._ignores_advance = self._ignores_advance, False
        if row is None or (ignored and key in _ADVANCE and not _held(event)):
            return
        if row.asks_reason and self._take_reason(row, event):
            return
        if key in _ENTER and _held(event):
            self.save_asked.emit(row)
        elif key in _ADVANCE and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._step(0, -1)
        elif key in _ADVANCE:
            self._advance(row)
        elif key in _STEPS and not _held(event):
            self._step(*_STEPS[key])
        elif not self._edit(row, event):
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Letters are typed, never searched for."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.painting.has_keys = True
        if not self.currentIndex().isValid() and self._model.rows:
            self.go_to(0, 0)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.painting.has_keys = False
        self.viewport().update()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fill_ground()
        elif event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill_ground()

    def _fill_ground(self) -> None:
        """Say that nothing shines through; a style sheet takes that back wherever it is put on.

        What is painted is then moved when the rows are scrolled, and only what is new is painted.
        """
        self.viewport().setAutoFillBackground(True)

    def _edit(self, row: GridRow, event: QKeyEvent) -> bool:
        """Change the text of the current cell; False when the key changes no text."""
        number, column = self.place
        key, text = KEY(event.key()), event.text()
        if column in (self._model.score_column, self._model.state_column):
            return False
        if key == KEY.Key_Escape:
            return self._revert(row)
        if key in (KEY.Key_Backspace, KEY.Key_Delete):
            typed = self._model.typed(number, column)
            self._put(row, typed[:-1] if key == KEY.Key_Backspace else "")
            return True
        command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if not text or not text.isprintable() or event.modifiers() & command:
            return False
        self._type(row, text)
        return True

    def _type(self, row: GridRow, text: str) -> None:
        number, column = self.place
        if not self._may_type(row):
            return
        if column == self._model.measured_column:
            self._put(row, text if self._fresh else self._model.typed(number, column) + text)
            return
        field = self._model.rules.fields[column]
        meant = row.meant(column) if text in "uU" else ""
        if meant:
            self._put(row, meant)
            self._advance(row)
        elif field.repeats and text == "." and self._fresh:
            self._repeat(row, column)
        else:
            typed = "" if self._fresh else self._model.typed(number, column)
            self._put(row, field.reading.rewritten(typed + text))
            self._settle(row, column)

    def _put(self, row: GridRow, text: str) -> None:
        if self._may_type(row):
            self._fresh = False
            self._model.type_text(*self.place, text)

    def _may_type(self, row: GridRow) -> bool:
        reason = row.sheet_needed()
        if not row.busy and not reason:
            return True
        if row.busy:
            row.say("Being saved…", Look.PLAIN)
        else:
            row.say(reason, Look.CAUTION)
        self._model.touch(row)
        return False

    def _repeat(self, row: GridRow, column: int) -> None:
        text = row.repeat(column)
        if not text:
            row.say("There is nothing before to repeat.", Look.CAUTION)
            self._model.touch(row)
            return
        self._put(row, text)
        row.keep(column)
        self._hand_on()

    def _settle(self, row: GridRow, column: int) -> None:
        """Hand the cursor on when no further key could belong to the value."""
        text = row.entry.texts[column]
        if not self._model.rules.fields[column].reading.is_settled(text):
            return
        if not self._ask(*self.place):
            self._hand_on()

    def _hand_on(self) -> None:
        number, column = self.place
        if column + 1 < self._model.values:
            self.go_to(number, column + 1)
            self._ignores_advance = True

    def _advance(self, row: GridRow) -> None:
        """Go to the next cell, or save from the last; a doubtful value is asked about first."""
        number, column = self.place
        if row.sheet_needed():
            self.sheet_asked.emit(row)
            return
        if column < self._model.values:
            already = row.stopped_at == (column, row.entry.texts[column])
            if not already and self._ask(number, column):
                row.stopped_at = (column, row.entry.texts[column])
                return
            if row.question(column) is not None:
                row.keep(column)
                row.say("", Look.PLAIN)
                self._model.touch(row)
        if column + 1 < self._model.values:
            self.go_to(number, column + 1)
        else:
            self.save_asked.emit(row)

    def _ask(self, number: int, column: int) -> bool:
        """Say what is wrong or doubtful in a cell; False when nothing is."""
        if column >= self._model.values:
            return False
        row = self._model.rows[number]
        problem, question = row.problems[column], row.question_text(column)
        if problem is None and not question:
            return False
        row.say(problem or question, Look.PROBLEM if problem else Look.CAUTION)
        self._model.touch(row)
        return True

    def _revert(self, row: GridRow) -> bool:
        """Put back what stood in the cell; False when it stands there already."""
        number, column = self.place
        if self._model.typed(number, column) == self._text_before:
            return False
        self._put(row, self._text_before)
        self._fresh = True
        return True

    def _take_reason(self, row: GridRow, event: QKeyEvent) -> bool:
        """Take one key as the reason; any other key but Escape goes on as usual."""
        row.asks_reason = False
        row.say("Not saved yet.", Look.CAUTION)
        self._model.touch(row)
        reason: IncompleteReason | None = REASON_KEYS.get(event.text())
        if reason is not None and not _held(event):
            row.entry.reason = reason
            self.reason_given.emit(row)
        return reason is not None or event.key() == KEY.Key_Escape

    def _step(self, down: int, right: int) -> None:
        number, column = self.place
        last = len(self._model.rows) - 1
        columns = (*range(self._model.values), self._model.measured_column)
        near = min(range(len(columns)), key=lambda each: abs(columns[each] - column))
        place = min(max(near + right, 0), len(columns) - 1)
        self.go_to(min(max(number + down, 0), last), columns[place])

    def _leave_row(self, number: int) -> None:
        """Take back the question of a row: a key typed later must not answer it."""
        row = self._model.rows[number] if 0 <= number < len(self._model.rows) else None
        if row is not None and row.asks_reason:
            row.asks_reason = False
            row.say("Not saved yet. Ctrl+Enter asks again why.", Look.CAUTION)
            self._model.touch(row)

    def _repaint_row(self, number: int) -> None:
        if 0 <= number < len(self._model.rows):
            y = self.rowViewportPosition(number)
            self.viewport().update(0, y, self.viewport().width(), ROW_HEIGHT_PX)

    def _size_columns(self) -> None:
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, self._model.width_px(column))

    def _dress(self) -> None:
        self.setAccessibleName("Bay grid, a row for each patient, a column for each vital sign")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.patients.sectionPressed.connect(lambda number: self.go_to(number, 0))


def _held(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
