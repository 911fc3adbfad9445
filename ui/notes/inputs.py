"""Inputs of a note: sections that grow with their words, types to choose by one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton
from typing_extensions import override

from ui import theme
from ui.widgets.flow import Flow
from ui.widgets.inputs import Choice, Clock, Input, NoteInput

LEAST_LINES, MOST_LINES = 2, 12


@dataclass(frozen=True, slots=True)
class SectionText:
    """A kind of form field: the words of a section, as many lines as they need."""

    placeholder: str = ""

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return SectionInput(self.placeholder)


class SectionInput(NoteInput):
    """Grows with its words, from two lines to twelve; Tab leaves, Enter starts a new line."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder)
        self.note.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @override
    def typed(self) -> str:
        return self.note.toPlainText()

    @override
    def retype(self, typed: str) -> None:
        self.note.setPlainText(typed)

    def _fit(self, _size: object = None) -> None:
        # the layout of plain text counts its size in lines
        wanted = int(self.note.document().size().height())
        lines = min(max(wanted, LEAST_LINES), MOST_LINES)
        height = lines * self.note.fontMetrics().lineSpacing() + 2 * theme.GRID_PX
        if self.note.height() != height:
            self.note.setFixedHeight(height)


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A kind of form field: one of a few, beside one another, each with a key of its own.

    `choices` are pairs of key and choice.
    """

    choices: tuple[tuple[str, Choice], ...]

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return KeyChoiceInput(self.choices)


class KeyChoiceInput(Input):
    """Buttons "1 SBAR", "2 Progress"; a key chooses, arrow keys walk, Enter takes and goes on."""

    def __init__(self, choices: Sequence[tuple[str, Choice]]) -> None:
        super().__init__()
        self._keys = [key for key, _choice in choices]
        self._choices = [choice for _key, choice in choices]
        self._group = QButtonGroup(self)
        row = Flow(self)
        for place, (key, choice) in enumerate(choices):
            button = QPushButton(_words(key, choice, chosen=False), self)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setToolTip(f"{choice.detail or choice.text} ({key})")
            self._group.addButton(button, place)
            row.addWidget(button)
        self.target = self._group.button(0)
        self.setFocusProxy(self.target)
        self._group.idToggled.connect(self._note)

    @override
    def value(self) -> Any:
        place = self._group.checkedId()
        return self._choices[place].value if place >= 0 else None

    @override
    def set_value(self, value: Any) -> None:
        for place, choice in enumerate(self._choices):
            if choice.value == value:
                self._group.button(place).setChecked(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text().upper()
        if key in self._keys and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            button = self._group.button(self._keys.index(key))
            button.setFocus(Qt.FocusReason.OtherFocusReason)
            button.setChecked(True)
            self._go_on_from(button)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._take_focused()
        else:
            super().keyPressEvent(event)

    def _take_focused(self) -> None:
        for button in self._group.buttons():
            if button.hasFocus():
                button.setChecked(True)
                self._go_on_from(button)
                return

    def _go_on_from(self, button: QAbstractButton) -> None:
        """Go to the next field, unless what was chosen has led elsewhere already."""
        if button.hasFocus():
            # beyond the last of the choices, wherever the one taken stands
            self._group.buttons()[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            self.focusNextChild()

    def _note(self, place: int, checked: bool) -> None:  # noqa: FBT001 - a signal's signature
        button = self._group.button(place)
        button.setText(_words(self._keys[place], self._choices[place], chosen=checked))
        if checked:
            self.setFocusProxy(button)
            self.changed.emit()


def _words(key: str, choice: Choice, *, chosen: bool) -> str:
    """Return "● 1 SBAR" for the choice taken and "○ 2 Progress" for the others."""
    return f"{'●' if chosen else '○'} {key} {choice.text}"
