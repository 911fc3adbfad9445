"""A patient leaves: when, where to, and a note; a death is asked once."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.admissions.stay import Stay
from ui.admissions.step_sheet import StepSheet, tell_bed_mates
from ui.admissions.words import DESTINATION_WORDS, bed_left_words
from ui.context import Context
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.form import Field, Form, Note
from ui.widgets.inputs import Choice
from ward_app.admissions.service import discharge
from ward_app.admissions.types import Destination, NewDischarge, Placement


class DischargeSheet(StepSheet):
    """Records that one patient has left; only this frees the bed."""

    def __init__(self, context: Context, stay: Stay) -> None:
        super().__init__(
            context,
            stay.ward_id,
            title="Discharge",
            patient_name=stay.name,
            draft_key=f"discharge {stay.admission_id}",
        )
        self.stay = stay
        self._death_confirmed = False
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.form.changed.connect(self._ask_again)
        self.content.addStretch(1)
        tell_bed_mates(self, stay)

    @override
    def save(self) -> None:
        if not self.check():
            return
        if self.value("destination") is Destination.DIED and not self._death_confirmed:
            question = f"Record that {self.stay.name} died {self.when('occurred_at')}?"
            self.ask(question, "Yes, died", self._confirm_death)
        else:
            self._send()

    def _send(self) -> None:
        entered = self.form.values()
        leaving = NewDischarge(
            id=self.ids["discharge"],
            admission_id=self.stay.admission_id,
            occurred_at=entered["occurred_at"],
            destination=entered["destination"],
            note=entered["note"],
        )
        show = partial(self._tell, leaving.destination, self.when("occurred_at"))
        self.send("beds", show, discharge, leaving)

    def _fields(self) -> tuple[Field, ...]:
        choices = tuple(Choice(each, words) for each, words in DESTINATION_WORDS.items())
        when = PastMoment(self.zone)
        now = self.context.clock()
        return (
            Field(name="occurred_at", label="Left at", kind=when, value=now, required=True),
            Field(name="destination", label="Went to", kind=DigitChoice(choices), required=True),
            Field(name="note", label="Note", kind=Note()),
        )

    def _tell(self, destination: Destination, when: str, placement: Placement) -> None:
        stay = self.stay
        freed = "is free and marked dirty"
        left = bed_left_words(stay.bed_label, placement.shared_with, freed)
        if destination is Destination.DIED:
            self.finish_step(f"{stay.name} died {when}.{left}", stay)
            return
        words = DESTINATION_WORDS[destination].lower()
        self.finish_step(f"{stay.name} discharged ({words}) {when}.{left}", stay)

    def _confirm_death(self) -> None:
        self._death_confirmed = True
        self.save()

    def _ask_again(self) -> None:
        self._death_confirmed = False
