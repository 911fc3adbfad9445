"""Reads of patients: the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.patients.rules import SearchTerms, search_terms
from ward_app.patients.types import (
    FoundPatient,
    NewPatient,
    PatientIdentity,
    Sex,
)


def search_patients(tx: Transaction, text: str) -> list[FoundPatient]:
    """Return up to 20 people of the facility that fit a name, number or date of birth.

    Best first. The directory must have been opened (`audit.service.open_directory`) in an
    earlier transaction.

    Raises:
        RuleBrokenError: fewer than two characters were asked for.
    """
    terms: SearchTerms = search_terms(text)
    if terms.is_empty:
        raise RuleBrokenError("Type at least two letters of a name, a number or a date of birth.")
    return tx.rows(
        found_patient,
        "SELECT * FROM patient.search(%s, %s, %s)",
        (terms.name, terms.born_on, terms.mrn),
    )


def possible_duplicates(tx: Transaction, patient: NewPatient) -> list[FoundPatient]:
    """Return up to five people already registered who may be this one, likeliest first."""
    return tx.rows(
        found_patient,
        "SELECT * FROM patient.possible_duplicates(%s, %s, %s, %s)",
        (patient.family_name, patient.given_name, patient.born_on, patient.sex.value),
    )


def found_patient(  # noqa: PLR0913, PLR0917 - the columns of patient.found
    patient_id: UUID,
    mrn: str,
    family_name: str,
    given_name: str,
    title: str | None,
    sex: str,
    born_on: date | None,
    born_on_is_estimate: bool,  # noqa: FBT001 - a column
    *rest: Any,
) -> FoundPatient:
    """Return one row of the database's type `patient.found`."""
    place, open_admission_id, likeness, last_discharged_at = rest
    last: datetime | None = last_discharged_at
    return FoundPatient(
        identity=PatientIdentity(
            id=patient_id,
            mrn=mrn,
            family_name=family_name,
            given_name=given_name,
            title=title,
            sex=Sex(sex),
            born_on=born_on,
            born_on_is_estimate=born_on_is_estimate,
        ),
        location=place,
        open_admission_id=open_admission_id,
        likeness=likeness,
        last_discharged_at=last,
    )
