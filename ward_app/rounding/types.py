"""The words of rounds: checklists, their items and answers, what is due, and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

Answer = str | tuple[str, ...]
"""A stored answer: a choice, a number as text, words; of a body map the marked places."""
Answers = Mapping[str, Answer]


class Subject(StrEnum):
    """Whom a checklist is about."""

    PATIENT = "patient"
    WARD = "ward"


class ItemKind(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    BODY_MAP = "body_map"


class DueReason(StrEnum):
    """Why a checklist is due when it is, or why it is not."""

    ARRIVAL = "arrival"
    INTERVAL = "interval"
    DEFERRED = "deferred"
    ONCE = "once"
    DONE = "done"
    ON_DEMAND = "on_demand"
    PAUSED = "paused"


class DeferralReason(StrEnum):
    """Legitimate reasons to put a checklist off; counted apart from what was missed."""

    ASLEEP = "asleep"
    OFF_WARD = "off_ward"
    REFUSED = "refused"
    WITH_TEAM = "with_team"
    END_OF_LIFE = "end_of_life"
    WORKLOAD = "workload"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: `value` is stored, `key` is typed, `words` are shown."""

    value: str
    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a checklist.

    Attributes:
        choices: the answers, those of yes and no too; of a body map its places.
        usual: the answer that "all as usual" gives; None = it must be answered by itself.
        exceptions: answers to which words are asked for.
        possible: lowest and highest number.
        usual_range: outside it a number is an exception.
    """

    name: str
    label: str
    kind: ItemKind
    required: bool
    choices: tuple[Choice, ...] = ()
    usual: str | None = None
    exceptions: frozenset[str] = frozenset()
    unit: str = ""
    possible: tuple[Decimal, Decimal] | None = None
    usual_range: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a checklist.

    Attributes:
        id: of the version.
        key: the letter that chooses it.
        deferrals: reasons for which it may be put off.
        work_minutes: how long it takes, for the sum of a nurse's work.
        source, needs_sign_off: where it comes from, and what a site must confirm.
    """

    id: UUID
    name: str
    version: int
    title: str
    key: str
    subject: Subject
    items: tuple[Item, ...]
    deferrals: tuple[DeferralReason, ...]
    work_minutes: int
    source: str
    needs_sign_off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """One answered checklist to be stored, or a correction of an earlier one.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        round_id: made by the client; records saved together are one round.
        admission_id: None = a checklist of the ward `ward_id`.
        words: what is said to an answer, by the item's name.
        occurred_at: aware.
    """

    id: UUID
    template: Template
    answers: Answers
    occurred_at: datetime
    admission_id: UUID | None = None
    ward_id: UUID | None = None
    round_id: UUID | None = None
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeferral:
    """A checklist put off for a legitimate reason, until an aware time."""

    id: UUID
    template: Template
    reason: DeferralReason
    deferred_until: datetime
    occurred_at: datetime
    admission_id: UUID | None = None
    ward_id: UUID | None = None
    round_id: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStrikeOut:
    """A mark that a record was entered in error; the original stays readable."""

    id: UUID
    struck_id: UUID
    reason: str


class DueLine(NamedTuple):
    """One checklist of one patient, or of the ward, as `rounding.due_list` returns it.

    `admission_id` None = a checklist of the ward. `done_at` None = never. `due_at` None = not
    due by itself (`due_reason` says why).
    """

    ward_id: UUID
    room_name: str | None
    bed_label: str | None
    bed_position: int | None
    admission_id: UUID | None
    patient_id: UUID | None
    family_name: str | None
    given_name: str | None
    risk: str | None
    template_id: UUID
    name: str
    title: str
    done_at: datetime | None
    done_by: str | None
    due_at: datetime | None
    due_reason: str
    deferral_reason: str | None


