import pytest

from tests import world
from tests.escalations.builders import (
    EMERGENCY,
    URGENT,
    WELL,
    give,
    no_sepsis,
    open_now,
    pass_minutes,
    record,
)
from tests.steps import admit, ago, leave
from ward_app.core.ids import new_id
from ward_app.escalations.types import DeclineReason, EventKind
from ward_app.observations.service import record_observations
from ward_app.observations.types import NewObservations
from ward_app.timeliness.queries import dues
from ward_app.timeliness.types import Outcome, Work

EAST = world.id_of("east")


@pytest.fixture
def ada(database, nurse):
    """Ada Okafor in bed 1."""
    return admit(database, nurse, "Okafor", "Ada")


@pytest.fixture
def report(database, nurse):
    """Return the report's rows by what was due, of the last day and the next."""

    def report(ward=EAST):
        bounds = {"since": ago(1_440), "until": ago(-1_440)}
        found = database.run(nurse, dues, Work.ESCALATION, (ward,), **bounds)
        return {due.reason: due for due in found}

    return report


@pytest.fixture
def urgent(database, nurse, ada):
    """An escalation at level medium, opened just now."""
    record(database, nurse, ada, URGENT)
    (item,) = open_now(database, nurse, EAST)
    return item


def minutes_allowed(admin, level="medium"):
    """Return how many minutes the first step allows for each answer."""
    return admin.execute(
        "SELECT acknowledge_minutes, arrive_minutes FROM report.escalation_rules"
        " WHERE level = %s AND step = 1 AND facility_id IS NULL",
        (level,),
    ).fetchone()


def test_that_nobody_has_to_answer_before_a_level_is_reached(report, database, nurse, ada):
    record(database, nurse, ada, WELL)
    assert report() == {}


def test_that_both_answers_are_open_at_first(report, urgent):
    found = report()
    assert list(found) == ["medium, acknowledge", "medium, arrive"]
    assert {due.outcome for due in found.values()} == {Outcome.OPEN}
    assert {due.minutes_late for due in found.values()} == {0}
    assert {due.family_name for due in found.values()} == {"Okafor"}


def test_that_an_answer_in_time_says_whose(report, database, nurse, urgent):
    give(database, nurse, urgent, EventKind.ACKNOWLEDGED, person="Dr Mensah")
    acknowledged, arrival = report().values()
    assert (acknowledged.outcome, acknowledged.answered_by) == (Outcome.ON_TIME, "Dr Mensah")
    assert arrival.outcome is Outcome.OPEN


def test_that_who_arrives_has_answered_too(report, database, nurse, urgent):
    give(database, nurse, urgent, EventKind.ARRIVED, person="Dr Mensah")
    assert [due.outcome for due in report().values()] == [Outcome.ON_TIME, Outcome.ON_TIME]


def test_that_a_late_answer_is_late_by_what_passed_after_the_time_allowed(
    report, database, nurse, admin, urgent
):
    acknowledge, _arrive = minutes_allowed(admin)
    pass_minutes(admin, acknowledge + 7)
    give(database, nurse, urgent, EventKind.ACKNOWLEDGED)
    acknowledged = report()["medium, acknowledge"]
    assert (acknowledged.outcome, acknowledged.minutes_late) == (Outcome.LATE, 7)


def test_that_an_open_one_is_late_by_what_has_passed_so_far(report, admin, urgent):
    acknowledge, _arrive = minutes_allowed(admin)
    pass_minutes(admin, acknowledge + 3)
    waiting = report()["medium, acknowledge"]
    assert (waiting.outcome, waiting.minutes_late) == (Outcome.OPEN, 3)


def test_that_a_decision_not_to_call_is_counted_apart(report, database, nurse, urgent):
    no_sepsis(database, nurse, urgent)
    code = DeclineReason.PLAN_IN_PLACE
    give(database, nurse, urgent, EventKind.NOT_ESCALATED, code=code, words="Agreed at noon")
    assert {due.outcome for due in report().values()} == {Outcome.DEFERRED}
    assert {due.deferral for due in report().values()} == {code}


def test_that_a_raise_asks_anew_and_leaves_the_first_one_missed(
    report, database, nurse, ada, urgent
):
    record(database, nurse, ada, EMERGENCY)
    found = report()
    assert found["medium, acknowledge"].outcome is Outcome.MISSED
    assert found["high, acknowledge"].outcome is Outcome.OPEN


def test_that_nobody_answered_before_the_patient_left(report, database, nurse, ada, urgent):
    leave(database, nurse, ada)
    assert {due.outcome for due in report().values()} == {Outcome.MISSED}


def test_that_a_correction_takes_the_call_back(report, database, nurse, ada, urgent, admin):
    (wrong,) = admin.execute("SELECT id FROM report.vital_signs").fetchone()
    right = NewObservations(
        id=new_id(),
        admission_id=ada,
        occurred_at=ago(0),
        vital_signs=WELL,
        supersedes_id=wrong,
        change_reason="Typed for another patient",
    )
    database.run(nurse, record_observations, right)
    assert report() == {}


def test_that_other_wards_are_left_out(report, urgent):
    assert report(world.id_of("west")) == {}
