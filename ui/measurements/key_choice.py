"""One of a few on one line, chosen by the key that stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from ui import theme
from ui.plain_text import PlainLabel
from ui.widgets.inputs import Clock, Input
from ward_app.measurements.types import Choice, Value

_WIDTH_PX = 48
_UNBROKEN = "\N{NO-BREAK SPACE}"
_NOT_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A kind of form field: one choice by its key, its words beside it."""

    choices: tuple[Choice, ...]
    label: str

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return KeyChoiceInput(self.choices, self.label)


class KeyChoiceInput(Input):
    """A line that holds one key; every key typed replaces the one before."""

    def __init__(self, choices: Sequence[Choice], label: str) -> None:
        super().__init__()
        self._choices = {choice.key.upper(): choice for choice in choices}
        self._label = label
        self.line = QLineEdit(self, maxLength=1)
        self.line.setFixedWidth(_WIDTH_PX)
        self.words = PlainLabel(parent=self)
        self.words.setWordWrap(True)
        self._hold(self.line, self.words).setStretch(1, 1)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._show_words)
        self._show_words()

    @override
    def value(self) -> str | None:
        choice = self._choices.get(self.line.text().upper())
        return choice.value if choice else None

    @override
    def set_value(self, value: Value | None) -> None:
        keys = [key for key, choice in self._choices.items() if choice.value == value]
        self.line.setText(keys[0] if keys else "")

    @override
    def typed(self) -> str:
        return self.line.text()

    @override
    def retype(self, typed: str) -> None:
        self.line.setText(typed)

    @override
    def problem(self) -> str | None:
        if self.line.text() and self.value() is None:
            keys = ", ".join(self._choices)
            return f"{self._label} is one of the keys {keys}."
        return None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            text = event.text()
            if len(text) == 1 and text.isalnum() and not event.modifiers() & _NOT_TEXT:
                self.line.setText(text.upper())
                return True
        return super().eventFilter(watched, event)

    def _show_words(self) -> None:
        choice = self._choices.get(self.line.text().upper())
        # a key and its words stay together on one line
        pairs = (f"{key} {one.words}" for key, one in self._choices.items())
        on_offer = " · ".join(pair.replace(" ", _UNBROKEN) for pair in pairs)
        self.words.setText(choice.words if choice else on_offer)
        self.words.setFont(theme.font(theme.SMALL_PX))
        theme.tint(self.words, "text" if choice else "dim")
        self.changed.emit()
