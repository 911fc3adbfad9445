"""The words of shifts: when they run, who is allocated, who holds a bed, who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class How(StrEnum):
    """How a bed came to who holds it, or to nobody."""

    ALLOCATED = "allocated"
    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    PUT_DOWN = "put_down"
    LEFT = "left"


class Duty(StrEnum):
    """What a person signs on to."""

    WARD = "ward"
    ON_CALL = "on_call"


class Shift(NamedTuple):
    """One run of a ward's shift.

    `shift_on` is the day it starts by the ward's clock; `wanted` says how many of each grade the
    ward wants, by the grade's name (a grade that is missing has no target).
    """

    name: str
    shift_on: date
    from_at: datetime
    until_at: datetime
    wanted: Mapping[str, int]


class ShiftTimes(NamedTuple):
    """A shift as a ward set it: local times, in force for starts from a day on.

    One that ends before it starts, or at the same time, ends on the next day. `is_used` False =
    not run from that day on.
    """

    name: str
    starts_at: time
    ends_at: time
    wanted: Mapping[str, int]
    is_used: bool
    in_force_from: date
    source: str
    recorded_at: datetime
    recorded_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShiftTimes:
    """Times for a shift of a ward from a day on; what was in force before stays on record.

    Attributes:
        ends_at: not after `starts_at` = on the next day.
        wanted: how many of each grade, by its name.
        source: who decided it.
    """

    id: UUID
    ward_id: UUID
    name: str
    starts_at: time
    ends_at: time
    in_force_from: date
    source: str
    wanted: Mapping[str, int] = field(default_factory=dict)
    is_used: bool = True


class Responsible(NamedTuple):
    """Who holds a bed now, beside who is to look after it by plan.

    `user_id` None = nobody holds it, since `since` (None = nobody ever did). `on_duty_until` is
    when the holder's duty ends, None when it has ended or nobody holds the bed. `shift` names
    the shift that began last, None when none runs. `is_occupied` = a patient lies there; False
    for a reader who may not see patients.
    """

    bed_id: UUID
    bed_label: str
    user_id: UUID | None
    user_name: str | None
    since: datetime | None
    shift: str | None
    room_name: str
    is_occupied: bool
    on_duty_until: datetime | None
    allocated_id: UUID | None
    allocated_name: str | None


class ResponsibilityEvent(NamedTuple):
    """One moment at which a bed came to somebody, or to nobody (`user_id` None)."""

    bed_id: UUID
    user_id: UUID | None
    user_name: str | None
    how: str | None
    at: datetime
    given_by: str | None = None
    given_to: str | None = None


class Held(NamedTuple):
    """A stretch of time in which one person held a bed; `user_id` None = a gap: nobody did.

    By a handover `given_by` names who gave the patient and `given_to` to whom, None = whoever
    took over.
    """

    bed_id: UUID
    bed_label: str
    user_id: UUID | None
    user_name: str | None
    from_at: datetime
    until_at: datetime
    how: str | None
    given_by: str | None = None
    given_to: str | None = None


class Gap(NamedTuple):
    """A patient's bed that nobody holds, or whose holder is not on duty any more.

    `user_name` None = nobody holds it.
    """

    bed_id: UUID
    bed_label: str
    room_name: str
    since: datetime | None
    user_name: str | None
    allocated_name: str | None


class Allocation(NamedTuple):
    """Who is to look after a bed in a shift; `user_id` None = nobody, after somebody was."""

    id: UUID
    bed_id: UUID
    user_id: UUID | None
    user_name: str | None
    shift_name: str
    shift_on: date
    occurred_at: datetime
    change_reason: str | None
    recorded_by: str | None


class StaffMember(NamedTuple):
    """Somebody who works on a ward.

    `holds_beds` = may be allocated and take beds. `on_duty_until` None = not signed on there.
    """

    user_id: UUID
    name: str
    grade: str
    grade_title: str
    holds_beds: bool
    on_duty_until: datetime | None


class OnDuty(NamedTuple):
    """Somebody on duty now; `works_as` are own words, `beds` labels of beds held there."""

    user_id: UUID
    name: str
    grade_title: str
    works_as: str | None
    phone: str | None
    duty: str
    ward_id: UUID
    ward_name: str
    floor_name: str
    building_name: str
    since: datetime
    until_at: datetime
    beds: tuple[str, ...]


class Place(NamedTuple):
    """Where a ward is."""

    building_name: str
    floor_name: str


class ShiftPlan(NamedTuple):
    """All that a shift is planned with.

    `shifts` are the one that runs and those that follow within a day and a half; `shift` is the
    one planned (None when the ward has none), with its `allocations`; `beds` are as of now.
    """

    shifts: tuple[Shift, ...]
    shift: Shift | None
    beds: tuple[Responsible, ...]
    allocations: tuple[Allocation, ...]
    staff: tuple[StaffMember, ...]


class SkillCount(NamedTuple):
    """How many of a grade a shift has; `wanted` None = the ward set no number."""

    grade: str
    title: str
    has: int
    wanted: int | None

    @property
    def is_short(self) -> bool:
        """Whether fewer are there than the ward wants."""
        return self.wanted is not None and self.has < self.wanted


class Workload(NamedTuple):
    """What a nurse has by plan: beds, patients in them, and the sum of their scores.

    `unscored` patients have no score; they are not counted as 0.
    """

    user_id: UUID
    beds: int
    patients: int
    score_sum: int
    unscored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAllocation:
    """A bed given to a nurse for a shift, or for the rest of one.

    Attributes:
        user_id: None = nobody yet.
        supersedes_id: the allocation it replaces, as it was seen; None = there was none.
        reason: needed when it replaces one of a shift that has begun.
    """

    id: UUID
    bed_id: UUID
    user_id: UUID | None
    shift_name: str
    shift_on: date
    supersedes_id: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A bed that the signed-in person takes.

    Attributes:
        from_user_id: who was seen holding it; None = nobody.
        handover_id: the handover it came by; None = without one.
        occurred_at: None = now.
    """

    id: UUID
    bed_id: UUID
    from_user_id: UUID | None = None
    handover_id: UUID | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutDown:
    """A bed put down with nobody taking it.

    Attributes:
        reason: needed for a bed that somebody else holds.
    """

    id: UUID
    bed_id: UUID
    reason: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySign:
    """The signed-in person signs on to a ward, on call for it, or off again.

    Attributes:
        until_at: when it ends by itself; None only when signing off.
        works_as: as what, in words; needed for on call.
    """

    id: UUID
    ward_id: UUID
    duty: Duty
    is_on: bool
    until_at: datetime | None = None
    works_as: str | None = None
