"""Where a patient is: admit, move, swap, leave, undo, against the real database."""

import pytest

from tests import world
from tests.steps import (
    admit,
    ago,
    an_admission,
    board_of,
    leave,
    move,
    places,
    register,
    undo,
)
from ward_app.admissions.queries import recently_discharged, stay_history
from ward_app.admissions.service import admit as admit_service
from ward_app.admissions.service import swap
from ward_app.admissions.types import BedNotReadyError, BedTakenError, NewSwap, StayEvent
from ward_app.core.database import Actor
from ward_app.core.errors import (
    ConflictError,
    NotPermittedError,
    RecordNotFoundError,
    RuleBrokenError,
)
from ward_app.core.ids import new_id
from ward_app.rooms.bed_types import BedState
from ward_app.rooms.service import set_availability
from ward_app.rooms.types import Availability, BlockReason


def the_swap(one, other):
    return NewSwap(
        id=new_id(),
        other_id=new_id(),
        admission_id=one,
        other_admission_id=other,
        occurred_at=ago(0),
        reason=None,
    )


def readiness(database, nurse, label):
    return next(row.readiness for row in board_of(database, nurse) if row.bed_label == label)


def test_that_an_admitted_patient_lies_in_the_bed(database, nurse):
    admit(database, nurse, "Okafor", label="2")
    assert places(database, nurse) == {"2": "Okafor"}


def test_that_a_repeated_admission_is_the_same_admission(database, nurse):
    patient = register(database, nurse)
    admission = an_admission(patient.id)
    first = database.run(nurse, admit_service, admission)
    assert database.run(nurse, admit_service, admission) == first
    assert len(places(database, nurse)) == 1


def test_that_nobody_unknown_is_admitted(database, nurse):
    """[Q11]"""
    with pytest.raises(RecordNotFoundError, match="not in the directory"):
        database.run(nurse, admit_service, an_admission(new_id()))


def test_that_a_taken_bed_names_who_has_it_and_who_gave_it(database, nurse):
    admit(database, nurse, "Okafor", label="1")
    with pytest.raises(BedTakenError, match=r"Bed 1 was given to OKAFOR, Ada by Nora Nurse at"):
        admit(database, nurse, "Byrne", label="1")
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_a_taken_bed_of_another_ward_names_no_patient(database, nurse, connect, signed_in):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    admit(beta, wes, "Secret", ward="west", label="1")
    mine = admit(database, nurse, "Okafor", label="1")
    with pytest.raises(BedTakenError) as refused:
        move(database, nurse, mine, "1", ward="west")
    assert "Secret" not in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert refused.value.given_by == "Wes Westward"


def test_that_a_patient_in_hospital_is_not_admitted_again(database, nurse):
    patient = register(database, nurse)
    database.run(nurse, admit_service, an_admission(patient.id, label="1"))
    with pytest.raises(ConflictError, match="already in hospital: Ward 7 East, bed 1"):
        database.run(nurse, admit_service, an_admission(patient.id, label="2"))


def test_that_an_admission_to_a_foreign_ward_is_refused(database, nurse):
    with pytest.raises(NotPermittedError):
        admit(database, nurse, ward="west", label="1")


def test_that_a_move_frees_the_old_bed_and_marks_it_dirty(database, nurse):
    patient = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, patient, "2")
    assert places(database, nurse) == {"2": "Okafor"}
    assert readiness(database, nurse, "1") == "dirty"


def test_that_a_bed_that_is_not_clean_asks_first(database, nurse):
    patient = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, patient, "2")
    with pytest.raises(BedNotReadyError):
        admit(database, nurse, "Byrne", label="1", admitted_at=ago(0))
    admit(database, nurse, "Byrne", label="1", accept_not_clean=True, admitted_at=ago(0))
    assert places(database, nurse) == {"1": "Byrne", "2": "Okafor"}


def test_that_a_patient_without_a_bed_is_on_the_board(database, nurse):
    admit(database, nurse, "Okafor", label=None)
    assert places(database, nurse) == {None: "Okafor"}


def test_that_a_discharge_frees_the_bed(database, nurse):
    patient = admit(database, nurse, "Okafor", label="1")
    leave(database, nurse, patient)
    assert places(database, nurse) == {}
    [left] = database.run(nurse, recently_discharged, (world.id_of("east"),))
    assert left.family_name == "Okafor"


