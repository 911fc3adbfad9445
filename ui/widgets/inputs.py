"""Inputs of a form: typed text, number with unit, choice, day, moment, check.

Each holds what was typed as typed; `value()` reads it, `problem()` says why it cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.formats import at_local, date_text, read_date, read_time
from ui.plain_text import PlainLabel
from ui.widgets.icon_button import IconButton

Clock = Callable[[], datetime]

NOTE_LINES = 3
TIME_WIDTH_PX = 72


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: its value and its words; `detail` is read as a tooltip."""

    value: Any
    text: str
    detail: str = ""


class Input(QWidget):
    """Base of all inputs; `target` is the control inside that takes the focus.

    Signals:
        changed: what was typed or chosen is another.
    """

    changed = Signal()

    target: QWidget

    def value(self) -> Any:
        """Return what was entered, None when nothing or nothing readable was."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; None empties the input."""
        raise NotImplementedError

    def typed(self) -> Any:
        """Return what is in the input exactly as typed, for a draft."""
        return self.value()

    def retype(self, typed: Any) -> None:
        """Put back what `typed` returned."""
        self.set_value(typed)

    def problem(self) -> str | None:
        """Return why what was typed cannot be read, or None."""
        return None

    def mark(self, *, wrong: bool) -> None:
        """Show or take away the outline of a wrong entry."""
        for field in self.findChildren(QLineEdit):
            field.setProperty("problem", wrong)
            theme.restyle(field)

    def _hold(self, *widgets: QWidget) -> QHBoxLayout:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID_PX)
        for widget in widgets:
            row.addWidget(widget)
        self.target = widgets[0]
        self.setFocusProxy(self.target)
        return row


class TextInput(Input):
    """One line of text; the value is stripped, None when empty."""

    def __init__(self, placeholder: str = "", max_length: int = 200) -> None:
        super().__init__()
        self.line = QLineEdit(self, placeholderText=placeholder, maxLength=max_length)
        self.line.textChanged.connect(self.changed)
        self._hold(self.line)

    @override
    def value(self) -> str | None:
        return self.line.text().strip() or None

    @override
    def set_value(self, value: str | None) -> None:
        self.line.setText(value or "")


