"""The last sets of a round: on record first, then in one statement, never another ward's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import world
from tests.observations.builders import WELL, signs
from tests.steps import a_set, admit, ago, move
from ward_app.audit.service import open_reachable_charts
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations, strike_out
from ward_app.observations.types import Consciousness, StrikeOut
from ward_app.observations.ward_charting import last_sets

OPENED = "SELECT user_id, patient_id, kind FROM audit.access_logs ORDER BY id"


@pytest.fixture
def stays(database, nurse):
    """Two patients of ward East."""
    return admit(database, nurse, "Okafor"), admit(database, nurse, "Lind", "Eva", label="2")


def patients_of(admin, stays):
    question = "SELECT patient_id FROM admission.admissions WHERE id = %s"
    return [admin.execute(question, (stay,)).fetchone()[0] for stay in stays]


def record(database, nurse, stay, **changes):
    new = a_set(stay, **changes)
    database.run(nurse, record_observations, new)
    return new


def test_that_opening_a_round_is_on_record_once_for_each_patient(database, nurse, admin, stays):
    patients = patients_of(admin, stays)
    opened = database.run(nurse, open_reachable_charts, patients)
    assert opened == frozenset(patients)
    logged = admin.execute(OPENED).fetchall()
    assert sorted(logged) == sorted((world.id_of("nora"), each, "ward") for each in patients)


def test_that_a_patient_who_left_stays_closed_and_the_others_open(database, nurse, admin, stays):
    gone, there = patients_of(admin, stays)
    move(database, nurse, stays[0], "1", ward="west")
    assert database.run(nurse, open_reachable_charts, [gone, there]) == frozenset({there})
    assert [row[1] for row in admin.execute(OPENED).fetchall()] == [there]


def test_that_nothing_is_read_before_the_opening_is_committed(database, nurse, admin, stays):
    record(database, nurse, stays[0])

    def peek(tx):
        open_reachable_charts(tx, patients_of(admin, stays))
        return last_sets(tx, stays)

    assert database.run(nurse, last_sets, stays) == ()
    assert database.run(nurse, peek) == ()


def test_that_the_newest_set_in_force_is_read_for_each(database, nurse, admin, stays):
    database.run(nurse, open_reachable_charts, patients_of(admin, stays))
    measured = signs(
        consciousness=Consciousness.VOICE, on_oxygen=True, oxygen_flow_l_per_min=Decimal(2)
    )
    record(database, nurse, stays[0], occurred_at=ago(90))
    kept = record(database, nurse, stays[0], occurred_at=ago(60), vital_signs=measured)
    wrong = record(database, nurse, stays[0], vital_signs=WELL)
    mark = StrikeOut(id=new_id(), admission_id=stays[0], struck_id=wrong.id, reason="Other bed")
    database.run(nurse, strike_out, mark)
    (last,) = database.run(nurse, last_sets, stays)
    assert (last.admission_id, last.id, last.total) == (stays[0], kept.id, 5)
    assert last.vital_signs == measured


def test_that_another_wards_nurse_reads_nothing_whatever_she_asks_for(
    database, signed_in, nurse, admin, stays
):
    record(database, nurse, stays[0])
    stranger = Actor(signed_in("wes").token)
    asked = patients_of(admin, stays)
    assert database.run(stranger, open_reachable_charts, asked) == frozenset()
    assert database.run(stranger, last_sets, stays) == ()
    assert admin.execute(OPENED).fetchall() == []