def test_that_a_step_before_the_arrival_is_refused(database, nurse):
    patient = admit(database, nurse, label="1")
    with pytest.raises(RuleBrokenError, match="before the patient came"):
        leave(database, nurse, patient, occurred_at=ago(120))


def test_that_a_step_in_the_future_is_refused(database, nurse):
    patient = admit(database, nurse, label="1")
    with pytest.raises(RuleBrokenError, match="future"):
        move(database, nurse, patient, "2", occurred_at=ago(-30))


def test_that_a_swap_exchanges_both_beds(database, nurse):
    one, other = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    database.run(nurse, swap, the_swap(one, other))
    assert places(database, nurse) == {"1": "B", "2": "A"}


def test_that_a_repeated_swap_does_not_swap_back(database, nurse):
    one, other = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    exchange = the_swap(one, other)
    database.run(nurse, swap, exchange)
    database.run(nurse, swap, exchange)
    assert places(database, nurse) == {"1": "B", "2": "A"}


@pytest.mark.parametrize(
    ("steps", "expected", "event"),
    [
        ([], {}, StayEvent.ADMISSION_CANCELLED),
        (["move"], {"1": "Okafor"}, StayEvent.TRANSFER_CANCELLED),
        (["leave"], {"1": "Okafor"}, StayEvent.DISCHARGE_CANCELLED),
        (["move", "leave"], {"2": "Okafor"}, StayEvent.DISCHARGE_CANCELLED),
    ],
)
def test_that_the_latest_step_is_undone(database, nurse, steps, expected, event):
    patient = admit(database, nurse, "Okafor", label="1")
    for step in steps:
        if step == "move":
            move(database, nurse, patient, "2")
        else:
            leave(database, nurse, patient)
    assert undo(database, nurse, patient).event is event
    assert places(database, nurse) == expected


def test_that_undoing_a_swap_puts_both_back(database, nurse):
    one, other = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    database.run(nurse, swap, the_swap(one, other))
    undo(database, nurse, one)
    assert places(database, nurse) == {"1": "A", "2": "B"}


def test_that_a_swap_is_half_undone_when_the_other_patient_moved_on(database, nurse):
    one, other = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    database.run(nurse, swap, the_swap(one, other))
    move(database, nurse, other, "3")
    undo(database, nurse, one)
    assert places(database, nurse) == {"1": "A", "3": "B"}


def test_that_undoing_into_a_taken_bed_leaves_the_patient_without_one(database, nurse):
    patient = admit(database, nurse, "Okafor", label="1")
    leave(database, nurse, patient)
    admit(database, nurse, "Byrne", label="1", accept_not_clean=True, admitted_at=ago(0))
    undo(database, nurse, patient)
    assert places(database, nurse) == {"1": "Byrne", None: "Okafor"}


def test_that_undoing_needs_a_reason(database, nurse):
    patient = admit(database, nurse, label="1")
    with pytest.raises(RuleBrokenError, match="reason"):
        undo(database, nurse, patient, reason=" ")


def test_that_the_sending_ward_can_undo_its_own_move(database, nurse, connect, signed_in):
    patient = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, patient, "1", ward="west")
    assert places(database, nurse) == {}
    undo(database, nurse, patient)
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_the_history_names_each_step_and_what_can_be_undone(database, nurse):
    patient = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, patient, "2")
    undo(database, nurse, patient)
    steps = database.run(nurse, stay_history, patient)
    assert [(step.event.value, step.cancelled, step.can_cancel) for step in steps] == [
        ("A12", False, False),
        ("A02", True, False),
        ("A01", False, True),
    ]
    assert steps[1].from_place == "Ward 7 East, bed 1"
    assert steps[1].recorded_by == "Nora Nurse"


def test_that_a_blocked_bed_is_refused_with_its_reason(database, nurse):
    database.run(
        nurse,
        set_availability,
        BedState(id=new_id(), bed_id=world.bed("east", "3"), occurred_at=ago(0)),
        Availability.BLOCKED,
        block_reason=BlockReason.INFECTION,
        expected_end_at=None,
    )
    with pytest.raises(RuleBrokenError, match=r"blocked \(infection\)"):
        admit(database, nurse, label="3")
