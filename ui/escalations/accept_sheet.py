"""A score that was agreed to call nobody for a while: recorded, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ward_app.escalations.service import accept_score, take_back_score
from ward_app.escalations.types import AcceptedScore, NewAcceptedScore, ScoreTakenBack

TOPIC = "escalations"
_USUALLY = timedelta(hours=2)
_ABOUT = (
    "The score of the latest set calls nobody again until it is reviewed. A higher score, another "
    "single red value and a concern call all the same. An open alert ends with this."
)
_TAKE_BACK = "From now on the score calls again, at once if it still stands."


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose score: the stay, the name as it is shown, and the clock of the ward."""

    admission_id: UUID
    name: str
    zone: tzinfo


class AcceptSheet(EntrySheet):
    """Says until when, who agreed and why."""

    def __init__(self, context: Context, about: About) -> None:
        super().__init__(
            context,
            title="Accept the score",
            save_text="Accept",
            patient_name=about.name,
            draft_key=f"accept {about.admission_id}",
        )
        self._about = about
        self.content.addWidget(_words(self, _ABOUT))
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        entered = self.form.values()
        new = NewAcceptedScore(
            id=self.ids["accepted"],
            admission_id=self._about.admission_id,
            until_at=entered["until_at"],
            decided_by=entered["decided_by"],
            reason=entered["reason"],
        )
        self.send(TOPIC, self._tell, accept_score, new)

    def _fields(self) -> tuple[Field, ...]:
        later = (self.context.clock() + _USUALLY).replace(second=0, microsecond=0)
        return (
            Field(name="until_at", label="Review by", kind=Moment(self._about.zone), value=later,
                  hint="Within 24 hours", required=True),
            Field(name="decided_by", label="Who agreed", kind=Text("Dr Mensah, registrar"),
                  required=True),
            Field(name="reason", label="Why, and what is planned",
                  kind=Text("Usual for her COPD; fluids, reviewed at the round"), required=True),
        )  # fmt: skip

    def _tell(self, _nothing: object) -> None:
        now, zone = self.context.clock(), self._about.zone
        until = moment_text(self.value("until_at"), zone, now)
        self.finish(f"{self._about.name}: the score calls nobody again until {until}.")


class TakeBackScoreSheet(EntrySheet):
    """Ends what was agreed before its time, with a reason."""

    def __init__(self, context: Context, about: About, accepted: AcceptedScore) -> None:
        super().__init__(
            context,
            title="Not accepted any more",
            save_text="Take back",
            patient_name=about.name,
            draft_key=f"take back {accepted.id}",
        )
        self._about, self._accepted = about, accepted
        self.content.addWidget(_words(self, f"{self._agreed()}\n\n{_TAKE_BACK}"))
        field = Field(name="reason", label="Reason", kind=Text(), required=True)
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if self.check():
            end = ScoreTakenBack(
                id=self.ids["take back"],
                accepted_id=self._accepted.id,
                reason=self.value("reason"),
            )
            self.send(TOPIC, self._tell, take_back_score, end)

    def _agreed(self) -> str:
        accepted, now, zone = self._accepted, self.context.clock(), self._about.zone
        until = moment_text(accepted.until_at, zone, now)
        by = f", entered by {accepted.recorded_by}" if accepted.recorded_by else ""
        return (
            f"Score {accepted.points} accepted until {until} by {accepted.decided_by}{by}: "
            f"{accepted.reason}"
        )

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{self._about.name}: the score calls again.")


def _words(sheet: EntrySheet, text: str) -> PlainLabel:
    label = PlainLabel(text, sheet)
    label.setWordWrap(True)
    return label
