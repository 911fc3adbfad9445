"""Registering, finding and marking patients, against the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests.steps import a_person, admit, ago, board_of, register
from ward_app.audit.service import open_chart, open_directory
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.patients.queries import possible_duplicates, search_patients
from ward_app.patients.rules import is_valid_mrn
from ward_app.patients.service import change_alerts, change_flag, register_patient
from ward_app.patients.types import (
    AlertChanges,
    Allergy,
    FlagChange,
    FlagKind,
    Refutation,
    Sex,
)


@pytest.fixture
def directory(database, nurse):
    database.run(nurse, open_directory)


def row_of(database, nurse, admission_id):
    return next(r for r in board_of(database, nurse) if r.admission_id == admission_id)


def found(database, nurse, text):
    return [hit.identity.family_name for hit in database.run(nurse, search_patients, text)]


def test_that_a_new_patient_gets_a_number_with_a_check_digit(database, nurse):
    assert is_valid_mrn(register(database, nurse).mrn)


def test_that_registering_twice_gives_one_number(database, nurse):
    person = a_person()
    first = database.run(nurse, register_patient, person)
    assert database.run(nurse, register_patient, person).mrn == first.mrn


def test_that_twenty_registrations_at_once_get_twenty_numbers(database, nurse):
    """[T03]"""
    with ThreadPoolExecutor(4) as clerks:
        people = list(clerks.map(lambda _: register(database, nurse), range(20)))
    assert len({person.mrn for person in people}) == 20


@pytest.mark.parametrize("field", ["family_name", "given_name"])
def test_that_a_patient_has_both_names(database, nurse, field):
    with pytest.raises(RuleBrokenError) as refused:
        register(database, nurse, **{field: " "})
    assert refused.value.field == field


def test_that_an_assistant_may_not_register(database, signed_in):
    hal = Actor(signed_in("hal").token)
    with pytest.raises(NotPermittedError):
        register(database, hal)


@pytest.mark.parametrize("text", ["okaf", "ADA", "okafor, ada", "3/4/1948", "afo"])
def test_that_a_patient_is_found_by_name_or_birth_date(database, nurse, directory, text):
    register(database, nurse, "Okafor", "Ada")
    register(database, nurse, "Byrne", "Sam", born_on=date(1970, 1, 1))
    assert found(database, nurse, text) == ["Okafor"]


def test_that_a_patient_is_found_by_number_however_grouped(database, nurse, directory):
    mrn = register(database, nurse, "Okafor").mrn
    assert found(database, nurse, f"{mrn[:3]} {mrn[3:6]} {mrn[6:]}") == ["Okafor"]


@pytest.mark.parametrize("text", ["", "o", "  "])
def test_that_a_search_for_nothing_is_refused_and_not_empty(database, nurse, directory, text):
    with pytest.raises(RuleBrokenError, match="at least two letters"):
        database.run(nurse, search_patients, text)


@pytest.mark.parametrize("text", ["100%", "zz_yy", "xx\\yy"])
def test_that_signs_of_the_search_language_are_only_letters(database, nurse, directory, text):
    register(database, nurse, "Okafor")
    assert found(database, nurse, text) == []


def test_that_a_closed_directory_is_refused_and_not_empty(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, search_patients, "okafor")


def test_that_a_search_says_where_the_patient_is(database, nurse, directory):
    admission_id = admit(database, nurse, "Okafor", label="2")
    [hit] = database.run(nurse, search_patients, "okafor")
    assert hit.location == "Ward 7 East, bed 2"
    assert hit.open_admission_id == admission_id


@pytest.mark.parametrize(
    ("changes", "likely"),
    [
        ({}, True),
        ({"family_name": "Okafar"}, True),
        ({"family_name": "Ada", "given_name": "Okafor"}, True),
        ({"born_on": date(1948, 3, 4)}, True),
        ({"born_on": None}, True),
        ({"born_on": date(1999, 12, 31), "given_name": "Zed"}, False),
        ({"family_name": "Lindqvist", "given_name": "Nils"}, False),
        ({"sex": Sex.MALE, "family_name": "Okello", "given_name": "Abe"}, False),
    ],
)
def test_who_is_a_possible_duplicate(database, nurse, directory, changes, likely):
    register(database, nurse, "Okafor", "Ada")
    hits = database.run(nurse, possible_duplicates, a_person(**changes))
    assert bool(hits) is likely


def test_that_a_flag_goes_up_and_down_on_the_board(database, nurse):
    admission_id = admit(database, nurse, "Okafor")
    patient_id = row_of(database, nurse, admission_id).patient_id
    for active, detail in ((True, "contact"), (False, None)):
        change = FlagChange(
            id=new_id(),
            patient_id=patient_id,
            kind=FlagKind.ISOLATION,
            active=active,
            occurred_at=ago(0),
            detail=detail,
        )
        database.run(nurse, change_flag, change)
        shown = row_of(database, nurse, admission_id).flag("isolation")
        assert (shown.detail if shown else None) == detail


def test_that_allergies_are_not_recorded_then_none_known_then_named_then_refuted(database, nurse):
    admission_id = admit(database, nurse, "Okafor")
    patient_id = row_of(database, nurse, admission_id).patient_id
    penicillin = Allergy(id=new_id(), substance=" Penicillin ", reaction="rash")
    steps = (
        AlertChanges(patient_id=patient_id),
        AlertChanges(patient_id=patient_id, no_known_allergies_id=new_id()),
        AlertChanges(patient_id=patient_id, allergies=(penicillin,)),
    )
    seen = []
    for step in steps:
        database.run(nurse, change_alerts, step)
        database.run(nurse, change_alerts, step)
        row = row_of(database, nurse, admission_id)
        seen.append((row.allergy_status, row.allergies))
    assert seen == [
        ("not_recorded", None),
        ("none_known", None),
        ("present", ("Penicillin",)),
    ]


def test_that_an_allergy_is_named_and_a_refutation_says_why(database, nurse):
    admission_id = admit(database, nurse, "Okafor")
    patient_id = row_of(database, nurse, admission_id).patient_id
    nameless = Allergy(id=new_id(), substance=" ")
    unexplained = Refutation(id=new_id(), allergy_id=new_id(), reason=" ")
    for changes, field in (
        (AlertChanges(patient_id=patient_id, allergies=(nameless,)), "substance"),
        (AlertChanges(patient_id=patient_id, refutations=(unexplained,)), "reason"),
    ):
        with pytest.raises(RuleBrokenError) as refused:
            database.run(nurse, change_alerts, changes)
        assert refused.value.field == field


def test_that_two_refutations_of_one_allergy_conflict(database, nurse):
    admission_id = admit(database, nurse, "Okafor")
    patient_id = row_of(database, nurse, admission_id).patient_id
    database.run(nurse, open_chart, patient_id)
    allergy = Allergy(id=new_id(), substance="Penicillin")
    database.run(nurse, change_alerts, AlertChanges(patient_id=patient_id, allergies=(allergy,)))

    def refute():
        refutation = Refutation(id=new_id(), allergy_id=allergy.id, reason="tolerated since")
        changes = AlertChanges(patient_id=patient_id, refutations=(refutation,))
        database.run(nurse, change_alerts, changes)

    refute()
    assert row_of(database, nurse, admission_id).allergy_status == "not_recorded"
    with pytest.raises(ConflictError):
        refute()
