"""Words of the patient: identity, allergies, flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ward_app.patients.alerts import Allergy as Allergy
from ward_app.patients.alerts import AllergyStatus as AllergyStatus
from ward_app.patients.alerts import Flag as Flag
from ward_app.patients.alerts import FlagKind as FlagKind


class Sex(StrEnum):
    """Administrative sex (HL7 FHIR AdministrativeGender)."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class ProtectedField(StrEnum):
    """Details of a patient that are encrypted before they reach the database."""

    NATIONAL_ID = "national_id"
    INSURANCE_NUMBER = "insurance_number"
    ADDRESS = "address"
    MEDICAL_HISTORY = "medical_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentity:
    """Who a patient is. `born_on` None = not known; `mrn` is ten digits, shown grouped."""

    id: UUID
    mrn: str
    family_name: str
    given_name: str
    title: str | None
    sex: Sex
    born_on: date | None
    born_on_is_estimate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """A person to register. The patient number is given by the database."""

    id: UUID
    family_name: str
    given_name: str
    title: str | None
    sex: Sex
    born_on: date | None
    born_on_is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A protected detail that is there and cannot be shown; `why` is for the user."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedDetails:
    """The protected details of a patient whose chart is open.

    Attributes:
        version: what a correction says it is based on.
        values: those that are there; others were never entered, or taken out.
        last_change: who changed any of them last, when and why; None = nobody yet.
    """

    patient_id: UUID
    version: int
    values: Mapping[ProtectedField, str | Unreadable] = field(repr=False)
    last_change: tuple[str | None, datetime, str | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailEntry:
    """Protected details entered or corrected.

    Attributes:
        version: of the details that were seen; 1 for a patient registered with them.
        values: what changes; None = is taken out.
        reason: why; needed where something was there before.
    """

    id: UUID
    patient_id: UUID
    version: int
    values: Mapping[ProtectedField, str | None] = field(repr=False)
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPatient:
    """One hit of a search or a possible duplicate.

    Attributes:
        location: "Ward 7 East, bed 12" when in hospital, else None.
        open_admission_id: the running admission, None when there is none.
        likeness: 0..1, how alike the hit is to what was asked.
        last_discharged_at: end of the latest earlier stay, or None.
    """

    identity: PatientIdentity
    location: str | None
    open_admission_id: UUID | None
    likeness: float
    last_discharged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChange:
    """A flag put up (`active`) or taken down, with who is to be told why."""

    id: UUID
    patient_id: UUID
    kind: FlagKind
    active: bool
    occurred_at: datetime
    detail: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """An allergy on record that was found not to be one."""

    id: UUID
    allergy_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChanges:
    """What a nurse changed of a patient's allergies and flags.

    Attributes:
        allergies: newly named.
        no_known_allergies_id: id of the statement that the patient was asked and has none;
            None = not stated.
    """

    patient_id: UUID
    flags: tuple[FlagChange, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    refutations: tuple[Refutation, ...] = ()
    no_known_allergies_id: UUID | None = None
