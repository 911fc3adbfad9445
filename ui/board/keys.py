"""Single keys of the board: acts on the current bed, and typing ahead to a bed's number."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView
from typing_extensions import override

from ui.board.actions import ACTIONS

# a pause this long starts a new bed number
_PAUSE_MS = 1_000
_ACTS = {action.key: action.act for action in ACTIONS} | {Qt.Key.Key_Enter: ACTIONS[0].act}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class BoardKeys(QObject):
    """Reads the keys of a view of beds before the view does.

    Figures begin the number of a bed, and with Shift letters do as well; letters alone are
    acts. Once a number is begun, letters belong to it: 1 2 A leads to bed 12A.

    Signals:
        acted: (BedAct) the key of an act was pressed.
        typed: (str) what has been typed of a bed's label so far.
    """

    acted = Signal(object)
    typed = Signal(str)

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._typed = ""
        self._since_last = QElapsedTimer()
        view.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._took(event)
        return False

    def _took(self, event: QKeyEvent) -> bool:
        """Act on the key or add it to the bed's number; say whether it was one of these."""
        if self._since_last.isValid() and self._since_last.hasExpired(_PAUSE_MS):
            self._typed = ""
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in _PLAIN and not shift:
            return False
        begins = event.text().isdigit() or (shift and event.text().isalpha())
        if begins or (self._typed and event.text().isalnum()):
            self._type(event.text())
            return True
        act = _ACTS.get(Qt.Key(event.key())) if not shift else None
        if act is not None:
            self._typed = ""
            self.acted.emit(act)
        return act is not None

    def _type(self, text: str) -> None:
        self._typed += text
        self._since_last.start()
        self.typed.emit(self._typed)
