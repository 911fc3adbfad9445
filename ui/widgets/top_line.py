"""The top line: ward, counts that filter, freshness, clock, person, lock, sign-out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.formats import date_text, short_date_text
from ui.freshness import Freshness, FreshnessState
from ui.plain_text import PlainLabel, plain_tooltip
from ui.widgets.panel import Count

TOP_LINE_HEIGHT_PX = 48
# what is left out for want of room: nothing, the day, words of the lamp, the person's name
_SHORT_LAMP, _INITIALS = 2, 3
_SPARE_PX = 8
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class TopLine(QFrame):
    """What stands above every panel.

    Signals:
        ward_asked: the ward button was clicked.
        count_clicked: (str) key of a count.
        bell_asked: the bell was clicked.
        lock_asked, sign_out_asked: the buttons at the right were clicked.
    """

    ward_asked = Signal()
    count_clicked = Signal(str)
    bell_asked = Signal()
    lock_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, person: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ward = QPushButton(self)
        self.lamp = FreshnessLamp(self)
        self.clock = PlainLabel(parent=self)
        self.bell = self._tool("bell", "Alerts")
        self._bell_icon = "bell"
        self.lock = self._tool("lock", "Lock the screen (Ctrl+L)")
        self.sign_out = self._tool("sign_out", "Sign out")
        self._time, self._room = ("", ""), 0
        self._row, self._counts = QHBoxLayout(self), QHBoxLayout()
        self._buttons: dict[str, QPushButton] = {}
        self.setFixedHeight(TOP_LINE_HEIGHT_PX)
        theme.tint(self, ground="card")
        self._prepare()
        self._lay_out(self._person(person, role))

    def show_ward(self, name: str) -> None:
        """Show which ward the panels are about."""
        self.ward.setText(f"{name}  ▾")
        self.ward.setAccessibleName(f"Ward: {name}")

    def show_counts(self, counts: Sequence[Count]) -> None:
        """Show the counts of the panel in view; a button whose number changes stays in place."""
        if [count.key for count in counts] != list(self._buttons):
            self._replace_buttons(counts)
        for count in counts:
            button = self._buttons[count.key]
            button.setText(count.text)
            button.setToolTip(count.tooltip)
            button.setChecked(count.chosen)

    def count_button(self, key: str) -> QPushButton:
        """Return the button of one count."""
        return self._buttons[key]

    def show_time(self, now: datetime, zone: tzinfo) -> None:
        """Show the ward's day and time."""
        local = now.astimezone(zone)
        hour = f"{local:%H:%M}"
        words = f"{_WEEKDAYS[local.weekday()]} {short_date_text(local.date())}  {hour}"
        if (words, hour) != self._time:
            self._time = (words, hour)
            self.clock.setText(hour if self._room else words)
            self.clock.setToolTip(f"{date_text(local.date())}, clock of {zone}")

    def show_bell(self, text: str, tooltip: str, *, token: str | None, silent: bool) -> None:
        """Show the number of alerts; it stays while the sound is off, with the bell struck out."""
        self._bell_icon = "bell-off" if silent else "bell"
        self.bell.setText(text)
        self.bell.setIcon(theme.icon(self._bell_icon))
        self.bell.setToolTip(tooltip)
        self.bell.setAccessibleName(tooltip)
        theme.tint(self.bell, token)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "sign_out"):
            self.bell.setIcon(theme.icon(self._bell_icon))
            self.lock.setIcon(theme.icon("lock"))
            self.sign_out.setIcon(theme.icon("sign_out"))

    @override
    def minimumSizeHint(self) -> QSize:
        """Without day, name and words of the lamp: the window need not be wider for them."""
        saved = (0, *self._saved())
        least = self._row.minimumSize().width() + saved[self._room] - saved[-1]
        return QSize(least, TOP_LINE_HEIGHT_PX)

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and self.isVisible():
            self._fit()
        return done

    def _fit(self) -> None:
        """Leave the counts their width: without room the day goes, then words of the lamp.

        The person's name goes last. All of it stays in tooltips.
        """
        saved = (0, *self._saved())
        whole = self._row.sizeHint().width() + saved[self._room]
        # what comes back needs a little more than what stays, or the line would flicker
        spare = [_SPARE_PX if step < self._room else 0 for step in range(len(saved))]
        fitting = [
            step for step, less in enumerate(saved) if whole - less + spare[step] <= self.width()
        ]
        room = min(fitting, default=len(saved) - 1)
        if room != self._room:
            self._room = room
            self.clock.setText(self._time[1 if room else 0])
            self.lamp.shorten(is_short=room >= _SHORT_LAMP)
            for label in (self._name, self._role):
                label.setVisible(room < _INITIALS)
            self._initials.setVisible(room >= _INITIALS)

    def _saved(self) -> tuple[int, int, int]:
        """Return how many pixels each step saves, the ones before it included."""
        metrics = self.clock.fontMetrics()
        day = metrics.horizontalAdvance(self._time[0]) - metrics.horizontalAdvance(self._time[1])
        wide = max(self._name.sizeHint().width(), self._role.sizeHint().width())
        lamp = day + self.lamp.saved_px
        return day, lamp, lamp + wide - self._initials.sizeHint().width()

    def _prepare(self) -> None:
        self.ward.setProperty("kind", "quiet")
        self.ward.setFont(theme.font(theme.TITLE_PX - 2, QFont.Weight.DemiBold))
        self.ward.setToolTip("Show another ward (Ctrl+W)")
        self.ward.clicked.connect(self.ward_asked)
        self.bell.setFont(theme.font(theme.BODY_PX, QFont.Weight.Bold))
        self.bell.clicked.connect(self.bell_asked)
        self.lock.clicked.connect(self.lock_asked)
        self.sign_out.clicked.connect(self.sign_out_asked)
        self.clock.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))

    def _person(self, person: str, role: str) -> QWidget:
        block = QWidget(self)
        name, words = PlainLabel(person, block), PlainLabel(role, block)
        self._name, self._role = name, words
        self._initials = PlainLabel("".join(word[0] for word in person.split()), block)
        self._initials.setVisible(False)
        for label in (name, self._initials):
            label.setFont(theme.font(13, QFont.Weight.DemiBold))
        block.setToolTip(plain_tooltip(f"{person}, {role}"))
        words.setFont(theme.font(theme.SMALL_PX))
        theme.tint(words, "dim")
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(name, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._initials, 0, Qt.AlignmentFlag.AlignRight)
        return block

    def _tool(self, icon: str, tooltip: str) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "tool")
        button.setIcon(theme.icon(icon))
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        return button

    def _lay_out(self, person: QWidget) -> None:
        row = self._row
        row.setContentsMargins(theme.GRID_PX, 0, theme.GRID_PX, 0)
        row.setSpacing(theme.GRID_PX)
        self._counts.setSpacing(2)
        row.addWidget(self.ward)
        row.addLayout(self._counts)
        row.addStretch(1)
        row.addWidget(self.bell)
        row.addWidget(self.lamp)
        row.addSpacing(theme.GRID_PX)
        row.addWidget(self.clock)
        row.addSpacing(theme.GRID_PX)
        row.addWidget(person)
        row.addWidget(self.lock)
        row.addWidget(self.sign_out)

    def _replace_buttons(self, counts: Sequence[Count]) -> None:
        for button in self._buttons.values():
            self._counts.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {count.key: self._count_button(count.key) for count in counts}
        for button in self._buttons.values():
            self._counts.addWidget(button)

    def _count_button(self, key: str) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "count")
        button.setCheckable(True)
        button.clicked.connect(lambda _checked=False: self.count_clicked.emit(key))
        return button


