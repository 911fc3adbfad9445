"""The bed board as values: one row per bed, in bed order, and the counts above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ward_app.patients.alerts import Flag, FlagKind


class BedMate(NamedTuple):
    """Somebody else in the same bed; None throughout where the reader may not see who."""

    admission_id: UUID | None
    family_name: str | None
    given_name: str | None
    title: str | None


class BoardBed(NamedTuple):
    """One bed (or one patient without a bed) as the board's single statement returns it.

    A NamedTuple because a hospital board holds a thousand of them and each refresh makes
    them anew. Fields from `patient_id` on are None for an empty bed; for an occupied bed of
    a ward the reader has no access to, `occupied` is true and they are None as well.
    `bed_id` None = a patient on the ward without a bed. A shared bed gives one row for each of
    its patients, and `mates` names the others.

    `news2_*` speak of the latest set in force: `news2_total` None with `news2_at_least` set
    means incomplete; all None means none recorded yet. `next_due_at` None = nothing scheduled.
    `allergies`: substances in force; `allergy_status` as `patients.types.AllergyStatus`.
    `flags`: (kind, detail) pairs of flags in force. `score_pack`: name of the pack that scored
    the latest set; `due_reason`: why the next set is due then; by a plan `due_minutes` says how
    often and `due_until` until when (None = it does not expire), after a deferral `due_decision`
    is a value of `schedule.types.DeferralReason`, and `due_by` is who decided. `escalation_*`
    speak of the open escalation: values of `escalations.types.Level`, `State` and
    `ResponderRole`; all None when none is open. `escalation_respond_by` None = somebody is at
    the bedside or decided.
    `back_by`: when who is on leave is expected back; None also where nobody said. `accepted_*`:
    the points agreed to call nobody until a time and who agreed; a time that is past is to be
    reviewed (no set was taken since). `round_*`: the checklist that is due first, None when none
    is due by itself, and of more than eight wards at once; `rounds_overdue` as of the reading.
    `kept_here`: entries charted at this station without the server, not sent yet.
    """

    ward_id: UUID
    ward_name: str
    room_id: UUID | None
    room_name: str | None
    room_kind: str | None
    bed_id: UUID | None
    bed_label: str | None
    occupied: bool
    readiness: str | None
    readiness_since: datetime | None
    availability: str | None
    availability_reason: str | None
    availability_until: datetime | None
    patient_id: UUID | None
    admission_id: UUID | None
    mrn: str | None
    family_name: str | None
    given_name: str | None
    title: str | None
    sex: str | None
    born_on: date | None
    specialty: str | None
    consultant: str | None
    admission_reason: str | None
    admitted_at: datetime | None
    arrived_at: datetime | None
    expected_discharge_on: date | None
    allergy_status: str | None
    allergies: tuple[str, ...] | None
    flags: tuple[tuple[str, str | None], ...] | None
    news2_total: int | None
    news2_at_least: int | None
    news2_risk: str | None
    news2_previous_total: int | None
    observed_at: datetime | None
    next_due_at: datetime | None
    spo2_scale: int | None
    alike_name: bool
    score_pack: str | None = None
    due_reason: str | None = None
    escalation_id: UUID | None = None
    escalation_level: str | None = None
    escalation_opened_at: datetime | None = None
    escalation_state: str | None = None
    escalation_respond_by: datetime | None = None
    escalation_role: str | None = None
    due_minutes: int | None = None
    due_until: datetime | None = None
    due_decision: str | None = None
    due_by: str | None = None
    back_by: datetime | None = None
    accepted_points: int | None = None
    accepted_until: datetime | None = None
    accepted_by: str | None = None
    round_due_at: datetime | None = None
    round_title: str | None = None
    rounds_overdue: int | None = None
    mates: tuple[BedMate, ...] = ()
    kept_here: int = 0

    def flag(self, kind: str) -> Flag | None:
        """Return the flag of that kind if it is in force."""
        for name, detail in self.flags or ():
            if name == kind:
                return Flag(kind=FlagKind(name), detail=detail)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCounts:
    """The counts of the top line. Occupied + free + unavailable = beds.

    Attributes:
        free: open and empty, whatever the readiness.
        unavailable: empty but blocked or closed.
        in_today: arrivals on the ward since midnight, ward time.
        out_today: patients expected to leave today or earlier, ward time.
        overdue: patients whose next set of observations is past due.
        without_bed: patients on the ward who have no bed.
        at_risk: patients whose latest set calls for an urgent response (medium or high risk).
        rounds_overdue: patients with a round that is past due.
    """

    beds: int
    occupied: int
    free: int
    unavailable: int
    in_today: int
    out_today: int
    overdue: int
    without_bed: int
    at_risk: int
    rounds_overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One load of the board: rows in ward, room and natural bed order.

    Attributes:
        ward_ids: the wards asked for; all wards of the facility for the hospital view.
        read_at: the server's clock at the load, aware; what "stale since" counts from.
    """

    ward_ids: tuple[UUID, ...]
    beds: tuple[BoardBed, ...]
    read_at: datetime


class BoardFilter(StrEnum):
    """Which rows of the board are wanted; each is also a count of the top line."""

    ALL = "all"
    OCCUPIED = "occupied"
    FREE = "free"
    OVERDUE = "overdue"
    ROUNDS = "rounds"
    OUT_TODAY = "out_today"
    IN_TODAY = "in_today"
    AT_RISK = "at_risk"
    WITHOUT_BED = "without_bed"


class Trend(StrEnum):
    """Where the score went from the set before to the latest one."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


class GroupKind(StrEnum):
    """What holds the beds of one group together."""

    ROOM = "room"
    SIDE_ROOMS = "side_rooms"
    WITHOUT_BED = "without_bed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BedGroup:
    """Neighbouring beds under one heading: a bay, a run of side rooms, or patients without a bed.

    Attributes:
        title: name of the bay; None for side rooms and for patients without a bed.
        beds: rows in bed order, at least one.
    """

    ward_id: UUID
    ward_name: str
    kind: GroupKind
    title: str | None
    beds: tuple[BoardBed, ...]
