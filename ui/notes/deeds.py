"""What is done from the panel of notes: write, add, correct, strike out, print."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, SignalInstance

from ui.context import Context
from ui.notes.line import NoteLine
from ui.notes.print_sheet import PrintNotesSheet
from ui.notes.reading_pane import ReadingPane
from ui.notes.strike_sheet import StrikeSheet
from ui.notes.write_sheets import AdditionSheet, CorrectionSheet, NewNoteSheet
from ui.widgets.sheet import Sheet
from ward_app.board.types import BoardBed
from ward_app.notes.rules import is_in_force, may_correct
from ward_app.notes.types import Note

CHOOSE = "Choose a note first: arrow keys."
NOT_SIGNED = "This is a draft: Enter goes on with it."
NOT_YOURS = "Only who signed a note corrects it. A adds to it, X strikes it out."
NOT_IN_FORCE = "This note is struck out; it stays as it is."


class ListOfNotes(Protocol):
    """What is needed of the panel: whom it shows, and the line its cursor is on."""

    context: Context
    patient: BoardBed | None
    pane: ReadingPane

    @property
    def told(self) -> SignalInstance:
        """Tells an outcome."""

    @property
    def chosen(self) -> NoteLine | None:
        """The line the cursor is on."""

    @property
    def lines(self) -> tuple[NoteLine, ...]:
        """Every line that was read."""

    @property
    def looked_for(self) -> str | None:
        """The words by which the list was found; None = it shows every note."""

    def zone(self) -> ZoneInfo:
        """Return the zone of the ward."""

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet beside the panel."""


class NoteDeeds:
    """Opens the sheets of one panel for the line its cursor is on."""

    def __init__(self, panel: ListOfNotes) -> None:
        self._panel = panel

    def go_on(self) -> None:
        """Read the chosen note, or go on with the chosen draft."""
        line = self._panel.chosen
        if line is None:
            self._say(CHOOSE)
        elif line.note is None:
            self._continue(line)
        else:
            self._panel.pane.setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        """Write a new note about the patient shown, or the one of the chosen line."""
        panel, line = self._panel, self._panel.chosen
        bed = panel.patient or (line.bed if line else None)
        if bed is None:
            self._say("Choose a patient first: on the board, R.")
        else:
            panel.open_sheet(NewNoteSheet(panel.context, bed, panel.zone()))

    def add(self) -> None:
        """Add to the chosen note; from an addition to the note it belongs to."""
        panel, line = self._panel, self.signed()
        if line is None or line.thread is None:
            return
        if not is_in_force(line.thread.note):
            self._say(NOT_IN_FORCE)
        else:
            sheet = AdditionSheet(panel.context, line.bed, panel.zone(), line.thread.note)
            panel.open_sheet(sheet)

    def correct(self) -> None:
        """Correct the chosen note; its author alone may."""
        panel, line = self._panel, self.signed()
        note = self._in_force(line)
        if line is None or note is None:
            return
        if not may_correct(note, panel.context.signed_in.user_id):
            self._say(NOT_YOURS)
        else:
            panel.open_sheet(CorrectionSheet(panel.context, line.bed, panel.zone(), note))

    def strike(self) -> None:
        """Strike the chosen note out."""
        panel, line = self._panel, self.signed()
        note = self._in_force(line)
        if line is not None and note is not None:
            panel.open_sheet(StrikeSheet(panel.context, line, note, panel.zone()))

    def print_notes(self) -> None:
        """Print the chosen note, or all of the patient shown."""
        panel, line = self._panel, self.signed()
        if line is not None:
            whole = panel.lines if panel.patient and panel.looked_for is None else ()
            panel.open_sheet(PrintNotesSheet(panel.context, line, whole, panel.zone()))

    def signed(self) -> NoteLine | None:
        """Return the chosen line if it is a signed note, or say what to do."""
        line = self._panel.chosen
        if line is None:
            self._say(CHOOSE)
        elif line.note is None:
            self._say(NOT_SIGNED)
            return None
        return line

    def _in_force(self, line: NoteLine | None) -> Note | None:
        note = line.note if line else None
        if note is not None and not is_in_force(note):
            self._say(NOT_IN_FORCE)
            return None
        return note

    def _continue(self, line: NoteLine) -> None:
        """Open the sheet a draft was typed in; what it was about may have changed since."""
        panel = self._panel
        about, _space, named = str(line.the_draft.content.get("about", "")).partition(" ")
        sheet = NewNoteSheet if about == "new" else None
        for note in (one.note for one in panel.lines if one.note is not None):
            if about == "add" and named == str(note.note_id):
                panel.open_sheet(AdditionSheet(panel.context, line.bed, panel.zone(), note))
                return
            if about == "correct" and named == str(note.id):
                panel.open_sheet(CorrectionSheet(panel.context, line.bed, panel.zone(), note))
                return
        if sheet is not None:
            panel.open_sheet(sheet(panel.context, line.bed, panel.zone()))
        else:
            self._lost(line)

    def _lost(self, line: NoteLine) -> None:
        """Say that what a draft was about is not listed; what was typed stays readable."""
        typed = line.the_draft.content.get("typed", {})
        words = " ".join(str(value) for name, value in typed.items() if name.startswith("section"))
        self._panel.pane.show_words(
            f"What this was written to was changed since, or is older than the list shows."
            f" You had typed: {words}"
        )

    def _say(self, text: str) -> None:
        self._panel.told.emit(text, None)
