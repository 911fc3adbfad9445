"""What an auditor narrows the trail by: days, person, patient, workstation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ui.audit.words import day_begins
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.inputs import DayInput
from ward_app.audit.types import Question, Wanted

WEEK_DAYS = 7
_DAY_PX, _WORDS_PX = 190, 170


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both shown."""

    first: date
    last: date


class FilterLine(QLineEdit):
    """One thing to narrow by; Enter asks, Down or Escape goes back to the list."""

    def __init__(self, placeholder: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setToolTip(placeholder)
        self.setClearButtonEnabled(True)
        self.setMaxLength(100)
        self.setFixedWidth(_WORDS_PX)

    @property
    def words(self) -> str | None:
        """What was typed, None for nothing."""
        return " ".join(self.text().split()) or None


class Filters(QWidget):
    """The line of filters; nothing is asked before Enter, so that no letter goes on record.

    Signals:
        asked: the trail is to be read by what is typed now.
        left: the person wants to go back to the list.
    """

    asked = Signal()
    left = Signal()

    def __init__(self, clock: Callable[[], datetime], zone: tzinfo, parent: QWidget) -> None:
        super().__init__(parent)
        self._clock, self._zone = clock, zone
        self.first, self.last = DayInput(clock, zone), DayInput(clock, zone)
        for input_, name in ((self.first, "From (F)"), (self.last, "To, that day too")):
            input_.line.setAccessibleName(name)
            input_.line.setToolTip(name)
            input_.setFixedWidth(_DAY_PX)
            input_.line.returnPressed.connect(self.asked)
        self.person = FilterLine("Person (U)", "Person: user name or part of the name", self)
        self.patient = FilterLine("Patient (A)", "Patient: number or names", self)
        self.workstation = FilterLine("Workstation (K)", "Workstation: part of its name", self)
        for line in self.lines:
            line.returnPressed.connect(self.asked)
        self.show_days(WEEK_DAYS)
        row = Flow(self, spacing=8)
        from_, to = PlainLabel("From", self), PlainLabel("to", self)
        for widget in (from_, self.first, to, self.last, *self.lines):
            row.addWidget(widget)

    @property
    def lines(self) -> tuple[FilterLine, ...]:
        """Person, patient and workstation."""
        return (self.person, self.patient, self.workstation)

    def show_days(self, days: int) -> None:
        """Choose today and the days before it, so many in all."""
        today = self._clock().astimezone(self._zone).date()
        self.first.set_value(today - timedelta(days=days - 1))
        self.last.set_value(today)

    def clear(self) -> None:
        """Narrow by nobody any more; the days stay."""
        for line in self.lines:
            line.clear()

    def span(self) -> Span | None:
        """Return the days, None while they cannot be read or are the wrong way round."""
        first, last = self.first.value(), self.last.value()
        span = Span(first, last) if first and last and first <= last else None
        for input_ in (self.first, self.last):
            input_.mark(wrong=span is None)
        return span

    def wanted(self, question: Question) -> Wanted | None:
        """Return what is asked, None while the days cannot be read."""
        span = self.span()
        if span is None:
            return None
        now = self._clock()
        return Wanted(
            question=question,
            since=day_begins(span.first, self._zone, now),
            until=day_begins(span.last + timedelta(days=1), self._zone, now),
            person=self.person.words,
            patient=self.patient.words,
            workstation=self.workstation.words,
        )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)
