"""Who was let sleep by the ward's own nights is told apart from late and from missed."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.schedule.builders import measure
from tests.steps import admit, ago
from tests.timeliness.builders import NOON, a_due
from ui.timeliness.words import outcome_text, summary_text
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.lane.queries import let_sleep_until
from ward_app.lane.types import Asked, Kind
from ward_app.timeliness.queries import dues
from ward_app.timeliness.rules import let_sleep, line
from ward_app.timeliness.types import Outcome, Work

EAST = world.id_of("east")
LONDON = ZoneInfo("Europe/London")
UNTIL = NOON + timedelta(hours=4)


def told(*pairs):
    """Return outcome and lateness of rows, each given with until when it could wait."""
    found = let_sleep([due for due, _ in pairs], [until for _, until in pairs])
    return [(due.outcome, due.minutes_late) for due in found]


def late(minutes):
    return a_due(Outcome.LATE, answered_at=NOON + timedelta(minutes=minutes), minutes_late=minutes)


def test_that_who_could_not_wait_is_late_as_before():
    assert told((late(20), None)) == [(Outcome.LATE, 20)]


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [
        (20, (Outcome.LET_SLEEP, None)),
        (240, (Outcome.LET_SLEEP, None)),
        (241, (Outcome.LATE, 1)),
        (300, (Outcome.LATE, 60)),
    ],
)
def test_that_who_was_seen_by_the_end_of_the_night_was_let_sleep(minutes, outcome):
    assert told((late(minutes), UNTIL)) == [outcome]


def test_that_what_was_missed_was_let_sleep_where_the_next_fell_into_the_same_night():
    stay = new_id()
    missed = a_due(Outcome.MISSED, admission_id=stay)
    following = a_due(due_at=NOON + timedelta(hours=2), admission_id=stay, reason="plan")
    others = a_due(due_at=NOON + timedelta(hours=1))
    assert told((missed, UNTIL), (others, None), (following, None))[0] == (Outcome.LET_SLEEP, None)
    assert told((missed, UNTIL), (others, None))[0][0] is Outcome.MISSED
    morning = a_due(due_at=UNTIL + timedelta(hours=1), admission_id=stay)
    assert told((missed, UNTIL), (morning, None))[0][0] is Outcome.MISSED


def test_that_another_checklist_is_another_thing():
    stay, at = new_id(), NOON + timedelta(hours=2)
    facts = {"admission_id": stay, "work": Work.ROUNDS}
    missed = a_due(Outcome.MISSED, reason="Skin check", **facts)
    other = a_due(due_at=at, reason="Intentional round", **facts)
    same = a_due(due_at=at, reason="Skin check", **facts)
    assert told((missed, UNTIL), (other, None))[0][0] is Outcome.MISSED
    assert told((missed, UNTIL), (same, None))[0][0] is Outcome.LET_SLEEP


def test_that_what_is_answered_in_time_or_open_stays_so():
    rows = ((a_due(), UNTIL), (a_due(Outcome.OPEN), UNTIL), (a_due(Outcome.DEFERRED), UNTIL))
    assert [outcome for outcome, _ in told(*rows)] == [
        Outcome.ON_TIME, Outcome.OPEN, Outcome.DEFERRED,
    ]  # fmt: skip


def test_that_it_is_counted_apart_and_said():
    slept = a_due(Outcome.LET_SLEEP, minutes_late=None)
    total = line("", [a_due(), slept])
    assert (total.expected, total.on_time_percent) == (1, 100)
    assert "1 let sleep" in summary_text(total, NOON, UNTIL, UTC)
    assert outcome_text(slept) == "☾ Let sleep"


# -- the database


def clock(minutes_ago):
    return ago(minutes_ago).astimezone(LONDON).time().replace(second=0, microsecond=0)


def decide(admin, *, decided_ago=20_000, risks="{low}", night=(600, 120)):
    """Let the ward of these tests decide on a night that was from ten to two hours ago."""
    admin.execute("SET session_replication_role = replica")
    admin.execute(
        "INSERT INTO rounding.lane_settings (id, ward_id, visit_minutes, night_from, night_until,"
        " sleep_kinds, sleep_risks, sleep_minutes, work_minutes, source, recorded_at)"
        " VALUES (%s, %s, 30, %s, %s, '{set,round}', %s, 600, '{}', 'Local policy', %s)",
        (new_id(), EAST, clock(night[0]), clock(night[1]), risks, ago(decided_ago)),
    )
    admin.execute("RESET session_replication_role")


@pytest.fixture
def ada(database, nurse):
    """Ada was well 16 hours ago, so that her next set was due four hours ago."""
    stay = admit(database, nurse, "Okafor", "Ada", admitted_at=ago(970))
    measure(database, nurse, stay, 960)
    return stay


def outcomes(database, actor):
    found = database.run(actor, dues, Work.OBSERVATIONS, (EAST,), since=ago(400), until=ago(0))
    return [(one.outcome, one.minutes_late) for one in found]


def test_that_the_report_follows_what_the_ward_had_decided(database, nurse, admin, ada):
    measure(database, nurse, ada, 150)
    assert outcomes(database, nurse) == [(Outcome.LATE, 90)]
    decide(admin)
    assert outcomes(database, nurse) == [(Outcome.LET_SLEEP, None)]


def test_that_who_was_seen_after_the_night_is_late_from_its_end(database, nurse, admin, ada):
    decide(admin)
    measure(database, nurse, ada, 100)
    ((outcome, minutes),) = outcomes(database, nurse)
    assert outcome is Outcome.LATE
    assert minutes in {19, 20, 21}


@pytest.mark.parametrize(
    "decision",
    [{"decided_ago": 10}, {"risks": "{low-medium}"}, {"night": (110, 60)}],
    ids=["only since", "of another risk", "not by day"],
)
def test_that_who_was_not_to_sleep_then_is_late(database, nurse, admin, ada, decision):
    decide(admin, **decision)
    measure(database, nurse, ada, 150)
    assert outcomes(database, nurse) == [(Outcome.LATE, 90)]


def asked(stay, kind=Kind.SET, minutes_ago=240):
    return Asked(EAST, stay, kind, ago(minutes_ago))


def test_that_nights_are_told_in_order_of_patients_of_ones_wards_alone(
    database, nurse, signed_in, admin, ada
):
    decide(admin)
    questions = (asked(ada, Kind.TASK), asked(None), asked(ada, minutes_ago=1_000), asked(ada))
    *none, until = database.run(nurse, let_sleep_until, questions)
    assert none == [None, None, None]
    # told to the minute, and the next one may have begun
    assert abs(until - ago(120)) < timedelta(minutes=2)
    wes = Actor(signed_in("wes").token)
    assert database.run(wes, let_sleep_until, questions) == (None,) * 4
    assert database.run(nurse, let_sleep_until, ()) == ()
