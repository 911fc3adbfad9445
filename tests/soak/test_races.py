"""Two people at the same moment: the second waits for the first, then sees what it did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from tests import world
from tests.soak import verdict
from tests.steps import (
    a_person,
    a_set,
    admit,
    ago,
    an_admission,
    board_of,
    leave,
    move,
    places,
    register,
)
from ward_app.admissions.service import admit as admit_service
from ward_app.admissions.service import cancel_latest_step, discharge, swap, transfer
from ward_app.admissions.types import (
    BedNotReadyError,
    BedTakenError,
    Destination,
    NewCancellation,
    NewDischarge,
    NewSwap,
    NewTransfer,
)
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations
from ward_app.patients.service import register_patient


@pytest.fixture
def bo(connect, signed_in):
    """Bo, at the other workstation: (database, actor)."""
    beta = connect("ws_beta")
    return beta, Actor(signed_in("both", beta).token)


@pytest.fixture
def nora(database, nurse):
    return database, nurse


def _nothing(found):
    return not found


@pytest.fixture
def meanwhile(nora, admin):
    """Return what a second person's step comes to that is asked for while Nora's is not committed.

    Hers is committed once the other one waits for it, or is done without waiting.
    """

    @retry(retry=retry_if_result(_nothing), stop=stop_after_delay(10), wait=wait_fixed(0.01))
    def somebody_waits():
        return admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchone()[0]

    def run(first, person, second, *, waits=True):
        (hers, *details), (database, actor) = first, person
        with ThreadPoolExecutor(1) as other:
            with nora[0].transaction(nora[1]) as uncommitted:
                hers(uncommitted, *details)
                asked = other.submit(database.run, actor, *second)
                if waits:
                    somebody_waits()
                else:
                    asked.result(10)
            return asked.result(10)

    return run


def to_bed(admission_id, label, **changes):
    facts = {"ward_id": world.id_of("east"), "bed_id": world.bed("east", label), "reason": None}
    return NewTransfer(
        id=new_id(), admission_id=admission_id, occurred_at=ago(0), **facts, **changes
    )


def exchange(one, other):
    return NewSwap(
        id=new_id(),
        other_id=new_id(),
        admission_id=one,
        other_admission_id=other,
        occurred_at=ago(0),
        reason=None,
    )


def going_home(admission_id):
    return NewDischarge(
        id=new_id(),
        admission_id=admission_id,
        occurred_at=ago(0),
        destination=Destination.HOME,
        note=None,
    )


def undoing(admission_id):
    return NewCancellation(id=new_id(), admission_id=admission_id, reason="wrong patient")


def test_that_the_later_of_two_admissions_to_a_bed_is_told_who_was_first(nora, bo, meanwhile):
    one, other = register(*nora, "Okafor"), register(*nora, "Byrne")
    with pytest.raises(BedTakenError, match=r"Bed 1 was given to OKAFOR, Ada by Nora Nurse at"):
        meanwhile(
            (admit_service, an_admission(one.id)), bo, (admit_service, an_admission(other.id))
        )
    assert places(*nora) == {"1": "Okafor"}


@pytest.mark.parametrize("label", ["1", None])
def test_that_an_admission_sent_twice_at_once_is_one_admission(nora, meanwhile, label):
    admission = an_admission(register(*nora, "Okafor").id, label=label)
    placed = meanwhile((admit_service, admission), nora, (admit_service, admission))
    assert (placed.admission_id, placed.bed_label) == (admission.id, label)
    assert places(*nora) == {label: "Okafor"}


def test_that_a_registration_sent_twice_at_once_is_one_person_with_one_number(
    nora, meanwhile, admin
):
    person = a_person()
    registered = meanwhile((register_patient, person), nora, (register_patient, person))
    number = admin.execute(
        "SELECT mrn, last_number FROM patient.patients, patient.patient_sequences"
    )
    assert number.fetchall() == [(registered.mrn, 1)]


@pytest.mark.parametrize("step", ["transfer", "discharge", "undoing"])
def test_that_a_step_sent_twice_at_once_is_one_step(nora, meanwhile, admin, step):
    patient = admit(*nora, "Okafor", label="1")
    work, command = {
        "transfer": (transfer, to_bed(patient, "2")),
        "discharge": (discharge, going_home(patient)),
        "undoing": (cancel_latest_step, undoing(patient)),
    }[step]
    before = verdict.changes(admin)
    placed = meanwhile((work, command), nora, (work, command))
    assert placed.admission_id == patient
    assert verdict.changes(admin) == before + 1


def test_that_a_bed_just_left_is_found_dirty_by_who_waited_for_it(nora, bo, meanwhile):
    leaving, coming = admit(*nora, "Okafor", label="1"), register(*nora, "Byrne")
    arrival = an_admission(coming.id, label="1", admitted_at=ago(-1))
    with pytest.raises(BedNotReadyError, match="dirty"):
        meanwhile((transfer, to_bed(leaving, "2")), bo, (admit_service, arrival))
    assert places(*nora) == {"2": "Okafor"}


def test_that_a_bed_just_left_may_be_given_once_not_clean_is_accepted(nora, bo, meanwhile):
    leaving, coming = admit(*nora, "Okafor", label="1"), register(*nora, "Byrne")
    arrival = an_admission(coming.id, admitted_at=ago(-1), accept_not_clean=True)
    meanwhile((transfer, to_bed(leaving, "2")), bo, (admit_service, arrival))
    assert places(*nora) == {"1": "Byrne", "2": "Okafor"}


def test_that_undoing_does_not_undo_a_step_that_came_while_it_waited(nora, bo, meanwhile):
    one, other = admit(*nora, "Okafor", label="1"), admit(*nora, "Byrne", label="2")
    move(*nora, one, "3")
    with pytest.raises(ConflictError, match="Another step was recorded meanwhile"):
        meanwhile((swap, exchange(one, other)), bo, (cancel_latest_step, undoing(one)))
    assert places(*nora) == {"2": "Okafor", "3": "Byrne"}


def test_that_two_discharges_of_one_patient_are_one(nora, bo, meanwhile):
    patient = admit(*nora, "Okafor", label="1")
    with pytest.raises(ConflictError, match="already left"):
        meanwhile((discharge, going_home(patient)), bo, (discharge, going_home(patient)))


def test_that_a_discharge_is_not_undone_once_the_patient_was_here_again(nora):
    first = admit(*nora, "Okafor", label="1")
    patient_id = board_of(*nora)[0].patient_id
    leave(*nora, first)
    again = an_admission(patient_id, label="2", admitted_at=ago(0))
    nora[0].run(nora[1], admit_service, again)
    leave(*nora, again.id)
    with pytest.raises(ConflictError, match="in hospital again since"):
        nora[0].run(nora[1], cancel_latest_step, undoing(first))


def test_that_charting_goes_on_while_a_patient_is_being_moved(nora, bo, meanwhile):
    patient = admit(*nora, "Okafor", label="1")
    measured = a_set(patient)
    saved = meanwhile(
        (transfer, to_bed(patient, "2")), bo, (record_observations, measured), waits=False
    )
    assert saved.id == measured.id
