"""Reads of protected details, and of people by their national id."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.data_keys import KeyMissingError, WrongWrapError
from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError, WardError
from ward_app.core.field_cipher import FieldCipher, key_number
from ward_app.core.station_keys import StationKeys
from ward_app.patients.detail_rules import COLUMNS, cell_of, may_be_national_id
from ward_app.patients.queries import found_patient, possible_duplicates, search_patients
from ward_app.patients.types import (
    FoundPatient,
    NewPatient,
    ProtectedDetails,
    ProtectedField,
    Unreadable,
)

CANNOT_BE_READ = "Cannot be read on this workstation. IT can give it the key: wardctl keys wrap."

DETAILS_SQL = f"""
SELECT d.version, {", ".join(f"d.{column}" for column in COLUMNS.values())},
    u.display_name, c.recorded_at, c.reason
FROM patient.patient_details d
LEFT JOIN LATERAL (
    SELECT recorded_by, recorded_at, reason FROM patient.detail_changes
    WHERE patient_id = d.patient_id ORDER BY version DESC LIMIT 1) c ON true
LEFT JOIN public.users u ON u.id = c.recorded_by
WHERE d.patient_id = %s
"""  # noqa: S608 - names of columns from the rules
_BY_NATIONAL_ID = "SELECT * FROM patient.search_national_id(%s)"


def read_details(tx: Transaction, keys: StationKeys, patient_id: UUID) -> ProtectedDetails:
    """Return the protected details of a patient whose chart was opened before.

    What cannot be read says why; it is never left out.

    Raises:
        NotPermittedError: the chart is not open.
    """
    rows = tx.tuples(DETAILS_SQL, (patient_id,))
    if not rows:
        raise NotPermittedError("The chart must be opened before its details are read.")
    version, *sealed, by, at, reason = rows[0]
    there = {
        field: bytes(value)
        for field, value in zip(COLUMNS, sealed, strict=True)
        if value is not None
    }
    return ProtectedDetails(
        patient_id=patient_id,
        version=version,
        values=_opened(tx, keys, patient_id, there) if there else {},
        last_change=(by, at, reason) if at else None,
    )


def may_protect(tx: Transaction, keys: StationKeys) -> bool:
    """Whether this workstation has the keys to enter protected details."""
    try:
        return keys.cipher(tx).can_seal
    except WrongWrapError:
        return False


def find_people(tx: Transaction, keys: StationKeys, text: str) -> list[FoundPatient]:
    """Return who fits a name, number, date of birth or, exactly, a national id; that one first.

    The directory must have been opened in an earlier transaction.

    Raises:
        RuleBrokenError: fewer than two characters were asked for.
    """
    named = search_patients(tx, text)
    by_id = people_with(tx, keys, text) if may_be_national_id(text) else []
    return _once([*by_id, *named])


def duplicates_of(
    tx: Transaction, keys: StationKeys, patient: NewPatient, national_id: str | None
) -> list[FoundPatient]:
    """Return who may be the person about to be registered: of that national id first."""
    by_id = people_with(tx, keys, national_id) if national_id else []
    named = patient.family_name and patient.given_name
    return _once([*by_id, *(possible_duplicates(tx, patient) if named else [])])


def people_with(tx: Transaction, keys: StationKeys, national_id: str) -> list[FoundPatient]:
    """Return the people of the facility with a national id; nobody without a key."""
    try:
        indexes = keys.cipher(tx).indexes(national_id)
    except WrongWrapError:
        return []
    return tx.rows(found_patient, _BY_NATIONAL_ID, (indexes,)) if indexes else []


def _opened(
    tx: Transaction, keys: StationKeys, patient_id: UUID, there: dict[ProtectedField, bytes]
) -> dict[ProtectedField, str | Unreadable]:
    try:
        cipher = keys.cipher(tx)
        numbers = [number for sealed in there.values() if (number := key_number(sealed))]
        if not all(cipher.knows(number) for number in numbers):
            # encrypted anew since this person signed in
            cipher = keys.cipher(tx, fresh=True)
    except WrongWrapError as error:
        return dict.fromkeys(there, Unreadable(str(error)))
    return {field: _value(cipher, patient_id, field, each) for field, each in there.items()}


def _value(
    cipher: FieldCipher, patient_id: UUID, field: ProtectedField, sealed: bytes
) -> str | Unreadable:
    try:
        return cipher.open(sealed, cell_of(field, patient_id))
    except KeyMissingError:
        return Unreadable(CANNOT_BE_READ)
    except WardError as error:
        return Unreadable(str(error))


def _once(people: list[FoundPatient]) -> list[FoundPatient]:
    """Return each person once, in the order given."""
    return list({each.identity.id: each for each in reversed(people)}.values())[::-1]
