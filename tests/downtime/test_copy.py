"""The copy of a ward holds what its panels read, for who may read it, and is on record once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests import world
from tests.downtime.taken import EAST, HEAD, copy_of, copy_text
from tests.handover.builders import given, open_first
from tests.notes.builders import notes, sign
from tests.openings.builders import mark_private
from tests.rounding.builders import answer, rounds
from tests.steps import a_set, admit, ago, board_of
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.downtime.copy_queries import open_ward_copy, ward_copy_text
from ward_app.downtime.copy_reading import CopyUnreadableError, read_copy
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.service import record_measurement
from ward_app.measurements.types import NewMeasurement
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.rounding.queries import round_history
from ward_app.schedule.queries import due_list

COPIES = "SELECT user_id, ward_id, patient_id, kind FROM audit.access_logs WHERE kind = 'copy'"


@pytest.fixture
def stays(database, nurse):
    """Two patients of whom everything is known, on ward East."""
    ada = admit(database, nurse, "Okafor", label="1")
    bea = admit(database, nurse, "Brown", label="10")
    for stay, minutes in ((ada, 90), (ada, 5), (bea, 30)):
        new = a_set(stay, occurred_at=ago(minutes))
        database.run(nurse, record_observations, new)
    pain = NewMeasurement(
        id=new_id(),
        admission_id=ada,
        kind="pain",
        values={"score": Decimal(7), "site": "left hip"},
        occurred_at=ago(3),
        note="at rest",
    )
    database.run(nurse, record_measurement, pain)
    sign(database, nurse, ada)
    answer(database, nurse, bea, answers={})
    return ada, bea


def timeless(value):
    """Return a frozen value without the moment it was read."""
    return replace(value, read_at=world_began)


world_began = datetime(2026, 1, 1, tzinfo=UTC)


def as_of_no_moment(item):
    """Return a line of the worklist without what counts from the present."""
    return item._replace(deferrable_until=world_began)


def test_that_the_copy_holds_what_board_and_lists_show(database, nurse, stays):
    copy = copy_of(database, nurse)
    assert copy.board.beds == tuple(board_of(database, nurse))
    due = database.run(nurse, due_list, (EAST,))
    assert list(map(as_of_no_moment, copy.due)) == list(map(as_of_no_moment, due))
    assert timeless(copy.rounds) == timeless(rounds(database, nurse))
    assert set(copy.stays) == set(stays)
    assert copy.taken_by == world.id_of("nora")


def test_that_the_copy_holds_the_charts_just_as_they_are_read(database, nurse, stays):
    copy = copy_of(database, nurse)
    open_first(database, nurse)
    for stay in stays:
        kept = copy.stays[stay]
        assert timeless(kept.chart) == timeless(database.run(nurse, observation_chart, stay))
        assert kept.measured == database.run(nurse, measurement_chart, stay).sets
        assert kept.notes == notes(database, nurse, stay)
        history = database.run(nurse, round_history, admission_id=stay, ward_id=EAST)
        assert kept.rounds == tuple(replace(one, round_size=None) for one in history)


def test_that_the_copy_holds_the_last_giving_of_a_patient(database, nurse, stays):
    open_first(database, nurse)
    given(database, nurse, stays[0], own_words="Watch her breathing")
    kept = copy_of(database, nurse).stays[stays[0]].handover
    assert (kept.own_words, kept.by, kept.ended) == ("Watch her breathing", "Nora Nurse", None)
    assert kept.facts.family_name == "Okafor"


def test_that_sets_of_the_last_two_days_and_the_latest_are_kept(database, nurse, admin, stays):
    ada, bea = stays
    admin.execute("ALTER TABLE report.vital_signs DISABLE TRIGGER USER")
    earlier = "UPDATE report.vital_signs SET occurred_at = occurred_at - interval '3 days'"
    admin.execute(f"{earlier} WHERE occurred_at < now() - interval '20 minutes'")
    kept = copy_of(database, nurse).stays
    assert len(kept[ada].chart.sets) == 1
    assert len(kept[bea].chart.sets) == 1


def test_that_a_private_chart_is_not_kept(database, nurse, signed_in, stays):
    [row] = [row for row in board_of(database, nurse) if row.admission_id == stays[0]]
    mark_private(database, Actor(signed_in("both").token), row.patient_id)
    copy = copy_of(database, nurse)
    assert set(copy.stays) == {stays[1]}
    assert stays[0] in {row.admission_id for row in copy.board.beds}


def test_that_a_copy_is_on_record_once_for_a_session_and_ward(database, nurse, admin):
    for _ in range(3):
        copy_text(database, nurse)
    assert admin.execute(COPIES).fetchall() == [(world.id_of("nora"), EAST, None, "copy")]


def test_that_nothing_is_copied_before_that_is_on_record(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, ward_copy_text, EAST)

    def in_one(tx):
        open_ward_copy(tx, EAST)
        return ward_copy_text(tx, EAST)

    with pytest.raises(NotPermittedError):
        database.run(nurse, in_one)


def test_that_a_ward_of_others_is_not_copied(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, open_ward_copy, world.id_of("west"))


def test_that_who_may_not_open_charts_copies_nothing(database, signed_in):
    coordinator = Actor(signed_in("col").token)
    with pytest.raises(NotPermittedError):
        database.run(coordinator, open_ward_copy, EAST)


def test_that_notes_are_told_from_no_notes_for_who_may_not_read_them(
    database, nurse, admin, stays
):
    admin.execute(
        "DELETE FROM public.role_permissions WHERE permission_id ="
        " (SELECT id FROM public.permissions WHERE name = 'note.read')"
    )
    assert {stay.notes for stay in copy_of(database, nurse).stays.values()} == {None}


def test_that_the_copy_of_another_version_is_told(database, nurse):
    text = copy_text(database, nurse)
    other = json.dumps(json.loads(text) | {"form": 99})
    for damaged in (other, "[]", "{}", text[:-1]):
        with pytest.raises(CopyUnreadableError, match="printed ward pack"):
            read_copy(HEAD, damaged)
