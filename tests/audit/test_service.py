"""Opening charts and the directory: on record first, readable afterwards."""

from __future__ import annotations

import pytest

from tests import world
from tests.steps import admit, leave, move, register
from ward_app.audit.service import open_chart, open_directory
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, SignInRequiredError
from ward_app.core.ids import new_id
from ward_app.observations.queries import observation_chart
from ward_app.patients.queries import search_patients
from ward_app.staff.service import sign_out

OPENED = "SELECT user_id, workstation, patient_id, kind FROM audit.access_logs ORDER BY id"


@pytest.fixture
def stay(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


def patient_of(admin, stay):
    question = "SELECT patient_id FROM admission.admissions WHERE id = %s"
    return admin.execute(question, (stay,)).fetchone()[0]


def test_that_each_opening_is_on_record(database, nurse, admin, stay):
    """[U01]"""
    patient = patient_of(admin, stay)
    for _ in range(2):
        database.run(nurse, open_chart, patient)
    row = (world.id_of("nora"), "ws_alpha", patient, "ward")
    assert admin.execute(OPENED).fetchall() == [row, row]


def test_that_a_chart_is_readable_only_after_it_was_opened(database, nurse, admin, stay):
    """[U01]"""
    with pytest.raises(NotPermittedError, match="not open to you any more"):
        database.run(nurse, observation_chart, stay)
    database.run(nurse, open_chart, patient_of(admin, stay))
    assert database.run(nurse, observation_chart, stay).sets == ()


def test_that_opening_counts_from_the_next_transaction_on(database, nurse, admin, stay):
    def peek(tx):
        open_chart(tx, patient_of(admin, stay))
        return observation_chart(tx, stay)

    with pytest.raises(NotPermittedError):
        database.run(nurse, peek)
    assert admin.execute(OPENED).fetchall() == []  # undone with the rest


def test_that_the_chart_of_a_stranger_stays_closed(database, nurse, admin):
    for nobody_of_mine in (new_id(), register(database, nurse, "Newcomer").id):
        with pytest.raises(NotPermittedError, match="not on one of your wards"):
            database.run(nurse, open_chart, nobody_of_mine)
    assert admin.execute(OPENED).fetchall() == []


def test_that_the_chart_stays_open_for_a_day_after_the_patient_left(database, nurse, admin, stay):
    patient = patient_of(admin, stay)
    leave(database, nurse, stay)
    database.run(nurse, open_chart, patient)
    assert database.run(nurse, observation_chart, stay).admission_id == stay
    admin.execute(
        "UPDATE admission.admissions SET admitted_at = now() - interval '26 hours',"
        " discharged_at = now() - interval '25 hours'"
    )
    admin.execute(
        "UPDATE admission.bed_stays SET during = tstzrange(a.admitted_at, a.discharged_at)"
        " FROM admission.admissions a WHERE a.id = admission_id"
    )
    with pytest.raises(NotPermittedError):
        database.run(nurse, observation_chart, stay)
    with pytest.raises(NotPermittedError):
        database.run(nurse, open_chart, patient)


def test_that_a_chart_closes_when_the_patient_moves_to_another_ward(
    database, nurse, admin, stay, connect, signed_in
):
    patient = patient_of(admin, stay)
    database.run(nurse, open_chart, patient)
    move(database, nurse, stay, "1", ward="west")
    with pytest.raises(NotPermittedError):
        database.run(nurse, observation_chart, stay)
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    beta.run(wes, open_chart, patient)
    assert beta.run(wes, observation_chart, stay).admission_id == stay


def test_that_a_chart_closes_with_the_session(database, nurse, admin, stay, signed_in):
    database.run(nurse, open_chart, patient_of(admin, stay))
    database.run(nurse, sign_out)
    with pytest.raises(SignInRequiredError):
        database.run(nurse, observation_chart, stay)
    again = Actor(signed_in("nora").token)
    with pytest.raises(NotPermittedError):
        database.run(again, observation_chart, stay)


def test_that_the_directory_is_searched_only_after_it_was_opened(database, nurse, admin):
    register(database, nurse, "Okafor")
    with pytest.raises(NotPermittedError, match="must be opened first"):
        database.run(nurse, search_patients, "Okafor")
    database.run(nurse, open_directory)
    [found] = database.run(nurse, search_patients, "Okafor")
    assert found.identity.family_name == "Okafor"
    assert admin.execute(OPENED).fetchall() == [(world.id_of("nora"), "ws_alpha", None, "search")]


def test_that_the_directory_closes_after_a_quarter_of_an_hour(database, nurse, admin):
    database.run(nurse, open_directory)
    minutes = "SELECT extract(epoch FROM valid_until - at)::int / 60 FROM audit.access_logs"
    assert admin.execute(minutes).fetchone()[0] in {14, 15}
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now()")
    with pytest.raises(NotPermittedError, match="must be opened first"):
        database.run(nurse, search_patients, "Okafor")


def test_that_who_may_not_search_does_not_open_the_directory(database, signed_in):
    hal = Actor(signed_in("hal").token)
    with pytest.raises(NotPermittedError):
        database.run(hal, open_directory)
