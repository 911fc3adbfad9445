"""The date of birth as an input of a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from ui.formats import date_text
from ui.widgets.inputs import Clock, Input
from ward_app.patients.rules import read_birth_date


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A kind of form field: a date of birth typed in any common way; the value is a date."""

    zone: tzinfo

    def input(self, clock: Clock) -> Input:
        """Return the input that takes it."""
        return BirthDateInput(clock, self.zone)


class BirthDateInput(Input):
    """A date of birth as typed, rewritten as "03-Apr-1948" on leaving, to be checked by eye."""

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self.line = QLineEdit(self, placeholderText="3/4/1948", maxLength=20)
        self.line.textChanged.connect(self.changed)
        self.line.editingFinished.connect(self._rewrite)
        self._hold(self.line)

    @override
    def value(self) -> date | None:
        try:
            return read_birth_date(self.line.text(), self._today())
        except ValueError:
            return None

    @override
    def set_value(self, value: date | None) -> None:
        self.line.setText("" if value is None else date_text(value))

    @override
    def typed(self) -> str:
        return self.line.text()

    @override
    def retype(self, typed: str) -> None:
        self.line.setText(typed)

    @override
    def problem(self) -> str | None:
        try:
            read_birth_date(self.line.text(), self._today())
        except ValueError as error:
            return str(error)
        return None

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _rewrite(self) -> None:
        if (born_on := self.value()) is not None and self.line.text() != date_text(born_on):
            with QSignalBlocker(self.line):  # the same day in other words is no change
                self.line.setText(date_text(born_on))
