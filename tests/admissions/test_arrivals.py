"""A whole arrival in one step, and when the patient is expected to leave."""

from __future__ import annotations

from datetime import date

import pytest

from tests.steps import a_person, admit, ago, an_admission, board_of, places, register
from ward_app.admissions.service import arrive, set_expected_discharge
from ward_app.admissions.types import Arrival, BedTakenError
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.patients.types import AlertChanges, Allergy, FlagChange, FlagKind


def an_arrival(person, *, is_new=True, label="1", substance="Latex"):
    return Arrival(
        admission=an_admission(person.id, label=label),
        new_patient=person if is_new else None,
        alerts=AlertChanges(
            patient_id=person.id,
            allergies=(Allergy(id=new_id(), substance=substance),),
            flags=(
                FlagChange(
                    id=new_id(),
                    patient_id=person.id,
                    kind=FlagKind.FALLS,
                    active=True,
                    occurred_at=ago(0),
                ),
            ),
        ),
    )


def expect(database, actor, stay, day, reason="plan"):
    database.run(
        actor,
        set_expected_discharge,
        statement_id=new_id(),
        admission_id=stay,
        expected_on=day,
        reason=reason,
    )


def test_that_a_new_patient_arrives_with_everything_known(database, nurse):
    arrived = database.run(nurse, arrive, an_arrival(a_person("Okafor")))
    assert arrived.registered is not None
    assert arrived.placement.bed_label == "1"
    [bed] = [bed for bed in board_of(database, nurse) if bed.patient_id]
    assert (bed.mrn, bed.allergies) == (arrived.registered.mrn, ("Latex",))
    assert bed.flags == (("falls", None),)


def test_that_a_known_patient_arrives_without_a_new_number(database, nurse):
    known = register(database, nurse, "Okafor")
    arrived = database.run(
        nurse, arrive, an_arrival(a_person("Okafor", id=known.id), is_new=False)
    )
    assert arrived.registered is None
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_an_arrival_that_fails_leaves_nothing_at_all(database, nurse, admin):
    admit(database, nurse, "Byrne", label="1")
    counted = "SELECT count(*) FROM patient.patients"
    before = admin.execute(counted).fetchone()
    with pytest.raises(BedTakenError):
        database.run(nurse, arrive, an_arrival(a_person("Okafor")))
    with pytest.raises(RuleBrokenError, match="Name what"):
        database.run(nurse, arrive, an_arrival(a_person("Okafor"), label="2", substance=" "))
    assert admin.execute(counted).fetchone() == before
    assert places(database, nurse) == {"1": "Byrne"}


def test_that_an_arrival_repeated_is_the_same_arrival(database, nurse):
    arrival = an_arrival(a_person("Okafor"))
    assert database.run(nurse, arrive, arrival) == database.run(nurse, arrive, arrival)
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_an_id_in_use_for_somebody_else_is_refused(database, nurse):
    first = an_arrival(a_person("Okafor"))
    database.run(nurse, arrive, first)
    other = register(database, nurse, "Byrne")
    admission = an_admission(other.id, label="2", id=first.admission.id)
    with pytest.raises(ConflictError):
        database.run(
            nurse,
            arrive,
            Arrival(
                admission=admission,
                new_patient=None,
                alerts=AlertChanges(patient_id=other.id),
            ),
        )


def test_that_the_newest_expectation_is_in_force_and_the_others_stay(database, nurse, admin):
    stay = admit(database, nurse, label="1", expected_discharge_on=date(2030, 1, 1))
    expect(database, nurse, stay, date(2030, 1, 9), "waits for transport")
    expect(database, nurse, stay, date(2030, 1, 5), "transport found")
    [bed] = [bed for bed in board_of(database, nurse) if bed.patient_id]
    assert bed.expected_discharge_on == date(2030, 1, 5)
    stated = admin.execute("SELECT reason FROM admission.expected_discharges ORDER BY seq")
    assert [row[0] for row in stated] == ["at admission", "waits for transport", "transport found"]


def test_that_a_changed_expectation_needs_a_reason(database, nurse):
    stay = admit(database, nurse, label="1")
    with pytest.raises(RuleBrokenError, match="Say why") as refused:
        expect(database, nurse, stay, date(2030, 1, 1), "  ")
    assert refused.value.field == "reason"