class NoteInput(Input):
    """Several lines of text; Tab leaves, Enter starts a new line."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.note = QPlainTextEdit(self, placeholderText=placeholder, tabChangesFocus=True)
        line_height = self.note.fontMetrics().lineSpacing()
        self.note.setFixedHeight(NOTE_LINES * line_height + 2 * theme.GRID_PX)
        self.note.textChanged.connect(self.changed)
        self._hold(self.note)

    @override
    def value(self) -> str | None:
        return self.note.toPlainText().strip() or None

    @override
    def set_value(self, value: str | None) -> None:
        self.note.setPlainText(value or "")


@dataclass(frozen=True, slots=True)
class Range:
    """What a number may be: unit after it, decimals, hard limits (None = no limit)."""

    unit: str = ""
    decimals: int = 0
    low: Decimal | int | None = None
    high: Decimal | int | None = None

    def refusal(self, number: Decimal) -> str | None:
        """Return why a number is outside, or None."""
        if self.low is not None and number < self.low:
            return f"Not below {self.low} {self.unit}".rstrip()
        if self.high is not None and number > self.high:
            return f"Not above {self.high} {self.unit}".rstrip()
        if -number.as_tuple().exponent > self.decimals:  # type: ignore[operator] # finite: has digits
            return f"At most {self.decimals} decimals" if self.decimals else "A whole number"
        return None


class NumberInput(Input):
    """A number typed with "." or ","; int without decimals, else Decimal. No wheel, no arrows."""

    def __init__(self, limits: Range) -> None:
        super().__init__()
        self._limits = limits
        self.line = QLineEdit(self, maxLength=12)
        self.line.setFixedWidth(96)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.line.textChanged.connect(self.changed)
        self._hold(self.line, PlainLabel(limits.unit, self)).addStretch(1)

    @override
    def value(self) -> int | Decimal | None:
        number = self._number()
        if number is None or self.problem():
            return None
        return number if self._limits.decimals else int(number)

    @override
    def set_value(self, value: Decimal | int | None) -> None:
        self.line.setText("" if value is None else str(value))

    @override
    def typed(self) -> str:
        return self.line.text()

    @override
    def retype(self, typed: str) -> None:
        self.line.setText(typed)

    @override
    def problem(self) -> str | None:
        if not self.line.text().strip():
            return None
        number = self._number()
        return "Not a number" if number is None else self._limits.refusal(number)

    def _number(self) -> Decimal | None:
        try:
            number = Decimal(self.line.text().strip().replace(",", "."))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


class ChoiceInput(Input):
    """One of a few; the first letters choose. The wheel never changes it in passing."""

    def __init__(self, choices: Sequence[Choice], empty_text: str | None = "Choose…") -> None:
        super().__init__()
        self._empty_text = empty_text
        # kept here: Qt would hand an enum back as its text
        self._values: list[Any] = []
        self.box = QComboBox(self)
        self.box.setMinimumHeight(theme.CONTROL_HEIGHT_PX)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.installEventFilter(self)
        self.set_choices(choices)
        self.box.currentIndexChanged.connect(self.changed)
        self._hold(self.box)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other choices; what was chosen stays chosen if it is among them."""
        chosen = self.value()
        empty = [] if self._empty_text is None else [Choice(None, self._empty_text)]
        offered = [*empty, *choices]
        self._values = [choice.value for choice in offered]
        self.box.clear()
        for row, choice in enumerate(offered):
            self.box.addItem(choice.text)
            self.box.setItemData(row, choice.detail or None, Qt.ItemDataRole.ToolTipRole)
        self.set_value(chosen)

    @override
    def value(self) -> Any:
        row = self.box.currentIndex()
        return self._values[row] if row >= 0 else None

    @override
    def set_value(self, value: Any) -> None:
        self.box.setCurrentIndex(self._values.index(value) if value in self._values else 0)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and watched is self.box:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class CheckInput(Input):
    """Yes or no; the words stand beside the box."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.box = QCheckBox(text, self)
        self.box.setMinimumHeight(theme.CONTROL_HEIGHT_PX)
        self.box.toggled.connect(self.changed)
        self._hold(self.box)

    @override
    def value(self) -> bool:
        return self.box.isChecked()

    @override
    def set_value(self, value: bool | None) -> None:
        self.box.setChecked(bool(value))


class DayInput(Input):
    """A day as typed ("20-Nov-2026", "20/11", "t", "+3"), rewritten in full on leaving."""

    def __init__(self, clock: Clock, zone: tzinfo = UTC) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self.line = QLineEdit(self, placeholderText="dd-mmm-yyyy", maxLength=20)
        self.line.textChanged.connect(self.changed)
        self.line.editingFinished.connect(self._rewrite)
        self.picker = IconButton("calendar", "Choose from a calendar", self)
        self.picker.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.picker.clicked.connect(self._pick)
        self._hold(self.line, self.picker).setStretch(0, 1)

    @override
    def value(self) -> date | None:
        return read_date(self.line.text(), self._today())

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
        if not self.line.text().strip() or self.value() is not None:
            return None
        return f"Not a date; type it like {date_text(self._today())}"

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _rewrite(self) -> None:
        if (day := self.value()) is not None and self.line.text() != date_text(day):
            with QSignalBlocker(self.line):  # the same day in other words is no change
                self.line.setText(date_text(day))

    def _pick(self) -> None:
        calendar = _CalendarPopup(self, self.value() or self._today())
        calendar.chosen.connect(self.set_value)
        calendar.popup(self.mapToGlobal(QPoint(0, self.height())))


class MomentInput(Input):
    """A day and a time on the ward's clock; the value is aware, in UTC."""

    def __init__(self, clock: Clock, zone: tzinfo = UTC) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self.day = DayInput(clock, zone)
        self.time = QLineEdit(self, placeholderText="hh:mm", maxLength=5)
        self.time.setFixedWidth(TIME_WIDTH_PX)
        self.day.changed.connect(self.changed)
        self.time.textChanged.connect(self.changed)
        self.time.editingFinished.connect(self._rewrite)
        self._hold(self.day, self.time).setStretch(0, 1)

    @override
    def value(self) -> datetime | None:
        day, at = self.day.value(), read_time(self.time.text())
        if day is None or at is None:
            return None
        moment = at_local(day, at, self._zone, self._clock())
        return None if moment is None else moment.astimezone(UTC)

    @override
    def set_value(self, value: datetime | None) -> None:
        local = None if value is None else value.astimezone(self._zone)
        self.day.set_value(None if local is None else local.date())
        self.time.setText("" if local is None else f"{local:%H:%M}")

    @override
    def typed(self) -> tuple[str, str]:
        return self.day.typed(), self.time.text()

    @override
    def retype(self, typed: tuple[str, str]) -> None:
        self.day.retype(typed[0])
        self.time.setText(typed[1])

    @override
    def problem(self) -> str | None:
        typed = self.time.text().strip()
        if self.day.problem() or not (typed or self.day.typed().strip()):
            return self.day.problem()
        if self.day.value() is None:
            return "The day is missing"
        if read_time(typed) is None:
            return "Not a time; type it like 14:07" if typed else "The time is missing"
        return None if self.value() else "The clock skips this time on that day"

    def _rewrite(self) -> None:
        if (at := read_time(self.time.text())) is not None:
            with QSignalBlocker(self.time):
                self.time.setText(f"{at:%H:%M}")


class _CalendarPopup(QWidget):
    """A month to click in; closes by itself.

    Signals:
        chosen: (date) the day clicked.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, day: date) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(self)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.clicked.connect(self._choose)
        calendar.activated.connect(self._choose)
        QVBoxLayout(self).addWidget(calendar)

    def popup(self, at: QPoint) -> None:
        """Show the month at a point of the screen."""
        self.move(at)
        self.show()

    def _choose(self, day: QDate) -> None:
        self.chosen.emit(date(day.year(), day.month(), day.day()))
        self.close()
