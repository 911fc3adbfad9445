"""Protected details of invented patients, encrypted like those of real ones."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from ward_app.core.field_cipher import FieldCipher
from ward_app.demo.load import Load
from ward_app.patients.detail_rules import COLUMNS, cell_of
from ward_app.patients.types import ProtectedField

_STREETS = (
    "Linden Road", "Mill Lane", "Station Street", "Orchard Close", "High Street", "Quay Terrace",
)  # fmt: skip
_TOWNS = ("Northfield", "Eastbridge", "Harrowby", "Little Marsden", "Sandholme")
_HISTORIES = (
    "Hypertension since 2011. Appendicectomy in childhood.",
    "Type 2 diabetes, diet and metformin. Cataract surgery, both eyes.",
    "COPD, three admissions in the last two years. Stopped smoking in 2019.",
    "Atrial fibrillation, anticoagulated. Hip replacement, right, 2020.",
    "No illnesses of note.",
)
_HAVE = {
    ProtectedField.NATIONAL_ID: 0.95,
    ProtectedField.INSURANCE_NUMBER: 0.6,
    ProtectedField.ADDRESS: 0.9,
    ProtectedField.MEDICAL_HISTORY: 0.7,
}


def add_details(
    load: Load, patient_id: UUID, cipher: FieldCipher | None, **known: str | None
) -> None:
    """Add the details of a patient: `known` as it is, the rest drawn and encrypted.

    Without keys (`cipher` None) there are none.
    """
    if cipher is None:
        load.add("patient.patient_details", patient_id=patient_id, **known)
        return
    values = drawn_details(patient_id)
    sealed: dict[str, Any] = {
        COLUMNS[field]: None if text is None else cipher.seal(text, cell_of(field, patient_id))
        for field, text in values.items()
    }
    national_id = values[ProtectedField.NATIONAL_ID]
    number, index = (None, None) if national_id is None else cipher.index(national_id)
    load.add(
        "patient.patient_details",
        patient_id=patient_id,
        national_id_index=index,
        national_id_index_key=number,
        **sealed,
        **known,
    )


def drawn_details(patient_id: UUID) -> dict[ProtectedField, str | None]:
    """Return a patient's details, the same each time; None where there is nothing."""
    rng = Random(f"details {patient_id}")  # noqa: S311 - invented people, no secret
    digits = f"{rng.randrange(10**7):07d}"
    drawn = {
        # numbers that begin with 999 are given to nobody
        ProtectedField.NATIONAL_ID: f"999 {digits[:3]} {digits[3:]}",
        ProtectedField.INSURANCE_NUMBER: f"MUT-{rng.randrange(10**8):08d}",
        ProtectedField.ADDRESS: (
            f"{rng.randrange(1, 140)} {rng.choice(_STREETS)}\n{rng.choice(_TOWNS)}"
        ),
        ProtectedField.MEDICAL_HISTORY: rng.choice(_HISTORIES),
    }
    return {field: text if rng.random() < _HAVE[field] else None for field, text in drawn.items()}
