"""The notes of a ward's patients, or of one: a list, what is chosen to read, words to look for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.background import Reply
from ui.context import Context, Place
from ui.notes.deeds import NoteDeeds
from ui.notes.frame import NotesFrame
from ui.notes.line import NoteLine, hit_lines, note_lines, of_kind
from ui.notes.note_sheet import NoteSheet
from ui.notes.reading import FoundNotes, ReadNotes, find_notes, read_notes
from ui.notes.reading_pane import NOTHING_CHOSEN
from ui.notes.words import KIND_WORDS, TOPIC, found_text, note_columns, summary_text
from ui.open_charts import OpenCharts
from ui.widgets.panel import Count, Panel
from ui.widgets.rows_table import RowColumn
from ui.widgets.sheet import Sheet
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.notes.queries import note_history
from ward_app.notes.types import Note, NoteKind
from ward_app.staff.types import Permission

READING = "The notes are being read…"
ONE_WARD = "Choose one ward (Ctrl+W): this opens the charts of its patients."
NONE_ON_WARD = "No note in the last 24 h. N writes one for the patient chosen on the board."
NONE_OF_PATIENT = "No note of this patient. N writes one."
NONE_FOUND = "No note has these words. Fewer letters find more."
WARD_HOURS = 24
_MINUTE_MS = 60_000
_TYPED_MS = 250


class NotesPanel(Panel):
    """A line a note; N writes a new one, A adds to the chosen one, / looks for words.

    The access to every chart is logged before its notes are read.

    Signals:
        left: the person wants to go back to where the patient was chosen.
    """

    left = Signal()

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC, "beds", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.patient: BoardBed | None = None
        self.kind: str | None = None
        self._beds: tuple[BoardBed, ...] = ()
        self._lines: tuple[NoteLine, ...] | None = None
        self._found: FoundNotes | None = None
        self._earlier: tuple[Note, ...] = ()
        self._wanted: UUID | None = None
        self._charts = OpenCharts(self)
        self.frame = NotesFrame(self._columns(), self)
        self.rows, self.table = self.frame.rows, self.frame.table
        self.pane, self.search = self.frame.pane, self.frame.search
        self._deeds = NoteDeeds(self)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.start()
        self._add_commands()
        self.content.addWidget(self.frame)
        self.setFocusProxy(self.frame)
        self._connect()

    @property
    def chosen(self) -> NoteLine | None:
        """The line the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @property
    @override
    def counts(self) -> tuple[Count, ...]:
        lines = self._lines or ()
        return tuple(
            Count(
                key=kind.value,
                text=f"{number} {words}",
                tooltip=f"Show only {words.lower()} notes (T goes through the types)",
                chosen=self.kind == kind,
            )
            for kind, words in KIND_WORDS.items()
            if (number := sum(line.kind == kind for line in lines))
        )

    def show_patient(self, row: BoardBed | None) -> None:
        """Show the notes of the patient of a board row, of None those of the ward."""
        before = self.patient.admission_id if self.patient else None
        self.patient = row
        if before != (row.admission_id if row else None):
            self._lines = self._found = self.kind = None
            self.search.clear()
            self._tell(READING)
        self._show_whose()
        self.refresh()

    @override
    def load(self) -> None:
        if self.patient is not None:
            self.read(self._show_board, ward_board, (self.patient.ward_id,))
        elif len(self.place.wards) == 1:
            self.read(self._show_board, ward_board, self.place.ward_ids)
        else:
            self._lines = None
            self.frame.summary.setText("")
            self._tell(ONE_WARD)

    @override
    def show_place(self, place: Place) -> None:
        self.patient = self._lines = self._found = self.kind = None
        self.search.clear()
        self._tell(READING)
        self._show_whose()
        super().show_place(place)

    @override
    def filter_by(self, key: str) -> None:
        self.kind = None if self.kind == key else key
        self._show_lines()

    def tell_time(self) -> None:
        """Bring the times up to the present without asking the database."""
        if self._lines is not None:
            self._show_lines()

    def _show_board(self, board: Board) -> None:
        beds = tuple(bed for bed in board.beds if has_patient(bed))
        if self.patient is not None:
            stay = self.patient.admission_id
            beds = tuple(bed for bed in beds if bed.admission_id == stay) or (self.patient,)
            self.patient = beds[0]
            self._show_whose()
        self._beds = beds
        self._charts.before(beds, self._read_notes)

    def _read_notes(self) -> None:
        stays = tuple(bed.admission_id for bed in self._beds if bed.admission_id)
        whole = self.patient is not None
        since = None if whole else self.context.clock() - timedelta(hours=WARD_HOURS)
        self.read(partial(self._show, self._beds), read_notes, stays, since)

    def _show(self, beds: tuple[BoardBed, ...], read: ReadNotes) -> None:
        # notes asked for before another patient was chosen
        if beds is not self._beds:
            return
        self.frame.set_stale(stale=False)
        before = self.counts
        self._lines = note_lines(beds, read.notes, read.drafts)
        self._show_lines()
        if self.counts != before:
            self.counts_changed.emit(self.counts)
        self._look_up()

    def _look_up(self) -> None:
        """Look for the words that are typed; without any the list comes back."""
        typed = self.search.text().strip()
        if not typed:
            if self._found is not None:
                self._found = None
                self._show_lines()
            return
        patient = self.patient.patient_id if self.patient else None
        ward = None if self.patient else next(iter(self.place.ward_ids), None)
        reply = Reply(self._show_found, self._say_not_found)
        self.context.work.query(self, reply, find_notes, typed, ward_id=ward, patient_id=patient)

    def _show_found(self, found: FoundNotes) -> None:
        # an answer to what was typed before
        if found.typed == self.search.text().strip():
            self.notice.clear()
            self._found = found
            self._show_lines()

    def _say_not_found(self, error: WardError) -> None:
        self.notice.show_problem(error)

    def _show_lines(self) -> None:
        chosen = self.chosen
        self.rows.columns = self._columns()
        self.rows.show_rows(self._shown())
        self.frame.fit_columns()
        self.frame.summary.setText(self._summary())
        if not self.rows.rows:
            self._tell(self._nothing())
            return
        self.frame.put_in_view(self.table)
        ids = [line.id for line in self.rows.rows]
        wanted = (self._wanted, chosen.id if chosen else None)
        row = next((ids.index(one) for one in wanted if one in ids), 0)
        if self._wanted in ids:
            self._wanted = None
        self.table.setCurrentIndex(self.rows.index(row, 0))
        self._show_chosen()

    def _shown(self) -> tuple[NoteLine, ...]:
        if self._found is not None:
            lines = hit_lines(self._beds, self._found.hits, self._found.around)
        else:
            lines = self._lines or ()
        return of_kind(lines, self.kind)

    def _summary(self) -> str:
        if self._found is not None:
            text = found_text(self.rows.rows, self._found.typed)
        else:
            hours = None if self.patient else WARD_HOURS
            text = summary_text(self.rows.rows, hours=hours)
        return f"Only {KIND_WORDS[NoteKind(self.kind)]} (T): {text}" if self.kind else text

    def _nothing(self) -> str:
        if self._found is not None:
            return NONE_FOUND
        return NONE_OF_PATIENT if self.patient is not None else NONE_ON_WARD

    def _show_chosen(self) -> None:
        line = self.chosen
        if line is None:
            self.pane.show_words(NOTHING_CHOSEN)
            return
        mine = line.note is not None and any(
            row.note_id == line.note.note_id for row in self._earlier
        )
        earlier = self._earlier if mine else ()
        self.pane.show_line(line, self.zone(), self.context.clock(), earlier)

    def _show_earlier(self) -> None:
        line = self._deeds.signed()
        if line is None or line.note is None:
            return
        if self._earlier:
            self._earlier = ()
            self._show_chosen()
            return
        self.context.work.query(self, Reply(self._take_earlier), note_history, line.note.note_id)

    def _take_earlier(self, found: tuple[Note, ...]) -> None:
        self._earlier = tuple(note for note in found if note.superseded)
        if not self._earlier:
            self.told.emit("This note was never changed.", None)
        self._show_chosen()

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet; a draft may have been left in it when it closes."""
        sheet.closed.connect(self.refresh)
        if isinstance(sheet, NoteSheet):
            sheet.saved.connect(partial(self._go_to, sheet))
        self.sheet_requested.emit(sheet)

    def _go_to(self, sheet: NoteSheet, _told: str) -> None:
        """Put the cursor on what was signed, as soon as it is read."""
        self._wanted = sheet.note_id

    def _next_type(self) -> None:
        """Go through the types that are there, then back to all."""
        there: Sequence[str | None] = [None, *(count.key for count in self.counts)]
        place = there.index(self.kind) if self.kind in there else 0
        self.kind = there[(place + 1) % len(there)]
        self._show_lines()
        self.counts_changed.emit(self.counts)

    def _switch_whose(self) -> None:
        line = self.chosen
        if self.patient is not None:
            self.show_patient(None)
        elif line is not None:
            self.show_patient(line.bed)

    def _go_back(self) -> None:
        """Leave the words looked for, then the patient."""
        if self.pane.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.search.text():
            self.search.clear()
            self._look_up()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.show_patient(None)
            self.left.emit()

    def _go_stale(self, error: WardError) -> None:
        if self._lines is None:
            self._tell("The notes could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.frame.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self.zone())

    def _tell(self, text: str) -> None:
        self.rows.show_rows(())
        self.frame.say(text)

    @property
    def lines(self) -> tuple[NoteLine, ...]:
        """Every line that was read, whatever is looked for."""
        return self._lines or ()

    @property
    def looked_for(self) -> str | None:
        """The words by which the list was found; None = it shows every note."""
        return self._found.typed if self._found is not None else None

    def _show_whose(self) -> None:
        self.frame.show_whose(self.patient, self.context.clock(), self.zone())

    def _columns(self) -> tuple[RowColumn[NoteLine], ...]:
        return note_columns(self.zone(), self.context.clock(), whose=self.patient is None)

    def zone(self) -> ZoneInfo:
        """Return the zone of the patient's ward, or of the ward shown."""
        wards = {ward.id: ward for ward in (*self.context.wards, *self.place.wards)}
        ward_id = self.patient.ward_id if self.patient else next(iter(self.place.ward_ids), None)
        ward = wards.get(ward_id) if ward_id else None
        return ZoneInfo(ward.time_zone if ward else "UTC")

    def _commands(self) -> tuple[tuple[str, str, Callable[[], None], Permission], ...]:
        return (
            ("New note…", "N", self._deeds.write, Permission.NOTE_WRITE),
            ("Add to it…", "A", self._deeds.add, Permission.NOTE_WRITE),
            ("Correct…", "C", self._deeds.correct, Permission.NOTE_CORRECT),
            ("Strike out…", "X", self._deeds.strike, Permission.NOTE_CORRECT),
            ("Earlier wording", "H", self._show_earlier, Permission.NOTE_READ),
            ("Type", "T", self._next_type, Permission.NOTE_READ),
            ("Ward or patient", "W", self._switch_whose, Permission.NOTE_READ),
            ("Print…", "P", self._deeds.print_notes, Permission.NOTE_READ),
        )

    def _add_commands(self) -> None:
        for words, keys, run, permission in self._commands():
            if not self.context.signed_in.may(permission):
                continue
            self.frame.buttons.addWidget(self.add_button(words, keys, run))
        self.add_command("Read it, or go on with a draft", "Return", self._enter)
        self.add_command("Look for words in notes", "/", self.frame.go_to_search)
        self.add_command("Back", "Esc", self._go_back)

    def _connect(self) -> None:
        self._minute.timeout.connect(self.tell_time)
        self._typed.timeout.connect(self._look_up)
        self.search.textEdited.connect(lambda _typed: self._typed.start())
        self.table.activated.connect(lambda _index: self._enter())
        self.table.selectionModel().currentRowChanged.connect(self._move)
        self.load_failed.connect(self._go_stale)

    def _enter(self) -> None:
        if self.search.hasFocus():
            self._take_first_hit()
        else:
            self._deeds.go_on()

    def _take_first_hit(self) -> None:
        """Look at once for what is typed, and go to what is found."""
        self._typed.stop()
        self._look_up()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._earlier = ()
        self._show_chosen()
