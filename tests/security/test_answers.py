"""What the answers of commands and searches give away: ids say nothing to a stranger."""

from __future__ import annotations

from tests import world
from tests.patience import PATIENCE_S
from tests.security.conftest import SECRETS
from tests.security.elsewhere import assert_nothing
from ward_app.core.ids import new_id


def test_that_an_id_of_a_step_tells_no_place_of_another_patient(hospital, intruder, at_beta):
    """The id of a step says "done already" to its author alone, and only of its patient."""
    moved = new_id()
    move = "SELECT * FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), NULL, true)"
    place = (moved, hospital.theirs, world.id_of("west"), world.bed("west", "2"))
    assert at_beta.rows(move, place, token=hospital.wes)[0][0] == "done"
    for sql, values in (
        (move, place),
        ("SELECT * FROM admission.cancel_latest_step(%s, %s, 'because')", (moved, place[1])),
        ("SELECT * FROM admission.discharge(%s, %s, now(), 'home', NULL)", (moved, place[1])),
    ):
        [answer] = intruder.rows(sql, values, token=hospital.nora)
        assert answer[0] == "not_in_reach"
        assert answer[4:6] == (None, None)


def test_that_the_id_of_an_admission_tells_no_place(hospital, intruder):
    admit = (
        "SELECT * FROM admission.admit(%s, %s, %s, NULL, now(), 'home', NULL, NULL, NULL, NULL,"
        " true, NULL)"
    )
    values = (hospital.theirs, hospital.my_patient, world.id_of("east"))
    assert intruder.state(admit, values, token=hospital.nora) == "23505"


def test_that_a_taken_bed_names_nobody_who_left_long_ago(hospital, intruder):
    """A backdated admission finds the bed taken, but not by whom."""
    admit = (
        "SELECT * FROM admission.admit(%s, %s, %s, %s, '2026-01-06', 'home', NULL, NULL, NULL,"
        " NULL, true, NULL)"
    )
    register = "SELECT patient.register(%s, 'Any', 'Body', NULL, 'unknown', NULL, false)"
    person = new_id()
    intruder.rows(register, (person,), token=hospital.nora)
    values = (new_id(), person, world.id_of("east"), world.bed("east", "4"))
    [answer] = intruder.rows(admit, values, token=hospital.nora)
    assert answer[0] == "bed_taken"
    assert_nothing(str(answer).title())


def test_that_a_notification_carries_ids_alone(hospital, intruder, at_beta):
    with intruder.connection() as listener:
        listener.execute("LISTEN ward")
        listener.commit()
        at_beta.rows(
            "SELECT admission.transfer(%s, %s, %s, %s, clock_timestamp(), 'x', true)",
            (new_id(), hospital.theirs, world.id_of("west"), world.bed("west", "2")),
            token=hospital.wes,
        )
        heard = [notice.payload for notice in listener.notifies(timeout=PATIENCE_S, stop_after=1)]
    assert heard == [f"{world.id_of('west')}:beds"]


def test_that_the_directory_is_searched_only_for_something(hospital, intruder):
    intruder.rows("SELECT auth.open_directory()", token=hospital.nora)
    for name in (None, "", " ", "a", "%%", "_", ",,", "a b"):
        state = intruder.state(
            "SELECT * FROM patient.search(%s, NULL, NULL)", (name,), token=hospital.nora
        )
        assert state == "WA001", name


def test_that_a_search_says_no_more_than_who_somebody_is_and_where(hospital, intruder):
    intruder.rows("SELECT auth.open_directory()", token=hospital.nora)
    [(found,)] = intruder.rows(
        "SELECT to_jsonb(f) FROM patient.search('quagmire xylo', NULL, NULL) f",
        token=hospital.nora,
    )
    assert found["place"] == "Ward 3 West, bed 1"
    text = str(found)
    assert not [word for word in SECRETS if word in text and word not in {"Quagmire", "Xylophone"}]


def test_that_somebody_elses_registration_is_not_told(hospital, intruder):
    """The id of a patient gives no number, unless it repeats the very registration."""
    register = "SELECT patient.register(%s, %s, %s, NULL, 'unknown', NULL, false)"
    values = (hospital.their_patient, "Some", "Body")
    assert intruder.state(register, values, token=hospital.nora) == "23505"
    again = (hospital.my_patient, "Okafor", "Ada")
    assert intruder.value(register, again, token=hospital.nora).isdigit()
