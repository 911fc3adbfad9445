"""One row of a round: what is answered for a patient (or the ward) and not saved yet. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum
from uuid import UUID

from ui.formats import time_text
from ward_app.core.ids import new_id
from ward_app.rounding.rules import (
    answer_text,
    is_exception,
    missing,
    problem,
    proposed_until,
    usual_answers,
)
from ward_app.rounding.types import (
    Answer,
    DeferralReason,
    DueLine,
    DueReason,
    Item,
    ItemKind,
    NewDeferral,
    NewRecord,
    Template,
)

TYPED = (ItemKind.NUMBER, ItemKind.TEXT)


class Look(Enum):
    """How what is said on a row is meant."""

    PLAIN = None
    SAVED = "saved"
    CAUTION = "caution"
    PROBLEM = "problem"


@dataclass(slots=True)
class RoundEntry:
    """What is typed in a row; it outlives the panel, for the person who typed it.

    Attributes:
        known_done_at: when the checklist had been done last as it was begun; another one by
            the time of saving means that somebody else answered it meanwhile.
        template: the version it was begun with; a newer one does not change what it asks.
    """

    template: Template
    answers: dict[str, Answer] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    reason: DeferralReason | None = None
    note: str = ""
    record_id: UUID = field(default_factory=new_id)
    begun_at: datetime | None = None
    known_done_at: datetime | None = None

    @property
    def is_typed(self) -> bool:
        """Whether anything is answered or put off."""
        return bool(self.answers or self.words or self.reason)


class RoundRow:
    """A line of what is due with the entry being made for it.

    Attributes:
        alike: the name is easily taken for another patient's of the ward.
        twice_asked: it was said that somebody else answered first.
    """

    def __init__(self, line: DueLine, entry: RoundEntry) -> None:
        self.line = line
        self.entry = entry
        self.busy = False
        self.twice_asked = False
        self.alike = False
        self.said, self.look = "", Look.PLAIN

    @property
    def template(self) -> Template:
        """The version of the checklist this row is answered with."""
        return self.entry.template

    def is_there(self, now: datetime) -> bool:
        """Whether the patient is on the ward and the checklist is not put off for now."""
        if self.line.due_reason == DueReason.PAUSED:
            return False
        put_off = self.line.due_reason == DueReason.DEFERRED
        return not put_off or self.line.due_at is None or self.line.due_at <= now

    def say(self, text: str, look: Look = Look.PLAIN) -> None:
        """Keep what is said of this row."""
        self.said, self.look = text, look

    def begin(self, now: datetime) -> None:
        """Note when the first key was pressed, and what was known then."""
        if self.entry.begun_at is None:
            self.entry.begun_at, self.entry.known_done_at = now, self.line.done_at
        self.entry.reason = None

    def key(self, item: Item, key: str, now: datetime) -> bool:
        """Answer an item with one key of a choice; False when it is none of its keys."""
        found = [choice.value for choice in item.choices if choice.key == key.upper()]
        if not found:
            return False
        self.begin(now)
        if item.kind is ItemKind.BODY_MAP:
            self._mark(item, found[0])
        else:
            self.entry.answers[item.name] = found[0]
            if not is_exception(item, found[0]):
                self.entry.words.pop(item.name, None)
        return True

    def type_text(self, item: Item, text: str, now: datetime) -> None:
        """Put typed text into an item; nothing takes the answer out."""
        self.begin(now)
        if text:
            self.entry.answers[item.name] = text
        else:
            self.entry.answers.pop(item.name, None)

    def typed(self, item: Item) -> str:
        """Return what is typed in an item that takes text."""
        answer = self.entry.answers.get(item.name, "")
        return answer if isinstance(answer, str) and item.kind in TYPED else ""

    def take_out(self, item: Item) -> None:
        """Take the answer of one item out again."""
        self.entry.answers.pop(item.name, None)
        self.entry.words.pop(item.name, None)

    def answer_as_usual(self, now: datetime) -> None:
        """Answer as usual whatever is not answered yet; exceptions stay."""
        self.begin(now)
        self.entry.answers = usual_answers(self.template) | self.entry.answers

    def put_off(self, reason: DeferralReason, now: datetime) -> None:
        """Put the whole checklist off; what was answered goes."""
        self.begin(now)
        self.entry.answers, self.entry.words = {}, {}
        self.entry.reason = reason

    def cell_text(self, item: Item) -> str:
        """Return an answer as it reads, an exception marked, words behind it."""
        answer = self.entry.answers.get(item.name)
        if answer is None:
            return ""
        text = self.typed(item) or answer_text(item, answer)
        mark = "▲ " if is_exception(item, answer) else ""
        words = self.entry.words.get(item.name)
        return f"{mark}{text}: {words}" if words else f"{mark}{text}"

    def is_exception(self, item: Item) -> bool:
        """Whether the answer of an item asks for words."""
        answer = self.entry.answers.get(item.name)
        return answer is not None and is_exception(item, answer)

    def problem(self, item: Item) -> str | None:
        """Return why the answer of an item cannot be saved."""
        answer = self.entry.answers.get(item.name)
        return None if answer is None else problem(item, answer)

    def stop(self) -> tuple[Item, str] | None:
        """Return the first item in the way of saving, with its sentence; None = nothing is."""
        if self.entry.reason is not None:
            return None
        for item in self.template.items:
            found = self.problem(item)
            if found:
                return item, found
        for item in missing(self.template, self.entry.answers):
            return item, f"{item.label} is not answered."
        return None

    @property
    def answered_meanwhile(self) -> bool:
        """Whether somebody else answered this checklist since it was begun here."""
        done_at, known = self.line.done_at, self.entry.known_done_at
        return done_at is not None and (known is None or done_at > known)

    def say_answered(self, zone: tzinfo) -> None:
        """Say that somebody else answered this meanwhile."""
        at = time_text(self.line.done_at, zone)
        self.say(f"{self.line.done_by} answered this at {at}. Yours is kept.", Look.CAUTION)

    def asks_twice(self, zone: tzinfo) -> bool:
        """Whether somebody else was first, which is then said and asked about once."""
        if not self.answered_meanwhile or self.twice_asked or self.entry.reason is not None:
            return False
        self.twice_asked = True
        done = f"{self.line.done_by} did this at {time_text(self.line.done_at, zone)}."
        self.say(f"{done} Ctrl+Enter again saves yours too.", Look.CAUTION)
        return True

    def new_record(self, round_id: UUID, now: datetime) -> NewRecord:
        """Return the record of what is answered, as of the first key."""
        return NewRecord(
            id=self.entry.record_id,
            template=self.template,
            answers=dict(self.entry.answers),
            words=dict(self.entry.words),
            occurred_at=self.entry.begun_at or now,
            admission_id=self.line.admission_id,
            ward_id=None if self.line.admission_id else self.line.ward_id,
            round_id=round_id,
        )

    def new_deferral(self, round_id: UUID, now: datetime) -> NewDeferral:
        """Return the deferral; a ValueError when none was chosen."""
        if self.entry.reason is None:
            raise ValueError("not put off")
        return NewDeferral(
            id=self.entry.record_id,
            template=self.template,
            reason=self.entry.reason,
            deferred_until=proposed_until(self.entry.reason, now),
            occurred_at=self.entry.begun_at or now,
            admission_id=self.line.admission_id,
            ward_id=None if self.line.admission_id else self.line.ward_id,
            round_id=round_id,
            note=self.entry.note or None,
        )

    def _mark(self, item: Item, place: str) -> None:
        answer = self.entry.answers.get(item.name, ())
        marked = answer if isinstance(answer, tuple) else ()
        order = [choice.value for choice in item.choices]
        changed = set(marked) ^ {place}
        self.entry.answers[item.name] = tuple(sorted(changed, key=order.index))
