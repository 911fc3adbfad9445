"""Who reaches rounds and tasks: those of one's wards, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import world
from tests.rounding.builders import a_record, answer, put_off, rounds, template
from tests.steps import admit, ago
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.service import end_task, open_task, record_round
from ward_app.rounding.types import NewTask, TaskOutcome

WEST = world.id_of("west")


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="1")


def test_that_another_wards_rounds_are_not_there(database, nurse, patient, wes):
    station, stranger = wes
    assert rounds(station, stranger).lines == ()
    assert {one.name for one in rounds(station, stranger, WEST).lines} == {"huddle", "environment"}


def test_that_another_wards_patient_is_not_answered_for(database, nurse, patient, wes):
    station, stranger = wes
    checklist = template(station, stranger)
    with pytest.raises(NotPermittedError):
        station.run(stranger, record_round, (a_record(checklist, patient),))
    with pytest.raises(NotPermittedError):
        put_off(station, stranger, patient)
    with pytest.raises(NotPermittedError):
        answer(station, stranger, None, "environment", answers={"fridge": "5"})  # of East


def test_that_another_wards_tasks_are_neither_seen_nor_ended(database, nurse, patient, wes):
    station, stranger = wes
    task = NewTask(
        id=new_id(), ward_id=world.id_of("east"), admission_id=patient, title="Weigh",
        due_at=ago(-30),
    )  # fmt: skip
    database.run(nurse, open_task, task)
    assert rounds(station, stranger).tasks == ()
    done = TaskOutcome(id=new_id(), task_id=task.id, kind="done", occurred_at=ago(0))
    for attempt in (
        lambda: station.run(stranger, end_task, done),
        lambda: station.run(stranger, open_task, replace(task, id=new_id())),
        lambda: station.run(stranger, open_task, replace(task, id=new_id(), admission_id=None)),
    ):
        with pytest.raises(NotPermittedError):
            attempt()
    assert len(rounds(database, nurse).tasks) == 1


def test_that_an_answered_checklist_is_read_like_the_chart(database, nurse, patient):
    answer(database, nurse, patient)
    count = "SELECT count(*) FROM rounding.round_records"
    assert database.run(nurse, lambda tx: tx.value(count)) == 0


def test_that_a_tampered_program_stores_no_answer_that_cannot_be(database, nurse, patient):
    """Past our own checks the database refuses: an unknown answer, item, or none at all."""
    checklist = template(database, nurse)
    for stored, said in (
        ('{"pain": "perhaps"}', "yes or no"),
        ('{"mood": "yes"}', "no such item"),
        ("{}", "Pain under control is not answered"),
    ):
        with pytest.raises(RuleBrokenError, match=said):
            database.run(
                nurse,
                lambda tx, stored=stored: tx.execute(
                    "INSERT INTO rounding.round_records (id, template_id, admission_id, answers,"
                    " occurred_at) VALUES (%s, %s, %s, %s, now())",
                    (new_id(), checklist.id, patient, stored),
                ),
            )
