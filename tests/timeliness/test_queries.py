from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world
from tests.steps import a_set, admit, ago, leave, move
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations
from ward_app.timeliness.queries import dues
from ward_app.timeliness.types import Outcome, Work


@pytest.fixture
def report(database, nurse):
    """Return the rows of Ward 7 East for the last two days, and of what lies ahead."""

    def report(actor=nurse, ward="east", **asked):
        wards = (world.id_of(ward),)
        bounds = {"since": ago(2_880), "until": ago(-2_880)} | asked
        return database.run(actor, dues, Work.OBSERVATIONS, wards, **bounds)

    return report


@pytest.fixture
def ada(database, nurse):
    """Ada Okafor, admitted to bed 1 an hour ago; her first set was due 15 minutes later."""
    return admit(database, nurse, "Okafor", "Ada")


def record(database, nurse, admission_id, minutes_ago):
    new = replace(a_set(admission_id), occurred_at=ago(minutes_ago))
    database.run(nurse, record_observations, new)


def test_that_a_late_set_is_told_with_who_and_by_how_much(report, database, nurse, ada):
    record(database, nurse, ada, 30)
    late, following = report()
    assert (late.outcome, late.reason, late.minutes_late) == (Outcome.LATE, "arrival", 15)
    assert (late.family_name, late.bed_label, late.ward_name) == ("Okafor", "1", "Ward 7 East")
    assert late.answered_by == "Nora Nurse"
    assert (following.outcome, following.reason) == (Outcome.OPEN, "score")
    assert following.due_at - late.answered_at == timedelta(hours=12)
    assert following.answered_at is None


def test_that_what_is_overdue_stays_open_with_the_time_so_far(report, ada):
    (waiting,) = report()
    assert waiting.outcome is Outcome.OPEN
    assert waiting.minutes_late == 45
    assert waiting.answered_at is None
    assert waiting.answered_by is None


def test_that_a_set_taken_early_answers_the_next_due_time(report, database, nurse, ada):
    record(database, nurse, ada, 50)
    record(database, nurse, ada, 10)
    assert [due.outcome for due in report()] == [Outcome.ON_TIME, Outcome.ON_TIME, Outcome.OPEN]


def test_that_only_what_was_due_in_the_time_asked_for_is_told(report, database, nurse, ada):
    record(database, nurse, ada, 30)
    assert [due.reason for due in report(until=ago(0))] == ["arrival"]
    assert [due.reason for due in report(since=ago(0))] == ["score"]


def test_that_another_ward_is_left_out(report, database, ada):
    assert report(ward="west") == ()


def test_that_a_patient_moved_away_is_told_of_without_a_name(
    report, database, nurse, signed_in, ada
):
    record(database, nurse, ada, 30)
    move(database, Actor(signed_in("both").token), ada, "1", ward="west")
    late, *_rest = report()
    assert late.outcome is Outcome.LATE
    assert (late.family_name, late.given_name, late.bed_label) == (None, None, None)


def test_that_what_was_due_before_the_discharge_is_still_told(report, database, nurse, ada):
    leave(database, nurse, ada)
    (missed,) = report()
    assert missed.outcome is Outcome.MISSED
    assert missed.bed_label is None
    assert missed.family_name == "Okafor"


def test_that_who_may_not_see_patients_gets_no_report(report, signed_in):
    with pytest.raises(NotPermittedError):
        report(Actor(signed_in("wall").token))


def test_that_the_shift_is_the_wards_own_as_it_was_in_force_then(report, admin, ada):
    before = report()[0]
    assert before.shift in {"Day", "Night"}
    assert before.shift_from_at <= before.due_at
    set_shifts(admin, Day=False, Night=False, Whole=True)
    assert report()[0].shift == "Whole"


def test_that_without_a_shift_the_row_says_none(report, admin, ada):
    set_shifts(admin, Day=False, Night=False)
    found = report()[0]
    assert (found.shift, found.shift_from_at) == ("", None)


def set_shifts(admin, **used):
    """Set shifts of Ward 7 East that begin at midnight, as if long ago."""
    for name, is_used in used.items():
        admin.execute(
            "INSERT INTO public.ward_shifts (id, ward_id, name, starts_at, ends_at, is_used,"
            " in_force_from, source, wanted)"
            " VALUES (%s, %s, %s, '00:00', '00:00', %s, '2020-01-01', 'x', '{}')",
            (new_id(), world.id_of("east"), name, is_used),
        )
