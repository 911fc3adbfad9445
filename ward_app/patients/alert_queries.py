"""Reads of a patient's allergies and flags."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.patients.alerts import Allergy, AllergyStatus, Flag, FlagKind

_FLAGS = """
SELECT kind, detail FROM (
    SELECT DISTINCT ON (kind) kind, detail, active FROM patient.patient_flags
    WHERE patient_id = %s ORDER BY kind, seq DESC) latest
WHERE active ORDER BY kind
"""

_ALLERGIES = """
SELECT a.id, a.substance, a.reaction, a.status FROM patient.allergies a
WHERE a.patient_id = %s
  AND NOT EXISTS (SELECT FROM patient.allergies c WHERE c.supersedes_id = a.id)
ORDER BY a.seq
"""


def patient_flags(tx: Transaction, patient_id: UUID) -> list[Flag]:
    """Return the flags in force."""
    return tx.rows(
        lambda kind, detail: Flag(kind=FlagKind(kind), detail=detail), _FLAGS, (patient_id,)
    )


def allergies(tx: Transaction, patient_id: UUID) -> tuple[AllergyStatus, list[Allergy]]:
    """Return what is known of allergies, and those in force, oldest first."""
    rows = tx.tuples(_ALLERGIES, (patient_id,))
    known = [
        Allergy(id=row[0], substance=row[1], reaction=row[2]) for row in rows if row[3] == "active"
    ]
    if known:
        return AllergyStatus.PRESENT, known
    if any(row[3] == "none_known" for row in rows):
        return AllergyStatus.NONE_KNOWN, []
    return AllergyStatus.NOT_RECORDED, []
