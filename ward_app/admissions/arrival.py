"""A whole arrival in one transaction: registration, admission, allergies, flags."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.admissions.service import admit
from ward_app.admissions.types import NewAdmission, Placement
from ward_app.core.database import Transaction
from ward_app.patients.service import (
    change_flag,
    record_allergy,
    record_no_known_allergies,
    register_patient,
)
from ward_app.patients.types import Allergy, FlagChange, NewPatient, PatientIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Everything entered when a patient arrives.

    Attributes:
        new_patient: a person to register first, None for one already known; its id is the
            admission's `patient_id`.
        allergies: substances named at arrival; empty leaves what is on record.
        no_known_allergies: the patient was asked and has none.
        flags: put up at arrival.
    """

    admission: NewAdmission
    new_patient: NewPatient | None = None
    allergies: tuple[Allergy, ...] = ()
    no_known_allergies: bool = False
    flags: tuple[FlagChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Where the patient now is; `registered` holds the new patient number, if one was given."""

    placement: Placement
    registered: PatientIdentity | None


def arrive(tx: Transaction, arrival: Arrival) -> Arrived:
    """Register (if new) and admit the patient, with allergies and flags, or none of it.

    Raises:
        BedTakenError: another workstation gave the bed first.
        BedNotReadyError: the bed is not marked clean and that was not accepted.
        RuleBrokenError: a field is not acceptable; it is named.
    """
    patient_id = arrival.admission.patient_id
    registered = register_patient(tx, arrival.new_patient) if arrival.new_patient else None
    placement = admit(tx, arrival.admission)
    for allergy in arrival.allergies:
        record_allergy(tx, patient_id, allergy)
    if arrival.no_known_allergies:
        record_no_known_allergies(tx, patient_id)
    for flag in arrival.flags:
        change_flag(tx, flag)
    return Arrived(placement=placement, registered=registered)
