"""The lane's one statement against the test hospital: what is due, for whom, until when."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests import world
from tests.assessments.builders import use
from tests.escalations.builders import EMERGENCY
from tests.escalations.builders import record as record_ill
from tests.lane.builders import AFTER_ADMISSION, EAST, entries_of, lane
from tests.rounding.builders import answer
from tests.rounding.builders import line as round_line
from tests.schedule.builders import go, line, measure, plan
from tests.shifts.builders import give, took
from tests.steps import admit, ago, leave
from ward_app.assessments.queries import ward_dues
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.lane.queries import LANE_SQL, SOURCES
from ward_app.lane.types import Kind
from ward_app.rounding.service import end_task, open_task
from ward_app.rounding.types import NewTask, TaskOutcome


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="2")


def times(database, nurse, patient, kind="set", **changes):
    [entry] = entries_of(lane(database, nurse, **changes), patient, kind)
    return entry.times


def gaps(found):
    return [later - earlier for earlier, later in pairwise(found)]


def test_that_the_lane_knows_the_patient_and_the_bed(database, nurse, patient):
    other = admit(database, nurse, "Brown", "Ben", label="1")
    found = lane(database, nurse)
    assert [one.admission_id for one in found.patients] == [other, patient]
    second = found.patients[1]
    assert (second.bed_id, second.bed_label, second.room_name) == (
        world.bed("east", "2"), "2", "Bay A")  # fmt: skip
    assert (second.family_name, second.risk, second.due_reason) == ("Okafor", None, "arrival")


def test_that_the_first_set_is_due_when_the_board_says_and_the_next_from_now(
    database, nurse, patient
):
    due_at = line(database, nurse, patient).due_at
    first, second, *_ = times(database, nurse, patient)
    assert first == due_at
    # it is overdue: done now, the next follows 4 h from now
    assert abs(second - ago(-240)) < timedelta(minutes=1)


def test_that_sets_are_expected_by_the_plan(database, nurse, patient):
    measure(database, nurse, patient)
    plan(database, nurse, patient, minutes=60)
    found = times(database, nurse, patient)
    assert len(found) in {11, 12}
    assert set(gaps(found)) == {timedelta(hours=1)}
    assert found[0] == line(database, nurse, patient).due_at


def test_that_sets_follow_a_high_score_as_it_asks(database, nurse, patient):
    record_ill(database, nurse, patient, EMERGENCY)
    found = times(database, nurse, patient)
    assert len(found) > 11
    assert {one.risk for one in lane(database, nurse).patients} == {"high"}


def test_that_nothing_is_asked_beyond_the_hours(database, nurse, patient):
    measure(database, nurse, patient)
    assert entries_of(lane(database, nurse, hours=11), patient, "set") == []
    [later] = times(database, nurse, patient, hours=13)
    assert later == line(database, nurse, patient).due_at
    # a day at most is looked ahead, however much is asked for
    record_ill(database, nurse, patient, EMERGENCY)
    assert times(database, nurse, patient, hours=200)[-1] < ago(-24 * 60)


def test_that_who_is_on_leave_has_a_row_and_no_sets(database, nurse, patient):
    go(database, nurse, patient)
    found = lane(database, nurse)
    assert [one.due_reason for one in found.patients] == ["paused"]
    assert entries_of(found, patient, "set") == entries_of(found, patient, "round") == []


def test_that_rounds_are_due_as_the_rounds_say_and_expected_again(database, nurse, patient):
    answer(database, nurse, patient)
    wanted = round_line(database, nurse, patient)
    found = [
        one
        for one in entries_of(lane(database, nurse), patient, "round")
        if one.subject_id == wanted.template_id
    ]
    [entry] = found
    assert entry.times[0] == wanted.due_at
    assert entry.words == wanted.title
    assert entry.minutes == 3
    # hourly by day, every two hours at night
    assert set(gaps(entry.times)) <= {timedelta(hours=1), timedelta(hours=2)}
    assert len(entry.times) >= 6


def test_that_what_is_done_once_is_not_expected_again(database, nurse, patient):
    found = entries_of(lane(database, nurse), patient, "round")
    [once] = [one for one in found if one.words and one.words.startswith("Admission")]
    assert len(once.times) == 1


def test_that_checklists_of_the_ward_belong_to_no_patient(database, nurse, patient):
    found = entries_of(lane(database, nurse), None, "round")
    assert found
    assert {one.ward_id for one in found} == {EAST}


def test_that_a_task_is_on_the_lane_until_somebody_says_what_became_of_it(
    database, nurse, patient
):
    task = NewTask(
        id=new_id(), ward_id=EAST, admission_id=patient, title="Cultures", due_at=ago(-30)
    )
    database.run(nurse, open_task, task)
    [entry] = entries_of(lane(database, nurse), patient, "task")
    assert (entry.subject_id, entry.words, entry.times) == (task.id, "Cultures", (task.due_at,))
    assert entries_of(lane(database, nurse, hours=0), patient, "task") == []
    outcome = TaskOutcome(id=new_id(), task_id=task.id, kind="done", occurred_at=ago(0))
    database.run(nurse, end_task, outcome)
    assert entries_of(lane(database, nurse), patient, "task") == []


def test_that_a_task_of_who_left_stays_on_the_lane(database, nurse, patient):
    task = NewTask(id=new_id(), ward_id=EAST, admission_id=patient, title="Call", due_at=ago(-30))
    database.run(nurse, open_task, task)
    leave(database, nurse, patient)
    found = lane(database, nurse)
    assert found.patients == ()
    assert [one.words for one in entries_of(found, patient, "task")] == ["Call"]


def test_that_wards_of_others_are_left_out(database, nurse, signed_in, patient):
    wes = Actor(signed_in("wes").token)
    found = lane(database, wes, EAST, world.id_of("west"))
    assert found.patients == ()
    assert {one.ward_id for one in found.entries} <= {world.id_of("west")}


def test_that_who_may_not_see_patients_sees_no_lane(database, signed_in, patient):
    wall = Actor(signed_in("ivan").token)
    with pytest.raises(NotPermittedError):
        lane(database, wall)


def test_that_the_policy_is_the_wards_own_or_that_of_all(database, nurse, admin):
    delivered = lane(database, nurse).policies[EAST]
    assert (delivered.night_from, delivered.sleep_kinds) == (None, frozenset())
    assert (delivered.visit_minutes, delivered.work_minutes["set"]) == (30, 5)
    for ward, minutes in ((EAST, 15), (None, 45)):
        admin.execute(
            "INSERT INTO rounding.lane_settings (id, ward_id, visit_minutes, night_from,"
            " night_until, sleep_kinds, sleep_risks, sleep_minutes, work_minutes, source)"
            " VALUES (gen_random_uuid(), %s, %s, '23:00', '06:00', '{set}', '{low}', 240,"
            " '{\"set\": 7}', 'Local policy')",
            (ward, minutes),
        )
    found = lane(database, nurse).policies[EAST]
    assert (found.visit_minutes, found.sleep_risks) == (15, frozenset({"low"}))
    west = world.id_of("west")
    assert lane(database, nurse, west).policies[west].visit_minutes == 45


def test_that_no_policy_lets_a_high_score_wait(admin):
    with pytest.raises(Exception, match="high_scores_never_wait"):
        admin.execute(
            "INSERT INTO rounding.lane_settings (id, visit_minutes, sleep_kinds, sleep_risks,"
            " sleep_minutes, work_minutes, source) VALUES (gen_random_uuid(), 30, '{set}',"
            " '{low,high}', 240, '{}', 'x')"
        )


def test_that_every_kind_has_one_source_and_all_are_read_at_once():
    assert [source.kind for source in SOURCES] == list(Kind)
    assert LANE_SQL.count(";") == 0
    assert all(source.sql in LANE_SQL for source in SOURCES)


def test_that_a_bed_is_looked_after_by_who_holds_it_else_by_who_is_to_by_plan(
    database, nurse, signed_in, patient
):
    lead = Actor(signed_in("both").token)
    give(database, lead, "nora", "1", "2")
    took(database, nurse, "2", "3")
    found = lane(database, nurse)
    names = {bed: one.name for bed, one in found.nurses.items()}
    assert names == {world.bed("east", label): "Nora Nurse" for label in ("1", "2", "3")}
    held = {world.bed("east", label) for label in ("2", "3")}
    assert found.mine == held
    assert not held & found.not_taken
    assert world.bed("east", "1") in found.not_taken
    assert lane(database, lead).mine == frozenset()


def test_that_a_bed_whose_holder_went_off_duty_has_nobody(database, nurse, admin, patient):
    took(database, nurse, "2")
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE public.duty_signs SET until_at = now() - interval '1 minute'")
    found = lane(database, nurse)
    assert found.nurses == {}
    assert world.bed("east", "2") in found.not_taken


def test_that_assessments_are_due_as_their_own_list_says(database, nurse, admin, patient):
    use(admin, "pain_nrs", reassess=AFTER_ADMISSION)
    [wanted] = [
        one for one in database.run(nurse, ward_dues, EAST) if one.instrument == "pain_nrs"
    ]
    [entry] = [
        one
        for one in entries_of(lane(database, nurse), patient, "assessment")
        if one.subject_id == wanted.instrument_id
    ]
    assert entry.times == (wanted.due_at,)
    assert (entry.words, entry.minutes) == (wanted.title, wanted.work_minutes)
    assert entries_of(lane(database, nurse, hours=-24), patient, "assessment") == []
