"""The bay grid: everybody of a round in one table, charted row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.background import Reply
from ui.context import Context, Place
from ui.escalations.after_saving import after_saving
from ui.formats import time_text
from ui.observations.entry_sheet import TOPIC, take_back
from ui.observations.grid_filter import ALL, OVERDUE
from ui.observations.grid_row import GridRow, Look, RowEntry
from ui.observations.grid_rows_panel import GridRowsPanel
from ui.observations.grid_sheets import scale_of, sheet_of, target_of, why_of
from ui.observations.grid_view import REASON_CHOICES
from ui.observations.grid_words import HELP, SCALE_KEY, TARGET_KEY
from ui.observations.subject import subject_of
from ui.observations.words import REASON_WORDS, score_text
from ui.patients.banner import patient_name
from ui.plain_text import PlainLabel
from ui.widgets.sheet import Sheet
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.observations.service import record_observations
from ward_app.observations.types import IncompleteReason, SavedBeforeError, SavedObservations
from ward_app.staff.types import Permission


class GridPanel(GridRowsPanel):
    """Rows are the patients of one ward in bed order; each is saved by itself."""

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.keys_line = PlainLabel(HELP, self)
        self.keys_line.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._add_commands()
        self.setFocusProxy(self.view)

    def save_row(self, row: GridRow) -> None:
        """Save one row, or say what it needs first; the next row never waits for it."""
        number = self.model.place_of(row.admission_id)
        if row.busy or number is None:
            return
        if not any(row.entry.texts):
            self.view.go_to_next_row(number)
            return
        stop = row.stop()
        if stop is not None:
            self._stop_at(row, number, stop)
            return
        moment, problem = row.moment(self.context.clock())
        if moment is None:
            self._say(row, problem, Look.PROBLEM)
            self.view.go_to_next_row(number)
        elif not row.score.complete and row.entry.reason is None:
            self._ask_reason(row)
        else:
            self._send(row, number, moment)

    def open_sheet(self) -> None:
        """Open the single sheet of the row the cursor is in, with what is typed."""
        row = self.view.row
        if row is None:
            return
        sheet, told = sheet_of(row, self.context)
        if told:
            self._say(row, told, Look.CAUTION)
        self.sheet_requested.emit(sheet)

    def show_why(self) -> None:
        """Open the arithmetic of the row: of what is typed, or of its last set."""
        row = self.view.row
        if row is not None:
            self.sheet_requested.emit(why_of(row, self.context))

    def set_target(self) -> None:
        """Open the oxygen target of the row the cursor is in; what is typed stays."""
        row = self.view.row
        if row is not None and self._may(Permission.OBSERVATION_TARGET):
            self.sheet_requested.emit(target_of(row, self.context))

    def decide_scale(self) -> None:
        """Open the decision on the SpO2 scale of the row; what is typed stays."""
        row = self.view.row
        if row is not None and self._may(Permission.OBSERVATION_SCALE):
            self.sheet_requested.emit(scale_of(row, self.context))

    def _may(self, permission: Permission) -> bool:
        may = self.context.signed_in.may(permission)
        if not may:
            self.told.emit("Your role may not decide on oxygen.", None)
        return may

    def _measure(self) -> None:
        if self.view.row is not None:
            self.measure_asked.emit(self.view.row.bed)

    def clear_row(self) -> None:
        """Take out what is typed in the row the cursor is in."""
        row = self.view.row
        if row is not None and not row.busy:
            self._entries()[row.admission_id] = row.clear()
            self._say(row, "Taken out.", Look.PLAIN)
            self._render()

    def _send(self, row: GridRow, number: int, moment: datetime) -> None:
        row.busy = True
        self._say(row, "Being saved…", Look.PLAIN)
        reply = Reply(partial(self._saved, row), partial(self._refused, row))
        new = row.new_observations(moment)
        self.context.work.command(self, TOPIC, reply, record_observations, new, row.basis)
        if self.view.row is row:
            self.view.go_to_next_row(number)

    def _saved(self, row: GridRow, saved: SavedObservations) -> None:
        zone = self.place.zone
        row.busy = False
        at, due = time_text(saved.recorded_at, zone), time_text(saved.next_due_at, zone)
        text = f"Saved {at}, next by {due}. {score_text(saved.score)}"
        self._settle(row, text)
        name = patient_name(row.bed)
        words = f"{name}: saved {at}. {score_text(saved.score)}. Next set by {due}."
        undo = partial(take_back, self.context, subject_of(row.bed, zone), saved)
        self.told.emit(words, undo)
        called = partial(self._tell_called, words, undo)
        after_saving(self, self.context, row.admission_id, zone, called)

    def _tell_called(
        self, words: str, undo: Callable[[], None], called: str, _answer: Sheet | None
    ) -> None:
        """Add whom the set called; the bell leads to the answer, so that the round goes on."""
        if called:
            self.told.emit(f"{words} {called}", undo)

    def _refused(self, row: GridRow, error: WardError) -> None:
        """Say on this row alone why it is not saved; what was typed stays."""
        row.busy = False
        row.basis = None  # another score may apply by now
        if isinstance(error, SavedBeforeError):
            fresh = RowEntry(row.entry.texts, row.entry.kept, row.entry.measured)
            fresh.begun_at, fresh.reason = row.entry.begun_at, row.entry.reason
            row.entry = fresh
            self._entries()[row.admission_id] = fresh
        unheard = isinstance(error, DatabaseUnavailableError)
        again = " Kept; Ctrl+Enter saves it again." if unheard else ""
        self._say(row, f"{error}{again}", Look.PROBLEM)

    def _stop_at(self, row: GridRow, number: int, place: int) -> None:
        """Show what stands in the way: first in its cell, the second time the next row goes on."""
        problem = row.problems[place]
        look = Look.PROBLEM if problem else Look.CAUTION
        self._say(row, problem or row.question_text(place), look)
        stop = (place, row.entry.texts[place])
        if problem is not None and row.stopped_at == stop:
            self.view.go_to_next_row(number)
        else:
            row.stopped_at = stop
            self.view.go_to(number, place)

    def _ask_reason(self, row: GridRow) -> None:
        row.asks_reason = True
        self._say(row, f"Missing {row.missing()}. Why? One key 1-7, below.", Look.CAUTION)
        self.strip.setText(
            f"{patient_name(row.bed)}: not measured: {row.missing()}.  {REASON_CHOICES}"
        )

    def _take_reason(self, row: GridRow) -> None:
        """Save with the reason; "other" needs a note, which the single sheet takes."""
        if row.entry.reason is not IncompleteReason.OTHER:
            self.save_row(row)
            return
        row.entry.reason = None
        self._say(row, f"{REASON_WORDS[IncompleteReason.OTHER]}: in the sheet.", Look.CAUTION)
        self.open_sheet()

    def _clicked(self, name: str) -> None:
        self.choose(name)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _next_bay(self) -> None:
        self.choose(self.filter.next_bay())

    def _connect(self) -> None:
        self.view.save_asked.connect(self.save_row)
        self.view.reason_given.connect(self._take_reason)
        self.view.sheet_asked.connect(lambda _row: self.open_sheet())
        self.view.moved.connect(self._show_strip)
        self.filter.chosen.connect(self._clicked)

    def _add_commands(self) -> None:
        commands: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("The single sheet for this row", "F2", self.open_sheet),
            ("Why this row has its score", "Alt+Y", self.show_why),
            ("Measure something else of this patient", "F3", self._measure),
            ("Write down the oxygen target of this patient", TARGET_KEY, self.set_target),
            ("Decide on the SpO₂ scale of this patient", SCALE_KEY, self.decide_scale),
            ("Take out what is typed in this row", "Ctrl+Del", self.clear_row),
            ("Show the whole ward", "Alt+A", partial(self.choose, ALL)),
            ("Show who is overdue", "Alt+O", partial(self.choose, OVERDUE)),
            ("Show the next bay", "Alt+B", self._next_bay),
        )
        for text, keys, run in commands:
            self.add_command(text, keys, run)

    def _lay_out(self) -> None:
        for label in (self.strip, self.keys_line):
            label.setFont(theme.font(theme.SMALL_PX))
        theme.tint(self.keys_line, "dim")
        column = QVBoxLayout()
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX // 2, margin, theme.GRID_PX // 2)
        column.setSpacing(theme.GRID_PX // 2)
        for part in (self.filter, self.view, self.strip, self.keys_line):
            column.addWidget(part, 1 if part is self.view else 0)
        self.content.addLayout(column)
