"""Undoing step after step, when others have taken the beds meanwhile."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.steps import (
    admit,
    ago,
    board_of,
    leave,
    move,
    places,
    undo,
)
from ward_app.admissions.queries import stay_history
from ward_app.admissions.service import swap
from ward_app.admissions.types import NewSwap, StayEvent
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id

# Nobody in two places, nobody in hospital nowhere, no gap between two places.
INCONSISTENT = """
SELECT 'double', a.id FROM admission.bed_stays a JOIN admission.bed_stays b
  ON a.id < b.id AND a.during && b.during
 AND (a.patient_id = b.patient_id OR a.bed_id = b.bed_id)
WHERE a.voided_at IS NULL AND b.voided_at IS NULL
UNION ALL
SELECT 'nowhere', a.id FROM admission.admissions a
WHERE a.cancelled_at IS NULL AND a.discharged_at IS NULL AND NOT EXISTS (
    SELECT FROM admission.bed_stays b
    WHERE b.admission_id = a.id AND upper_inf(b.during) AND b.voided_at IS NULL)
UNION ALL
SELECT 'gap', id FROM (
    SELECT id, lower(during) AS came, lag(upper(during)) OVER (
        PARTITION BY admission_id ORDER BY lower(during)) AS left_before
    FROM admission.bed_stays WHERE voided_at IS NULL) stay
