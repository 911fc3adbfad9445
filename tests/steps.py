"""Steps a test takes to get somewhere: register, admit, move, as a nurse would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests import world
from ward_app.admissions.service import admit as admit_service
from ward_app.admissions.service import cancel_latest_step, discharge, transfer
from ward_app.admissions.types import (
    AdmissionSource,
    Destination,
    NewAdmission,
    NewCancellation,
    NewDischarge,
    NewTransfer,
)
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.core.ids import new_id
from ward_app.observations.types import Consciousness, NewObservations, VitalSigns
from ward_app.patients.service import register_patient
from ward_app.patients.types import NewPatient, Sex

WITHOUT_ZONE = datetime.fromisoformat("2026-03-01T09:00")
"""A time that says of no clock which; everything that takes times refuses it."""


def ago(minutes: float) -> datetime:
    """Return the moment so many minutes ago, aware.

    Only while a test runs: a moment worked out when a file is read, as an argument of a
    parametrised test, has moved on by the time of the whole suite when it is used. Give
    `partial(ago, 5)` there and let `worked_out` ask it.
    """
    if "PYTEST_CURRENT_TEST" not in os.environ:
        raise RuntimeError("A moment is to be worked out by the test that uses it.")
    return datetime.now(UTC) - timedelta(minutes=minutes)


def worked_out(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts with what was given as a call, such as `partial(ago, 5)`, called now."""
    return {name: fact() if callable(fact) else fact for name, fact in facts.items()}


def a_person(family_name="Okafor", given_name="Ada", **changes) -> NewPatient:
    """Return a person to register."""
    facts = {
        "id": new_id(),
        "family_name": family_name,
        "given_name": given_name,
        "title": None,
        "sex": Sex.FEMALE,
        "born_on": date(1948, 4, 3),
    } | changes
    return NewPatient(**facts)


def an_admission(patient_id, ward="east", label="1", **changes) -> NewAdmission:
    """Return an admission to a bed (`label` None: no bed), an hour ago."""
    facts = {
        "id": new_id(),
        "patient_id": patient_id,
        "ward_id": world.id_of(ward),
        "bed_id": label and world.bed(ward, label),
        "admitted_at": ago(60),
        "source": AdmissionSource.EMERGENCY_DEPARTMENT,
        "specialty": "General medicine",
        "consultant": "Dr Mensah",
        "reason": "Pneumonia",
        "expected_discharge_on": None,
    } | changes
    return NewAdmission(**facts)


def a_set(admission_id, **changes) -> NewObservations:
    """Return a complete set of a well patient, measured now."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "occurred_at": ago(0),
        "vital_signs": VitalSigns(
            respiratory_rate_per_min=16,
            spo2_percent=97,
            on_oxygen=False,
            systolic_bp_mmhg=120,
            pulse_per_min=75,
            consciousness=Consciousness.ALERT,
            temperature_celsius=Decimal("36.8"),
        ),
    } | changes
    return NewObservations(**facts)


def register(database, actor, *names, **changes):
    """Register a person and return who it is."""
    return database.run(actor, register_patient, a_person(*names, **changes))


def admit(database, actor, *names, label="1", ward="east", **changes):
    """Register a person, admit her to a bed and return the admission's id."""
    patient = register(database, actor, *names)
    admission = an_admission(patient.id, ward, label, **changes)
    return database.run(actor, admit_service, admission).admission_id


def move(database, actor, admission_id, label, ward="east", **changes):
    """Move a patient to another bed now and return the placement."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "ward_id": world.id_of(ward),
        "bed_id": label and world.bed(ward, label),
        "occurred_at": ago(0),
        "reason": None,
    } | changes
    return database.run(actor, transfer, NewTransfer(**facts))


def leave(database, actor, admission_id, **changes):
    """Discharge a patient home now and return the placement."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "occurred_at": ago(0),
        "destination": Destination.HOME,
        "note": None,
    } | changes
    return database.run(actor, discharge, NewDischarge(**facts))


def undo(database, actor, admission_id, reason="wrong patient"):
    """Undo the latest step and return the placement."""
    cancellation = NewCancellation(id=new_id(), admission_id=admission_id, reason=reason)
    return database.run(actor, cancel_latest_step, cancellation)


def board_of(database, actor, *wards):
    """Return the board's rows of these wards (default: East)."""
    ids = tuple(world.id_of(ward) for ward in wards or ("east",))
    return database.run(actor, ward_board, ids).beds


def open_first(database, actor, *wards):
    """Open the charts of everybody on these wards (default: East), as reading records needs."""
    for bed in board_of(database, actor, *wards):
        if bed.patient_id:
            database.run(actor, open_chart, bed.patient_id)


def places(database, actor, *wards):
    """Return {bed label or None: family name} of the occupied beds of these wards."""
    rows = board_of(database, actor, *wards)
    return {row.bed_label: row.family_name for row in rows if row.admission_id}
