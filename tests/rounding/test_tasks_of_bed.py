"""A task belongs to its bed and its shift: whoever comes next sees it and does it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.handover.builders import line_of
from tests.lane.builders import LONDON, entries_of, joined, lane, london
from tests.rounding.builders import EAST, rounds
from tests.shifts.builders import took
from tests.steps import admit, ago, leave, move
from ui.handover.words import due_title
from ui.lane.words import item_text, lane_columns, lines_of
from ui.rounding.words import task_columns, task_place, task_words
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.lane.queries import SOURCES
from ward_app.lane.rules import lane_rows
from ward_app.rounding.service import end_task, open_task
from ward_app.rounding.types import NewTask, TaskOutcome

WEST = world.id_of("west")


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Abel", "Ada", label="1", admitted_at=ago(180))


def opened_task(database, actor, admission_id, due_at=None, **changes):
    """Open a task of a patient, or of the ward (None)."""
    task = NewTask(
        id=new_id(), ward_id=EAST, admission_id=admission_id, title="Weigh",
        due_at=due_at or ago(-30), **changes,
    )  # fmt: skip
    database.run(actor, open_task, task)
    return task


def done(task):
    return TaskOutcome(id=new_id(), task_id=task.id, kind="done", occurred_at=ago(0))


def test_that_a_task_opened_for_one_nurse_is_seen_and_done_by_who_comes_next(
    database, nurse, patient, bo
):  # fmt: skip
    took(database, nurse, "1")
    task = opened_task(database, nurse, patient)
    [shown] = rounds(database, nurse).tasks
    assert (shown.bed_label, shown.held_by) == ("1", "Nora Nurse")
    station, colleague = bo
    took(station, colleague, "1")  # the shift changes: the bed goes to the next nurse
    [shown] = rounds(station, colleague).tasks
    assert (shown.opened_by, shown.held_by) == ("Nora Nurse", "Bo Both")
    found = lane(station, colleague)
    assert world.bed("east", "1") in found.mine
    assert [one.subject_id for one in entries_of(found, patient, "task")] == [task.id]
    station.run(colleague, end_task, done(task))
    assert rounds(database, nurse).tasks == ()


def test_that_a_task_goes_with_its_patient_to_another_bed(database, nurse, patient):
    took(database, nurse, "1")
    opened_task(database, nurse, patient)
    move(database, nurse, patient, "9")
    [shown] = rounds(database, nurse).tasks
    assert (shown.room_name, shown.bed_label, shown.opened_for) == ("Bay B", "9", "1")
    assert shown.held_by is None  # nobody holds bed 9
    assert "opened by Nora Nurse for bed 1." in task_words(shown, LONDON, ago(0))


def test_that_a_task_goes_with_its_patient_to_another_ward(
    database, nurse, patient, bo, wes
):  # fmt: skip
    task = opened_task(database, nurse, patient)
    station, colleague = bo
    move(station, colleague, patient, "2", ward="west")
    assert rounds(database, nurse).tasks == ()
    [shown] = rounds(station, colleague, WEST).tasks
    assert (shown.ward_id, shown.bed_label, shown.opened_for) == (WEST, "2", "1")
    [due] = [
        one for one in line_of(station, colleague, patient, "west").facts.dues
        if one.source == "task"
    ]  # fmt: skip
    assert due.title == "Weigh"
    with pytest.raises(NotPermittedError):
        database.run(nurse, end_task, done(task))
    there, nurse_there = wes
    there.run(nurse_there, end_task, done(task))
    assert rounds(station, colleague, WEST).tasks == ()


def test_that_a_task_of_who_left_stays_with_its_bed(database, nurse, patient):
    task = opened_task(database, nurse, patient)
    leave(database, nurse, patient)
    [shown] = rounds(database, nurse).tasks
    assert (shown.id, shown.bed_label, shown.opened_for) == (task.id, "1", "1")


def test_that_a_task_of_a_patient_without_a_bed_names_none(database, nurse, patient):
    opened_task(database, nurse, patient)
    move(database, nurse, patient, None)
    [shown] = rounds(database, nurse).tasks
    assert (shown.bed_label, shown.opened_for) == (None, "1")
    assert task_place(shown).startswith("No bed, ")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (("2026-03-28", "23:59", 0), ("Night", date(2026, 3, 28))),
        (("2026-03-29", "03:30", 0), ("Night", date(2026, 3, 28))),
        (("2026-03-29", "07:29", 0), ("Night", date(2026, 3, 28))),
        (("2026-03-29", "07:30", 0), ("Day", date(2026, 3, 29))),
        (("2026-03-29", "19:29", 0), ("Day", date(2026, 3, 29))),
        (("2026-03-29", "19:45", 0), ("Night", date(2026, 3, 29))),
        (("2026-10-25", "01:30", 0), ("Night", date(2026, 10, 24))),
        (("2026-10-25", "01:30", 1), ("Night", date(2026, 10, 24))),
        (("2026-10-25", "07:30", 0), ("Day", date(2026, 10, 25))),
    ],
    ids=["before midnight", "clocks forward", "last of the night", "first of the day",
         "last of the day", "both run", "first 01:30", "second 01:30", "clocks back"],
)  # fmt: skip
def test_that_a_task_belongs_to_the_shift_its_time_falls_into(
    database, nurse, patient, due, expected
):
    opened_task(database, nurse, patient, london(*due))
    [shown] = rounds(database, nurse).tasks
    assert (shown.shift_name, shown.shift_on) == expected


def test_that_a_task_put_off_goes_over_to_the_next_shift(database, nurse, patient):
    at = london("2026-11-02", "19:15")
    task = opened_task(database, nurse, patient, at)
    later = TaskOutcome(
        id=new_id(), task_id=task.id, kind="deferred", occurred_at=at, reason="with visitors",
        deferred_until=london("2026-11-02", "21:00"),
    )  # fmt: skip
    database.run(nurse, end_task, later)
    [shown] = rounds(database, nurse).tasks
    assert (shown.shift_name, shown.put_off) == ("Night", True)


def test_that_a_ward_without_shifts_has_tasks_all_the_same(database, nurse, patient, admin):
    admin.execute("SET session_replication_role = replica")
    admin.execute("DELETE FROM public.ward_shifts")
    admin.execute("RESET session_replication_role")
    opened_task(database, nurse, None)
    opened_task(database, nurse, patient)
    assert [(one.bed_label, one.shift_name) for one in rounds(database, nurse).tasks] == [
        (None, None), ("1", None)
    ]  # fmt: skip


def test_that_strip_lane_and_handover_say_bed_and_shift(database, nurse, patient):
    opened_task(database, nurse, patient)
    [task] = rounds(database, nurse).tasks
    now = ago(0)
    columns = {column.header: column.text for column in task_columns(LONDON, now)}
    assert columns["Bed, shift"](task) == f"1, {task.shift_name}"
    found = lane(database, nurse)
    [entry] = entries_of(found, patient, "task")
    assert entry.shift == task.shift_name
    [visit] = joined(now, entry)
    assert item_text(visit.items[0], LONDON, now).endswith(f", {task.shift_name}")
    rows = lane_rows(found, SOURCES, now, {EAST: ZoneInfo("Europe/London")})
    [line] = [one for one in lines_of(rows, {}) if one.item.kind == "task"]
    notes = {column.header: column.text for column in lane_columns(LONDON, now)}
    assert notes["Note"](line) == f"{task.shift_name} shift"
    dues = line_of(database, nurse, patient).facts.dues
    assert f"Weigh ({task.shift_name})" in [due_title(one) for one in dues]


def test_that_an_older_program_reads_the_same_tasks(database, nurse, patient):
    opened_task(database, nurse, patient)
    [task] = rounds(database, nurse).tasks
    read = database.run(
        nurse, lambda tx: tx.tuples("SELECT * FROM rounding.open_tasks(%s)", ([EAST],))
    )
    assert read == [tuple(task)[:15]]
