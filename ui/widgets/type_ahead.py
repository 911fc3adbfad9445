"""A text field with the fitting options in a list under it, driven without leaving the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget
from typing_extensions import override

from ui.widgets.option_delegate import OptionDelegate
from ui.widgets.option_model import Option, OptionModel, OptionRole

_MOST_ROWS = 6
_FEWEST_ROWS = 3
_PAGE_ROWS = 5
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _PAGE_ROWS,
    Qt.Key.Key_PageUp: -_PAGE_ROWS,
}
# returning to the window or from a menu is no wish to see the list again
_SILENT_REASONS = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
_UNMODIFIED = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class OptionList(QListView):
    """The list that drops down over the form; the text field keeps the keyboard."""

    def __init__(self, model: OptionModel, parent: QWidget) -> None:
        super().__init__(parent)
        # the list outlives the field by a moment, and must not outlive its model
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(OptionDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setAccessibleName("What fits")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.Box)
        self.setAutoFillBackground(True)
        self.hide()

    def height_of(self, rows: int) -> int:
        """Return the pixels that many rows need."""
        return max(1, rows) * self.sizeHintForRow(0) + 2 * self.frameWidth()

    def step(self, rows: int) -> None:
        """Move the mark by some rows, over those that cannot be picked."""
        model, last = self.model(), self.model().rowCount() - 1
        row = min(max(self.currentIndex().row() + rows, 0), last)
        direction = 1 if rows > 0 else -1
        while 0 <= row <= last and not model.index(row, 0).flags() & Qt.ItemFlag.ItemIsEnabled:
            row += direction
        if 0 <= row <= last:
            self.setCurrentIndex(model.index(row, 0))


class TypeAhead(QLineEdit):
    """A text field that picks one of the options its owner hands in.

    Down, Up, Page keys walk the list, Enter or a click picks and goes to the next field,
    Escape closes the list. With `tab_picks` leaving by Tab picks the marked row too.

    Signals:
        asked: (str) options for this text are wanted; empty when the list opens on a choice.
        picked: (Option) an option was chosen by the user.
        unpicked: () the user typed over the choice.
        hurried: () Enter was pressed while nothing in the list can be picked yet.
    """

    asked = Signal(str)
    picked = Signal(object)
    unpicked = Signal()
    hurried = Signal()

    def __init__(self, *, tab_picks: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tab_picks = tab_picks
        self._choice: Option | None = None
        self.options = OptionModel()
        self.list = OptionList(self.options, self)
        self.list.clicked.connect(self._pick_index)
        self.textEdited.connect(self._typed)

    @property
    def choice(self) -> Option | None:
        """What was picked; None while the text stands for nothing."""
        return self._choice

    def choose(self, option: Option | None) -> None:
        """Take an option as picked without asking anybody; None empties the field."""
        self._choice = option
        self.setText(option.text if option else "")
        self.setCursorPosition(0)
        self.close_list()

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace the list; the choice is marked, else the first row that may be."""
        self.options.set_options(options)
        marked = self.options.row_of(self._choice)
        if marked < 0:
            marked = self.options.row_to_mark()
        if marked >= 0:
            self.list.setCurrentIndex(self.options.index(marked, 0))
        if self.hasFocus() and options and self._choice is None:
            self._show_list()
        elif not options:
            self.close_list()
        elif self.list.isVisible():
            self._place()

    def open_list(self) -> None:
        """Ask for the options of the text (all of them on a choice) and show them."""
        self.asked.emit("" if self._choice else self.text())
        if self.options.rowCount():
            self._show_list()

    def close_list(self) -> None:
        """Hide the list; the text stays."""
        self.list.hide()

    def pick_marked(self) -> bool:
        """Pick the marked row and go to the next field; False when none can be picked."""
        return self._pick_index(self.list.currentIndex())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() not in _UNMODIFIED or not self._took(Qt.Key(event.key())):
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.list.isVisible():
            self.open_list()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _SILENT_REASONS:
            return
        self.selectAll()
        if self._choice is not None and event.reason() == Qt.FocusReason.OtherFocusReason:
            # a sheet that opens with the choice made must not hide its other fields
            self.asked.emit("")
        else:
            self.open_list()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        leaving_by_tab = event.reason() == Qt.FocusReason.TabFocusReason
        if self._tab_picks and leaving_by_tab and self._choice is None and self.text().strip():
            self._pick_index(self.list.currentIndex(), stay=True)
        self.close_list()
        super().focusOutEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self.close_list()
        super().hideEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and self.list.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _took(self, key: Qt.Key) -> bool:
        """Act on a key of the list; say whether it was one."""
        open_now = self.list.isVisible()
        if key in _STEPS:
            self.list.step(_STEPS[key]) if open_now else self.open_list()
            return True
        if key == Qt.Key.Key_Escape and open_now:
            self.close_list()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and open_now:
            if not self.pick_marked():
                self.hurried.emit()
            return True
        return False

    def _typed(self, text: str) -> None:
        if self._choice is not None:
            self._choice = None
            self.unpicked.emit()
        self.asked.emit(text)

    def _pick_index(self, index: QModelIndex, *, stay: bool = False) -> bool:
        option = index.data(OptionRole)
        if not isinstance(option, Option) or option.refusal is not None:
            return False
        self.choose(option)
        self.picked.emit(option)
        # whoever took the choice may have sent the cursor elsewhere
        if not stay and self.hasFocus():
            self.focusNextChild()
        return True

    def _show_list(self) -> None:
        host = self.window()
        if self.list.parentWidget() is not host:
            self._move_list_to(host)
        self._place()
        self.list.show()
        self.list.raise_()

    def _move_list_to(self, host: QWidget) -> None:
        """Lay the list over the host, and follow whatever may move the field inside it."""
        self.list.setParent(host)
        self.destroyed.connect(self.list.deleteLater)
        above: QWidget | None = self
        while above is not None and above is not host:
            above.installEventFilter(self)
            above = above.parentWidget()

    def _place(self) -> None:
        """Put the list under the field, or above it where there is more room."""
        host = self.window()
        top_left = self.mapTo(host, QPoint(0, 0))
        below = host.height() - top_left.y() - self.height()
        wanted = self.list.height_of(min(self.options.rowCount(), _MOST_ROWS))
        if below < min(wanted, self.list.height_of(_FEWEST_ROWS)) and top_left.y() > below:
            height = min(wanted, top_left.y())
            self.list.setGeometry(top_left.x(), top_left.y() - height, self.width(), height)
        else:
            height = min(wanted, below)
            top = top_left.y() + self.height()
            self.list.setGeometry(top_left.x(), top, self.width(), height)


def fits(option: Option, typed: str) -> bool:
    """Whether each typed word begins a word of the option; one that only explains always fits."""
    if option.value is None:
        return True
    parts = f"{option.text} {option.detail}".casefold().replace(",", " ").split()
    words = typed.casefold().replace(",", " ").split()
    return all(any(part.startswith(word) for part in parts) for word in words)
