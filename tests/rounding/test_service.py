"""Rounds answered, put off, corrected; what is due by them, and the tasks they open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests import world
from tests.rounding.builders import EAST, a_record, answer, line, put_off, rounds, template
from tests.schedule.builders import go
from tests.steps import admit, ago, board_of, move, worked_out
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.queries import template_version
from ward_app.rounding.service import end_task, open_task, record_round, strike_out_record
from ward_app.rounding.types import DeferralReason, NewTask, RecordStrikeOut, TaskOutcome

MINUTE = timedelta(minutes=1)
RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "rounds"


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="1")


def test_that_the_registered_checklists_are_those_shipped(admin):
    registered = dict(admin.execute("SELECT name, content FROM rounding.templates").fetchall())
    shipped = {path.stem: json.loads(path.read_text()) for path in RESOURCES.glob("*.json")}
    assert registered == shipped
    assert set(shipped) == {
        "intentional", "skin", "ward_round", "devices", "admission", "discharge", "huddle",
        "environment",
    }  # fmt: skip


def test_that_every_patient_and_the_ward_have_their_checklists(database, nurse, patient):
    found = {(one.admission_id, one.name) for one in rounds(database, nurse).lines}
    names = ("intentional", "skin", "ward_round", "devices", "admission", "discharge")
    assert found == {
        *((patient, name) for name in names),
        (None, "huddle"),
        (None, "environment"),
    }


def test_that_the_first_round_is_due_an_interval_after_arrival(database, nurse, patient, admin):
    arrived_at = next(bed.arrived_at for bed in board_of(database, nurse) if bed.admission_id)
    steady(admin, 60)
    found = line(database, nurse, patient)
    assert (found.due_reason, found.done_at) == ("arrival", None)
    assert found.due_at == arrived_at + 60 * MINUTE


def test_that_a_round_answered_is_due_again_after_its_interval(database, nurse, patient, admin):
    steady(admin, 60)
    record = answer(database, nurse, patient, minutes_ago=10)
    found = line(database, nurse, patient)
    assert (found.due_reason, found.done_by) == ("interval", "Nora Nurse")
    assert found.done_at == record.occurred_at
    assert found.due_at == record.occurred_at + 60 * MINUTE


def test_that_a_deferral_says_when_it_is_due_instead(database, nurse, patient):
    deferral = put_off(database, nurse, patient)
    found = line(database, nurse, patient)
    assert (found.due_reason, found.deferral_reason) == ("deferred", "asleep")
    assert found.due_at == deferral.deferred_until
    answer(database, nurse, patient)
    assert line(database, nurse, patient).due_reason == "interval"


def test_that_a_checklist_of_arrival_is_done_for_good(database, nurse, patient):
    found = line(database, nurse, patient, "admission")
    assert found.due_reason == "once"
    assert 290 * MINUTE < found.due_at - ago(0) <= 300 * MINUTE  # six hours after an hour ago
    answer(database, nurse, patient, "admission")
    found = line(database, nurse, patient, "admission")
    assert (found.due_reason, found.due_at) == ("done", None)


def test_that_a_checklist_on_demand_is_never_due(database, nurse, patient):
    found = line(database, nurse, patient, "discharge")
    assert (found.due_reason, found.due_at) == ("on_demand", None)


def test_that_leave_pauses_every_checklist(database, nurse, patient):
    go(database, nurse, patient)
    found = [one for one in rounds(database, nurse).lines if one.admission_id == patient]
    assert {(one.due_reason, one.due_at) for one in found} == {("paused", None)}


def test_that_a_wards_checklist_is_of_the_ward(database, nurse, patient):
    fridge = {"fridge": "5"}
    record = answer(database, nurse, None, "environment", answers=fridge)
    found = line(database, nurse, None, "environment")
    assert (found.done_at, found.patient_id) == (record.occurred_at, None)


def test_that_a_round_goes_where_the_patient_goes(database, signed_in, patient):
    both = Actor(signed_in("both").token)
    answer(database, both, patient, minutes_ago=30)
    move(database, both, patient, "1", "west", occurred_at=ago(5))
    assert line(database, both, patient, ward_id=world.id_of("west")).done_at is not None
    assert patient not in {one.admission_id for one in rounds(database, both).lines}


def test_that_a_missing_answer_is_refused_by_name(database, nurse, patient):
    checklist = template(database, nurse)
    record = replace(a_record(checklist, patient), answers={"pain": "yes"})
    with pytest.raises(RuleBrokenError, match="Personal needs met is not answered") as refused:
        database.run(nurse, record_round, (record,))
    assert refused.value.field == "personal_needs"


@pytest.mark.parametrize(
    ("name", "answers", "said"),
    [
        ("intentional", {"pain": "perhaps"}, "one of yes, no"),
        ("intentional", {"mood": "yes"}, "no such item"),
        ("environment", {"fridge": "warm"}, "not a number"),
        ("environment", {"fridge": "90"}, "lies between -20 and 40"),
        ("skin", {"places": ("moon",)}, "not on the map"),
        ("skin", {"places": "sacrum"}, "not on the map"),
        ("skin", {"moved": ("left",)}, "not an answer of this kind"),
        ("ward_round", {"decisions": "x" * 501}, "at most 500 letters"),
    ],
)
def test_that_what_cannot_be_answered_is_refused(database, nurse, patient, name, answers, said):
    whom = None if name == "environment" else patient
    with pytest.raises(RuleBrokenError, match=said):
        answer(database, nurse, whom, name, answers=answers)


def test_that_a_round_is_stored_whole_or_not_at_all(database, nurse, patient):
    other = admit(database, nurse, "Ruiz", "Ana", label="2")
    checklist = template(database, nurse)
    good, bad = a_record(checklist, patient), a_record(checklist, other, answers={"pain": "x"})
    with pytest.raises(RuleBrokenError):
        database.run(nurse, record_round, (good, bad))
    assert line(database, nurse, patient).done_at is None


def test_that_a_repeat_changes_nothing(database, nurse, patient, admin):
    record = answer(database, nurse, patient)
    database.run(nurse, record_round, (record,))
    assert admin.execute("SELECT count(*) FROM rounding.round_records").fetchone() == (1,)


def test_that_words_and_places_are_kept(database, nurse, patient, admin):
    answers = {"intact": "no", "places": ("sacrum", "left_heel")}
    answer(database, nurse, patient, "skin", answers=answers, words={"intact": "red, blanching"})
    stored = admin.execute(
        "SELECT answers, words FROM rounding.round_records"
        """ WHERE answers @> '{"places": ["sacrum"]}'"""
    ).fetchone()
    assert stored == (
        {"intact": "no", "places": ["sacrum", "left_heel"], "moved": "own"},
        {"intact": "red, blanching"},
    )


def test_that_a_record_in_the_future_or_without_zone_is_refused(database, nurse, patient):
    with pytest.raises(RuleBrokenError, match="future"):
        answer(database, nurse, patient, minutes_ago=-30)
    naive = datetime.now(UTC).replace(tzinfo=None)
    with pytest.raises(RuleBrokenError, match="zone"):
        answer(database, nurse, patient, occurred_at=naive)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": DeferralReason.OTHER}, "what the reason is"),
        ({"reason": DeferralReason.WORKLOAD}, "cannot be put off"),
        ({"deferred_until": partial(ago, -800)}, "up to 12 hours"),
        ({"deferred_until": partial(ago, 10)}, "up to 12 hours"),
    ],
    ids=["other", "workload", "long", "past"],
)
def test_that_a_deferral_that_does_not_count_is_refused(database, nurse, patient, changes, said):
    with pytest.raises(RuleBrokenError, match=said):
        put_off(database, nurse, patient, **worked_out(changes))


def test_that_a_strike_out_makes_the_round_due_again(database, nurse, patient):
    first = answer(database, nurse, patient, minutes_ago=50)
    second = answer(database, nurse, patient, minutes_ago=5)
    open_chart_of(database, nurse, patient)
    mark = RecordStrikeOut(id=new_id(), struck_id=second.id, reason="wrong patient")
    database.run(nurse, strike_out_record, mark)
    database.run(nurse, strike_out_record, mark)  # sent again after an unknown outcome
    assert line(database, nurse, patient).done_at == first.occurred_at
    with pytest.raises(ConflictError, match="first"):
        database.run(nurse, strike_out_record, replace(mark, id=new_id()))
    with pytest.raises(RuleBrokenError, match="why"):
        database.run(nurse, strike_out_record, replace(mark, reason=" "))


def test_that_a_correction_supersedes_and_names_its_reason(database, nurse, patient, admin):
    wrong = answer(database, nurse, patient, minutes_ago=20)
    with pytest.raises(RuleBrokenError, match="why"):
        answer(database, nurse, patient, supersedes_id=wrong.id)
    right = {"supersedes_id": wrong.id, "change_reason": "other bed", "minutes_ago": 20}
    answer(database, nurse, patient, answers={"pain": "no"}, **right)
    with pytest.raises(ConflictError, match="first"):
        answer(database, nurse, patient, **right)
    rows = admin.execute("SELECT count(*) FROM rounding.round_records").fetchone()
    assert rows == (2,)


def test_that_a_correction_stays_with_its_patient_and_checklist(database, nurse, patient):
    other = admit(database, nurse, "Ruiz", "Ana", label="2")
    theirs = answer(database, nurse, other)
    for whom, name in ((patient, "intentional"), (other, "skin")):
        with pytest.raises(RuleBrokenError, match="does not belong"):
            answer(database, nurse, whom, name, supersedes_id=theirs.id, change_reason="x")


def test_that_an_answer_opens_its_task_once(database, nurse, patient):
    first = answer(database, nurse, patient, "skin", answers={"intact": "no"}, minutes_ago=10)
    [task] = rounds(database, nurse).tasks
    assert (task.title, task.asked_by) == (
        "Assess the skin damage and plan its care",
        "Skin check",
    )
    assert (task.bed_label, task.due_at) == ("1", first.occurred_at + 120 * MINUTE)
    answer(
        database, nurse, patient, "skin", answers={"intact": "no"},
        supersedes_id=first.id, change_reason="time", minutes_ago=12,
    )  # fmt: skip
    assert len(rounds(database, nurse).tasks) == 1


def test_that_an_answer_can_call_somebody(database, nurse, patient, admin):
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{items,0,opens}',"
        """ '[{"when": ["no"], "concern": "Pain not under control on a round"}]')"""
        " WHERE name = 'intentional'",
    )
    answer(database, nurse, patient, answers={"pain": "no"})
    called = admin.execute("SELECT level, words FROM report.escalations").fetchall()
    assert called == [("concern", "Pain not under control on a round")]


def test_that_a_task_ends_once_and_says_by_whom(database, nurse, signed_in, patient):
    task = NewTask(id=new_id(), ward_id=EAST, admission_id=patient, title="Weigh", due_at=ago(-30))
    database.run(nurse, open_task, task)
    later = TaskOutcome(
        id=new_id(), task_id=task.id, kind="deferred", occurred_at=ago(0),
        reason="at breakfast", deferred_until=ago(-60),
    )  # fmt: skip
    database.run(nurse, end_task, later)
    [shown] = rounds(database, nurse).tasks
    assert (shown.put_off, shown.due_at, shown.opened_by) == (
        True,
        later.deferred_until,
        "Nora Nurse",
    )
    done = TaskOutcome(id=new_id(), task_id=task.id, kind="done", occurred_at=ago(0))
    database.run(nurse, end_task, done)
    database.run(nurse, end_task, done)
    assert rounds(database, nurse).tasks == ()
    both = Actor(signed_in("both").token)
    with pytest.raises(ConflictError, match="Nora Nurse brought this task to an end first"):
        database.run(both, end_task, replace(done, id=new_id()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "cancelled"}, "why it is not done"),
        (
            {"kind": "deferred", "reason": "x", "deferred_until": partial(ago, -3000)},
            "up to 24 hours",
        ),
        ({"occurred_at": partial(ago, -60)}, "future"),
    ],
    ids=["no reason", "too long", "future"],
)
def test_that_an_end_of_a_task_must_make_sense(database, nurse, patient, changes, said):
    task = NewTask(id=new_id(), ward_id=EAST, title="Order linen", due_at=ago(-30))
    database.run(nurse, open_task, task)
    facts = {"id": new_id(), "task_id": task.id, "kind": "done", "occurred_at": ago(0)}
    facts |= worked_out(changes)
    with pytest.raises(RuleBrokenError, match=said):
        database.run(nurse, end_task, TaskOutcome(**facts))


def test_that_a_task_says_what_and_when(database, nurse):
    task = NewTask(id=new_id(), ward_id=EAST, title=" ", due_at=ago(-30))
    with pytest.raises(RuleBrokenError, match="what is to be done"):
        database.run(nurse, open_task, task)
    naive = replace(task, title="x", due_at=datetime.now(UTC).replace(tzinfo=None))
    with pytest.raises(RuleBrokenError, match="zone"):
        database.run(nurse, open_task, naive)


def test_that_an_old_version_keeps_its_answers(database, signed_in, patient, nurse):
    before = template(database, nurse)
    record = answer(database, nurse, patient)
    both = Actor(signed_in("both").token)
    new_version(database, both, before)
    now = template(database, nurse)
    assert (now.version, now.title) == (2, "Hourly round")
    # what was begun with the old version is saved with it
    database.run(nurse, record_round, (a_record(before, patient),))
    assert database.run(nurse, template_version, record.template.id) == before
    assert database.run(nurse, template_version, new_id()) is None


def test_that_two_editors_do_not_overwrite_each_other(database, signed_in, nurse):
    before = template(database, nurse)
    both = Actor(signed_in("both").token)
    new_version(database, both, before)
    with pytest.raises(RuleBrokenError, match="changed this checklist first"):
        new_version(database, both, before)


def test_that_only_who_answers_for_the_ward_edits_checklists(database, nurse):
    with pytest.raises(NotPermittedError):
        new_version(database, nurse, template(database, nurse))


def new_version(database, actor, before):
    """Store the next version of a shipped checklist under another title."""
    content = json.loads((RESOURCES / f"{before.name}.json").read_text())
    content |= {"version": before.version + 1, "title": "Hourly round"}
    database.run(
        actor,
        lambda tx: tx.execute(
            "INSERT INTO rounding.templates (id, name, content, change_reason)"
            " VALUES (%s, %s, %s, 'shorter')",
            (new_id(), before.name, json.dumps(content)),
        ),
    )


def open_chart_of(database, actor, admission_id):
    [patient_id] = {
        one.patient_id for one in rounds(database, actor).lines if one.admission_id == admission_id
    }
    database.run(actor, open_chart, patient_id)


def edit(admin, statement):
    """Change what is append-only, as only an administrator of the server can."""
    admin.execute("SET session_replication_role = replica")
    admin.execute(statement)
    admin.execute("RESET session_replication_role")


def steady(admin, minutes):
    """Let the intentional round have one interval, whatever the hour."""
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{intervals}',"
        f""" '[{{"minutes": {minutes}}}]') WHERE name = 'intentional'""",
    )