class OpenTask(NamedTuple):
    """A task that nobody brought to an end, as `rounding.tasks_of_beds` returns it.

    Ward, room and bed are where its patient is now. `put_off` = `due_at` is that of a deferral.
    `asked_by`: title of the checklist whose answer asked for it, None = somebody opened it.
    `opened_for`: the bed it was opened for. `shift_name`, `shift_on`: the ward's shift that its
    time falls into and the local day it starts on, None = none runs then. `held_by`: who holds the
    bed now, None = nobody.
    """

    id: UUID
    ward_id: UUID
    room_name: str | None
    bed_label: str | None
    bed_position: int | None
    admission_id: UUID | None
    patient_id: UUID | None
    family_name: str | None
    given_name: str | None
    title: str
    due_at: datetime
    put_off: bool
    opened_at: datetime
    opened_by: str
    asked_by: str | None
    opened_for: str | None
    shift_name: str | None
    shift_on: date | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class ChecklistVersion:
    """One stored version of a checklist as its editors see it.

    Attributes:
        is_newest: no later version exists: it is in force, unless it is retired.
        recorded_by: None = shipped with the program.
    """

    id: UUID
    name: str
    version: int
    content: Mapping[str, Any]
    change_reason: str | None
    recorded_at: datetime
    recorded_by: str | None
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The next version of a checklist, or the first of a new one; `content` says which."""

    id: UUID
    name: str
    content: Mapping[str, Any]
    change_reason: str


class AnsweredRecord(NamedTuple):
    """A record in force whose answers are those asked for; nobody is named."""

    id: UUID
    ward_id: UUID
    admission_id: UUID | None
    title: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class AnsweredStays:
    """Whose rounds were answered so.

    Attributes:
        patient_ids: the patients within reach now, in no order; their charts are not opened yet.
        records: how many records there are, those of the ward and of others included.
    """

    patient_ids: tuple[UUID, ...]
    records: int


@dataclass(frozen=True, slots=True)
class FoundRound:
    """A record in force that holds an answer asked for.

    Attributes:
        admission_id, patient_id: None = a checklist of the ward.
        ward_id, ward_name: where it was answered.
        bed_label: where the patient lies now; None = nowhere, or a checklist of the ward.
        template: the version it was answered with.
    """

    id: UUID
    admission_id: UUID | None
    patient_id: UUID | None
    ward_id: UUID
    ward_name: str
    family_name: str | None
    given_name: str | None
    bed_label: str | None
    occurred_at: datetime
    recorded_by: str
    template: Template
    answers: Answers
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAsked:
    """What is looked for: an answer to an item of a checklist, in a stretch of time on wards.

    From `since` to before `until`, both aware. Of a body map a record holds at least the places
    asked for.
    """

    ward_ids: tuple[UUID, ...]
    checklist: str
    answers: Answers
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One thing recorded of a patient's or a ward's rounds and tasks.

    Attributes:
        template: the version it was answered with; None = it is about a task.
        outcome: "done", "deferred"; of a task also "opened" and "cancelled".
        occurred_at: when it was done, put off, opened or ended, aware.
        deferred_until: of a task that was opened when it is due.
        ended: "corrected" or "struck_out" by `ended_by`, for `ended_reason`; None = in force.
        corrects_id: the record it stands in place of.
        round_size: how many were answered or put off in the same round; None = by itself, or the
            round was on a ward the reader does not work on.
    """

    id: UUID
    title: str
    template: Template | None
    outcome: str
    answers: Answers
    words: Mapping[str, str]
    reason: str | None
    deferred_until: datetime | None
    note: str | None
    occurred_at: datetime
    recorded_by: str
    corrects_id: UUID | None
    change_reason: str | None
    ended: str | None
    ended_reason: str | None
    ended_by: str | None
    round_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task of a bed: of a patient (`admission_id`), or of the ward alone."""

    id: UUID
    ward_id: UUID
    title: str
    due_at: datetime
    admission_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutcome:
    """What became of a task: done, or cancelled or put off with a reason."""

    id: UUID
    task_id: UUID
    kind: str
    occurred_at: datetime
    reason: str | None = None
    deferred_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoundsOfWard:
    """What the rounds of wards show: checklists in force, what is due, open tasks."""

    templates: tuple[Template, ...]
    lines: tuple[DueLine, ...]
    tasks: tuple[OpenTask, ...]
    read_at: datetime
