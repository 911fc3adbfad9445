"""One line of the entry: label, value, unit, value before, points, and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.observations.entry_answer import EntryAnswer
from ui.observations.entry_fields import EntryLineOfForm
from ui.observations.entry_line import EntryLine
from ui.observations.points_badge import PointsBadge
from ui.plain_text import PlainLabel
from ward_app.observations.limits import Finding, Limits, impossible, likely_meant, unusual
from ward_app.observations.types import VitalSigns

LABEL_WIDTH_PX = 104
_LONG_LABEL_WIDTH_PX = 176
_LONG_LABEL = 24


class EntryRow(QWidget):
    """Reads one line and refuses the impossible, asks once about the unusual.

    Signals:
        changed: what is typed is another.
        settled: the value is accepted; it was complete without Enter.
        entered: the value is accepted after Enter.
    """

    changed = Signal()
    settled = Signal()
    entered = Signal()

    def __init__(
        self, line: EntryLineOfForm, limits: Limits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.line_of_form = line
        self.label = line.fields[0].label
        self._is_long = len(self.label) > _LONG_LABEL
        self._limits = limits
        self._previous: VitalSigns | None = None
        self._asked: str | None = None
        self._kept: str | None = None
        self._stopped_at: str | None = None
        self._letter = ""
        self._wanted = ""
        self._hint = ""
        self.lines = tuple(
            EntryLine(field.reading, repeats=field.repeats, parent=self) for field in line.fields
        )
        self.badge = PointsBadge(self.label, self)
        self.words = PlainLabel(parent=self)
        self.answer = EntryAnswer(LABEL_WIDTH_PX + theme.GRID_PX, self)
        self._lay_out()
        self._connect()
        self._show_state()

    @property
    def text(self) -> str:
        """Everything typed in the line; what drafts keep and questions are remembered by."""
        return "|".join(line.text() for line in self.lines)

    @property
    def is_typed(self) -> bool:
        """Whether anything is typed in the line."""
        return any(line.text() for line in self.lines)

    def line(self, name: str) -> EntryLine:
        """Return the line that takes a field of `VitalSigns`."""
        fields = [field.name for field in self.line_of_form.fields]
        return self.lines[fields.index(name)]

    def retype(self, text: str) -> None:
        """Put back what `text` was."""
        parts = text.split("|")
        for line, part in zip(self.lines, parts, strict=False):
            line.setText(part)

    def fill(self, signs: VitalSigns) -> None:
        """Show the values of a set as if they were typed and accepted."""
        for line in self.lines:
            line.setText(line.reading.text(signs))
        self._kept = self.text
        self._show_state()

    def signs(self) -> dict[str, Any]:
        """Return the fields of `VitalSigns` typed here, possible or not."""
        typed: dict[str, Any] = {}
        for line in self.lines:
            typed |= line.reading.signs(line.text()) if line.isEnabled() else {}
        return self.line_of_form.whole(typed)

    def problem(self) -> str | None:
        """Return why what is typed cannot be stored, or None."""
        if not self.is_typed:
            return None
        typed = self.signs()
        if any(line.text() and not line.reading.signs(line.text()) for line in self.lines):
            return f"{self.label}: this cannot be read."
        found = impossible(VitalSigns(**typed), self._limits)
        return found[0].text if found else None

    def question(self) -> Finding | None:
        """Return what must be asked about an unusual value and was not answered yet."""
        if self._kept == self.text or self.problem() is not None:
            return None
        found = unusual(VitalSigns(**self.signs()), self._limits)
        return found[0] if found else None

    def keep(self) -> None:
        """Accept an unusual value as it stands."""
        self._kept = self.text
        self._show_state()

    def stops_saving(self) -> bool:
        """Whether a refusal, or a question that no save has put yet, stands in the way."""
        if self.problem() is not None or self.question() is None:
            return self.problem() is not None
        if self._stopped_at == self.text:
            self.keep()
            return False
        self._stopped_at = self.text
        return True

    def show_previous(self, signs: VitalSigns | None) -> None:
        """Show the value of the set before; "." repeats it."""
        self._previous = signs
        self._show_state()

    def show_wanted(self, wanted: str) -> None:
        """Show what is prescribed for the value, beside it; empty = nothing is."""
        self._wanted = wanted
        self._show_state()

    def show_hint(self, hint: str) -> None:
        """Say something about what is typed that needs no answer; empty = nothing any more.

        A refusal or a question comes first.
        """
        if hint != self._hint:
            self._hint = hint
            self._show_state()

    def take_over(self) -> None:
        """Take the cursor from a line that settled by itself."""
        self.lines[0].take_over()

    def take_focus(self) -> None:
        """Take the cursor."""
        self.lines[0].setFocus(Qt.FocusReason.TabFocusReason)
        self.lines[0].selectAll()

    def ask(self) -> None:
        """Show the problem or the question of what is typed, if there is one."""
        problem, question = self.problem(), self.question()
        if problem is not None:
            self.answer.refuse(problem)
            self._mark(wrong=True)
        elif question is not None:
            self._asked = self.text
            value = self.signs()[question.field]
            meant = likely_meant(self._limits.by_name[question.field], value)
            self.answer.ask(question.text, value, meant)
        for line in self.lines:
            line.setAccessibleDescription(self.answer.text)

    def _finish(self, *, settled: bool) -> None:
        answered = self._asked == self.text and not settled
        if self.problem() is not None or (self.question() is not None and not answered):
            self.ask()
        elif settled:
            self.settled.emit()
        else:
            self._keep_and_go_on()

    def _go_on(self, place: int, *, settled: bool) -> None:
        asked = self.line_of_form.asked(self.lines[0].text())
        following = list(zip(self.line_of_form.fields, self.lines, strict=True))[place + 1 :]
        follower = next((line for field, line in following if field.name in asked), None)
        if follower is None or not follower.isEnabled():
            self._finish(settled=settled)
        elif settled:
            follower.take_over()
        else:
            follower.setFocus(Qt.FocusReason.TabFocusReason)

    def _repeat(self) -> None:
        if self._previous is None or not self.line_of_form.before(self._previous):
            self.answer.hint(f"{self.label}: there is nothing before to repeat.")
            return
        for line in self.lines:
            line.setText(line.reading.text(self._previous))
        self.keep()
        self.settled.emit()

    def _changed(self) -> None:
        self._show_asked()
        self._show_state()
        self.changed.emit()

    def _letter_changed(self) -> None:
        """Take out the numbers of another letter: 28 % is no flow."""
        letter = self.lines[0].text()
        if letter != self._letter:
            self._letter = letter
            for line in self.lines[1:]:
                line.clear()

    def _show_asked(self) -> None:
        """Show the numbers that belong to the letter, and any other that is there."""
        letter = self.lines[0].text()
        asked = self.line_of_form.asked(letter)
        shown = asked or self.line_of_form.asked("")
        for field, line in zip(self.line_of_form.fields[1:], self.lines[1:], strict=True):
            line.setEnabled(bool(letter and asked))
            line.setVisible(field.name in shown or bool(line.text()))

    def _show_state(self) -> None:
        self.answer.clear()
        self._mark(wrong=False)
        field, letter = self.line_of_form.fields[0], self.lines[0].text()
        unit = field.meanings.get(letter, field.unit)
        before = self.line_of_form.before(self._previous) if self._previous else ""
        known = f"{unit} · was {before}" if before else unit
        self.words.setText(f"{known}\n{self._wanted}" if self._wanted else known)
        if self._hint and self.problem() is None and self.question() is None:
            self.answer.hint(self._hint)
        for line, its_field in zip(self.lines, self.line_of_form.fields, strict=True):
            spoken = f"{its_field.label}, {its_field.unit}"
            heard = (spoken, f"before {before}" if before else "", self._wanted)
            line.setAccessibleName(", ".join(part for part in heard if part))
            line.setAccessibleDescription(self.answer.text)

    def _replace(self, meant: Decimal) -> None:
        question = self.question()
        if question is None:
            return
        decimals = self._limits.by_name[question.field].decimals
        signs = VitalSigns(**{**self.signs(), question.field: meant if decimals else int(meant)})
        for line in self.lines:
            line.setText(line.reading.text(signs))
        self._finish(settled=False)

    def _keep_and_go_on(self) -> None:
        self.keep()
        self.entered.emit()

    def _mark(self, *, wrong: bool) -> None:
        for line in self.lines:
            if bool(line.property("problem")) is not wrong:
                line.setProperty("problem", wrong)
                line.style().unpolish(line)
                line.style().polish(line)

    def _connect(self) -> None:
        self.lines[0].typed.connect(self._letter_changed)
        for place, line in enumerate(self.lines):
            line.typed.connect(self._changed)
            line.settled.connect(partial(self._go_on, place, settled=True))
            line.entered.connect(partial(self._go_on, place, settled=False))
            line.left.connect(self.ask)
            line.repeat_asked.connect(self._repeat)
        self.answer.replaced.connect(self._replace)
        self.answer.kept.connect(self._keep_and_go_on)
        self._show_asked()

    def _lay_out(self) -> None:
        label = PlainLabel(self.label, self)
        # a long label takes the room that a line for a number would have
        label.setFixedWidth(_LONG_LABEL_WIDTH_PX if self._is_long else LABEL_WIDTH_PX)
        if self._is_long:
            label.setFont(theme.font(theme.SMALL_PX))
        label.setWordWrap(True)
        label.setBuddy(self.lines[0])
        self.words.setFont(theme.font(theme.SMALL_PX))
        self.words.setWordWrap(True)
        theme.tint(self.words, "dim")
        values = _row(4)
        for line, field in zip(self.lines, self.line_of_form.fields, strict=True):
            line.setFixedWidth(field.width_px)
            line.setMinimumHeight(theme.CONTROL_HEIGHT_PX)
            line.setToolTip(field.key_help)
            values.addWidget(line)
        top = _row(theme.GRID_PX)
        top.addWidget(label)
        top.addLayout(values)
        top.addWidget(self.words, 1)
        top.addWidget(self.badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(top)
        if self.line_of_form.legend:
            column.addWidget(self._legend())
        column.addWidget(self.answer)

    def _legend(self) -> PlainLabel:
        legend = PlainLabel(self.line_of_form.legend, self)
        legend.setFont(theme.font(theme.SMALL_PX))
        legend.setWordWrap(True)
        theme.tint(legend, "dim")
        return legend


def _row(spacing: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    return row
