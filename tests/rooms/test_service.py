"""Beds: their state, and which of them may be given, nearest first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import world
from tests.steps import admit, ago, board_of, move
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rooms.bed_queries import bed_choices
from ward_app.rooms.bed_types import AvailabilityChange, BedChange, BedState, ReadinessChange
from ward_app.rooms.queries import wards
from ward_app.rooms.rules import bed_refusal, not_clean_caution
from ward_app.rooms.service import change_bed, set_availability, set_readiness
from ward_app.rooms.types import Availability, BlockReason, Readiness, natural_key


def a_state(label="1", ward="east", **changes):
    facts = {"id": new_id(), "bed_id": world.bed(ward, label), "occurred_at": ago(1)} | changes
    return BedState(**facts)


def block(database, actor, state, availability=Availability.BLOCKED, until=None):
    database.run(
        actor,
        set_availability,
        state,
        availability,
        block_reason=BlockReason.INFECTION,
        expected_end_at=until,
    )


def shown(database, actor, label):
    return next(bed for bed in board_of(database, actor) if bed.bed_label == label)


def choices(database, actor, near=None, ward=None):
    return database.run(actor, bed_choices, near, ward and world.id_of(ward))


def choice(database, actor, label, ward="Ward 7 East"):
    return next(
        bed for bed in choices(database, actor) if (bed.label, bed.ward_name) == (label, ward)
    )


@pytest.mark.parametrize("readiness", Readiness)
def test_that_the_newest_readiness_is_in_force(database, nurse, readiness):
    database.run(nurse, set_readiness, a_state(), Readiness.SUSPENDED)
    database.run(nurse, set_readiness, a_state(), readiness)
    assert shown(database, nurse, "1").readiness == readiness


def test_that_a_repeated_change_of_state_is_one_change(database, nurse, admin):
    change = BedChange(
        readiness=ReadinessChange(state=a_state(), readiness=Readiness.CLEANING),
        availability=AvailabilityChange(
            state=a_state(reason="norovirus"),
            availability=Availability.CLOSED,
            block_reason=BlockReason.BAY_CLOSED,
        ),
    )
    for _ in range(2):
        database.run(nurse, change_bed, change)
    for table in ("bed_readiness", "bed_availability"):
        assert admin.execute(f"SELECT count(*) FROM room.{table}").fetchone() == (1,)
    bed = shown(database, nurse, "1")
    assert (bed.readiness, bed.availability) == ("cleaning", "closed")
    assert bed.availability_reason == "bay_closed"


def test_that_one_axis_is_changed_without_the_other(database, nurse, admin):
    database.run(nurse, change_bed, BedChange())
    database.run(
        nurse,
        change_bed,
        BedChange(readiness=ReadinessChange(state=a_state(), readiness=Readiness.DIRTY)),
    )
    assert shown(database, nurse, "1").availability == "open"
    assert admin.execute("SELECT count(*) FROM room.bed_availability").fetchone() == (0,)


def test_that_a_bed_is_blocked_for_a_reason_and_opened_without(database, nurse):
    with pytest.raises(RuleBrokenError, match="Say why") as refused:
        database.run(
            nurse,
            set_availability,
            a_state(),
            Availability.BLOCKED,
            block_reason=None,
            expected_end_at=None,
        )
    assert refused.value.field == "block_reason"
    block(database, nurse, a_state())
    assert shown(database, nurse, "1").availability_reason == "infection"
    block(database, nurse, a_state(), Availability.OPEN)
    assert shown(database, nurse, "1").availability == "open"
    assert shown(database, nurse, "1").availability_reason is None


def test_that_a_bed_of_another_ward_keeps_its_state(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, set_readiness, a_state(ward="west"), Readiness.DIRTY)
    with pytest.raises(NotPermittedError):
        block(database, nurse, a_state(ward="west"))


def test_that_wards_come_in_name_order_also_for_who_works_on_one(database, nurse):
    assert [(ward.code, ward.name) for ward in database.run(nurse, wards)] == [
        ("west", "Ward 3 West"),
        ("east", "Ward 7 East"),
    ]


def test_that_beds_are_offered_by_distance_and_in_bed_order(database, nurse):
    """[P06] Same room, then same ward, then the same floor; 2 before 10."""
    stay = admit(database, nurse, label="9")
    offered = choices(database, nurse, near=stay)
    assert [(bed.distance, bed.label) for bed in offered] == [
        (0, "10"),
        *((1, label) for label in ("1", "2", "3", "4", "S1")),
        *((2, label) for label in ("1", "2", "3")),
        (0, "9"),  # taken, so last
    ]
    assert offered[-1].refusal == "Occupied."
    assert {bed.refusal for bed in offered[:-1]} == {None}


def test_that_a_patient_who_is_not_here_yet_is_near_the_ward(database, nurse):
    assert choices(database, nurse, ward="west")[0].ward_name == "Ward 3 West"
    assert {bed.distance for bed in choices(database, nurse, ward="west")[:3]} == {1}
    assert {bed.distance for bed in choices(database, nurse)} == {4}


def test_that_a_patient_without_a_bed_is_near_the_ward(database, nurse):
    stay = admit(database, nurse, label=None)
    assert choices(database, nurse, near=stay)[0].ward_name == "Ward 7 East"


def test_that_another_wards_beds_are_offered_without_their_patients(
    database, nurse, connect, signed_in
):
    beta = connect("ws_beta")
    admit(beta, Actor(signed_in("wes", beta).token), "Secret", ward="west", label="2")
    taken = choice(database, nurse, "2", "Ward 3 West")
    assert taken.refusal == "Occupied."
    assert "Secret" not in repr(choices(database, nurse))


def test_that_a_bed_in_the_other_building_comes_last(database, nurse, admin):
    admin.execute(
        "INSERT INTO room.buildings VALUES (%s, %s, 'B')",
        (building := new_id(), world.id_of("main")),
    )
    for name, home in (("A first", world.id_of("building main")), ("B ground", building)):
        floor, room = new_id(), new_id()
        admin.execute("INSERT INTO room.floors VALUES (%s, %s, %s, 1)", (floor, home, name))
        admin.execute(
            "INSERT INTO room.rooms VALUES (%s, %s, %s, %s, 'bay', 9)",
            (room, floor, world.id_of("west"), name),
        )
        admin.execute(
            "INSERT INTO room.beds (id, room_id, ward_id, label, position)"
            " VALUES (%s, %s, %s, %s, 9)",
            (new_id(), room, world.id_of("west"), name),
        )
    stay = admit(database, nurse, label="1")
    offered = [bed for bed in choices(database, nurse, near=stay) if bed.refusal is None]
    assert [(bed.distance, bed.label) for bed in offered[-2:]] == [(3, "A first"), (4, "B ground")]


def test_that_a_blocked_bed_says_why_and_until_when_by_the_wards_clock(database, nurse):
    """The server's clock runs on UTC; in June, London is an hour ahead."""
    until = datetime(2027, 6, 1, 12, tzinfo=UTC)
    block(database, nurse, a_state("1"), until=until)
    block(database, nurse, a_state("2"), Availability.CLOSED)
    assert choice(database, nurse, "1").refusal == "Blocked (infection) until 01-Jun-2027 13:00."
    assert choice(database, nurse, "2").refusal == "Closed (infection)."


