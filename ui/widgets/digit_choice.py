"""One of a few, all in view, chosen by digit, arrow keys or a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout
from typing_extensions import override

from ui.widgets.inputs import Choice, Clock, Input
from ui.widgets.wrapping_button import WrappingButton


@dataclass(frozen=True, slots=True)
class DigitChoice:
    """A kind of form field: one of at most nine choices, all in view."""

    choices: tuple[Choice, ...]

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return DigitChoiceInput(self.choices)


class DigitChoiceInput(Input):
    """Buttons below one another, "1 Clean", "2 Dirty"; their digits are their keys."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for number, choice in enumerate(self._choices, 1):
            button = WrappingButton(_words(number, choice, chosen=False), self)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setStyleSheet("text-align: left")
            self._group.addButton(button, number)
            column.addWidget(button)
        self.target = self._group.button(1)
        self.setFocusProxy(self.target)
        self._group.idToggled.connect(self._note)

    @override
    def value(self) -> Any:
        number = self._group.checkedId()
        return self._choices[number - 1].value if number > 0 else None

    @override
    def set_value(self, value: Any) -> None:
        for number, choice in enumerate(self._choices, 1):
            if choice.value == value:
                self._group.button(number).setChecked(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= len(self._choices):
            self._group.button(number).setChecked(True)
            self._group.button(number).setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._take_focused()
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _take_focused(self) -> None:
        for button in self._group.buttons():
            if button.hasFocus():
                button.setChecked(True)

    def _note(self, number: int, checked: bool) -> None:  # noqa: FBT001 - a signal's signature
        button = self._group.button(number)
        button.setText(_words(number, self._choices[number - 1], chosen=checked))
        if checked:
            self.setFocusProxy(button)
            self.changed.emit()


def _words(number: int, choice: Choice, *, chosen: bool) -> str:
    """Return "● 1  Home" for the choice taken and "○ 2  Care home" for the others."""
    return f"{'●' if chosen else '○'}   {number}   {choice.text}"
