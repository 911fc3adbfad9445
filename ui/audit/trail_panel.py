"""The audit trail: who saw this patient, what did this person do; each question is on record."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.audit.filters import WEEK_DAYS, Filters
from ui.audit.words import (
    NOTHING_FOUND,
    QUESTION_HELP,
    QUESTION_KEYS,
    QUESTION_WORDS,
    READING,
    asked_text,
    entry_text,
    found_text,
    trail_columns,
)
from ui.context import Context, Place
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.audit.queries import PAGE_ROWS, trail_page
from ward_app.audit.service import open_trail
from ward_app.audit.types import Question, TrailRow, Wanted
from ward_app.core.errors import WardError

# the database keeps the trail open for 15; asked again a little before
_OPEN_FOR = timedelta(minutes=14)
# what is on screen is read again every 30 s; older entries do not change
_MOST_AGAIN = 2_000
_MONTH_DAYS = 30
_WRONG_DAYS = "Type the first and the last day, such as 14-Nov-2026."


class TrailPanel(Panel):
    """A line an entry, the newest first; digits choose the question, letters the filters."""

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        zone = ZoneInfo(context.wards[0].time_zone) if context.wards else place.zone
        self.zone = zone
        self.question = Question.OPENINGS
        self.wanted: Wanted | None = None
        self._more = False
        self._awaiting_page = False
        self._opened: tuple[str, object] | None = None
        self._open_until = context.clock()
        self.filters = Filters(context.clock, zone, self)
        self.summary, self.message = PlainLabel(parent=self), PlainLabel(READING, self)
        self.detail = PlainLabel(parent=self)
        self.rows = RowsModel[TrailRow](trail_columns(zone), self)
        self.table = RowsTable(self.rows, "Audit trail, the newest entry first", self)
        self._stack = QStackedWidget(self)
        self._buttons: dict[Question, QPushButton] = {}
        self._add_questions()
        self._add_commands()
        self._lay_out()
        self._connect()

    @property
    def chosen(self) -> TrailRow | None:
        """The entry the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        wanted = self.filters.wanted(self.question)
        if wanted is None:
            self._forget(_WRONG_DAYS)
            return
        if wanted != self.wanted:
            self._forget(READING)
        self.wanted = wanted
        asked, actor = asked_text(wanted, self.zone), self.context.work.actor
        if self._opened == (asked, actor) and self.context.clock() < self._open_until:
            self._read(wanted)
        else:
            self.read(partial(self._go_on, (asked, actor), wanted), open_trail, asked)

    def ask(self, question: Question | None = None) -> None:
        """Read the trail anew by what is typed, for another question if one is given."""
        self.question = question or self.question
        for each, button in self._buttons.items():
            button.setChecked(each is self.question)
        self._put_cursor_in_list()
        self.refresh()

    def ask_days(self, days: int) -> None:
        """Show today and the days before it, so many in all."""
        self.filters.show_days(days)
        self.ask()

    def ask_everybody(self) -> None:
        """Narrow by no person, patient or workstation."""
        self.filters.clear()
        self.ask()

    def ask_same_person(self) -> None:
        """Show what the person of this entry did."""
        if self.chosen is None or self.chosen.login is None:
            self.told.emit("Nobody was signed in; there is no person to ask for.", None)
            return
        self.filters.clear()
        self.filters.person.setText(self.chosen.login)
        self.ask(Question.EVERYTHING)

    def ask_same_patient(self) -> None:
        """Show who opened the chart of the patient of this entry."""
        if self.chosen is None or self.chosen.mrn is None:
            self.told.emit("This entry is of nobody's record.", None)
            return
        self.filters.clear()
        self.filters.patient.setText(self.chosen.mrn)
        self.ask(Question.OPENINGS)

    def read_on(self) -> None:
        """Read the entries older than the last one shown."""
        if self._more and not self._awaiting_page and self.wanted is not None:
            self._awaiting_page = True
            last = self.rows.rows[-1]
            show = partial(self._append, self.wanted)
            self.read(show, trail_page, self.wanted, after=last)

    def take_out(self) -> None:
        """Open the sheet that prints the trail or saves it."""
        from ui.audit.print_sheet import (  # noqa: PLC0415 - the printing is slow to import
            PrintTrailSheet,
        )

        if self.wanted is None or not self.rows.rows:
            self.told.emit("There is nothing to print yet.", None)
            return
        self.sheet_requested.emit(PrintTrailSheet(self.context, self.wanted, self.zone))

    def _go_on(self, asked: tuple[str, object], wanted: Wanted, _nothing: None) -> None:
        """Read what was just opened: on record, then readable."""
        self._opened, self._open_until = asked, self.context.clock() + _OPEN_FOR
        self._read(wanted)

    def _read(self, wanted: Wanted) -> None:
        number = min(max(PAGE_ROWS, len(self.rows.rows)), _MOST_AGAIN)
        self.read(partial(self._show, wanted, number), trail_page, wanted, rows=number)

    def _show(self, wanted: Wanted, number: int, found: tuple[TrailRow, ...]) -> None:
        if wanted != self.wanted:
            return  # something else was asked meanwhile; its own answer comes
        self._more = len(found) == number
        self._fill(found)

    def _append(self, wanted: Wanted, found: tuple[TrailRow, ...]) -> None:
        self._awaiting_page = False
        if wanted == self.wanted:
            self._more = len(found) == PAGE_ROWS
            self._fill((*self.rows.rows, *found))

    def _fill(self, found: tuple[TrailRow, ...]) -> None:
        """Show entries; the cursor stays on the entry it was on, the list where it was."""
        before, place = self.chosen, self.table.verticalScrollBar().value()
        self.rows.show_rows(found)
        self.rows.set_stale(stale=False)
        kept = found.index(before) if before in found else 0
        self.summary.setText(found_text(len(found), more=self._more))
        if not found:
            self._tell(NOTHING_FOUND)
            return
        self.put_in_view(self._stack, self.table)
        self.table.setCurrentIndex(self.rows.index(kept, 0))
        self.table.verticalScrollBar().setValue(place if before in found else 0)
        self._show_detail()

    def _forget(self, text: str) -> None:
        """Nothing of one question may stand under the words of another."""
        self.wanted, self._more, self._awaiting_page = None, False, False
        self.rows.show_rows(())
        self.summary.clear()
        self._tell(text)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.detail.clear()
        self.put_in_view(self._stack, self.message)

    def _go_stale(self, error: WardError) -> None:
        self._awaiting_page, self._opened = False, None
        if not self.rows.rows:
            self._tell("The audit trail could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self.zone)

    def _show_detail(self, *_indexes: QModelIndex) -> None:
        row = self.chosen
        self.detail.setText(entry_text(row) if row else "")
        if row is not None and self.table.currentIndex().row() == len(self.rows.rows) - 1:
            self.read_on()

    def _scrolled(self, value: int) -> None:
        if self.rows.rows and value == self.table.verticalScrollBar().maximum():
            self.read_on()

    def _put_cursor_in_list(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_questions(self) -> None:
        for question, words in QUESTION_WORDS.items():
            ask = partial(self.ask, question)
            action = self.add_command(
                f"Audit: {words.lower()}",
                QUESTION_KEYS[question],
                ask,
                tooltip=QUESTION_HELP[question],
            )
            button = QPushButton(words, self)
            button.setCheckable(True)
            button.setChecked(question is self.question)
            button.setToolTip(action.toolTip())
            button.setProperty("kind", "quiet")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            # clicked again, what is chosen stays chosen
            button.clicked.connect(ask)
            self._buttons[question] = button

    def _add_commands(self) -> None:
        filters = self.filters
        for words, keys, run in (
            ("Of today", "T", partial(self.ask_days, 1)),
            ("Of 7 days", "W", partial(self.ask_days, WEEK_DAYS)),
            ("Of 30 days", "M", partial(self.ask_days, _MONTH_DAYS)),
            ("Type the days", "F", partial(_go_to, filters.first.line)),
            ("Type a person", "U", partial(_go_to, filters.person)),
            ("Type a patient", "A", partial(_go_to, filters.patient)),
            ("Type a workstation", "K", partial(_go_to, filters.workstation)),
            ("Of everybody again", "X", self.ask_everybody),
            ("Who opened the chart of this entry's patient", "I", self.ask_same_patient),
            ("What the person of this entry did", "O", self.ask_same_person),
            ("Print the trail, save it as PDF or CSV…", "P", self.take_out),
        ):
            self.add_command(words, keys, run)

    def _connect(self) -> None:
        self.filters.asked.connect(self.ask)
        self.filters.left.connect(self._put_cursor_in_list)
        self.table.selectionModel().currentChanged.connect(self._show_detail)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.load_failed.connect(self._go_stale)

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for label in (self.message, self.summary):
            theme.tint(label, "dim")
        self.detail.setWordWrap(True)
        self.table.horizontalHeader().setStretchLastSection(True)
        for widget in (self.message, self.table):
            self._stack.addWidget(widget)
        self.setFocusProxy(self.message)
        buttons = Flow()
        for button in self._buttons.values():
            buttons.addWidget(button)
        column = QVBoxLayout()
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        column.setSpacing(theme.GRID_PX)
        column.addLayout(buttons)
        column.addWidget(self.filters)
        column.addWidget(self.summary)
        column.addWidget(self._stack, 1)
        column.addWidget(self.detail)
        self.content.addLayout(column)


def _go_to(line: QWidget) -> None:
    line.setFocus(Qt.FocusReason.ShortcutFocusReason)
