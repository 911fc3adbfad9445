"""Words of escalation (RCP NEWS2 2017, chart 4: clinical response to the trigger thresholds)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.escalations.kinds import CloseReason as CloseReason
from ward_app.escalations.kinds import DeclineReason as DeclineReason
from ward_app.escalations.kinds import EventKind as EventKind
from ward_app.escalations.kinds import Level as Level
from ward_app.escalations.kinds import Outcome as Outcome
from ward_app.escalations.kinds import ResponderRole as ResponderRole
from ward_app.escalations.kinds import SepsisAnswer as SepsisAnswer
from ward_app.escalations.kinds import State as State


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEscalation:
    """One escalation that nobody has brought to its end, as lists and alarms show it.

    Attributes:
        level: the level in force; `since` is when it was reached, `opened_at` when it began.
        points: the known points of the set that reached the level; None for a concern.
        state: how far the answer has come since `since`.
        step: which step of the rule is in force, from 1; `role`: whom it calls.
        respond_by: by when to acknowledge (unanswered) or to arrive (acknowledged); None after.
        needs_nurse: a healthcare assistant recorded it and no nurse is known to know.
        asks_sepsis: "could this be sepsis?" is not answered yet.
        answered_by / answered_at: who acknowledged or arrived last, in the words recorded.
        told: how often somebody was told, repeats and steps included.
        bed_label: None = a patient on the ward without a bed.
    """

    id: UUID
    admission_id: UUID
    patient_id: UUID
    ward_id: UUID
    ward_name: str
    bed_label: str | None
    family_name: str
    given_name: str
    title: str | None
    level: Level
    points: int | None
    opened_at: datetime
    since: datetime
    state: State
    step: int
    role: ResponderRole
    respond_by: datetime | None
    needs_nurse: bool
    asks_sepsis: bool
    answered_by: str | None
    answered_at: datetime | None
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """Everything unanswered on some wards, and the server's clock when it was read, aware.

    Attributes:
        unscored: beds whose patient's latest set has no score, as (ward, bed label or None);
            no number calls anybody for them. Empty also where it was not asked for.
    """

    escalations: tuple[OpenEscalation, ...]
    read_at: datetime
    unscored: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WardAlerts:
    """How many escalations a ward has open and unanswered: all that a locked screen may show."""

    ward_id: UUID
    ward_name: str
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """One answer to an escalation; `id` was made when the sheet opened.

    Attributes:
        occurred_at: when it happened; aware, not before the escalation, not in the future.
        role: who answered or was told, by role; None = as the rule's step says.
        person: that person's name as given; None = not said.
        nurse_id: the registered nurse who was informed; only for `EventKind.INFORMED`.
        code: a value of `Outcome`, `DeclineReason` or `SepsisAnswer`, as the kind asks.
        words: what was said, planned or done.
    """

    id: UUID
    escalation_id: UUID
    kind: EventKind
    occurred_at: datetime
    role: ResponderRole | None = None
    person: str | None = None
    nurse_id: UUID | None = None
    code: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConcern:
    """Somebody is worried about a patient, whatever the score says."""

    id: UUID
    admission_id: UUID
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAcceptedScore:
    """An agreement: the score of the latest set calls nobody again until a time or until it rises.

    Attributes:
        until_at: when it is reviewed at the latest; aware, within 24 hours from now.
        decided_by: who agreed, by name and role.
        reason: why, and what is planned.
    """

    id: UUID
    admission_id: UUID
    until_at: datetime
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTakenBack:
    """The end of an agreement before its time: the score calls again."""

    id: UUID
    accepted_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedScore:
    """What is agreed of a patient's score and nobody took back.

    Attributes:
        points: known points of the set it was agreed on; more of them call again.
        until_at: past = to be reviewed, the score calls again; aware.
        recorded_by: None = imported.
    """

    id: UUID
    points: int
    until_at: datetime
    decided_by: str
    reason: str
    recorded_by: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of an answer.

    Attributes:
        by_name / at: who had given this answer before; both None when this one counted.
    """

    by_name: str | None = None
    at: datetime | None = None

    @property
    def counted(self) -> bool:
        """Whether this answer was the first of its kind."""
        return self.at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an escalation's history.

    Attributes:
        recorded_by: None = the program itself, when a time had passed.
        role / person: who was told or answered, where known.
        points: known points of the set behind a raise or a lowering, else None.
    """

    id: UUID
    kind: EventKind
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str | None
    role: ResponderRole | None
    person: str | None
    level: Level | None
    points: int | None
    code: str | None
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One escalation of a stay with all that happened to it, oldest first.

    Attributes:
        recorded_by: who entered the set or the concern that opened it.
        words: the concern in the words of whoever had it; None when a score opened it.
    """

    id: UUID
    level: Level
    points: int | None
    words: str | None
    opened_at: datetime
    recorded_by: str | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A registered professional of the patient's ward who may be named as informed."""

    id: UUID
    display_name: str
    profession: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """One step of the rule of a level: whom to call and how long to wait.

    The roles and their urgency are those of RCP NEWS2 2017, chart 4; every number of minutes
    is site configuration and needs local clinical sign-off.

    Attributes:
        ward_code: the ward the step is made for; None = every ward of the hospital.
        acknowledge_minutes: from the call to the acknowledgement.
        arrive_minutes: from the call to somebody at the bedside.
        renotify_minutes: how often the call is repeated while nobody answers.
        cascade_minutes: after so long without an answer the next step is called; None = last.
        source: where roles and times come from.
    """

    ward_code: str | None
    level: Level
    step: int
    role: ResponderRole
    acknowledge_minutes: int
    arrive_minutes: int
    renotify_minutes: int
    cascade_minutes: int | None
    source: str
