"""Giving a patient to somebody in particular: a person of the next shift, a role, or anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.handover.words import TOPIC, name_text
from ui.matching import match_rank
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Note
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.type_ahead import TypeAhead
from ward_app.handover.rules import proposed_receiver, waits
from ward_app.handover.service import give
from ward_app.handover.types import HandoverLine, NewHandover, Receiver

ANYBODY = Receiver(None, None, "Whoever takes over")


class GiveSheet(EntrySheet):
    """Gives one patient with what is shown and own words, to whom it says."""

    def __init__(
        self, context: Context, line: HandoverLine, receivers: Sequence[Receiver]
    ) -> None:
        super().__init__(
            context,
            title="Give to",
            save_text="Hand over",
            patient_name=name_text(line.facts),
            draft_key=f"give to {line.admission_id}",
        )
        self.line = line
        told = PlainLabel(
            "Who is named sees this patient first. Anybody who takes over may accept, and that is"
            " on record. You stay responsible until then.",
            self,
        )
        told.setWordWrap(True)
        self.content.addWidget(told)
        proposed = proposed_receiver(line, receivers) or ANYBODY
        choices = (ANYBODY, *receivers)
        kind = To(tuple(sorted(choices, key=lambda one: line.bed_id not in one.bed_ids)))
        words = Note("What to do, by when, who")
        fields = (
            Field(name="to", label="To", kind=kind, value=option_of(proposed), required=True),
            Field(name="words", label="Own words", kind=words, value=own_words(line)),
        )
        self.form = self.add_form(Form(fields, context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        to: Receiver = self.value("to")
        new = handover_to(self.line, to, self.ids["handover"], self.value("words"))
        self.send(TOPIC, partial(self._tell, to), give, new)

    def _tell(self, to: Receiver, _nothing: None) -> None:
        self.finish(given_words(self.line, to))


@dataclass(frozen=True, slots=True)
class To:
    """A kind of form field: a `Receiver` out of these."""

    receivers: tuple[Receiver, ...]

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return ReceiverInput(self.receivers)


class ReceiverInput(PickInput):
    """A type-ahead over whom a patient may be given to."""

    def __init__(self, receivers: tuple[Receiver, ...]) -> None:
        super().__init__(TypeAhead())
        self._receivers = receivers
        self.field.setPlaceholderText("A name, a role, or whoever takes over")
        self.field.asked.connect(self._offer)

    def _offer(self, typed: str) -> None:
        self.field.set_options(fitting(self._receivers, typed))


def fitting(receivers: Sequence[Receiver], typed: str) -> list[Option]:
    """Return those whose words fit what is typed, the best first."""
    ranked = [(match_rank(typed, one.name), one) for one in receivers]
    found = sorted(
        ((rank, one) for rank, one in ranked if rank is not None), key=lambda pair: pair[0]
    )
    return [option_of(one) for _rank, one in found]


def option_of(one: Receiver) -> Option:
    """Return the row of somebody to give to, with the beds planned for her."""
    beds = f"has bed{'s' if len(one.beds) > 1 else ''} {', '.join(one.beds)} next"
    known = (beds if one.beds else "", "on duty" if one.on_duty else "")
    role = "everybody of this role on the ward" if one.role else ""
    return Option(one.name, role or " · ".join(part for part in known if part), one)


def own_words(line: HandoverLine) -> str | None:
    """Return the words to give a patient with: those kept, else those she was given with."""
    given = waits(line)
    return line.draft or (given.own_words if given else None)


def handover_to(
    line: HandoverLine, to: Receiver | None, handover_id: UUID, words: str | None
) -> NewHandover:
    """Return the giving of a patient as shown, with own words; None = to whoever takes over."""
    given = waits(line)
    return NewHandover(
        id=handover_id,
        admission_id=line.admission_id,
        facts_hash=line.facts_hash,
        own_words=words,
        supersedes_id=given.id if given else None,
        to_user_id=to.user_id if to else None,
        to_role=to.role if to else None,
    )


def given_words(line: HandoverLine, to: Receiver | None) -> str:
    """Return what is told after a patient was given."""
    named = to is not None and (to.user_id is not None or to.role is not None)
    whom = f" to {to.name}" if to is not None and named else ""
    return f"{name_text(line.facts)} is given{whom}. You stay responsible until somebody accepts."
