"""What was looked for at a site: one key a sign, and what it comes to while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout
from typing_extensions import override

from ui import theme
from ui.devices.words import action_text, score_text, score_token
from ui.plain_text import PlainLabel
from ui.widgets.inputs import Clock, Input
from ui.widgets.wrapping_button import WrappingButton
from ward_app.devices.rules import site_score
from ward_app.devices.types import Scheme, Sign

REST = "N"
_NEXT = {None: True, True: False, False: None}
_STATES = {None: ("○", "?"), True: ("●", "yes"), False: ("–", "no")}  # noqa: RUF001 - a dash


@dataclass(frozen=True, slots=True)
class Signs:
    """A kind of form field: the signs of a scheme."""

    scheme: Scheme

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes them."""
        return SignsInput(self.scheme)


class SignsInput(Input):
    """A line a sign; its key answers yes, then no, then not looked for; N says no to the rest."""

    def __init__(self, scheme: Scheme) -> None:
        super().__init__()
        self.scheme = scheme
        self._answers: dict[str, bool] = {}
        self._buttons = {sign.name: self._button(sign) for sign in scheme.signs}
        self.rest = self._quiet(f"{REST}   None of the rest")
        self.rest.clicked.connect(self.answer_rest)
        self.result = PlainLabel(parent=self)
        self.result.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        self.result.setWordWrap(True)
        self.target = next(iter(self._buttons.values()))
        self.setFocusProxy(self.target)
        self._lay_out()
        self._show()

    @override
    def value(self) -> dict[str, bool] | None:
        return dict(self._answers) or None

    @override
    def set_value(self, value: dict[str, bool] | None) -> None:
        known = {sign.name for sign in self.scheme.signs}
        self._answers = {name: there for name, there in (value or {}).items() if name in known}
        self._show()

    @override
    def typed(self) -> Any:
        return dict(self._answers)

    def answer(self, name: str) -> None:
        """Answer a sign: yes, once more no, once more not looked for."""
        there = _NEXT[self._answers.pop(name, None)]
        if there is not None:
            self._answers[name] = there
        self._show()

    def answer_rest(self, _checked: object = None) -> None:
        """Say no to every sign that is not answered."""
        self._answers = dict.fromkeys(self._buttons, False) | self._answers
        self._show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text().upper()
        names = {sign.key: sign.name for sign in self.scheme.signs}
        if key in names:
            self._buttons[names[key]].setFocus(Qt.FocusReason.OtherFocusReason)
            self.answer(names[key])
        elif key == REST:
            self.answer_rest()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.rest.setFocus(Qt.FocusReason.OtherFocusReason)
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _button(self, sign: Sign) -> QPushButton:
        button = self._quiet("")
        button.clicked.connect(partial(self._clicked, sign.name))
        return button

    def _quiet(self, text: str) -> QPushButton:
        button = WrappingButton(text, self)
        button.setProperty("kind", "quiet")
        button.setStyleSheet("text-align: left")
        return button

    def _clicked(self, name: str, _checked: object = None) -> None:
        self.answer(name)

    def _show(self) -> None:
        for sign in self.scheme.signs:
            glyph, words = _STATES[self._answers.get(sign.name)]
            button = self._buttons[sign.name]
            button.setText(f"{glyph}   {sign.key}   {sign.words}: {words}")
            weight = QFont.Weight.DemiBold if words == "yes" else QFont.Weight.Normal
            button.setFont(theme.font(theme.BODY_PX, weight))
        found = site_score(self.scheme, self._answers)
        if self._answers:
            score = score_text(self.scheme, *found)
            self.result.setText(f"{score}. {action_text(self.scheme, *found)}.")
        else:
            self.result.setText("Nothing is answered yet.")
        token = score_token(self.scheme, found.at_least) if self._answers else "dim"
        theme.tint(self.result, token or "text")
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for button in self._buttons.values():
            column.addWidget(button)
        column.addWidget(self.rest)
        column.addSpacing(theme.GRID_PX)
        column.addWidget(self.result)
