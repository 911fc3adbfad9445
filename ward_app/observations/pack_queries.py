"""Reads of what decides which score a stay is scored with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.observations.pack_types import ScoringBasis, basis_on
from ward_app.observations.packs import live_packs
from ward_app.patients.types import Sex

_BASES = """
SELECT a.id, p.born_on, p.sex
FROM admission.admissions a JOIN patient.patients p ON p.id = a.patient_id
WHERE a.id = ANY (%s)
"""


def scoring_of(tx: Transaction, admission_id: UUID) -> ScoringBasis:
    """Return what decides how a stay is scored, as of today.

    Raises:
        NotPermittedError: the patient is not on one of the reader's wards.
    """
    found = scorings_of(tx, (admission_id,))
    if admission_id not in found:
        raise NotPermittedError("This patient is not on one of your wards any more.")
    return found[admission_id]


def scorings_of(tx: Transaction, admission_ids: Sequence[UUID]) -> dict[UUID, ScoringBasis]:
    """Return what decides how each of these stays is scored, in one statement.

    A stay out of the reader's reach is left out.
    """
    day = tx.now.astimezone(UTC).date()
    rows = tx.tuples(_BASES, (list(admission_ids),))
    return {row[0]: _basis(day, *row[1:]) for row in rows}


def _basis(day: date, born_on: date | None, sex: Any) -> ScoringBasis:
    return basis_on(day, born_on=born_on, sex=Sex(sex), uses=live_packs())
