"""The words of assessments: instruments, their items and bands, what is recorded and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ward_app.rounding.types import DeferralReason

Answers = Mapping[str, str]
"""Answers by the item's name: a choice, yes or no, a number as text, words. Missing = unknown."""


class ItemKind(StrEnum):
    """How an item is answered."""

    CHOICE = "choice"
    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"


class Scoring(StrEnum):
    """What the answers come to: a sum of points, or a band alone."""

    SUM = "sum"
    NONE = "none"


class Tone(StrEnum):
    """How loud a band is, beside its words."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Event(StrEnum):
    """What an assessment is due after."""

    ADMISSION = "admission"
    TRANSFER = "transfer"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: `value` is stored, `key` is typed, `words` are shown.

    `points` None = it has none. `unknown` = it says that the answer is not known, so that the
    assessment stays incomplete.
    """

    value: str
    key: str
    words: str
    points: Decimal | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Points of the numbers from `lowest` to `highest`, both included; None = open."""

    lowest: Decimal | None
    highest: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the answer to `item` is one of `values`."""

    item: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of an instrument.

    Attributes:
        required: without an answer the assessment is incomplete.
        choices: the answers, those of yes and no too.
        possible: lowest and highest number.
        decimals: of a number.
        own_points: the number itself is the points.
        ranges: points of numbers; the first that holds counts.
        only_if: the item is asked only while this holds; None = always.
    """

    name: str
    label: str
    kind: ItemKind
    required: bool = True
    choices: tuple[Choice, ...] = ()
    possible: tuple[Decimal, Decimal] | None = None
    decimals: int = 0
    unit: str = ""
    own_points: bool = False
    ranges: tuple[Range, ...] = ()
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A task that a band proposes, due so many minutes after the assessment."""

    task: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What a complete assessment comes to; the first band that holds counts.

    Attributes:
        lowest, highest: totals, both included; None = open.
        when: any of these holds; empty = whatever the answers are.
        actions: what it suggests, in words.
        proposals: tasks that it proposes; none is opened unless somebody says so.
    """

    name: str
    words: str
    tone: Tone
    lowest: Decimal | None = None
    highest: Decimal | None = None
    when: tuple[Condition, ...] = ()
    actions: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassess:
    """When an instrument is due; elapsed time.

    Attributes:
        after: what it is due after for the first time.
        first_minutes: until then; None = not due by such an event.
        again_minutes: from one complete assessment to the next; None = not due again by itself.
        by_band: another time to the next for some bands, by the band's name.
        basis: where the numbers come from.
    """

    after: tuple[Event, ...] = ()
    first_minutes: int | None = None
    again_minutes: int | None = None
    by_band: Mapping[str, int] = field(default_factory=dict, hash=False)
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms an instrument may be used; `free` = anybody may."""

    free: bool
    holder: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of an instrument as its file declares it.

    Attributes:
        hash: SHA-256 of the file, hexadecimal.
        key: the letter that chooses it.
        suggested: when it may be due; nothing is due until a site sets its own numbers.
        work_minutes: how long it takes, for the sum of a nurse's work.
        from_months, below_months: age in months for which it is made; None = open.
        records: the event that such an assessment tells of; None = none.
        source, needs_sign_off: where it comes from, and what a site must confirm.
    """

    name: str
    version: str
    hash: str
    title: str
    key: str
    scoring: Scoring
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    suggested: Reassess
    licence: Licence
    work_minutes: int
    from_months: int | None
    below_months: int | None
    records: Event | None
    source: str
    needs_sign_off: str

    def band(self, name: str | None) -> Band | None:
        """Return the band of that name; None when there is none."""
        return next((band for band in self.bands if band.name == name), None)


class Result(NamedTuple):
    """What answers come to.

    An incomplete assessment has neither score nor band; `missing` names what it lacks. `score`
    None of a complete one = the instrument has no score.
    """

    complete: bool
    score: Decimal | None
    band: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """Answers to be stored, or a correction of earlier ones.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        occurred_at: aware.
        proposals: tasks to be opened with it, each with the id of the task.
        ward_id: of those tasks; needed only with them.
    """

    id: UUID
    admission_id: UUID
    instrument: Instrument
    answers: Answers
    occurred_at: datetime
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None
    proposals: tuple[tuple[UUID, Proposal], ...] = ()
    ward_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentStrikeOut:
    """A mark that an assessment was entered in error; the original stays readable."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


class RecordedAssessment(NamedTuple):
    """One assessment as it was recorded, also one corrected or struck out since.

    `score` and `band` are what they came to by the version they were made with. `superseded` =
    not in force any more; `struck_out` = this row is a strike-out mark. `recorded_by` None =
    imported.
    """

    id: UUID
    admission_id: UUID
    instrument: str
    title: str
    version: str
    hash: str
    answers: Mapping[str, str]
    complete: bool
    score: Decimal | None
    band: str | None
    note: str | None
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str | None
    superseded: bool
    struck_out: bool
    corrects: bool
    change_reason: str | None

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return not self.superseded and not self.struck_out


class AssessmentDue(NamedTuple):
    """When an instrument is due for a stay, as `report.assessment_dues` returns it.

    `reason`: admission, transfer, fall, interval or deferred. `done_at` None = never completely.
    `deferral_reason`: for which it was put off to this time, None = it was not.
    """

    admission_id: UUID
    instrument: str
    due_at: datetime
    title: str
    reason: str
    done_at: datetime | None
    work_minutes: int
    instrument_id: UUID
    deferral_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDeferral:
    """An assessment put off for a legitimate reason.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        instrument: its name.
        due_at: the due time it answers, as it was read.
        deferred_until: when it is due instead; aware, like every time.
    """

    id: UUID
    admission_id: UUID
    instrument: str
    due_at: datetime
    reason: DeferralReason
    deferred_until: datetime
    occurred_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDeferralStrikeOut:
    """A mark that a deferral was a mistake; what was due before is due again."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class AssessmentChart:
    """The assessments of one stay.

    Attributes:
        rows: what was recorded, the newest time first.
        in_use: instruments in use on the ward, by title.
        behind: every instrument behind a row, by its hash.
        dues: of this stay.
        read_at: aware.
    """

    rows: tuple[RecordedAssessment, ...]
    in_use: tuple[Instrument, ...]
    behind: Mapping[str, Instrument]
    dues: tuple[AssessmentDue, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAsked:
    """What is looked for among stays: answers, a band (None = any), since an aware time."""

    instrument: str
    answers: Mapping[str, str]
    band: str | None
    stays: tuple[UUID, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class FoundAssessments:
    """Assessments that were looked for, the latest first; `behind`: instruments by hash."""

    rows: tuple[RecordedAssessment, ...]
    behind: Mapping[str, Instrument]
