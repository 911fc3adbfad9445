"""What is done with the patient chosen in the handover: each by one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from PySide6.QtWidgets import QPushButton

from ui.background import Reply
from ui.handover.answer_sheet import AnswerSheet
from ui.handover.give_sheet import GiveSheet, given_words, handover_to, own_words
from ui.handover.words import TOPIC, name_text
from ui.handover.words_sheet import OwnWordsSheet
from ui.widgets.panel import Panel
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.handover.rules import has_changed, open_questions, proposed_receiver, state_of, waits
from ward_app.handover.service import answer, give
from ward_app.handover.types import (
    AnswerKind,
    Given,
    HandoverLine,
    NewAnswer,
    Receiver,
    State,
)

T = TypeVar("T")

CHOOSE = "Choose a patient first: arrow keys."
NOT_GIVEN = "This patient is not given. Who looks after her gives with G."
MINE = "You gave this patient. T takes that back, a colleague accepts."
GIVEN_ALREADY = "Given already, and nothing changed since. T takes it back."
NO_QUESTION = "Nobody asked anything about this patient."


class Patients(Protocol):
    """The list that the commands speak of."""

    @property
    def chosen(self) -> HandoverLine | None:
        """The patient the cursor is on."""

    @property
    def listed(self) -> tuple[HandoverLine, ...]:
        """The patients as they are listed, open items first."""

    @property
    def in_bed_order(self) -> tuple[HandoverLine, ...]:
        """The patients listed, as their beds stand."""

    @property
    def next_receivers(self) -> tuple[Receiver, ...]:
        """Whom the reader may give patients to, who comes next first."""

    @property
    def shift_until(self) -> datetime | None:
        """When the shift that runs now ends, None when none runs."""

    def choose(self, admission_id: UUID | None) -> None:
        """Put the cursor on a patient."""

    def tell_clash(self, words: str) -> None:
        """Read anew, then say why something was not done."""


class Acts:
    """The commands of one handover panel; each speaks of the patient chosen in it."""

    def __init__(self, panel: Panel, patients: Patients) -> None:
        self._panel = panel
        self._patients = patients
        self._context = panel.context
        self._read_back: set[UUID] = set()
        self._as_given = False
        self._buttons: dict[str, QPushButton] = {}

    def know_button(self, keys: str, button: QPushButton) -> None:
        """Remember the button of a key, to show on it what holds."""
        self._buttons[keys] = button

    def shows_given(self, line: HandoverLine) -> bool:
        """Whether the patient is shown as given, not as the record is now."""
        return self._as_given and line.given is not None

    def toggle_as_given(self) -> None:
        """Show what was given, or the record as it is now."""
        self._as_given = not self._as_given

    def show_line(self, line: HandoverLine) -> None:
        """Show on the buttons what holds for a patient."""
        for keys, words, holds in (
            ("B", "Read back", self._was_read_back(line)),
            ("V", "As given", self.shows_given(line)),
        ):
            if keys in self._buttons:
                self._buttons[keys].setText(f"✓ {words}" if holds else words)

    def give(self) -> None:
        """Give the chosen patient with what is shown and own words, to who comes next by plan."""
        line = self._to_give()
        given = waits(line) if line else None
        if line is None:
            return
        if given is not None and not has_changed(line) and not line.draft:
            self._say(GIVEN_ALREADY)
        else:
            to = proposed_receiver(line, self._patients.next_receivers)
            new = handover_to(line, to, new_id(), own_words(line))
            self._run(line, given_words(line, to), give, new)

    def give_to(self) -> None:
        """Open the sheet that gives the chosen patient to somebody in particular."""
        line = self._to_give()
        if line is not None:
            receivers = self._patients.next_receivers
            self._panel.sheet_requested.emit(GiveSheet(self._context, line, receivers))

    def accept(self) -> None:
        """Accept the chosen patient; who gave her says why he accepts himself."""
        line = self._chosen()
        given = self._waiting(line)
        if line is None or given is None:
            return
        if given.by_id == self._context.signed_in.user_id:
            self._open_answer(line, AnswerKind.ACCEPTED)
            return
        new = NewAnswer(
            id=new_id(),
            handover_id=given.id,
            kind=AnswerKind.ACCEPTED,
            read_back=self._was_read_back(line),
            facts_hash=line.facts_hash,
        )
        expected = given.to_name if given.to_name and not given.to_me else None
        other = f" She was given to {expected}." if expected else ""
        told = f"You are responsible for {name_text(line.facts)}.{other}"
        self._run(line, told, answer, new)

    def toggle_read_back(self) -> None:
        """Tick that the handover of the chosen patient was read back."""
        line = self._chosen()
        if line is not None and self._waiting(line) is not None:
            self._read_back ^= {line.admission_id}
            self.show_line(line)

    def take_back(self) -> None:
        """Take back what the reader gave."""
        line = self._chosen()
        given = self._waiting(line)
        if line is None or given is None:
            return
        if given.by_id != self._context.signed_in.user_id:
            self._say("Only who gave a patient takes that back.")
            return
        new = NewAnswer(id=new_id(), handover_id=given.id, kind=AnswerKind.WITHDRAWN)
        self._run(line, f"{name_text(line.facts)}: taken back.", answer, new)

    def edit_words(self) -> None:
        """Open the sheet for own words; they are kept until the patient is given."""
        line = self._chosen()
        if line is not None:
            self._panel.sheet_requested.emit(OwnWordsSheet(self._context, line))

    def ask(self) -> None:
        """Open the sheet for a question to the giver."""
        line = self._chosen()
        if line is not None and self._waiting(line) is not None:
            self._open_answer(line, AnswerKind.QUESTION)

    def reply(self) -> None:
        """Open the sheet that answers the open questions."""
        line = self._chosen()
        if line is None or self._waiting(line) is None:
            return
        if not open_questions(line.given):
            self._say(NO_QUESTION)
        else:
            self._open_answer(line, AnswerKind.REPLY)

    def decline(self) -> None:
        """Open the sheet that declines a handover, with the reason."""
        line = self._chosen()
        given = self._waiting(line)
        if line is None or given is None:
            return
        if given.by_id == self._context.signed_in.user_id:
            self._say(MINE)
        else:
            self._open_answer(line, AnswerKind.DECLINED)

    def print_sheet(self) -> None:
        """Open the sheet that prints the patients listed."""
        from ui.handover.print_sheet import PrintPocketSheet  # noqa: PLC0415 - the printing is slow to import

        panel = self._panel
        lines, chosen = self._patients.in_bed_order, self._patients.chosen
        if chosen is None:
            self._say(CHOOSE)
            return
        room = tuple(line for line in lines if line.facts.room == chosen.facts.room)
        choices = (("Everybody listed", lines), (chosen.facts.room or "Without a bed", room))
        ward, until = panel.place.wards[0], self._patients.shift_until
        panel.sheet_requested.emit(PrintPocketSheet(self._context, choices, ward, until))

    def _open_answer(self, line: HandoverLine, kind: AnswerKind) -> None:
        read_back = self._was_read_back(line)
        self._panel.sheet_requested.emit(
            AnswerSheet(self._context, line, kind, read_back=read_back)
        )

    def _was_read_back(self, line: HandoverLine) -> bool:
        return line.admission_id in self._read_back

    def _to_give(self) -> HandoverLine | None:
        """Return the chosen patient unless somebody else gave her already."""
        line = self._chosen()
        given = waits(line) if line else None
        if given is not None and given.by_id != self._context.signed_in.user_id:
            self._say(f"{given.by} gave this patient already. A accepts.")
            return None
        return line

    def _chosen(self) -> HandoverLine | None:
        line = self._patients.chosen
        if line is None:
            self._say(CHOOSE)
        return line

    def _waiting(self, line: HandoverLine | None) -> Given | None:
        given = waits(line) if line else None
        if line is not None and given is None:
            self._say(NOT_GIVEN)
        return given

    def _run(
        self, line: HandoverLine, told: str, change: Callable[[Any, T], None], new: T
    ) -> None:
        reply = Reply(partial(self._done, line, told), self._refused)
        self._context.work.command(self._panel, TOPIC, reply, change, new)

    def _done(self, line: HandoverLine, told: str, _nothing: object) -> None:
        self._read_back.discard(line.admission_id)
        self._go_on(line)
        self._panel.told.emit(told, None)
        self._panel.refresh()

    def _go_on(self, done: HandoverLine) -> None:
        """Put the cursor on the next patient below of whom the same is to be done."""
        rows = self._patients.listed
        places = [line.admission_id for line in rows]
        if done.admission_id not in places:
            return
        at = places.index(done.admission_id)
        for line in (*rows[at + 1 :], *rows[:at]):
            if (state_of(line) is State.GIVEN) == (state_of(done) is State.GIVEN):
                self._patients.choose(line.admission_id)
                return

    def _refused(self, error: WardError) -> None:
        self._patients.tell_clash(str(error))

    def _say(self, words: str) -> None:
        self._panel.told.emit(words, None)