def test_that_a_bed_that_is_not_clean_is_offered_with_a_caution(database, nurse):
    stay = admit(database, nurse, label="1")
    move(database, nurse, stay, "2")
    bed = choice(database, nurse, "1")
    assert bed.refusal is None
    assert bed.caution == "Bed 1 is not marked clean (dirty)."
    assert choice(database, nurse, "3").caution is None


def test_that_a_bed_out_of_use_is_not_offered(database, nurse, admin):
    admin.execute("UPDATE room.beds SET is_active = false WHERE label = '1'")
    assert "1" not in {bed.label for bed in choices(database, nurse)}


def test_that_an_occupied_bed_is_refused_whatever_its_state():
    refusal = bed_refusal(
        occupied=True, availability="blocked", block_reason="infection", until=None
    )
    assert refusal == "Occupied."


@pytest.mark.parametrize("availability", [None, "open", Availability.OPEN])
def test_that_an_open_bed_is_not_refused(availability):
    assert (
        bed_refusal(occupied=False, availability=availability, block_reason=None, until=None)
        is None
    )


@pytest.mark.parametrize(
    ("readiness", "caution"),
    [
        (None, None),
        ("clean", None),
        ("needs_deep_clean", "Bed 7 is not marked clean (needs deep clean)."),
    ],
)
def test_that_only_a_bed_that_is_not_clean_asks(readiness, caution):
    assert not_clean_caution("7", readiness) == caution


def test_that_labels_sort_as_people_count():
    labels = ["10", "2", "A10", "A2", "1", "S1", "a1"]
    assert sorted(labels, key=natural_key) == ["1", "2", "10", "a1", "A2", "A10", "S1"]
