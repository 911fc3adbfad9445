"""Two patients in one bed on purpose, against the real database."""

import threading

import pytest

from tests.sheets import bed_row
from tests.steps import (
    admit,
    ago,
    an_admission,
    board_of,
    leave,
    move,
    register,
    undo,
)
from ward_app.admissions.service import admit as admit_service
from ward_app.admissions.service import swap
from ward_app.admissions.types import BedShare, BedTakenError, NewSwap
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id


def sharing(admission_id, reason="Mother and baby"):
    return BedShare(with_admission_id=admission_id, reason=reason)


def in_beds(database, actor, *wards):
    """Return {(bed label, family name)} of who lies where."""
    rows = board_of(database, actor, *wards)
    return {(row.bed_label, row.family_name) for row in rows if row.admission_id}


def readiness(database, actor, label):
    return bed_row(database, actor, label).readiness


@pytest.fixture
def mother(database, nurse):
    """Ada Okafor, two hours in bed 1 of ward East."""
    return admit(database, nurse, "Okafor", "Ada", label="1", admitted_at=ago(120))


@pytest.fixture
def baby(database, nurse, mother):
    """Baby Okafor, who came to lie beside her an hour ago."""
    return admit(database, nurse, "Okafor", "Baby", label="1", share=sharing(mother))


def test_that_two_patients_lie_in_a_bed_that_is_shared_on_purpose(database, nurse, mother):
    patient = register(database, nurse, "Okafor", "Baby")
    admission = an_admission(patient.id, label="1", share=sharing(mother))
    placed = database.run(nurse, admit_service, admission)
    assert (placed.bed_label, placed.shared_with) == ("1", "OKAFOR, Ada")
    rows = [row for row in board_of(database, nurse) if row.bed_label == "1"]
    assert [row.given_name for row in rows] == ["Ada", "Baby"]
    assert [[mate.given_name for mate in row.mates] for row in rows] == [["Baby"], ["Ada"]]
    assert database.run(nurse, admit_service, admission) == placed


def test_that_a_bed_with_one_patient_is_shared_with_nobody(database, nurse, mother):
    assert {row.mates for row in board_of(database, nurse)} == {()}


def test_that_the_reason_is_on_record(database, nurse, baby, admin):
    found = admin.execute(
        "SELECT share_reason FROM admission.bed_stays WHERE admission_id = %s", (baby,)
    )
    assert found.fetchone() == ("Mother and baby",)


def test_that_a_patient_is_moved_into_a_shared_bed_and_back(database, nurse, mother):
    baby = admit(database, nurse, "Byrne", label="2")
    placed = move(database, nurse, baby, "1", share=sharing(mother))
    assert (placed.shared_with, placed.left_with) == ("OKAFOR, Ada", None)
    assert in_beds(database, nurse) == {("1", "Okafor"), ("1", "Byrne")}
    assert readiness(database, nurse, "2") == "dirty"
    undone = undo(database, nurse, baby)
    assert (undone.bed_label, undone.shared_with) == ("2", None)
    assert in_beds(database, nurse) == {("1", "Okafor"), ("2", "Byrne")}


def test_that_who_moves_out_leaves_the_other_in_a_bed_that_is_not_dirty(
    database, nurse, mother, baby
):
    placed = move(database, nurse, mother, "3")
    assert (placed.shared_with, placed.left_with) == (None, "OKAFOR, Baby")
    assert readiness(database, nurse, "1") == "clean"
    back = undo(database, nurse, mother)
    assert (back.bed_label, back.shared_with) == ("1", "OKAFOR, Baby")


def test_that_who_leaves_the_hospital_frees_no_bed_that_somebody_shares(
    database, nurse, mother, baby
):
    left = leave(database, nurse, mother)
    assert left.shared_with == "OKAFOR, Baby"
    row = bed_row(database, nurse, "1")
    assert (row.given_name, row.mates, row.readiness) == ("Baby", (), "clean")
    assert undo(database, nurse, mother).shared_with == "OKAFOR, Baby"
    leave(database, nurse, mother)
    assert leave(database, nurse, baby).shared_with is None
    assert readiness(database, nurse, "1") == "dirty"


def test_that_an_admission_into_a_shared_bed_is_undone_alone(database, nurse, mother, baby):
    undone = undo(database, nurse, baby)
    assert undone.shared_with == "OKAFOR, Ada"
    assert in_beds(database, nurse) == {("1", "Okafor")}
    assert readiness(database, nurse, "1") == "clean"


