"""[T21] What is to come for whom, for hospitals' own reports, as row security shows its reader."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import world
from tests.assessments.builders import use
from tests.schedule.builders import go, plan
from tests.steps import a_set, admit, ago, leave, open_first
from ward_app.admissions.service import set_expected_discharge
from ward_app.core.database import Actor
from ward_app.core.errors import SignInRequiredError
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations
from ward_app.rounding.service import open_task
from ward_app.rounding.types import NewTask

_READ = """
SELECT kind, coalesce(due_at::text, due_on::text) IS NOT NULL, due_at, due_on, what, ward, bed,
    family_name, doctor
FROM report.{} ORDER BY kind, what
"""


def tomorrow():
    """Return tomorrow's date (UTC) while the test runs."""
    return datetime.now(UTC).date() + timedelta(days=1)


def upcoming(database, actor, view="upcoming_ward_events"):
    return database.run(actor, lambda tx: tx.tuples(_READ.format(view)))


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    return stay


def expect(database, actor, stay, day: date):
    database.run(actor, set_expected_discharge, statement_id=new_id(), admission_id=stay,
                 expected_on=day, reason="Walks again")  # fmt: skip


def test_that_what_is_due_is_there_with_patient_and_doctor(database, nurse, stay, admin):
    latest = a_set(stay, occurred_at=ago(5))
    saved = database.run(nurse, record_observations, latest)
    task = NewTask(id=new_id(), ward_id=world.id_of("east"), admission_id=stay, title="Weigh",
                   due_at=ago(-30))  # fmt: skip
    database.run(nurse, open_task, task)
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    expect(database, nurse, stay, tomorrow() + timedelta(days=1))
    expect(database, nurse, stay, tomorrow())
    found = {row[0]: row for row in upcoming(database, nurse)}
    assert found.keys() >= {"observations", "task", "assessment", "discharge", "round"}
    assert found["observations"][2] == saved.next_due_at
    assert found["task"][2:5] == (task.due_at, None, "Weigh")
    assert found["assessment"][4] == "Falls checklist"
    assert found["discharge"][2:5] == (None, tomorrow(), "Walks again")
    where = {("Ward 7 East", "1", "Okafor", "Dr Mensah")}
    assert {row[5:] for row in found.values()} == where
    assert all(row[1] for row in found.values())
    review_at = ago(-120)
    plan(database, nurse, stay, reason="Fever", review_at=review_at)
    found = {row[0]: row for row in upcoming(database, nurse)}
    assert found["plan_review"][2:5] == (review_at, None, "Fever")
    assert upcoming(database, nurse, "upcoming_appointments") == upcoming(database, nurse)


def test_that_somebody_on_leave_comes_back_and_is_not_observed_meanwhile(database, nurse, stay):
    database.run(nurse, record_observations, a_set(stay, occurred_at=ago(30)))
    back_at = ago(-90)
    go(database, nurse, stay, expected_back_at=back_at)
    kinds = {row[0]: row[2] for row in upcoming(database, nurse)}
    assert kinds["return_from_leave"] == back_at
    assert "observations" not in kinds


def test_that_another_ward_sees_nothing_and_who_is_not_signed_in_is_refused(
    database, nurse, stay, connect, signed_in
):
    expect(database, nurse, stay, tomorrow())
    beta = connect("ws_beta")
    assert upcoming(beta, Actor(signed_in("wes", beta).token)) == []
    with pytest.raises(SignInRequiredError):
        upcoming(beta, None)
    assert upcoming(database, nurse)


def test_that_nothing_is_to_come_for_who_has_left(database, nurse, stay):
    expect(database, nurse, stay, tomorrow())
    leave(database, nurse, stay)
    assert upcoming(database, nurse) == []
