"""The items of an instrument, one below the other: one key answers and goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget
from typing_extensions import override

from ui import theme
from ui.plain_text import PlainLabel
from ui.widgets.inputs import Clock, Input
from ward_app.assessments.rules import TEXT_LONGEST, applies, asked, canonical, problem
from ward_app.assessments.types import Instrument, Item, ItemKind

_KEY_PX, _NUMBER_PX = 44, 64
_UNBROKEN = "\N{NO-BREAK SPACE}"
_NOT_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class AnswersKind:
    """A kind of form field: the items of an instrument."""

    instrument: Instrument

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes them."""
        return AnswersInput(self.instrument)


class AnswerLine(QLineEdit):
    """The answer to one item: a key, a number or words.

    Signals:
        answered: the answer is whole; the next item may follow.
        walked: (bool) the arrow key down (True) or up was pressed.
    """

    answered = Signal()
    walked = Signal(bool)

    def __init__(self, item: Item, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = item
        self.setAccessibleName(item.label)
        if item.choices:
            self.setFixedWidth(_KEY_PX)
            self.setMaxLength(1)
        elif item.kind is ItemKind.NUMBER:
            self.setFixedWidth(_NUMBER_PX)
            self.setMaxLength(12)
            self.textEdited.connect(self._go_on_after_number)
        else:
            self.setMaxLength(TEXT_LONGEST)
        self.installEventFilter(self)

    @property
    def answer(self) -> str | None:
        """The answer as it is stored; None = none, or not a possible one."""
        text = self.text().strip()
        if self.item.choices:
            found = [one.value for one in self.item.choices if one.key == text.upper()]
            return found[0] if found else None
        if not text or problem(self.item, text.replace(",", ".")):
            return None
        return canonical(self.item, text.replace(",", "."))

    def show_answer(self, answer: str | None) -> None:
        """Show a stored answer; None empties the line."""
        if answer is not None and self.item.choices:
            answer = next((one.key for one in self.item.choices if one.value == answer), "")
        self.setText(answer or "")

    def wrong(self) -> str | None:
        """Return why what is typed is no answer; None = it is one, or nothing is typed."""
        text = self.text().strip()
        if not text or self.answer is not None:
            return None
        if self.item.choices:
            keys = ", ".join(choice.key for choice in self.item.choices)
            return f"{self.item.label}: one of the keys {keys}."
        return problem(self.item, text.replace(",", "."))

    def words(self) -> str:
        """Return what stands beside: the chosen words, or what there is to choose."""
        for choice in self.item.choices:
            if choice.value == self.answer:
                return choice.words
        if self.item.choices:
            pairs = (f"{choice.key} {choice.words}" for choice in self.item.choices)
            return " · ".join(pair.replace(" ", _UNBROKEN) for pair in pairs)
        if self.item.possible is not None:
            low, high = self.item.possible
            return f"{low} to {high} {self.item.unit}".rstrip()
        return ""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.walked.emit(event.key() == Qt.Key.Key_Down)
                return True
            return bool(self.item.choices) and self._take_key(event)
        return super().eventFilter(watched, event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # what is typed replaces what is there, however the cursor came here
        self.selectAll()

    def _take_key(self, event: QKeyEvent) -> bool:
        """Replace the key before by the one typed; a wrong one stays and is told."""
        text = event.text().upper()
        if len(text) != 1 or not text.isalnum() or event.modifiers() & _NOT_TEXT:
            return False
        self.setText(text)
        if self.answer is not None:
            self.answered.emit()
        return True

    def _go_on_after_number(self, text: str) -> None:
        """Go on once no further digit could make a possible number."""
        if self.answer is None or self.item.decimals or self.item.possible is None:
            return
        if Decimal(text) * 10 > self.item.possible[1]:
            self.answered.emit()


class AnswersInput(Input):
    """A line an item; what is not asked because of another answer is not shown."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__()
        self.instrument = instrument
        self.lines = {item.name: AnswerLine(item, self) for item in instrument.items}
        self._labels = {item.name: PlainLabel(item.label, self) for item in instrument.items}
        self._words = {item.name: PlainLabel(parent=self) for item in instrument.items}
        self.target = next(iter(self.lines.values()))
        self.setFocusProxy(self.target)
        self._lay_out()
        for line in self.lines.values():
            line.textChanged.connect(self._show)
            line.answered.connect(self._go_on)
            line.walked.connect(self._walk)
        self._show()

    @override
    def value(self) -> dict[str, str] | None:
        found = {name: line.answer for name, line in self.lines.items()}
        known = {name: answer for name, answer in found.items() if answer is not None}
        return asked(self.instrument, known) or None

    @override
    def set_value(self, value: Mapping[str, str] | None) -> None:
        for name, line in self.lines.items():
            line.show_answer((value or {}).get(name))

    @override
    def typed(self) -> dict[str, str]:
        return {name: line.text() for name, line in self.lines.items()}

    @override
    def retype(self, typed: Mapping[str, str]) -> None:
        for name, text in typed.items():
            if name in self.lines:
                self.lines[name].setText(text)

    @override
    def problem(self) -> str | None:
        shown = (line for line in self.lines.values() if not line.isHidden())
        return next((wrong for line in shown if (wrong := line.wrong())), None)

    def _go_on(self) -> None:
        self._focus_beside(cast("AnswerLine", self.sender()), forward=True)

    def _walk(self, forward: bool) -> None:  # noqa: FBT001 - the signal's own
        self._focus_beside(cast("AnswerLine", self.sender()), forward=forward)

    def _focus_beside(self, line: AnswerLine, *, forward: bool) -> None:
        shown = [one for one in self.lines.values() if not one.isHidden()]
        place = shown.index(line) + (1 if forward else -1)
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.TabFocusReason)
        elif forward:
            self.focusNextChild()

    def _show(self) -> None:
        answers = self.value() or {}
        for name, line in self.lines.items():
            is_asked = applies(line.item, answers)
            wrong, known = line.wrong(), line.answer is not None
            words = self._words[name]
            words.setText(f"▲ {wrong}" if wrong else line.words())
            theme.tint(words, "problem" if wrong else "text" if known else "dim")
            line.setAccessibleDescription(words.text())
            for widget in (line, self._labels[name], words):
                widget.setVisible(is_asked)
        self.changed.emit()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GRID_PX)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(2, 6)
        for row, (name, line) in enumerate(self.lines.items()):
            label, words = self._labels[name], self._words[name]
            label.setWordWrap(True)
            label.setBuddy(line)
            words.setWordWrap(True)
            words.setFont(theme.font(theme.SMALL_PX, QFont.Weight.Normal))
            grid.addWidget(label, row, 0)
            if line.item.kind is ItemKind.TEXT:
                grid.addWidget(line, row, 1, 1, 2)
                words.setMaximumHeight(0)
            else:
                grid.addWidget(line, row, 1)
                grid.addWidget(words, row, 2)