def test_that_twins_may_lie_with_their_mother(database, nurse, mother, baby):
    admit(database, nurse, "Okafor", "Twin", label="1", share=sharing(baby))
    rows = [row for row in board_of(database, nurse) if row.bed_label == "1"]
    assert [len(row.mates) for row in rows] == [2, 2, 2]


def test_that_a_bed_that_changed_hands_is_not_shared_with_somebody_else(database, nurse, mother):
    leave(database, nurse, mother)
    admit(database, nurse, "Stranger", label="1", admitted_at=ago(0), accept_not_clean=True)
    with pytest.raises(BedTakenError, match="Bed 1 was given to STRANGER, Ada by Nora Nurse"):
        admit(database, nurse, "Baby", label="1", admitted_at=ago(0), share=sharing(mother))


def test_that_a_bed_that_was_left_meanwhile_is_not_shared(database, nurse, mother):
    leave(database, nurse, mother)
    baby = admit(database, nurse, "Byrne", label="2")
    with pytest.raises(BedTakenError, match="Nobody lies in bed 1 any more"):
        move(database, nurse, baby, "1", share=sharing(mother), accept_not_clean=True)
    assert in_beds(database, nurse) == {("2", "Byrne")}


def test_that_without_the_word_an_occupied_bed_is_refused_as_ever(database, nurse, mother):
    with pytest.raises(BedTakenError):
        admit(database, nurse, "Byrne", label="1")


def test_that_a_share_needs_a_reason(database, nurse, mother):
    with pytest.raises(RuleBrokenError, match="needs a reason"):
        admit(database, nurse, "Byrne", label="1", share=sharing(mother, "  "))


@pytest.mark.parametrize("login", ["dora", "col"])
def test_that_who_may_admit_may_not_yet_share(database, nurse, mother, signed_in, login):
    actor = Actor(signed_in(login).token)
    with pytest.raises(NotPermittedError):
        admit(database, actor, "Byrne", label="1", share=sharing(mother))


def test_that_a_bed_of_another_ward_is_not_shared(database, nurse, mother, connect, signed_in):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    theirs = admit(beta, wes, "Secret", ward="west", label="1")
    with pytest.raises(BedTakenError) as refused:
        move(database, nurse, mother, "1", ward="west", share=sharing(theirs))
    assert "SECRET" not in str(refused.value)


def test_that_a_shared_bed_is_not_swapped(database, nurse, mother, baby):
    other = admit(database, nurse, "Byrne", label="2")
    for one, two in ((mother, other), (other, baby)):
        exchange = NewSwap(
            id=new_id(),
            other_id=new_id(),
            admission_id=one,
            other_admission_id=two,
            occurred_at=ago(0),
            reason=None,
        )
        with pytest.raises(ConflictError, match="shared by two patients"):
            database.run(nurse, swap, exchange)
    assert in_beds(database, nurse) == {("1", "Okafor"), ("2", "Byrne")}


def test_that_who_came_to_lie_there_again_keeps_a_shared_bed_from_the_former_one(
    database, nurse, mother, baby
):
    move(database, nurse, mother, "3")
    leave(database, nurse, baby)
    admit(database, nurse, "Byrne", label="1", admitted_at=ago(0), accept_not_clean=True)
    back = undo(database, nurse, mother)
    assert back.bed_label is None
    assert in_beds(database, nurse) == {("1", "Byrne"), (None, "Okafor")}


def test_that_of_two_who_share_and_give_at_once_each_ends_true(
    database, nurse, mother, connect, signed_in
):
    beta = connect("ws_beta")
    other = Actor(signed_in("both", beta).token)
    patients = [register(database, nurse, name) for name in ("Byrne", "Cole")]
    shares = (sharing(mother), None)
    outcomes = {}

    def give(database, actor, patient, share):
        admission = an_admission(patient.id, label="1", admitted_at=ago(0), share=share)
        try:
            outcomes[patient.family_name] = database.run(actor, admit_service, admission)
        except BedTakenError as error:
            outcomes[patient.family_name] = error

    sides = ((database, nurse), (beta, other))
    threads = [
        threading.Thread(target=give, args=(*side, patient, share))
        for side, patient, share in zip(sides, patients, shares, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes["Byrne"].shared_with == "OKAFOR, Ada"
    assert isinstance(outcomes["Cole"], BedTakenError)
    assert in_beds(database, nurse) == {("1", "Okafor"), ("1", "Byrne")}
