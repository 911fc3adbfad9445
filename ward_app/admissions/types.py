"""Words of a stay: admission, transfer, discharge, swap and their undoing (HL7 ADT)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ward_app.core.errors import ConflictError
from ward_app.patients.types import AlertChanges, DetailEntry, NewPatient, PatientIdentity


class AdmissionSource(StrEnum):
    """Where the patient came from."""

    EMERGENCY_DEPARTMENT = "emergency_department"
    ELECTIVE = "elective"
    CLINIC = "clinic"
    OTHER_HOSPITAL = "other_hospital"
    HOME = "home"
    BIRTH = "birth"


class Destination(StrEnum):
    """Where a discharged patient went."""

    HOME = "home"
    CARE_HOME = "care_home"
    OTHER_HOSPITAL = "other_hospital"
    REHABILITATION = "rehabilitation"
    SELF_DISCHARGE = "self_discharge"
    DIED = "died"


class LeaveKind(StrEnum):
    """A step of a leave: the bed stays the patient's (HL7 A21, A22)."""

    LEFT = "left"
    RETURNED = "returned"


class StayEvent(StrEnum):
    """What happened to a stay (HL7 v2 ADT trigger events)."""

    ADMITTED = "A01"
    TRANSFERRED = "A02"
    DISCHARGED = "A03"
    ADMISSION_CANCELLED = "A11"
    TRANSFER_CANCELLED = "A12"
    DISCHARGE_CANCELLED = "A13"
    SWAPPED = "A17"


@dataclass(frozen=True, slots=True, kw_only=True)
class BedShare:
    """A bed is given although somebody lies in it, on purpose (mother and baby).

    Attributes:
        with_admission_id: who was seen in the bed; it is refused when that is somebody else.
    """

    with_admission_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdmission:
    """An admission as the nurse entered it; `id` was made when the sheet opened.

    Attributes:
        bed_id: None admits to the ward without a bed (shown loudly as "No bed").
        admitted_at: when the patient arrived; aware, not in the future.
        accept_not_clean: the nurse confirmed a bed that is not marked clean.
        share: set when the bed is shared on purpose.
    """

    id: UUID
    patient_id: UUID
    ward_id: UUID
    bed_id: UUID | None
    admitted_at: datetime
    source: AdmissionSource
    specialty: str | None
    consultant: str | None
    reason: str | None
    expected_discharge_on: date | None
    accept_not_clean: bool = False
    share: BedShare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """A move to another bed or ward; `bed_id` None moves to the ward without a bed."""

    id: UUID
    admission_id: UUID
    ward_id: UUID
    bed_id: UUID | None
    occurred_at: datetime
    reason: str | None
    accept_not_clean: bool = False
    share: BedShare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSwap:
    """Two patients exchange beds in one step; `id` and `other_id` are the two transfers."""

    id: UUID
    other_id: UUID
    admission_id: UUID
    other_admission_id: UUID
    occurred_at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDischarge:
    """A patient left; only this frees the bed."""

    id: UUID
    admission_id: UUID
    occurred_at: datetime
    destination: Destination
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLeave:
    """A patient goes on leave or comes back; the bed stays hers, observations pause meanwhile.

    Attributes:
        expected_back_at: of a leave, when the patient should be back; None = a return.
    """

    id: UUID
    admission_id: UUID
    kind: LeaveKind
    occurred_at: datetime
    expected_back_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCancellation:
    """Undo the latest step of an admission with a reason; what happened stays on record.

    `step_id`: the step that was shown to the user; None undoes whichever is the latest.
    """

    id: UUID
    admission_id: UUID
    reason: str
    step_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What a command left behind: where the patient now is.

    Attributes:
        bed_label: None = on the ward without a bed.
        event: the step that was recorded.
        event_id: id of the recorded step.
        shared_with: who else lies in that bed now (after a discharge or a cancelled admission:
            in the bed left), None for nobody.
        left_with: who else lies in the bed that a move left, None for nobody.
    """

    admission_id: UUID
    event: StayEvent
    event_id: UUID
    ward_name: str
    bed_label: str | None
    shared_with: str | None = None
    left_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Everything entered when a patient arrives.

    Attributes:
        new_patient: a person to register first, None for one already known; its id is the
            admission's `patient_id`.
        alerts: allergies named and flags put up at arrival.
        details: protected details of a person who is registered now; None = none were entered.
    """

    admission: NewAdmission
    new_patient: NewPatient | None
    alerts: AlertChanges
    details: DetailEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Where the patient now is; `registered` holds the new patient number, if one was given."""

    placement: Placement
    registered: PatientIdentity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayStep:
    """One line of an admission's history, newest first in lists.

    Attributes:
        cancelled: this step was undone later.
        can_cancel: it is the latest step in force, so `cancel_latest_step` would undo it.
    """

    id: UUID
    event: StayEvent
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    from_place: str | None
    to_place: str | None
    reason: str | None
    cancelled: bool
    can_cancel: bool


class RecentDischarge(NamedTuple):
    """A patient who left in the last day, so that the discharge can still be undone.

    `bed_label` None = lay without a bed. `died_at` None = alive when leaving, as far as known.
    """

    admission_id: UUID
    patient_id: UUID
    mrn: str
    family_name: str
    given_name: str
    title: str | None
    sex: str
    born_on: date | None
    ward_id: UUID
    ward_name: str
    bed_label: str | None
    discharged_at: datetime
    died_at: datetime | None = None


class BedTakenError(ConflictError):
    """Another workstation was given the bed first.

    Attributes:
        holder: patient's name, None where the reader may not see it.
        given_by: display name of who gave it; None where unknown.
        given_at: when, aware; None where unknown.
    """

    def __init__(
        self,
        message: str,
        *,
        holder: str | None = None,
        given_by: str | None = None,
        given_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.holder, self.given_by, self.given_at = holder, given_by, given_at


class BedNotReadyError(ConflictError):
    """The bed is not marked clean; repeat with `accept_not_clean` after asking."""
