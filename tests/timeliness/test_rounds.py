"""What became of every round that was due: exactly once each, by ward, shift and checklist."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests import world
from tests.rounding.builders import answer, put_off, rounds
from tests.rounding.test_service import edit, steady
from tests.schedule.builders import go
from tests.steps import admit, ago, leave, move
from tests.timeliness.builders import a_due
from ui.timeliness.words import key_text, patient_text, summary_text
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id
from ward_app.timeliness.queries import dues
from ward_app.timeliness.rules import deferral_counts, line, lines
from ward_app.timeliness.types import Grouping, Outcome, Work

NAME = "Intentional round"


@pytest.fixture
def report(database, nurse, admin):
    """Return the intentional rounds of Ward 7 East, hourly, of the last two days and ahead."""
    steady(admin, 60)

    def report(actor=nurse, ward="east", title=NAME, **asked):
        bounds = {"since": ago(2_880), "until": ago(-2_880)} | asked
        found = database.run(actor, dues, Work.ROUNDS, (world.id_of(ward),), **bounds)
        return [due for due in found if title in (None, due.reason)]

    return report


@pytest.fixture
def ada(database, nurse, report):
    """Ada came 250 minutes ago: rounds were due 190, 130, 70 and 10 minutes ago."""
    return admit(database, nurse, "Okafor", "Ada", admitted_at=ago(250))


@pytest.fixture
def both(signed_in):
    """Bo, who works on both wards."""
    return Actor(signed_in("both").token)


def told(found):
    return [(due.outcome.value, due.minutes_late) for due in found]


def test_that_what_nobody_answered_is_missed_and_the_last_open(report, ada):
    found = report()
    assert [due.outcome for due in found] == [Outcome.MISSED] * 3 + [Outcome.OPEN]
    assert found[-1].minutes_late == 10
    assert found[0].family_name == "Okafor"


def test_that_an_answer_in_time_late_and_after_misses_is_told(report, database, nurse, ada):
    answer(database, nurse, ada, minutes_ago=200)  # ten minutes early; the next 140 minutes ago
    answer(database, nurse, ada, minutes_ago=125)  # 15 minutes late; then 65 and 5 minutes ago
    answer(database, nurse, ada, minutes_ago=2)  # one missed, the other 3 minutes late
    assert told(report()) == [("on_time", 0), ("late", 15), ("missed", None), ("late", 3)]


def test_that_a_due_time_is_told_once_whatever_is_recorded(report, database, nurse, ada):
    for minutes in (200, 125, 2):
        answer(database, nurse, ada, minutes_ago=minutes)
    put_off(database, nurse, ada)
    times = [due.due_at for due in report()]
    assert len(times) == len(set(times))
    assert times == sorted(times)


def test_that_once_of_arrival_counts_from_the_arrival_on_the_ward(report, database, both, admin):
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{once}',"
        """ '{"of": "arrival", "minutes": 60}') WHERE name = 'admission'""",
    )
    stay = admit(database, both, ward="west", label="1", admitted_at=ago(600))
    move(database, both, stay, "2", occurred_at=ago(120))
    [due] = report(actor=both, title="Admission checklist")
    assert (due.outcome, due.minutes_late) == (Outcome.OPEN, 60)
    [listed] = [one for one in rounds(database, both).lines
                if (one.admission_id, one.name) == (stay, "admission")]  # fmt: skip
    assert listed.due_at == due.due_at


def test_that_asleep_is_a_deferral_and_no_miss(report, database, nurse, ada):
    answer(database, nurse, ada, minutes_ago=80)
    put_off(database, nurse, ada, occurred_at=ago(15), deferred_until=ago(5))
    found = report(since=ago(60))
    assert [(due.outcome.value, due.deferral) for due in found] == [
        ("deferred", "asleep"),
        ("open", None),
    ]
    assert found[0].minutes_late is None
    assert deferral_counts(found) == (("asleep", 1),)


def test_that_a_minute_and_the_checklists_own_grace_are_on_time(
    report, database, nurse, ada, admin
):
    edit(
        admin,
        "UPDATE rounding.templates SET content = content || '{\"grace_minutes\": 20}'"
        " WHERE name = 'intentional'",
    )
    answer(database, nurse, ada, minutes_ago=175)
    assert told(report())[0] == ("on_time", 15)


def test_that_leave_pauses_what_is_due(report, database, nurse, ada):
    answer(database, nurse, ada, minutes_ago=61.5)
    go(database, nurse, ada, occurred_at=ago(30))
    assert [due.outcome for due in report(since=ago(60))] == [Outcome.PAUSED]


def test_that_a_patient_who_left_leaves_no_open_round(report, database, nurse, ada):
    answer(database, nurse, ada, minutes_ago=130)
    leave(database, nurse, ada)
    found = report(since=ago(100))
    assert [due.outcome for due in found] == [Outcome.MISSED] * 2


def test_that_a_round_counts_where_the_patient_lay(report, database, nurse, signed_in, ada):
    bo = Actor(signed_in("both").token)
    move(database, bo, ada, "1", ward="west")
    assert len(report()) == 4
    assert [due.outcome for due in report(bo, "west")] == []
    assert {due.family_name for due in report()} == {None}


def test_that_a_correction_counts_and_a_strike_out_does_not(report, database, nurse, ada):
    wrong = answer(database, nurse, ada, minutes_ago=100)
    answer(
        database, nurse, ada, minutes_ago=190, supersedes_id=wrong.id, change_reason="other time"
    )
    assert told(report())[0] == ("on_time", 0)


def test_that_a_wards_own_checklists_are_told(report, database, nurse, admin):
    edit(
        admin,
        "UPDATE rounding.templates SET recorded_at = clock_timestamp() - interval '30 hours'"
        " WHERE name = 'environment'",
    )
    answer(database, nurse, None, "environment", minutes_ago=60, answers={"fridge": "5"})
    [due] = report(title="Ward checks")
    assert (due.outcome, due.admission_id) == (Outcome.LATE, None)
    assert patient_text(due) == "The ward"


@pytest.mark.parametrize("change", ['{"retired": true}', '{"off_wards": ["east"]}'])
def test_that_a_checklist_out_of_use_is_not_missed(report, ada, admin, change):
    edit(
        admin,
        f"UPDATE rounding.templates SET content = content || '{change}',"
        " recorded_at = clock_timestamp() - interval '2 days' WHERE name = 'intentional'",
    )
    assert report() == []


def test_that_the_interval_of_then_counts_by_risk_and_hour(report, database, nurse, ada, admin):
    content = [{"risk": ["high"], "minutes": 30}, {"minutes": 120}]
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{intervals}',"
        f" '{json.dumps(content)}') WHERE name = 'intentional'",
    )
    assert [round((ago(0) - due.due_at).total_seconds() / 60) for due in report()] == [130, 10]


@pytest.mark.parametrize(
    ("night", "hours"),
    [(datetime(2026, 3, 28, 22, tzinfo=UTC), 8), (datetime(2026, 10, 24, 22, tzinfo=UTC), 8)],
    ids=["spring", "autumn"],
)
def test_that_a_night_of_a_clock_change_has_its_rounds_by_elapsed_time(
    report, database, nurse, admin, night, hours
):
    patient = admit(database, nurse, label="2", admitted_at=night)
    at = night + timedelta(hours=hours)
    admin.execute(
        "INSERT INTO rounding.round_records (id, template_id, admission_id, occurred_at)"
        " SELECT %s, id, %s, %s FROM rounding.templates WHERE name = 'intentional'",
        (new_id(), patient, at),
    )
    found = report(since=night, until=at + timedelta(minutes=1))
    assert [due.due_at for due in found] == [
        night + timedelta(hours=number) for number in range(1, hours + 1)
    ]
    assert found[-1].outcome is Outcome.ON_TIME


def test_that_other_wards_and_who_sees_no_patients_are_left_out(report, signed_in, ada):
    assert report(ward="west", title=None) == []
    with pytest.raises(NotPermittedError):
        report(Actor(signed_in("wall").token))


def test_that_lines_are_by_checklist_and_reasons_stand_apart():
    found = (
        a_due(reason=NAME),
        a_due(Outcome.DEFERRED, reason="Skin check"),
        a_due(Outcome.DEFERRED, reason="Skin check", deferral="off_ward"),
        a_due(Outcome.DEFERRED, reason="Skin check"),
    )
    by_cause = lines(found, Grouping.CAUSE, UTC)
    assert [key_text(each) for each in by_cause] == [NAME, "Skin check"]
    assert key_text(line("arrival", ())) == "Arrival"
    total = summary_text(line("", found), ago(60), ago(0), UTC)
    assert "3 deferred with a reason (2 asleep, 1 off ward)" in total
