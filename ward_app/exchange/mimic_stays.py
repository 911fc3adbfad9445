"""Admissions, bed stays, moves and discharges.

A stay in hospital begins when the patient arrives, which may be in the emergency department,
and ends when the last bed is left; the end of a stay frees the bed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from psycopg.types.range import Range

from ward_app.admissions.types import AdmissionSource
from ward_app.exchange.anchoring import AnchoredVisit
from ward_app.exchange.load_plan import ADMISSIONS, DISCHARGES, STAYS, TRANSFERS
from ward_app.exchange.mimic_context import LATER, ImportContext
from ward_app.exchange.mimic_records import ED
from ward_app.exchange.mimic_wards import WardStay
from ward_app.exchange.mimic_words import (
    SPECIALTIES,
    admission_reason,
    admission_source,
    destination,
)

Beds = Mapping[str, UUID]


def plan_visit(
    one: AnchoredVisit,
    stays: Sequence[WardStay],
    *,
    beds: Beds,
    context: ImportContext,
) -> None:
    """Add one visit: its admission, bed stays, moves, and the discharge if it is over.

    `beds`: the bed of each stay, by its key.
    """
    admission_id = context.ids("admission", one.visit.key)
    patient_id = context.ids("patient", one.visit.patient.subject_id)
    has_left = len(stays) == len(one.visit.moves) and stays[-1].ends_at is not None
    context.plan.add(
        ADMISSIONS,
        id=admission_id,
        facility_id=context.facility_id,
        patient_id=patient_id,
        external_id=one.visit.key,
        source=_source(one, context).value,
        specialty=_specialty(one, context),
        reason=_reason(one),
        admitted_at=stays[0].begins_at,
        discharged_at=stays[-1].ends_at if has_left else None,
    )
    for stay in stays:
        _add_stay(stay, (admission_id, patient_id, beds[stay.key]), context=context)
    for before, after in pairwise(stays):
        _add_transfer((before, after), admission_id, beds=beds, context=context)
    if has_left:
        _add_discharge(one, stays[-1], context=context)
    elif one.visit.left is not None:
        row = one.visit.left.row
        context.report.refuse_row(row, LATER, field="intime", value=row.values["intime"])


def _add_stay(stay: WardStay, ids: tuple[UUID, UUID, UUID], *, context: ImportContext) -> None:
    stay_id = context.ids("stay", stay.key)
    admission_id, patient_id, bed_id = ids
    context.plan.add(
        STAYS,
        id=stay_id,
        admission_id=admission_id,
        patient_id=patient_id,
        ward_id=stay.ward_id,
        bed_id=bed_id,
        during=Range(stay.begins_at, stay.ends_at, "[)"),
        ward_arrived_at=stay.ward_arrived_at,
        share_group=stay_id,
    )


def _add_transfer(
    move: tuple[WardStay, WardStay],
    admission_id: UUID,
    *,
    beds: Beds,
    context: ImportContext,
) -> None:
    before, after = move
    context.plan.add(
        TRANSFERS,
        id=context.ids("transfer", after.key),
        admission_id=admission_id,
        kind="transfer",
        from_ward_id=before.ward_id,
        from_bed_id=beds[before.key],
        to_ward_id=after.ward_id,
        to_bed_id=beds[after.key],
        from_stay_id=context.ids("stay", before.key),
        to_stay_id=context.ids("stay", after.key),
        occurred_at=after.begins_at,
    )


def _add_discharge(one: AnchoredVisit, last: WardStay, *, context: ImportContext) -> None:
    """Add the discharge when the source says where the patient went."""
    admission = one.visit.admission
    if admission is None:
        return
    location = admission.row.values["discharge_location"]
    where = destination(location)
    if where is None:
        reason = "where the patient went is not known; the end of the stay was loaded"
        context.report.keep(admission.row, "discharge_location", reason=reason)
        return
    context.plan.add(
        DISCHARGES,
        id=context.ids("discharge", one.visit.key),
        admission_id=context.ids("admission", one.visit.key),
        destination=where.value,
        from_stay_id=context.ids("stay", last.key),
        note=location.capitalize(),
        occurred_at=last.ends_at,
    )


def _source(one: AnchoredVisit, context: ImportContext) -> AdmissionSource:
    admission = one.visit.admission
    if admission is None:
        return AdmissionSource.EMERGENCY_DEPARTMENT
    found = admission_source(
        admission.row.values["admission_location"],
        admission.row.values["admission_type"],
        came_through_ed=one.visit.moves[0].kind == ED,
    )
    if found is None:
        reason = "where the patient came from is not known; home was stored"
        context.report.keep(admission.row, "admission_location", reason=reason)
    return found or AdmissionSource.HOME


def _reason(one: AnchoredVisit) -> str | None:
    if one.visit.admission is None:
        return "Emergency department visit, not admitted"
    values = one.visit.admission.row.values
    return admission_reason(values["admission_location"], values["admission_type"])


def _specialty(one: AnchoredVisit, context: ImportContext) -> str | None:
    """Return the specialty of the last service up to the anchor."""
    found = None
    for service in one.visit.services:
        if not context.timeline.has_come(service.moment + one.shift):
            moment = service.row.values["transfertime"]
            context.report.refuse_row(service.row, LATER, field="transfertime", value=moment)
            continue
        if found is not None:
            context.report.refuse_row(found.row, "another service took over later in the stay")
        found = service
    return SPECIALTIES.get(found.service, found.service) if found else None
