"""Commands on patients: registration, allergies, flags. Callers own the transaction."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.patients.types import (
    AlertChanges,
    Allergy,
    FlagChange,
    NewPatient,
    PatientIdentity,
    Refutation,
)
from ward_app.staff.types import Permission

_REGISTER = "SELECT patient.register(%s, %s, %s, %s, %s, %s, %s)"

_CHANGE_FLAG = """
INSERT INTO patient.patient_flags (id, patient_id, kind, active, detail, reason, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_RECORD_ALLERGY = """
INSERT INTO patient.allergies (id, patient_id, substance, reaction, status, occurred_at)
VALUES (%s, %s, %s, %s, 'active', clock_timestamp()) ON CONFLICT DO NOTHING
"""

_NO_KNOWN_ALLERGIES = """
INSERT INTO patient.allergies (id, patient_id, status, occurred_at)
VALUES (%s, %s, 'none_known', clock_timestamp()) ON CONFLICT DO NOTHING
"""

_REFUTE_ALLERGY = """
INSERT INTO patient.allergies
    (id, patient_id, substance, reaction, status, supersedes_id, reason, occurred_at)
SELECT %s, a.patient_id, a.substance, a.reaction, 'refuted', a.id, %s, clock_timestamp()
FROM patient.allergies a WHERE a.id = %s AND a.status = 'active' ON CONFLICT (id) DO NOTHING
"""


@requires(Permission.PATIENT_REGISTER)
def register_patient(tx: Transaction, patient: NewPatient) -> PatientIdentity:
    """Return the person with the patient number given by the database.

    Repeating it with the same id returns the number given the first time.

    Raises:
        RuleBrokenError: surname or given name are missing.
    """
    family_name, given_name = patient.family_name.strip(), patient.given_name.strip()
    for field, value in (("family_name", family_name), ("given_name", given_name)):
        if not value:
            raise RuleBrokenError("A patient needs a surname and a given name.", field=field)
    mrn: str = tx.value(
        _REGISTER,
        (
            patient.id,
            family_name,
            given_name,
            patient.title,
            patient.sex.value,
            patient.born_on,
            patient.born_on_is_estimate,
        ),
    )
    return PatientIdentity(
        id=patient.id,
        mrn=mrn,
        family_name=family_name,
        given_name=given_name,
        title=patient.title,
        sex=patient.sex,
        born_on=patient.born_on,
        born_on_is_estimate=patient.born_on_is_estimate,
    )


@requires(Permission.PATIENT_FLAG)
def change_alerts(tx: Transaction, changes: AlertChanges) -> None:
    """Record all of the changes, or none; repeating them changes nothing.

    Raises:
        RuleBrokenError: a substance or a reason is missing.
        ConflictError: somebody else changed the same allergy first.
    """
    for refutation in changes.refutations:
        refute_allergy(tx, refutation)
    for allergy in changes.allergies:
        record_allergy(tx, changes.patient_id, allergy)
    if changes.no_known_allergies_id is not None:
        record_no_known_allergies(tx, changes.no_known_allergies_id, changes.patient_id)
    for flag in changes.flags:
        change_flag(tx, flag)


@requires(Permission.PATIENT_FLAG)
def change_flag(tx: Transaction, change: FlagChange) -> None:
    """Put a flag up or take it down; repeating it changes nothing."""
    tx.execute(
        _CHANGE_FLAG,
        (
            change.id,
            change.patient_id,
            change.kind.value,
            change.active,
            change.detail,
            change.reason,
            change.occurred_at,
        ),
    )


@requires(Permission.PATIENT_FLAG)
def record_allergy(tx: Transaction, patient_id: UUID, allergy: Allergy) -> None:
    """Record an allergy; repeating it changes nothing.

    Raises:
        RuleBrokenError: no substance is named.
    """
    substance = allergy.substance.strip()
    if not substance:
        raise RuleBrokenError("Name what the patient is allergic to.", field="substance")
    tx.execute(_RECORD_ALLERGY, (allergy.id, patient_id, substance, allergy.reaction))


@requires(Permission.PATIENT_FLAG)
def record_no_known_allergies(tx: Transaction, statement_id: UUID, patient_id: UUID) -> None:
    """Record that the patient was asked and has none; repeating it changes nothing."""
    tx.execute(_NO_KNOWN_ALLERGIES, (statement_id, patient_id))


@requires(Permission.PATIENT_FLAG)
def refute_allergy(tx: Transaction, refutation: Refutation) -> None:
    """Record that an allergy was found not to be one; the statement stays on record.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else changed this allergy first.
    """
    reason = refutation.reason.strip()
    if not reason:
        raise RuleBrokenError("Say why this is no allergy.", field="reason")
    tx.execute(_REFUTE_ALLERGY, (refutation.id, reason, refutation.allergy_id))