class FreshnessLamp(QLabel):
    """Glyph and words; the words are true."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Freshness | None = None
        self._is_short = False
        self.setFont(theme.font(13))
        self.show_freshness(Freshness(FreshnessState.LOADING, "loading…"))

    @property
    def freshness(self) -> Freshness | None:
        """What the lamp says now."""
        return self._shown

    def show_freshness(self, freshness: Freshness) -> None:
        """Show one reading."""
        if freshness == self._shown:
            return
        self._shown = freshness
        self._show_words()
        self.setToolTip(f"{freshness.words}. {freshness.state.meaning}")
        self.setAccessibleName(f"Freshness: {freshness.words}")
        theme.tint(self, freshness.state.token)

    @property
    def saved_px(self) -> int:
        """How many pixels the short form saves."""
        shown = self._shown
        if shown is None or not shown.short:
            return 0
        width = self.fontMetrics().horizontalAdvance
        return max(0, width(shown.words) - width(shown.short))

    def shorten(self, *, is_short: bool) -> None:
        """Say it in fewer words from now on, or in all of them again."""
        self._is_short = is_short
        self._show_words()

    def _show_words(self) -> None:
        shown = self._shown
        if shown is not None:
            words = shown.short if self._is_short and shown.short else shown.words
            self.setText(f"{shown.state.glyph} {words}")
