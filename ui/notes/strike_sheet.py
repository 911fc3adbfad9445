"""A note written by mistake is struck out; it stays readable."""

from __future__ import annotations

from datetime import tzinfo

from typing_extensions import override

from ui.context import Context
from ui.notes.line import NoteLine
from ui.notes.words import TOPIC, about_text, signed_text
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
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
        for text in (
            f"{note.title}. {about_text(note, zone, now)}.",
            signed_text(note, zone, now),
            THEN,
        ):
            label = PlainLabel(text, self)
            label.setWordWrap(True)
            self.content.addWidget(label)
        why = Field(name="reason", label="Why", kind=Reason(WHY_STRUCK), required=True)
        self.form = self.add_form(Form((why,), context.clock))
        self.content.addStretch(1)

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
