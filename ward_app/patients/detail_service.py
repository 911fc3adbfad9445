"""Entering and correcting protected details: encrypted here, before they reach the database."""

from __future__ import annotations

import json

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError
from ward_app.core.requires import requires
from ward_app.core.station_keys import StationKeys
from ward_app.patients.detail_rules import cell_of, checked
from ward_app.patients.types import DetailEntry, ProtectedField
from ward_app.staff.types import Permission

_RECORD = "SELECT patient.record_details(%s, %s, %s, %s, %s, %s, %s)"


@requires(Permission.PATIENT_DETAILS)
def record_details(tx: Transaction, keys: StationKeys, entry: DetailEntry) -> int:
    """Enter or correct protected details; return the version reached.

    Repeating it with the same id changes nothing.

    Raises:
        RuleBrokenError: a value cannot be, or a reason is missing.
        KeyMissingError: this workstation has no key.
        WrongWrapError: its key is not one for it.
        ConflictError: somebody else changed them since.
    """
    values = checked(entry.values)
    cipher = keys.cipher(tx, fresh=True)
    sealed = {
        field: text and cipher.seal(text, cell_of(field, entry.patient_id)).hex()
        for field, text in values.items()
    }
    national_id = values.get(ProtectedField.NATIONAL_ID)
    number, index = cipher.index(national_id) if national_id else (None, None)
    told = json.dumps(sealed)
    parameters = (entry.id, entry.patient_id, entry.version, told, index, number, entry.reason)
    version: int | None = tx.value(_RECORD, parameters)
    if version is None:
        raise ConflictError(
            "Somebody else changed these details meanwhile. What you typed is kept; look at "
            "them again."
        )
    return version
