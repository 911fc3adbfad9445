"""A form from data: field specifications and a loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.context import utc_now
from ui.plain_text import PlainLabel
from ui.widgets.inputs import (
    CheckInput,
    Choice,
    ChoiceInput,
    Clock,
    DayInput,
    Input,
    MomentInput,
    NoteInput,
    NumberInput,
    Range,
    TextInput,
)
from ward_app.core.errors import RuleBrokenError


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text."""

    placeholder: str = ""
    max_length: int = 200

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return TextInput(self.placeholder, self.max_length)


@dataclass(frozen=True, slots=True)
class Note:
    """Several lines of text."""

    placeholder: str = ""

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return NoteInput(self.placeholder)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit; the value is an int, with decimals a Decimal."""

    limits: Range

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return NumberInput(self.limits)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few choices; `empty_text` None = something is always chosen."""

    choices: tuple[Choice, ...]
    empty_text: str | None = "Choose…"

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return ChoiceInput(self.choices, self.empty_text)


@dataclass(frozen=True, slots=True)
class Day:
    """A day; the value is a date."""

    zone: tzinfo = UTC

    def input(self, clock: Clock) -> Input:
        """Return the input that takes it."""
        return DayInput(clock, self.zone)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and time on the clock of `zone`; the value is aware, in UTC."""

    zone: tzinfo = UTC

    def input(self, clock: Clock) -> Input:
        """Return the input that takes it."""
        return MomentInput(clock, self.zone)


@dataclass(frozen=True, slots=True)
class Check:
    """Yes or no; the value is a bool. `text` stands beside the box."""

    text: str

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return CheckInput(self.text)


# letters of a label that stand on one line in half a sheet, also with longer words
_FITS = 20


class Kind(Protocol):
    """What a field takes; contexts add their own kinds beside those above."""

    def input(self, clock: Clock, /) -> Input:
        """Return the input that takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        label: words above the input; empty for a check, which has its own.
        hint: lesser words under the input.
        required: an empty field is a problem.
        half: stands beside the next half field, two on a line.
    """

    name: str
    label: str
    kind: Kind
    value: Any = None
    hint: str = ""
    required: bool = False
    half: bool = False


class Form(QWidget):
    """Fields below one another. Enter goes to the next one, Ctrl+Enter submits.

    Signals:
        changed: (str) name of the field that was changed.
        submitted: Ctrl+Enter was pressed.
    """

    changed = Signal(str)
    submitted = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        clock: Clock = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = {field.name: _Row(field, clock, self) for field in fields}
        self._lay_out()
        for row in self._rows.values():
            row.input.changed.connect(self._note_change)
        self._clean = self.typed()

    def input(self, name: str) -> Input:
        """Return the input of one field."""
        return self._rows[name].input

    def value(self, name: str) -> Any:
        """Return one field's value; None when empty or not readable."""
        return self._rows[name].input.value()

    def values(self) -> dict[str, Any]:
        """Return every shown field's value by name; ask `check` first."""
        return {name: row.value() for name, row in self._rows.items()}

    def set_value(self, name: str, value: Any) -> None:
        """Show a value in one field."""
        self._rows[name].input.set_value(value)

    def set_choices(self, name: str, choices: Sequence[Choice]) -> None:
        """Offer other choices in one field."""
        box = self._rows[name].input
        if isinstance(box, ChoiceInput):
            box.set_choices(choices)

    def set_shown(self, name: str, *, shown: bool) -> None:
        """Show or hide one field; a hidden field's value is None."""
        self._rows[name].setVisible(shown)

    def set_hint(self, name: str, text: str) -> None:
        """Show lesser words under one field."""
        self._rows[name].set_hint(text)

    def set_problem(self, name: str, text: str | None) -> None:
        """Show a problem under one field, or take it away with None."""
        self._rows[name].set_problem(text)

    def problem(self, name: str) -> str | None:
        """Return the problem shown under one field."""
        return self._rows[name].shown_problem

    def show_error(self, error: RuleBrokenError) -> bool:
        """Show a broken rule under the field it names and go there; False if it names none."""
        row = self._rows.get(error.field or "")
        if row is None:
            return False
        row.set_problem(str(error))
        row.input.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def check(self) -> bool:
        """Show every problem, go to the first and return whether there is none."""
        bad = [row for row in self._rows.values() if not row.check()]
        if bad:
            bad[0].input.setFocus(Qt.FocusReason.OtherFocusReason)
        return not bad

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed since the form was made or `set_clean` was called."""
        return self.typed() != self._clean

    def set_clean(self) -> None:
        """Take what is in the form now as untouched (after filling it by program)."""
        self._clean = self.typed()

    def typed(self) -> dict[str, Any]:
        """Return what is in every field exactly as typed, for a draft."""
        return {name: row.input.typed() for name, row in self._rows.items()}

    def retype(self, typed: Mapping[str, Any]) -> None:
        """Put a draft back."""
        for name, what in typed.items():
            if name in self._rows:
                self._rows[name].input.retype(what)

    def focus_first(self) -> None:
        """Go to the first field."""
        next(iter(self._rows.values())).input.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        elif isinstance(button := self.focusWidget(), QPushButton):
            button.click()
        else:
            self.focusNextChild()

    def _note_change(self) -> None:
        source = self.sender()
        for name, row in self._rows.items():
            if row.input is source:
                row.set_problem(None)
                self.changed.emit(name)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * theme.GRID_PX)
        grid.setVerticalSpacing(theme.GRID_PX + 4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        line, column = 0, 0
        for row in self._rows.values():
            if column and not row.field.half:
                line, column = line + 1, 0
            grid.addWidget(row, line, column, 1, 1 if row.field.half else 2)
            column = 1 if row.field.half and not column else 0
            line += 0 if column else 1
        grid.setRowStretch(line + 1, 1)


class _Row(QWidget):
    """Label, input, and under it the problem or the hint."""

    def __init__(self, field: Field, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.input = field.kind.input(clock)
        self.input.set_value(field.value)
        self._hint = field.hint
        self.shown_problem: str | None = None
        self._words: PlainLabel | None = None
        self._lay_out()
        self._say()
        self.input.target.installEventFilter(self)

    def value(self) -> Any:
        """Return the input's value, None while the row is hidden."""
        return None if self.isHidden() else self.input.value()

    def set_hint(self, text: str) -> None:
        self._hint = text
        self._say()

    def set_problem(self, text: str | None) -> None:
        if text != self.shown_problem:
            self.shown_problem = text
            self._say()
            self.input.mark(wrong=text is not None)

    def check(self) -> bool:
        """Show the entry's own problem, if any, and return whether there is none."""
        if self.isHidden():
            return True
        problem = self.input.problem()
        value = self.input.value()
        # by identity: zero is a value, though it equals False
        if problem is None and self.field.required and (value is None or value is False):
            problem = "Needed"
        self.set_problem(problem)
        return problem is None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        leaving = isinstance(event, QFocusEvent) and event.lostFocus()
        if leaving and (problem := self.input.problem()) is not None:
            self.set_problem(problem)
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        if self.field.label:
            label = PlainLabel(self.field.label + (" *" if self.field.required else ""), self)
            label.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
            label.setBuddy(self.input.target)
            # short ones fit as they are, and are measured faster
            label.setWordWrap(len(self.field.label) > _FITS)
            column.addWidget(label)
        column.addWidget(self.input)
        column.addStretch(1)
        self._column = column

    def _say(self) -> None:
        words = f"▲ {self.shown_problem}" if self.shown_problem else self._hint
        # most fields never have anything to say: a label for each would be styled for nothing
        if words or self._words is not None:
            self._show_words(words)
        target = self.input.target
        target.setAccessibleName(self.field.label or target.accessibleName())
        target.setAccessibleDescription(words)

    def _show_words(self, words: str) -> None:
        label = self._words
        if label is None:
            label = self._words = PlainLabel(parent=self)
            label.setFont(theme.font(theme.SMALL_PX))
            label.setWordWrap(True)
            self._column.insertWidget(self._column.indexOf(self.input) + 1, label)
        label.setText(words)
        label.setVisible(bool(words))
        theme.tint(label, "problem" if self.shown_problem else "dim")
