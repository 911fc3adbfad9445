"""The words of the handover: what the record says of a patient, what is given and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from ward_app.handover.sheet_types import PocketSheet


class AnswerKind(StrEnum):
    """What becomes of a handover; the first three bring it to an end."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    QUESTION = "question"
    REPLY = "reply"


class State(StrEnum):
    """Where the handover of a patient stands."""

    NOT_GIVEN = "not_given"
    GIVEN = "given"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Trend(StrEnum):
    """Where the score went over the sets shown."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """A substance; `at` is when it was recorded, aware, as everywhere in this file."""

    substance: str | None
    reaction: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A flag in force: kind as `patients.types.FlagKind`."""

    kind: str
    detail: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided and holds.

    Attributes:
        what: "oxygen_scale", "oxygen_target" (per cent), "accepted_score" or "plan" (minutes
            between sets).
        up_to: the upper end of a range that begins at `number`; None = a number alone.
        by: the clinical decision maker, by name.
        until: None = it does not expire.
    """

    what: str
    number: int
    by: str | None
    why: str | None
    until: datetime | None
    at: datetime
    up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSet:
    """One set of observations in force; None = not measured.

    Attributes:
        total: None = incomplete, `at_least` counts what was measured; both None = no score.
        further: further signs by name, as stored.
    """

    measured_at: datetime
    at: datetime
    total: int | None
    at_least: int | None
    risk: str | None
    pack: str | None
    respiratory_rate: int | None
    spo2: int | None
    scale: int
    on_oxygen: bool | None
    flow: float | None
    systolic: int | None
    diastolic: int | None
    pulse: int | None
    consciousness: str | None
    temperature: float | None
    further: Mapping[str, Any]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The last of one kind measured beside the vital signs, in its one line."""

    kind: str
    summary: str
    measured_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The last assessment by one instrument; `score` None = not complete, or it has none.

    `band`: what it came to, in the instrument's words; None = it was not complete.
    """

    title: str
    score: float | None
    band: str | None
    complete: bool
    assessed_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInPlace:
    """A device in place with its last look; `due_at` is when its site is due again."""

    kind: str
    site: str
    side: str | None
    size: str | None
    inserted_at: datetime | None
    due_out_at: datetime | None
    score: int | None
    at_least: int | None
    looked_at: datetime | None
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """The beginning of a signed note."""

    title: str
    kind: str
    by: str | None
    said_at: datetime
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The open escalation: values of `escalations.types.Level`, `State` and `ResponderRole`."""

    level: str
    points: int | None
    opened_at: datetime
    state: str
    role: str | None
    respond_by: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something due for the patient.

    Attributes:
        source: "observations", "round", "assessment" or "task"; devices are due by themselves.
        title: in words; None for observations.
        at: when it was asked for or done last; None = never.
        shift: of a task the shift its time falls into; None = whichever runs.
    """

    source: str
    title: str | None
    due_at: datetime
    reason: str | None
    at: datetime | None
    shift: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the record said of a patient at one moment; sets and notes newest first.

    Attributes:
        bed: None = no bed.
        allergy_status: as `patients.types.AllergyStatus`.
        call: None = no escalation is open.
    """

    ward: str
    room: str | None
    bed: str | None
    family_name: str
    given_name: str
    title: str | None
    sex: str | None
    born_on: date | None
    mrn: str | None
    reason: str | None
    specialty: str | None
    consultant: str | None
    admitted_at: datetime
    arrived_at: datetime | None
    expected_on: date | None
    allergy_status: str
    allergies: tuple[Allergy, ...]
    flags: tuple[Alert, ...]
    decisions: tuple[Decision, ...]
    sets: tuple[VitalSet, ...]
    measured: tuple[Measured, ...]
    assessed: tuple[Assessed, ...]
    devices: tuple[DeviceInPlace, ...]
    notes: tuple[SignedNote, ...]
    dues: tuple[Due, ...]
    call: Call | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a handover; `read_back` is None but for an acceptance."""

    id: UUID
    kind: AnswerKind
    words: str | None
    read_back: bool | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The last giving of a patient and what became of it.

    Attributes:
        facts: what the record said when the patient was given.
        facts_hash: SHA-256 of that, hexadecimal.
        ended: None = it still waits for somebody to accept.
        to_user_id / to_role: whom it is for; both None = whoever takes over.
        to_name: the same in words, None = whoever takes over.
        to_me: it is for the reader, by name or by role.
        ended_by_id: None while it waits, and of what was imported.
    """

    id: UUID
    at: datetime
    by_id: UUID | None
    by: str
    own_words: str | None
    facts: Facts
    facts_hash: str
    answers: tuple[Answer, ...]
    ended: AnswerKind | None
    ended_at: datetime | None
    ended_by: str | None
    to_user_id: UUID | None = None
    to_role: str | None = None
    to_name: str | None = None
    to_me: bool = False
    ended_by_id: UUID | None = None


class Receiver(NamedTuple):
    """Somebody to give patients to: a person, a role, or (neither) whoever takes over.

    `bed_ids` and `beds` (labels) are planned for the person in the shift that comes next, or in
    the one that began last while two run.
    """

    user_id: UUID | None
    role: str | None
    name: str
    on_duty: bool = False
    bed_ids: tuple[UUID, ...] = ()
    beds: tuple[str, ...] = ()


class HandoverLine(NamedTuple):
    """One patient of a ward's handover, in bed order.

    `facts_hash` names the reading shown: giving and accepting send it back. `own_accepted_at` is
    when the reader accepted this patient last, None = never. `draft`: the reader's own words
    that are not given yet. `given` None = this patient was never given.
    """

    admission_id: UUID
    patient_id: UUID
    bed_id: UUID | None
    facts: Facts
    facts_hash: str
    own_accepted_at: datetime | None
    draft: str | None
    given: Given | None


class Holder(NamedTuple):
    """Who is responsible for a bed; `name` None = nobody is, since `since` (None = ever)."""

    name: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WardHandover:
    """One reading of a ward's handover.

    Attributes:
        holders: who is responsible, by bed.
        mine: the beds the reader is responsible for.
        shift_until: when the shift that runs now ends, aware; None = none runs.
        receivers: whom the reader may give to, who comes next first; empty when she gives nobody.
        read_at: the server's clock, aware.
    """

    lines: tuple[HandoverLine, ...]
    sheets: tuple[PocketSheet, ...]
    holders: Mapping[UUID, Holder]
    mine: frozenset[UUID]
    shift_until: datetime | None
    read_at: datetime
    receivers: tuple[Receiver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandover:
    """A patient given to whoever comes next.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        facts_hash: of the reading that was shown.
        supersedes_id: the giving that still waits and that this replaces; None = none waits.
        to_user_id / to_role: whom it is for, one of them at most; None = whoever takes over.
    """

    id: UUID
    admission_id: UUID
    facts_hash: str
    own_words: str | None = None
    supersedes_id: UUID | None = None
    to_user_id: UUID | None = None
    to_role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer to a handover.

    Attributes:
        words: the question, the reply, why it is declined, or why the giver accepts himself.
        read_back: of an acceptance, whether it was read back to the giver.
        facts_hash: of an acceptance, of the reading that was shown.
    """

    id: UUID
    handover_id: UUID
    kind: AnswerKind
    words: str | None = None
    read_back: bool | None = None
    facts_hash: str | None = None
