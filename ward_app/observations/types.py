"""Words of bedside observations (RCP NEWS2, 2017) and their score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ward_app.core.errors import ConflictError
from ward_app.observations.kinds import Risk as Risk

FurtherSign = bool | Decimal | str
"""The value of a sign that only some packs score: yes or no, a number, or a choice."""


class Consciousness(StrEnum):
    """ACVPU level of consciousness; C is new confusion."""

    ALERT = "A"
    CONFUSION = "C"
    VOICE = "V"
    PAIN = "P"
    UNRESPONSIVE = "U"


class OxygenDevice(StrEnum):
    """What a patient breathes through."""

    ROOM_AIR = "room_air"
    NASAL_CANNULA = "nasal_cannula"
    SIMPLE_MASK = "simple_mask"
    VENTURI_MASK = "venturi_mask"
    RESERVOIR_MASK = "reservoir_mask"
    HIGH_FLOW = "high_flow"
    CPAP = "cpap"
    NON_INVASIVE = "niv"
    TRACHEOSTOMY = "tracheostomy"
    OTHER = "other"


class IncompleteReason(StrEnum):
    """Why a set lacks a scored value."""

    REFUSED = "refused"
    ASLEEP = "asleep"
    NOT_TOLERATED = "not_tolerated"
    EQUIPMENT = "equipment"
    PROCEDURE = "procedure"
    END_OF_LIFE = "end_of_life"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSigns:
    """One bedside set of measurements; None = not measured, which is never zero.

    Units are in the names. Temperature has one decimal. `on_oxygen` None = not recorded.

    Attributes:
        inspired_oxygen_percent: as set on a Venturi mask or a machine, 21-100.
        further: signs that only some packs score, by the name their pack gives them; a sign
            that is absent was not recorded, which is never "no".
    """

    respiratory_rate_per_min: int | None = None
    spo2_percent: int | None = None
    spo2_scale: int = 1
    on_oxygen: bool | None = None
    oxygen_flow_l_per_min: Decimal | None = None
    oxygen_device: OxygenDevice | None = None
    inspired_oxygen_percent: int | None = None
    systolic_bp_mmhg: int | None = None
    diastolic_bp_mmhg: int | None = None
    pulse_per_min: int | None = None
    consciousness: Consciousness | None = None
    temperature_celsius: Decimal | None = None
    further: Mapping[str, FurtherSign] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The outcome of scoring one set with one pack.

    Attributes:
        total: 0-20; None when incomplete (an incomplete set has no score).
        at_least: the points known so far; equals `total` when complete.
        points: parameter name -> points; only measured parameters are present.
        missing: scored parameters that were not measured, in chart order.
        risk: band of the total; of an incomplete set, the band it already reaches.
        interval_minutes: longest time to the next set; 0 = continuous monitoring.
    """

    pack: str
    version: str
    pack_hash: str
    total: int | None
    at_least: int
    points: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    risk: Risk
    interval_minutes: int

    @property
    def complete(self) -> bool:
        """Whether every scored parameter was measured."""
        return not self.missing


class SavedBeforeError(ConflictError):
    """A set of this id is stored already, with other values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObservations:
    """A set to record: `id` was made when the form opened.

    Attributes:
        occurred_at: when it was measured; aware, not in the future.
        incomplete_reason: required when a scored value is missing.
        supersedes_id: the set this one corrects, or None; then `change_reason` is required.
    """

    id: UUID
    admission_id: UUID
    occurred_at: datetime
    vital_signs: VitalSigns
    incomplete_reason: IncompleteReason | None = None
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeOut:
    """A set to be marked as entered in error; the original stays readable."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedObservations:
    """One stored set as the chart shows it.

    Attributes:
        superseded_by: id of the correction or strike-out that replaced it, None = in force.
        struck_out: this row itself is the strike-out mark of `supersedes_id`.
        corrected_by / corrected_at / change_reason: about the row that replaced this one.
    """

    id: UUID
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    vital_signs: VitalSigns
    score: Score | None
    incomplete_reason: IncompleteReason | None
    note: str | None
    source: str
    supersedes_id: UUID | None
    superseded_by: UUID | None
    struck_out: bool
    corrected_by: str | None
    corrected_at: datetime | None
    change_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedObservations:
    """What the nurse is told after a save.

    Attributes:
        score: None = no score in use fits the patient; `unscored_because` is the sentence why.
    """

    id: UUID
    recorded_at: datetime
    score: Score | None
    next_due_at: datetime
    unscored_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpO2ScaleDecision:
    """A recorded decision on the SpO2 scale; the default without one is scale 1."""

    id: UUID
    admission_id: UUID
    scale: int
    decided_by: str
    reason: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotTaken:
    """A whole set that was refused or put off, with its reason.

    Attributes:
        occurred_at: when it was refused or put off.
        reason: as the schedule names it ("refused", "off_ward", ...).
        deferred_until: when a set was due instead.
    """

    id: UUID
    occurred_at: datetime
    due_at: datetime
    deferred_until: datetime
    reason: str
    note: str | None
    recorded_at: datetime
    recorded_by: str
