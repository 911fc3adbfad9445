"""What a downtime left: what was accepted, what needs a person, and the keys that settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context, Place
from ui.downtime.entry_words import (
    KIND_WORDS,
    TOPIC,
    line_text,
    patient_text,
    state_colour,
    state_text,
    summary_text,
    why_short,
)
from ui.downtime.settle_sheet import SettleSheet
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.reading import ReadingPane, RowsOrWords, hint_line
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.queries import content, queue
from ward_app.downtime.reconciliation import Line, lines_of, note_seen
from ward_app.downtime.service import settle, settle_here
from ward_app.downtime.types import HeldEntry, QueuedEntry, SettledHow, Settlement

NOTHING = "Nothing was charted without the server that nobody has settled."
SETTLED_FOR = timedelta(hours=24)
_HINT = (
    "Nothing leaves this list until a person has settled it; settled ones stay for a day. Enter"
    " shows what was charted."
)
_ANEW = "Entered anew from the list, as it was charted"
_READING_PX = 130


class DowntimePanel(Panel):
    """Entries of this computer, and those of all computers that need a person of one's wards.

    Signals:
        left: back to the beds.
        entry_asked: (Line, BoardBed or None, Mapping or None) enter it anew in its form.
        settled: somebody settled an entry here.
    """

    left = Signal()
    settled = Signal()
    entry_asked = Signal(object, object, object)

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC, "beds"})

    def __init__(
        self,
        context: Context,
        place: Place,
        parent: QWidget | None = None,
        *,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(context, place, parent)
        self.outbox = outbox
        self._held: tuple[HeldEntry, ...] = ()
        self._queued: tuple[QueuedEntry, ...] = ()
        self._rows: Mapping[UUID, BoardBed] = {}
        # what entries say, as far as it may be and was read
        self._said: dict[tuple[object, ...], Mapping[str, Any]] = {}
        self.rows = RowsModel[Line](self._columns(), self)
        self.table = RowsTable(self.rows, "Charted without the server", self)
        self.message = PlainLabel("What was charted without the server is being read…", self)
        self.summary = PlainLabel(parent=self)
        self.reading = ReadingPane("The chosen entry", _READING_PX, self)
        self.buttons: dict[str, QPushButton] = {}
        self._stack = RowsOrWords(self.message, self.table, self)
        self._lay_out()
        self.load_failed.connect(self._go_stale)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._read_out())
        self.table.activated.connect(lambda _index: self.open_entry())
        self._read_out()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown, in its order."""
        return self.rows.rows

    @property
    def chosen(self) -> Line | None:
        """The entry the keys are about."""
        return self.rows.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        wards = tuple(ward.id for ward in self.context.signed_in.wards)
        if self.outbox is not None:
            here = Reply(self._show_held, self.show_problem)
            self.context.work.ask(self, here, self.outbox.held)
        self.read(self._show_names, ward_board, wards)
        self.read(self._show_queue, queue, self.context.clock() - SETTLED_FOR)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, error: WardError) -> None:
        """Tell what could not be read or kept of this computer's own list."""
        self.notice.show_problem(error)

    def row_of(self, line: Line) -> BoardBed | None:
        """Return where the patient lies now; None: on none of the reader's wards."""
        return self._rows.get(line.admission_id) if line.admission_id else None

    def said_of(self, line: Line) -> Mapping[str, Any] | None:
        """Return what was charted; None: it was not read yet, or is not for the reader."""
        if line.held is not None and self._may_read(line):
            return line.held.entry.payload
        return self._said.get(line.key)

    def see(self) -> None:
        """Take note of every entry that was accepted."""
        seen = tuple(line for line in self.lines if line.can_be_seen)
        if not seen or self.outbox is None:
            self.told.emit("No accepted entry of this computer waits to be seen.", None)
            return
        done = Reply(partial(self._seen, len(seen)), self.show_problem)
        by = self.context.signed_in.user_id
        self.context.work.ask(self, done, note_seen, self.outbox, seen, by)

    def open_entry(self) -> None:
        """Show what was charted; of another computer it is read, which opens the chart."""
        line = self.chosen
        if line is None or self.said_of(line) is not None:
            self._read_out()
            return
        row = self.row_of(line)
        if line.queued is None:
            self.told.emit("Only its author sees what it says, until the patient is theirs.", None)
        elif row is None or row.patient_id is None:
            self._read_content(line)
        else:
            opened = Reply(lambda _nothing: self._read_content(line), self.show_problem)
            self.context.work.command(self, TOPIC, opened, open_chart, row.patient_id)

    def enter_anew(self) -> None:
        """Open the form it belongs into, as it was charted."""
        line = self._to_settle()
        if line is not None:
            self.entry_asked.emit(line, self.row_of(line), self.said_of(line))

    def settle(self, how: SettledHow) -> None:
        """Ask why, and settle the chosen entry in this way."""
        line = self._to_settle()
        if line is None:
            return
        if line.is_refused and how is SettledHow.AS_MEANT:
            self.told.emit("It is not proven who charted this. Enter it anew (E).", None)
            return
        sheet = SettleSheet(
            self.context,
            line,
            how,
            who=patient_text(line, self._rows),
            said=self.said_of(line),
            outbox=self.outbox,
        )
        # what is on this computer alone is announced by nobody
        sheet.saved.connect(lambda _words: self._was_settled())
        self.sheet_requested.emit(sheet)

    def settle_anew(self, line: Line) -> None:
        """Settle an entry that was entered anew and saved, in the name of who saved it."""
        work, done = (
            self.context.work,
            Reply(lambda _nothing: self._was_settled(), self.show_problem),
        )
        if line.queued is not None:
            how = SettledHow.ENTERED_ANEW
            new = Settlement(id=new_id(), entry_id=line.queued.id, how=how, reason=_ANEW)
            work.command(self, TOPIC, done, settle, new)
        elif line.held is not None and self.outbox is not None:
            by = self.context.signed_in.user_id
            work.ask(self, done, settle_here, self.outbox, line.held, _ANEW, by)

    def _was_settled(self) -> None:
        self.settled.emit()
        self.refresh()

    def _to_settle(self) -> Line | None:
        line = self.chosen
        if line is None or not line.needs_a_person:
            self.told.emit("Choose an entry that needs a person: arrow keys.", None)
            return None
        if line.is_elsewhere:
            self.told.emit("This waits for people of another ward, who see it there.", None)
            return None
        return line

    def _may_read(self, line: Line) -> bool:
        """Whether what this computer holds of it is for the reader: own, or of their wards."""
        is_own = line.held is not None and line.held.entry.author == self.context.signed_in.user_id
        return is_own or line.admission_id is None or line.admission_id in self._rows

    def _read_content(self, line: Line) -> None:
        if line.queued is not None:
            reply = Reply(partial(self._show_content, line), self.show_problem)
            self.context.work.query(self, reply, content, line.queued.id)

    def _show_content(self, line: Line, said: Mapping[str, Any] | None) -> None:
        if said is None:
            self.told.emit("Only who looks after the patient sees what it says.", None)
        else:
            self._said[line.key] = said
        self._read_out()

    def _seen(self, many: int, _nothing: object) -> None:
        entries = "1 accepted entry" if many == 1 else f"{many} accepted entries"
        self.told.emit(f"Taken note of {entries}.", None)
        self.refresh()

    def _columns(self) -> tuple[RowColumn[Line], ...]:
        clock, zone = self.context.clock, self.place.zone
        return (
            RowColumn("State", 136, state_text, colour=state_colour),
            RowColumn("Patient", 180, lambda one: patient_text(one, self._rows)),
            RowColumn("What", 104, lambda one: KIND_WORDS[one.kind]),
            RowColumn("Charted", 104, lambda one: moment_text(one.entered_at, zone, clock())),
            RowColumn("By", 120, lambda one: one.author or "not known here"),
            RowColumn("Why it needs a person", 470, why_short),
        )

    def _show_held(self, held: Sequence[HeldEntry]) -> None:
        self._held = tuple(held)
        self._fill()

    def _show_names(self, board: Board) -> None:
        self._rows = {row.admission_id: row for row in board.beds if row.admission_id}
        self._fill()

    def _show_queue(self, queued: Sequence[QueuedEntry]) -> None:
        self._queued = tuple(queued)
        self.rows.set_stale(stale=False)
        self._fill()

    def _fill(self) -> None:
        """Show the list; the cursor stays on its entry."""
        before, person = self.chosen, self.context.signed_in
        names = {person.user_id: person.display_name}
        since = self.context.clock() - SETTLED_FOR
        lines = tuple(
            line
            for line in lines_of(self._held, self._queued, names)
            if line.is_open or line.queued or _settled_since(line, since)
        )
        self.rows.show_rows(lines)
        keys = [line.key for line in lines]
        if keys:
            self.table.selectRow(keys.index(before.key) if before and before.key in keys else 0)
        self.summary.setText(summary_text(lines) if lines else "")
        self.message.setText(NOTHING)
        self._stack.setCurrentWidget(self.table if lines else self.message)
        self._read_out()

    def _go_stale(self, error: WardError) -> None:
        self.notice.show_problem(error)
        self.rows.set_stale(stale=bool(self._queued))
        if not self.lines:
            self.message.setText("What waits in the database could not be read. F5 tries again.")

    def _read_out(self) -> None:
        line = self.chosen
        zone, now = self.place.zone, self.context.clock()
        text = line_text(line, self._rows, self.said_of(line), zone, now) if line else ""
        if text != self.reading.toPlainText():
            self.reading.setPlainText(text)
        mine = line is not None and line.needs_a_person and not line.is_elsewhere
        for name, button in self.buttons.items():
            seen = name == "see" and any(each.can_be_seen for each in self.lines)
            button.setEnabled(name == "back" or seen or (name != "see" and mine))

    def _commands(self) -> dict[str, tuple[str, str, str, Callable[[], None]]]:
        set_aside = partial(self.settle, SettledHow.SET_ASIDE)
        as_meant = partial(self.settle, SettledHow.AS_MEANT)
        done = partial(self.settle, SettledHow.ENTERED_ANEW)
        return {
            "see": ("A  Accepted: seen", "Take note of all that were accepted", "A", self.see),
            "meant": ("M  As meant…", "Record it now as it was charted", "M", as_meant),
            "anew": ("E  Enter anew…", "Open the form it belongs into, filled in", "E",
                     self.enter_anew),
            "done": ("Shift+E  Entered anew…", "Settle: the chart has it again", "Shift+E", done),
            "aside": ("S  Set aside…", "Keep it out of the chart, with a reason", "S", set_aside),
            "back": ("B  Beds", "Back to the beds", "B", self.left.emit),
        }  # fmt: skip

    def _lay_out(self) -> None:
        bar = Flow(spacing=theme.GRID_PX // 2)
        for name, (words, help_, keys, run) in self._commands().items():
            action = self.add_command(help_, keys, run)
            button = QPushButton(words, self)
            button.setToolTip(action.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            self.buttons[name] = button
            bar.addWidget(button)
        hint = hint_line(_HINT, self)
        hint.setWordWrap(True)
        margin = theme.GRID_PX + 4
        self.content.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        self.content.setSpacing(theme.GRID_PX)
        self.content.addLayout(bar)
        self.content.addWidget(self.summary)
        self.content.addWidget(self._stack, 1)
        self.content.addWidget(self.reading)
        self.content.addWidget(hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _settled_since(line: Line, since: datetime) -> bool:
    held = line.held
    return held is not None and held.decided_at is not None and held.decided_at > since
