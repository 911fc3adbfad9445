"""The giver's own words, kept until the patient is given: by sheet, and in the database."""

from __future__ import annotations

from typing_extensions import override

from ui.context import Context
from ui.handover.words import TOPIC, name_text
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Note
from ward_app.handover.rules import waits
from ward_app.handover.service import keep_words
from ward_app.handover.types import HandoverLine


class OwnWordsSheet(EntrySheet):
    """What is to be done, by when, by whom: in the giver's words."""

    def __init__(self, context: Context, line: HandoverLine) -> None:
        super().__init__(
            context,
            title="Own words",
            save_text="Keep",
            patient_name=name_text(line.facts),
            draft_key=f"handover words {line.admission_id}",
        )
        self.line = line
        given = waits(line)
        mine = given is not None and given.by_id == context.signed_in.user_id
        words = line.draft or (given.own_words if given and mine else None)
        told = PlainLabel(
            "What to do, by when, who. Kept for you alone until you give the patient (G).", self
        )
        told.setWordWrap(True)
        self.content.addWidget(told)
        field = Field(
            name="words", label="Own words", kind=Note("Chase the scan by 22:00"), value=words
        )
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        words = self.value("words")
        self.send(TOPIC, self._tell, keep_words, self.line.admission_id, words)

    def _tell(self, _nothing: None) -> None:
        self.finish(f"{name_text(self.line.facts)}: own words kept. G gives the patient.")