WHERE left_before <> came
"""


@pytest.fixture(autouse=True)
def consistent(admin):
    """Whatever a test did, afterwards everybody is in exactly one place."""
    yield
    assert admin.execute(INCONSISTENT).fetchall() == []


def take(database, nurse, label, name="Byrne"):
    return admit(database, nurse, name, label=label, accept_not_clean=True, admitted_at=ago(0))


def readiness(database, nurse, label):
    return next(bed.readiness for bed in board_of(database, nurse) if bed.bed_label == label)


def test_that_a_move_is_undone_after_an_undoing_that_found_the_bed_taken(database, nurse):
    """The second undoing must not trip over the place the first one made up."""
    stay = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, stay, "2")
    move(database, nurse, stay, "3")
    take(database, nurse, "2")
    undo(database, nurse, stay)
    assert places(database, nurse) == {"2": "Byrne", None: "Okafor"}
    undo(database, nurse, stay)
    assert places(database, nurse) == {"1": "Okafor", "2": "Byrne"}
    undo(database, nurse, stay)
    assert places(database, nurse) == {"2": "Byrne"}
    with pytest.raises(RuleBrokenError, match="nothing left to undo"):
        undo(database, nurse, stay, reason="another")


RETIRE = "UPDATE room.beds SET is_active = %s WHERE id = %s"
CLOSE = """
INSERT INTO room.bed_availability (id, bed_id, availability, block_reason, occurred_at)
VALUES (gen_random_uuid(), %s, 'closed', %s, now())
"""


def close(admin, label):
    admin.execute(CLOSE, (world.bed("east", label), "staffing"))


def retire(admin, label):
    admin.execute(RETIRE, (False, world.bed("east", label)))


@pytest.mark.parametrize("take_away", [close, retire])
def test_that_undoing_puts_nobody_into_a_bed_that_is_not_there_any_more(
    database, nurse, admin, take_away
):
    """She would be on no board: she lies on the ward without a bed, for all to see."""
    stay, other = (
        admit(database, nurse, "Okafor", label="1"),
        admit(database, nurse, "Byrne", label="2"),
    )
    leave(database, nurse, stay)
    move(database, nurse, other, "3")
    take_away(admin, "1")
    take_away(admin, "2")
    undo(database, nurse, stay)
    assert places(database, nurse) == {None: "Okafor", "3": "Byrne"}
    undo(database, nurse, other)
    assert {bed.family_name for bed in board_of(database, nurse) if bed.admission_id} == {
        "Okafor",
        "Byrne",
    }
    assert [bed.bed_label for bed in board_of(database, nurse) if bed.admission_id] == [None, None]


def test_that_no_other_way_leads_into_a_bed_that_is_not_there_any_more(database, nurse, admin):
    stay = admit(database, nurse, "Okafor", label="1")
    retire(admin, "2")
    put = "UPDATE admission.bed_stays SET bed_id = %s WHERE admission_id = %s"
    with pytest.raises(psycopg.Error, match="closed or out of use"):
        admin.execute(put, (world.bed("east", "2"), stay))
    admin.execute(RETIRE, (True, world.bed("east", "2")))
    admin.execute(put, (world.bed("east", "2"), stay))


def test_that_a_move_is_undone_after_a_discharge_that_was_undone_into_a_taken_bed(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, stay, "2")
    leave(database, nurse, stay)
    byrne = take(database, nurse, "2")
    undo(database, nurse, stay)
    assert places(database, nurse) == {"2": "Byrne", None: "Okafor"}
    leave(database, nurse, byrne)
    undo(database, nurse, stay)
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_a_patient_goes_back_into_a_bed_that_was_taken_and_is_free_again(
    database, nurse, admin
):
    stay = admit(database, nurse, "Okafor", label="1")
    leave(database, nurse, stay)
    byrne = take(database, nurse, "1")
    leave(database, nurse, byrne)
    assert undo(database, nurse, stay).bed_label == "1"
    [(without,)] = admin.execute(
        "SELECT count(*) FROM admission.bed_stays WHERE bed_id IS NULL AND voided_at IS NULL"
    )
    assert without == 1  # while Byrne lay there


def test_that_the_bed_a_patient_is_fetched_back_from_needs_cleaning(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, stay, "2")
    move(database, nurse, stay, "3")
    undo(database, nurse, stay)
    assert (readiness(database, nurse, "3"), places(database, nurse)) == ("dirty", {"2": "Okafor"})


def test_that_both_halves_of_a_swap_are_undone_after_later_moves_were(database, nurse):
    one, other = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    exchange = NewSwap(
        id=new_id(),
        other_id=new_id(),
        admission_id=one,
        other_admission_id=other,
        occurred_at=ago(0),
        reason=None,
    )
    database.run(nurse, swap, exchange)
    move(database, nurse, one, "3")
    undo(database, nurse, one)
    assert undo(database, nurse, one).event is StayEvent.TRANSFER_CANCELLED
    assert places(database, nurse) == {"1": "A", "2": "B"}
    assert undo(database, nurse, other).event is StayEvent.ADMISSION_CANCELLED


def test_that_a_long_chain_is_undone_to_the_beginning(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    for label in ("2", "3", None, "4", "1"):
        move(database, nurse, stay, label, accept_not_clean=True)
    leave(database, nurse, stay)
    events = [undo(database, nurse, stay, reason=f"step {n}").event for n in range(7)]
    assert events == [
        StayEvent.DISCHARGE_CANCELLED,
        *[StayEvent.TRANSFER_CANCELLED] * 5,
        StayEvent.ADMISSION_CANCELLED,
    ]
    assert places(database, nurse) == {}


def test_that_what_was_undone_stays_in_the_history(database, nurse, admin):
    stay = admit(database, nurse, "Okafor", label="1")
    move(database, nurse, stay, "2")
    undo(database, nurse, stay)
    move(database, nurse, stay, "3")
    steps = database.run(nurse, stay_history, stay)
    assert [(step.event.value, step.cancelled) for step in steps] == [
        ("A02", False),
        ("A12", False),
        ("A02", True),
        ("A01", False),
    ]


def test_that_nobody_undoes_what_is_not_hers(database, nurse, connect, signed_in):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    stay = admit(database, nurse, "Okafor", label="1")
    with pytest.raises(NotPermittedError):
        undo(beta, wes, stay)
    with pytest.raises(NotPermittedError):
        undo(database, nurse, new_id())
