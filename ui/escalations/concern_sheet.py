"""The sheet of somebody who is worried, whatever the score says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Note
from ui.widgets.sheet import CALL_YOURSELF
from ward_app.escalations.service import raise_concern
from ward_app.escalations.types import NewConcern

TOPIC = "escalations"
_WORDS = (
    "Opens an escalation to the medical team, or raises the one that is open. A concern needs "
    "no score."
)


class ConcernSheet(EntrySheet):
    """Calls for help in the words of whoever is worried."""

    without_server = CALL_YOURSELF

    def __init__(self, context: Context, *, admission_id: UUID, name: str) -> None:
        super().__init__(
            context,
            title="Worried",
            save_text="Call for help",
            patient_name=name,
            draft_key=f"concern {admission_id}",
        )
        self._admission_id, self._name = admission_id, name
        self.add_words(_WORDS)
        asked = Field(
            name="words",
            label="What worries you?",
            kind=Note("Looks grey, not himself, family says he is different…"),
            required=True,
        )
        self.form = self.add_form(Form((asked,), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if self.check():
            concern = NewConcern(
                id=self.ids["concern"],
                admission_id=self._admission_id,
                words=self.value("words"),
            )
            self.send(TOPIC, self._called, raise_concern, concern)

    def _called(self, _result: Any) -> None:
        self.finish(f"{self._name}: help is called. The bell shows who, and until when.")
