"""Words of the shift lane: what is due for whom, what joins into a visit, whose work it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Kind(StrEnum):
    """What sort of work an item is."""

    SET = "set"
    ROUND = "round"
    TASK = "task"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where items of one kind come from; another kind of work is another value.

    Attributes:
        kind: of its items.
        word: what an item is called where it has no words of its own.
        letter: its mark on the lane.
        sql: a SELECT of ward, stay (null: the ward's own), what it is about (null: the stay
            alone), words, minutes of work (null: by the policy), an array of aware times: when
            it is due, then when it is expected again, and the shift it belongs to (null: none).
            It may use `patient`, `%(wards)s` and `%(until)s`.
    """

    kind: Kind
    word: str
    letter: str
    sql: str


class LanePatient(NamedTuple):
    """One patient now on a ward, as `report.lane_patients` returns her.

    `due_reason` says why the next set is due; "paused" = on leave. `risk` None = no score yet.
    """

    ward_id: UUID
    ward_name: str
    bed_id: UUID | None
    room_name: str | None
    bed_label: str | None
    bed_position: int | None
    admission_id: UUID
    patient_id: UUID
    family_name: str
    given_name: str
    title: str | None
    risk: str | None
    score_pack: str | None
    score_total: int | None
    score_at_least: int | None
    due_reason: str


class DueEntry(NamedTuple):
    """What one source says is due for one subject.

    `admission_id` None = the ward's own. `subject_id`: the checklist, the task or the instrument.
    `words` None = the source's word. `minutes` None = by the policy. `times`: when it is due, then
    when it is expected again if it is done in time (or now, where it is overdue); aware,
    ascending. `shift`: the one it belongs to, None = whichever runs.
    """

    kind: str
    ward_id: UUID
    admission_id: UUID | None
    subject_id: UUID | None
    words: str | None
    minutes: int | None
    times: tuple[datetime, ...]
    shift: str | None = None


class Asked(NamedTuple):
    """Something that was due on a ward: of whom (None: of the ward itself), and when, aware."""

    ward_id: UUID
    admission_id: UUID | None
    kind: Kind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A ward's own numbers of the lane; none of them is a clinical truth.

    Attributes:
        visit_minutes: what is due within so many minutes joins into one visit.
        night_from, night_until: local times between which patients are let sleep; None = never.
        sleep_kinds: what may wait until the night is over.
        sleep_risks: risks of patients it may wait for; medium and high never wait.
        sleep_minutes: nothing waits longer than this past its time.
        work_minutes: how long one item takes, by kind, where the item does not say so.
    """

    visit_minutes: int
    night_from: time | None
    night_until: time | None
    sleep_kinds: frozenset[str]
    sleep_risks: frozenset[str]
    sleep_minutes: int
    work_minutes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneItem:
    """One thing to be done at one time.

    Attributes:
        due_at: when it is due.
        lane_at: when it is to be done: the same, or the end of the night for who is let sleep.
        is_expected: it follows only once what is due before it is done.
        minutes: of work.
        shift: the one it belongs to; None = whichever runs.
    """

    kind: Kind
    subject_id: UUID | None
    words: str
    letter: str
    due_at: datetime
    lane_at: datetime
    is_expected: bool
    minutes: int
    shift: str | None = None

    @property
    def is_let_sleep(self) -> bool:
        """Whether it waits until the night is over."""
        return self.lane_at != self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is done for one patient in one go, earliest first.

    Attributes:
        at: when it is to begin; that of what waits longest.
        is_overdue: something in it was to be done a whole minute ago or more.
    """

    items: tuple[LaneItem, ...]
    at: datetime
    is_overdue: bool

    @property
    def minutes(self) -> int:
        """Minutes of work in it."""
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """One patient, or a ward itself (`patient` None), with the visits to come."""

    ward_id: UUID
    patient: LanePatient | None
    visits: tuple[Visit, ...]

    @property
    def bed_id(self) -> UUID | None:
        """The bed; None without one and for the ward itself."""
        return self.patient.bed_id if self.patient else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nurse:
    """Who looks after a bed."""

    user_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOfWards:
    """What was read: patients in bed order, what is due, the policy by ward, when.

    Attributes:
        policies: by ward.
        until: to when it was asked for.
        nurses: who looks after a bed: who holds it and is on duty, else who is to by plan; a bed
            that is missing has nobody.
        not_taken: beds whose nurse is so by plan alone.
        mine: beds that who asked holds.
    """

    patients: tuple[LanePatient, ...]
    entries: tuple[DueEntry, ...]
    policies: Mapping[UUID, Policy]
    read_at: datetime
    until: datetime
    nurses: Mapping[UUID, Nurse] = field(default_factory=dict, hash=False)
    not_taken: frozenset[UUID] = frozenset()
    mine: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One nurse's work in the hours asked for; `nurse` None = beds that nobody looks after.

    Attributes:
        minutes: of work.
        overdue: items that are late already.
        patients: how many.
        not_taken: for how many of them that is so by plan alone.
    """

    nurse: Nurse | None
    minutes: int
    items: int
    overdue: int
    patients: int
    not_taken: int
