"""A line that reads one value as it is typed and says when the value is finished."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ui.observations.reading import Reading

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_REMOVING = {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}


class EntryLine(QLineEdit):
    """A line edit with a reading.

    Signals:
        typed: the text changed, by key or by program.
        settled: a key completed the value; no further key could belong to it.
        entered: Enter was pressed here.
        left: the cursor went elsewhere.
        repeat_asked: "." was typed where no point can stand.
    """

    typed = Signal()
    settled = Signal()
    entered = Signal()
    left = Signal()
    repeat_asked = Signal()

    def __init__(self, reading: Reading, *, repeats: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading = reading
        self._repeats = repeats
        self._removing = False
        self._settles = False
        self._ignores_advance = False
        self.textEdited.connect(self._read)
        self.textChanged.connect(self.typed)

    def take_over(self) -> None:
        """Take the cursor from a field that settled.

        The Enter or Tab that a hand sends after every value would now skip this field, so
        that one key is ignored.
        """
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self.selectAll()
        self._ignores_advance = True

    @override
    def focusNextPrevChild(self, to_next: bool) -> bool:
        # what Tab does, and it never comes to keyPressEvent
        ignored, self._ignores_advance = self._ignores_advance, False
        return (ignored and to_next) or super().focusNextPrevChild(to_next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        ignored, self._ignores_advance = self._ignores_advance, False
        if ignored and event.key() in _ENTER:
            return
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in _ENTER and plain:
            self.entered.emit()
        elif self._repeats and event.text() == ".":
            self.repeat_asked.emit()
        else:
            self._removing = event.key() in _REMOVING or event.matches(
                QKeySequence.StandardKey.Undo
            )
            self._settles = False
            super().keyPressEvent(event)
            self._removing = False
            # only now has every listener seen the new text: textEdited comes before textChanged
            if self._settles:
                self.settled.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ignores_advance = False
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def _read(self, text: str) -> None:
        if self._removing:
            return
        read = self.reading.rewritten(text)
        if read != text:
            self.setText(read)
        at_end = self.cursorPosition() == len(read)
        self._settles = at_end and self.reading.is_settled(read)
