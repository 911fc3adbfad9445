"""What may be entered as a protected detail, and where each is kept."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from ward_app.core.errors import RuleBrokenError
from ward_app.core.field_cipher import Cell, normalised
from ward_app.patients.types import ProtectedField

COLUMNS = {
    ProtectedField.NATIONAL_ID: "national_id_encrypted",
    ProtectedField.INSURANCE_NUMBER: "insurance_member_id_encrypted",
    ProtectedField.ADDRESS: "address_encrypted",
    ProtectedField.MEDICAL_HISTORY: "medical_history_encrypted",
}
LONGEST = {
    ProtectedField.NATIONAL_ID: 40,
    ProtectedField.INSURANCE_NUMBER: 60,
    ProtectedField.ADDRESS: 400,
    ProtectedField.MEDICAL_HISTORY: 8_000,
}
# shorter ones would be somebody else's too often
_SHORTEST_ID = 5


def cell_of(field: ProtectedField, patient_id: UUID) -> Cell:
    """Return the place that a value is bound to."""
    return Cell(f"patient.patient_details.{COLUMNS[field]}", patient_id)


def may_be_national_id(text: str) -> bool:
    """Whether a search may mean a national id: long enough, and with a digit in it."""
    sought = normalised(text)
    return len(sought) >= _SHORTEST_ID and any(sign.isdigit() for sign in sought)


def checked(
    values: Mapping[ProtectedField, str | None],
) -> dict[ProtectedField, str | None]:
    """Return what was entered without blanks around it; nothing but blanks is None.

    Raises:
        RuleBrokenError: too long, or no national id.
    """
    entered = {field: (text or "").strip() or None for field, text in values.items()}
    for field, text in entered.items():
        if text is not None and len(text) > LONGEST[field]:
            raise RuleBrokenError(f"At most {LONGEST[field]} characters.", field=field)
    national_id = entered.get(ProtectedField.NATIONAL_ID)
    if national_id is not None and not may_be_national_id(national_id):
        raise RuleBrokenError(
            f"A national id has at least {_SHORTEST_ID} letters and digits.",
            field=ProtectedField.NATIONAL_ID,
        )
    return entered
