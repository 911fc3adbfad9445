"""Patients: invented names, ages as in the source, deaths."""

from __future__ import annotations

from datetime import date, datetime, time

from ward_app.exchange.anchoring import AnchoredVisit
from ward_app.exchange.load_plan import DETAILS, PATIENTS
from ward_app.exchange.mimic_context import LATER, MARK, ImportContext
from ward_app.exchange.mimic_records import PatientRecord
from ward_app.exchange.mimic_words import invented_name

_END_OF_DAY = time(23, 59)


def plan_patient(
    patient: PatientRecord, newest: AnchoredVisit | None, *, context: ImportContext
) -> None:
    """Add one patient; `newest` is the last visit, None when there is none.

    `mrn` stays empty: the database gives the number when the rows are written.
    """
    patient_id = context.ids("patient", patient.subject_id)
    family_name, given_name = invented_name(patient.subject_id)
    context.plan.add(
        PATIENTS,
        id=patient_id,
        facility_id=context.facility_id,
        mrn=None,
        external_id=patient.subject_id,
        family_name=family_name,
        given_name=given_name,
        title=MARK,
        sex=patient.sex.value,
        born_on=_born_on(patient, newest, context=context),
        born_on_is_estimate=True,
        died_at=_died_at(patient, newest, context=context),
    )
    context.plan.add(DETAILS, patient_id=patient_id)


def _born_on(
    patient: PatientRecord, newest: AnchoredVisit | None, *, context: ImportContext
) -> date | None:
    """Return 1 January of the year that gives the source's age at the newest visit."""
    year, age = context.timeline.local_anchor.year, patient.age
    if newest is not None:
        begins_at = newest.visit.begins_at
        year = (begins_at + newest.shift).year
        age += begins_at.year - patient.age_year
    return date(year - age, 1, 1) if age >= 0 else None


def _died_at(
    patient: PatientRecord, newest: AnchoredVisit | None, *, context: ImportContext
) -> datetime | None:
    """Return when the patient died, None when that is not known or after the anchor.

    In hospital the minute is known; at home only the day, and the end of it is stored.
    """
    if newest is None:
        return None
    admission = newest.visit.admission
    if admission is not None and admission.died_at is not None:
        row, field, died_at = admission.row, "deathtime", admission.died_at
    elif patient.died_on is not None:
        row, field = patient.row, "dod"
        died_at = datetime.combine(patient.died_on, _END_OF_DAY)
    else:
        return None
    died_at += newest.shift
    if not context.timeline.has_come(died_at):
        context.report.refuse_value(row, field, reason=LATER)
        return None
    if field == "dod":
        context.report.keep(row, field, reason="only the day is known; 23:59 of it was stored")
    return context.timeline.instant(died_at)
