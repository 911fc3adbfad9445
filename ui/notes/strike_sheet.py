"""A note written by mistake is struck out; it stays readable."""

from __future__ import annotations

from datetime import tzinfo

from typing_extensions import override

from ui.context import Context
from ui.notes.line import NoteLine
from ui.notes.words import TOPIC, about_text, signed_text
from ui.widgets.entry_sheet import EntrySheet
from ward_app.notes.service import strike_out
from ward_app.notes.types import Note, NoteStrikeOut

WHY_STRUCK = ("Wrong patient", "Written twice", "Never happened", "Signed too early")
THEN = "It stays readable, struck through, with your name and this reason."


class StrikeSheet(EntrySheet):
    """Asks for nothing but the reason."""

    def __init__(self, context: Context, line: NoteLine, note: Note, zone: tzinfo) -> None:
        super().__init__(
            context,
            title="Strike out this note",
            save_text="Strike out",
            patient_name=line.name,
            draft_key=f"note strike {note.id}",
        )
        self.line, self.struck = line, note
        now = context.clock()
        self.add_words(
            f"{note.title}. {about_text(note, zone, now)}.",
            signed_text(note, zone, now),
            THEN,
        )
        self.form = self.ask_why(WHY_STRUCK)

    @override
    def save(self) -> None:
        if not self.check():
            return
        mark = NoteStrikeOut(
            id=self.ids["mark"],
            admission_id=self.struck.admission_id,
            struck_id=self.struck.id,
            reason=self.value("reason"),
        )
        self.send(TOPIC, self._tell, strike_out, mark)

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{self.line.name}, {self.struck.title}: struck out. {THEN}")
