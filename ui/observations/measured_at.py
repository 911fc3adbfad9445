"""When a set was measured, on the ward's clock, through both clock changes of the year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.formats import date_time_text, read_time, time_text
from ui.plain_text import PlainLabel
from ui.widgets.inputs import Clock, MomentInput

# clocks of two workstations and a server differ by seconds, never by a minute
TOLERANCE = timedelta(minutes=1)
OLD_AFTER = timedelta(hours=12)


class MeasuredAt(QWidget):
    """Day and time; never in the future. An hour that happens twice can be told apart.

    Signals:
        changed: another moment was typed.
    """

    changed = Signal()

    def __init__(self, clock: Clock, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock, self._zone = clock, zone
        self._takes_other = False
        self._asked_at: datetime | None = None
        self.input = MomentInput(clock, zone)
        self.input.set_value(clock())
        self.input.changed.connect(self._retyped)
        self.other_button = QPushButton(self)
        self.other_button.setProperty("kind", "quiet")
        self.other_button.clicked.connect(self._take_other)
        self._words = PlainLabel(parent=self)
        self._words.setFont(theme.font(theme.SMALL_PX))
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self.input, self.other_button, self._words):
            column.addWidget(widget)
        self._retyped()

    def value(self) -> datetime | None:
        """Return the moment, aware, in UTC; None when it cannot be read."""
        typed: datetime | None = self.input.value()
        other = self._other_reading(typed)
        return other if self._takes_other and other is not None else typed

    def set_value(self, moment: datetime) -> None:
        """Show a moment."""
        self.input.set_value(moment)
        self._takes_other = self.input.value() != moment.replace(second=0, microsecond=0)
        self._show_reading()

    def check(self) -> bool:
        """Say what is wrong with the moment and return whether nothing is.

        A moment long ago is asked about once.
        """
        problem = self.problem()
        if problem is None and self._is_old():
            problem = (
                f"That is {date_time_text(self.value(), self._zone)}. Save again if it is right."
            )
            self._asked_at = self.value()
        self._say(problem)
        return problem is None

    def problem(self) -> str | None:
        """Return why the moment cannot be stored, or None."""
        moment = self.value()
        if moment is None:
            return self.input.problem() or "Say when the set was measured."
        now = self._clock()
        if moment > now + TOLERANCE:
            return f"That lies in the future: it is {time_text(now, self._zone)} on the ward."
        return None

    def typed(self) -> tuple[str, str]:
        """Return day and time as typed, for a draft."""
        return self.input.typed()

    def retype(self, typed: tuple[str, str]) -> None:
        """Put a draft back."""
        self.input.retype(typed)

    def _is_old(self) -> bool:
        moment = self.value()
        return (
            moment is not None and moment < self._clock() - OLD_AFTER and moment != self._asked_at
        )

    def _retyped(self) -> None:
        self._takes_other = False
        self._say(None)
        self._show_reading()
        self.changed.emit()

    def _take_other(self) -> None:
        self._takes_other = not self._takes_other
        self._show_reading()
        self.changed.emit()

    def _show_reading(self) -> None:
        """Offer the other reading of an hour that the clock shows twice."""
        moment = self.value()
        other = self._other_reading(moment)
        self.other_button.setVisible(other is not None)
        if moment is not None and other is not None:
            taken, spare = (self._with_zone(each) for each in (moment, other))
            self.other_button.setText(f"The clock showed this twice. Taken: {taken}. Use {spare}")

    def _other_reading(self, moment: datetime | None) -> datetime | None:
        if moment is None or read_time(self.input.time.text()) is None:
            return None
        local = moment.astimezone(self._zone)
        other = local.replace(fold=1 - local.fold).astimezone(UTC)
        shows_same = other.astimezone(self._zone).replace(tzinfo=None) == local.replace(
            tzinfo=None
        )
        return other if shows_same and other != moment else None

    def _with_zone(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M %Z}"

    def _say(self, problem: str | None) -> None:
        self._words.setText(f"◆ {problem}" if problem else "")
        self._words.setVisible(problem is not None)
        theme.tint(self._words, "problem")
        self.input.mark(wrong=problem is not None)
