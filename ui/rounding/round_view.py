"""A round under the fingers: one key an answer, the cursor goes on by itself."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget
from typing_extensions import override

from ui.rounding.round_delegate import RoundDelegate
from ui.rounding.round_model import FIXED, Index, RoundModel
from ui.rounding.round_row import TYPED, Look, RoundRow
from ui.widgets.columns import SmallHeadedTable
from ward_app.rounding.types import Item, ItemKind

KEY = Qt.Key
ROW_HEIGHT_PX, HEADER_HEIGHT_PX = 32, 46
_ENTER = {KEY.Key_Return, KEY.Key_Enter}
_STEPS = {
    KEY.Key_Left: (0, -1),
    KEY.Key_Right: (0, 1),
    KEY.Key_Up: (-1, 0),
    KEY.Key_Down: (1, 0),
    KEY.Key_Tab: (0, 1),
    KEY.Key_Backtab: (0, -1),
}


class RoundView(SmallHeadedTable):
    """Takes answers into the current cell; there is no second editor over it.

    Signals:
        save_asked: Ctrl+Enter.
        as_usual_asked: (bool) Space: this row as usual; True = Shift+Space: its bay.
        reason_given: (RoundRow, int) a digit while a row asks why it is put off.
        moved: the cursor is in another cell, or an answer changed.
    """

    save_asked = Signal()
    as_usual_asked = Signal(bool)
    reason_given = Signal(object, int)
    moved = Signal()

    def __init__(self, model: RoundModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.asks_reason = False
        self.setModel(model)
        self.setItemDelegate(RoundDelegate(model, self))
        self._dress()
        model.modelReset.connect(self._size_columns)
        self._size_columns()

    @property
    def row(self) -> RoundRow | None:
        """The row the cursor is in."""
        number = self.currentIndex().row()
        return self._model.rows[number] if 0 <= number < len(self._model.rows) else None

    @property
    def item(self) -> Item | None:
        """The item the cursor is in."""
        return self._model.item(self.currentIndex().column())

    def go_to(self, number: int, column: int) -> None:
        """Put the cursor into a cell."""
        self.setCurrentIndex(self._model.index(number, column))

    def go_to_subject(self, admission_id: UUID | None) -> None:
        """Go to the first item of a patient; of the first row when she is not shown."""
        shown = [row.line.admission_id for row in self._model.rows]
        if shown:
            self.go_to(shown.index(admission_id) if admission_id in shown else 0, len(FIXED))

    def go_on(self) -> None:
        """Go to the next item, after the last one to the first of the next row."""
        number, column = self.currentIndex().row(), self.currentIndex().column()
        if column + 1 < self._model.state_column:
            self.go_to(number, column + 1)
        elif number + 1 < len(self._model.rows):
            self.go_to(number + 1, len(FIXED))

    def go_to_next_row(self) -> None:
        """Go to the first item of the next row; the last row keeps the cursor."""
        number = self.currentIndex().row()
        if number + 1 < len(self._model.rows):
            self.go_to(number + 1, len(FIXED))

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.asks_reason = False
        self.moved.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, item, key = self.row, self.item, KEY(event.key())
        if row is None or item is None:
            super().keyPressEvent(event)
            return
        if self.asks_reason and event.text().isdigit():
            self.asks_reason = False
            self.reason_given.emit(row, int(event.text()))
        elif key in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save_asked.emit()
        elif key in _ENTER:
            self.go_on()
        elif key in _STEPS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._step(*_STEPS[key])
        elif not self._answer(row, item, event):
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Letters are answers, never searched for."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rows:
            self.go_to(0, len(FIXED))

    def _answer(self, row: RoundRow, item: Item, event: QKeyEvent) -> bool:
        """Change the current cell; False when the key changes nothing."""
        key, text = KEY(event.key()), event.text()
        if row.busy:
            return True
        command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if event.modifiers() & command:
            return False
        if key in (KEY.Key_Backspace, KEY.Key_Delete):
            self._take_out(row, item, whole=key == KEY.Key_Delete)
        elif key == KEY.Key_Space and item.kind is not ItemKind.TEXT:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.as_usual_asked.emit(bool(shift))
        elif not text or not text.isprintable():
            return False
        elif item.kind in TYPED:
            self._put(row, item, row.typed(item) + text)
        else:
            self._choose(row, item, text)
        return True

    def _choose(self, row: RoundRow, item: Item, text: str) -> None:
        if not row.key(item, text, self._model.now()):
            row.say(f"{text.upper()} is no answer here.", Look.CAUTION)
            self._changed(row)
            return
        row.say("")
        self._changed(row)
        if item.kind is not ItemKind.BODY_MAP:
            self.go_on()

    def _put(self, row: RoundRow, item: Item, text: str) -> None:
        row.type_text(item, text, self._model.now())
        row.say("")
        self._changed(row)

    def _take_out(self, row: RoundRow, item: Item, *, whole: bool) -> None:
        typed = row.typed(item)
        if typed and not whole:
            self._put(row, item, typed[:-1])
            return
        row.take_out(item)
        row.entry.reason = None
        row.say("")
        self._changed(row)

    def _changed(self, row: RoundRow) -> None:
        self._model.touch(row)
        self.moved.emit()

    def _step(self, down: int, right: int) -> None:
        number, column = self.currentIndex().row(), self.currentIndex().column()
        last_row, last = len(self._model.rows) - 1, self._model.state_column - 1
        column = min(max(column + right, len(FIXED)), last)
        self.go_to(min(max(number + down, 0), last_row), column)

    def _size_columns(self) -> None:
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, self._model.width_px(column))

    def _dress(self) -> None:
        self.setAccessibleName("Round, a row for each patient, a column for each item")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setFixedHeight(HEADER_HEIGHT_PX)
        wrapped = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        header.setDefaultAlignment(wrapped | Qt.TextFlag.TextWordWrap)
