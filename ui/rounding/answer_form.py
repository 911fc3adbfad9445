"""The answers of one checklist as a form: one key an answer, places by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from ui import theme
from ui.measurements.key_choice import KeyChoice
from ui.plain_text import PlainLabel
from ui.widgets.form import Field, Form, Text
from ui.widgets.inputs import Clock, Input
from ward_app.measurements.types import Choice
from ward_app.rounding.rules import WORDS_LONGEST, is_exception, problem
from ward_app.rounding.types import Answer, Answers, Item, ItemKind, Template

_WIDTH_PX = 120
_NOT_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_WORDS = "words "


@dataclass(frozen=True, slots=True)
class Places:
    """A kind of form field: the places of a body map, each marked and unmarked by its key."""

    item: Item

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return PlacesInput(self.item)


class PlacesInput(Input):
    """A line of keys with their words beside it; a key pressed again takes its place out."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._keys = {choice.key: choice for choice in item.choices}
        self._label = item.label
        self.line = QLineEdit(self)
        self.line.setFixedWidth(_WIDTH_PX)
        self.words = PlainLabel(parent=self)
        self.words.setWordWrap(True)
        self.words.setFont(theme.font(theme.SMALL_PX))
        self._hold(self.line, self.words).setStretch(1, 1)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._show_words)
        self._show_words()

    @override
    def value(self) -> tuple[str, ...] | None:
        typed = self.line.text().upper()
        return tuple(c.value for key, c in self._keys.items() if key in typed) or None

    @override
    def set_value(self, value: tuple[str, ...] | None) -> None:
        marked = value or ()
        self.line.setText("".join(key for key, c in self._keys.items() if c.value in marked))

    @override
    def problem(self) -> str | None:
        unknown = [key for key in self.line.text().upper() if key not in self._keys]
        return f"{unknown[0]} is no place of {self._label}." if unknown else None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.text().upper()
            if key in self._keys and key and not event.modifiers() & _NOT_TEXT:
                text = self.line.text().upper()
                self.line.setText(text.replace(key, "") if key in text else text + key)
                return True
        return super().eventFilter(watched, event)

    def _show_words(self) -> None:
        chosen = [self._keys[key].words for key in self.line.text().upper() if key in self._keys]
        on_offer = " · ".join(f"{key} {choice.words}" for key, choice in self._keys.items())
        self.words.setText(", ".join(chosen) or on_offer)
        theme.tint(self.words, "text" if chosen else "dim")
        self.changed.emit()


class AnswerForm(Form):
    """Takes the answers of one version of a checklist; words are asked for to an exception."""

    def __init__(
        self, template: Template, answers: Answers, words: Mapping[str, str], clock: Clock
    ) -> None:
        super().__init__(list(_fields(template, answers, words)), clock)
        self.template = template
        self.changed.connect(self._ask_for_words)
        self._ask_for_words("")

    def answers(self) -> dict[str, Answer]:
        """Return what is answered, by the item's name."""
        values = {item.name: self.value(item.name) for item in self.template.items}
        return {name: value for name, value in values.items() if value is not None}

    def words(self) -> dict[str, str]:
        """Return the words to the answers that ask for them."""
        given = {item.name: self._words_to(item) for item in self.template.items}
        return {name: words for name, words in given.items() if words}

    def check_answers(self) -> bool:
        """Show what cannot be stored beside it, go to the first; return whether nothing is."""
        fits = self.check()
        answers = self.answers()
        for item in self.template.items:
            found = problem(item, answers[item.name]) if item.name in answers else None
            if found:
                self.set_problem(item.name, found)
                fits = False
        return fits

    def _words_to(self, item: Item) -> str | None:
        asked = self._asks_for_words(item)
        return self.value(_WORDS + item.name) if asked else None

    def _asks_for_words(self, item: Item) -> bool:
        answer = self.value(item.name)
        return _takes_words(item) and answer is not None and is_exception(item, answer)

    def _ask_for_words(self, _changed: str) -> None:
        for item in self.template.items:
            if _takes_words(item):
                self.set_shown(_WORDS + item.name, shown=self._asks_for_words(item))


def _takes_words(item: Item) -> bool:
    return item.kind is not ItemKind.BODY_MAP and item.kind is not ItemKind.TEXT


def _fields(template: Template, answers: Answers, words: Mapping[str, str]) -> Iterator[Field]:
    for item in template.items:
        yield Field(
            name=item.name,
            label=item.label,
            kind=_kind(item),
            value=answers.get(item.name),
            required=item.required,
            hint=_range_text(item),
        )
        if _takes_words(item):
            yield Field(
                name=_WORDS + item.name,
                label="Why",
                kind=Text(max_length=WORDS_LONGEST),
                value=words.get(item.name),
            )


def _kind(item: Item) -> Any:
    if item.kind is ItemKind.BODY_MAP:
        return Places(item)
    if item.choices:
        choices = tuple(Choice(one.value, one.key, one.words) for one in item.choices)
        return KeyChoice(choices, item.label)
    return Text(max_length=WORDS_LONGEST)


def _range_text(item: Item) -> str:
    if item.possible is None:
        return ""
    lowest, highest = (f"{Decimal(end):f}" for end in item.possible)
    return f"{lowest} to {highest} {item.unit}".rstrip()
