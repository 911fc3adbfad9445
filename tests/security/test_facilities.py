"""Two hospitals in one database: neither knows of the other."""

from __future__ import annotations

import pytest

from tests import world
from tests.security.conftest import SECRETS
from tests.security.test_without_a_person import assert_hidden, readable
from ward_app.core.ids import new_id

OURS = ("Okafor", "Quagmire", "Ward 7 East", "Ward 3 West", "Main Hospital", "Nora Nurse")
THEIRS = ("Palimpsest", "Ward North", "Other Hospital", "Olga Other")


def test_that_no_table_shows_anything_of_the_other_hospital(hospital, intruder, at_other):
    assert_hidden(readable(intruder, hospital.nora), THEIRS)
    shown = readable(at_other, hospital.olga)
    assert "Palimpsest" in shown["patient.patients"]
    assert "Ward North" in shown["room.wards"]
    assert_hidden(shown, OURS)


def test_that_functions_answer_with_nothing_of_the_other_hospital(hospital, at_other):
    wards = [world.id_of(code) for code in ("east", "west", "north")]
    at_other.rows("SELECT auth.open_directory()", token=hospital.olga)
    answers = [
        at_other.rows(sql, values, token=hospital.olga)
        for sql, values in (
            ("SELECT b::text FROM report.ward_board(%s) b", (wards,)),
            ("SELECT o::text FROM admission.occupied_beds() o", ()),
            ("SELECT f::text FROM patient.search('quagmire', NULL, NULL) f", ()),
            ("SELECT f::text FROM patient.search('okafor', NULL, NULL) f", ()),
            ("SELECT f::text FROM patient.search(NULL, '1948-04-03', NULL) f", ()),
            ("SELECT f::text FROM patient.search(NULL, NULL, '0000000018') f", ()),
            ("SELECT f::text FROM patient.possible_duplicates('Okafor', 'Ada', NULL, 'female') f",
             ()),
        )
    ]  # fmt: skip
    text = str(answers)
    assert not [word for word in (*OURS, "Xylophone") if word in text]
    beds = {row[0] for row in answers[0]}
    assert len(beds) == 2
    assert len(answers[1]) == 1


def test_that_a_patient_of_the_other_hospital_is_not_admitted_here(hospital, intruder):
    admit = (
        "SELECT outcome FROM admission.admit(%s, %s, %s, %s, clock_timestamp(), 'home', NULL,"
        " NULL, NULL, NULL, true, NULL)"
    )
    east = world.id_of("east")
    attempts = (
        ((hospital.stranger, east, None), "not_found"),
        ((hospital.gone, world.id_of("north"), None), "not_in_reach"),
        ((hospital.gone, None, None), "bed_unknown"),
        ((hospital.gone, east, world.bed("north", "2")), "bed_unknown"),
        ((None, east, None), "not_found"),
    )
    for (patient, ward, bed), outcome in attempts:
        values = (new_id(), patient, ward, bed)
        assert intruder.value(admit, values, token=hospital.nora) == outcome


@pytest.mark.parametrize("bed", ["1", None])
def test_that_a_patient_is_not_sent_to_the_other_hospital(hospital, intruder, bed):
    move = "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), NULL, true)"
    place = (world.id_of("north"), bed and world.bed("north", bed))
    values = (new_id(), hospital.mine, *place)
    assert intruder.value(move, values, token=hospital.nora) == "bed_unknown"


def test_that_numbers_are_counted_for_each_hospital(hospital, admin, intruder, at_other):
    register = "SELECT patient.register(%s, 'Same', 'Name', NULL, 'unknown', NULL, false)"
    ours = intruder.value(register, (new_id(),), token=hospital.nora)
    theirs = at_other.value(register, (new_id(),), token=hospital.olga)
    assert ours[:2] == theirs[:2]
    assert int(theirs[2:9]) == 2  # Olga's second patient; ours have counted on
    assert int(ours[2:9]) == 3


def test_that_secrets_are_of_this_test_alone():
    """The words that give a leak away stand nowhere in the hospital's own names."""
    assert not [word for word in SECRETS if word in str(world.PEOPLE) + str(world.WARDS)]
