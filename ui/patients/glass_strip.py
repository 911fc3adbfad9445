"""The red line above everything shown of a chart that was opened with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui import theme
from ui.patients.glass_words import strip_text
from ui.plain_text import PlainLabel
from ward_app.openings.types import LiveOpening

CLOSE_KEYS = "Ctrl+Shift+E"
OVER = "The chart is closed: its hour is over. Opening it once more needs a reason again."
CLOSED = "The chart is closed, and its reason with it. You may not read it any more."
_TICK_MS = 5_000
_HEIGHT_PX = 30


class GlassStrip(QWidget):
    """Says how long the chart stays open and who was told; it cannot be put away.

    Signals:
        ended: the hour is over, by the clock of this station; the database ended it by its own.
        close_asked: the person has read enough.
    """

    ended = Signal()
    close_asked = Signal()

    def __init__(
        self, clock: Callable[[], datetime], parent: QWidget | None = None, name: str = ""
    ) -> None:
        """`name`: whose chart it is, where the screen is not hers alone."""
        super().__init__(parent)
        self._clock, self._name = clock, name
        self._opening: LiveOpening | None = None
        self._until: datetime | None = None
        self._ward = ""
        self.words = PlainLabel(parent=self)
        self.button = QPushButton(f"Close the chart ({CLOSE_KEYS})", self)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.tell_time)
        self.button.clicked.connect(self.close_asked)
        self._lay_out()
        self.hide()

    @property
    def patient_id(self) -> UUID | None:
        """Whose open chart the line is about; None: nobody's, or it is closed."""
        return self._opening.patient_id if self._opening else None

    def show_opening(self, opening: LiveOpening, left: timedelta, ward: str) -> None:
        """Show an opening of a patient of that ward, which the server grants for so long."""
        self._ward = ward
        self._opening, self._until = opening, self._clock() + left
        self.button.show()
        self._tick.start()
        self.show()
        self.tell_time()

    def show_end(self, words: str) -> None:
        """Say that the chart is closed, until another patient is shown."""
        self._forget()
        self.words.setText(words)
        self.setAccessibleName(words)
        self.button.hide()
        self.show()

    def put_away(self) -> None:
        """Show nothing: another patient, opened as usual."""
        self._forget()
        self.hide()

    def tell_time(self) -> None:
        """Bring the minutes up to the present; at none left the chart is closed."""
        if self._opening is None or self._until is None:
            return
        seconds = (self._until - self._clock()).total_seconds()
        if seconds <= 0:
            self.show_end(OVER)
            self.ended.emit()
            return
        minutes = -int(-seconds // 60)
        text = strip_text(self._opening.kind, minutes, self._opening.told, self._ward, self._name)
        self.words.setText(text)
        self.setAccessibleName(text)

    def _forget(self) -> None:
        self._opening = self._until = None
        self._tick.stop()

    def _lay_out(self) -> None:
        self.setObjectName("glassStrip")
        self.setMinimumHeight(_HEIGHT_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.tint(self, "on_band", "band_break_glass")
        theme.tint(self.words, "on_band", "band_break_glass")
        self.words.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        self.words.setWordWrap(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX, 2, theme.GRID_PX, 2)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
