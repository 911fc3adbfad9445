"""A reason in words, with the usual ones at one key each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit
from typing_extensions import override

from ui.widgets.inputs import Clock, Input
from ui.widgets.wrapping_button import WrappingButton

_COLUMNS = 2
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of form field: a reason; `usual` ones are chosen by their digit or a click."""

    usual: tuple[str, ...]

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return ReasonInput(self.usual)


class ReasonInput(Input):
    """One line of text; a lone digit is replaced by the usual reason of that number."""

    def __init__(self, usual: tuple[str, ...]) -> None:
        super().__init__()
        self._usual = usual
        self.line = QLineEdit(self, maxLength=_MAX_LENGTH)
        self.line.setPlaceholderText(f"Type it, or press 1 to {len(usual)}")
        self.line.textEdited.connect(self._replace_digit)
        self.line.textChanged.connect(self.changed)
        self.target = self.line
        self.setFocusProxy(self.line)
        self._lay_out()

    @override
    def value(self) -> str | None:
        return self.line.text().strip() or None

    @override
    def set_value(self, value: str | None) -> None:
        self.line.setText(value or "")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.line, 0, 0, 1, _COLUMNS)
        for place, text in enumerate(self._usual):
            button = WrappingButton(f"{place + 1}  {text}", self)
            button.setProperty("kind", "quiet")
            button.setStyleSheet("text-align: left; padding-left: 4px; padding-right: 2px")
            # the digits are its keys; a stop for Tab at each would be in the way
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self._choose, text))
            grid.addWidget(button, 1 + place // _COLUMNS, place % _COLUMNS)

    def _replace_digit(self, typed: str) -> None:
        if typed.isdigit() and 1 <= int(typed) <= len(self._usual):
            self._choose(self._usual[int(typed) - 1])

    def _choose(self, text: str, _checked: object = None) -> None:
        self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
