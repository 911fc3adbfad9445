"""What falls due by elapsed time: repeats, the next role, and catching up after a silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import world
from tests.escalations.builders import EMERGENCY, give, open_now, pass_minutes, record
from tests.steps import admit, ago
from ward_app.core.database import Actor
from ward_app.escalations.queries import watched_items
from ward_app.escalations.types import EventKind, ResponderRole

EAST = world.id_of("east")
DUE = """
SELECT v.kind, v.step, round(extract(epoch FROM v.occurred_at - e.opened_at) / 60)::integer
FROM report.escalation_events v JOIN report.escalations e ON e.id = v.escalation_id
WHERE v.kind IN ('re_notified', 'cascaded') ORDER BY v.occurred_at
"""


@pytest.fixture
def item(database, nurse):
    """An escalation by NEWS2 8: registrar, after 15 minutes outreach, after 15 the consultant."""
    record(database, nurse, admit(database, nurse, "Okafor", "Ada"), EMERGENCY)
    [found] = open_now(database, nurse, EAST)
    return found


def tick(database, actor):
    """Look after the ward as a station does, and return its escalation."""
    [found] = database.run(actor, watched_items, (EAST,)).escalations
    return found


def test_that_an_unanswered_call_is_repeated_and_then_goes_to_the_next_role(
    database, nurse, item, admin
):
    pass_minutes(admin, 12)
    assert tick(database, nurse).role is ResponderRole.MEDICAL_REGISTRAR
    assert admin.execute(DUE).fetchall() == [("re_notified", 1, 5), ("re_notified", 1, 10)]
    pass_minutes(admin, 5)
    now = tick(database, nurse)
    assert (now.step, now.role) == (2, ResponderRole.CRITICAL_CARE_OUTREACH)
    assert now.respond_by == now.since + timedelta(minutes=25)
    assert admin.execute(DUE).fetchall()[-1] == ("cascaded", 2, 15)


def test_that_a_ward_whose_stations_were_all_off_catches_up_with_the_true_times(
    database, nurse, item, admin
):
    pass_minutes(admin, 52)
    assert open_now(database, nurse, EAST)[0].role is ResponderRole.CONSULTANT
    tick(database, nurse)
    assert admin.execute(DUE).fetchall() == [
        ("re_notified", 1, 5), ("re_notified", 1, 10), ("cascaded", 2, 15),
        ("re_notified", 2, 20), ("re_notified", 2, 25), ("cascaded", 3, 30),
        ("re_notified", 3, 40), ("re_notified", 3, 50),
    ]  # fmt: skip
    late = (
        "SELECT bool_and(recorded_at > now() - interval '1 minute') FROM report.escalation_events"
    )
    assert admin.execute(late).fetchone() == (True,)


def test_that_several_stations_write_each_thing_once(database, connect, nurse, signed_in, admin,
                                                     item):  # fmt: skip
    beta = connect("ws_beta")
    other = Actor(signed_in("both", beta).token)
    pass_minutes(admin, 17)
    seen = {tick(at, who).role for at, who in ((database, nurse), (beta, other)) * 2}
    assert seen == {ResponderRole.CRITICAL_CARE_OUTREACH}
    assert len(admin.execute(DUE).fetchall()) == 3


def test_that_two_stations_ticking_side_by_side_write_each_thing_once(
    database, connect, nurse, signed_in, admin, item
):
    """The second waits for the first to commit and finds nothing left to write."""
    pass_minutes(admin, 17)
    with database.transaction(nurse) as first:
        assert first.value("SELECT report.tick_escalations(%s)", ([EAST],)) == 3
    with connect("ws_beta").transaction(Actor(signed_in("both", connect("ws_beta")).token)) as tx:
        assert tx.value("SELECT report.tick_escalations(%s)", ([EAST],)) == 0


def test_that_an_acknowledgement_is_quiet_until_somebody_should_have_come(
    database, nurse, item, admin
):
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    pass_minutes(admin, 29)
    now = tick(database, nurse)
    assert (now.step, now.respond_by) == (1, now.since + timedelta(minutes=30))
    assert admin.execute(DUE).fetchall() == []
    pass_minutes(admin, 7)
    now = tick(database, nurse)
    assert (now.step, now.role) == (2, ResponderRole.CRITICAL_CARE_OUTREACH)
    assert now.respond_by == now.since + timedelta(minutes=30)  # late stays late
    assert admin.execute(DUE).fetchall() == [("cascaded", 2, 30), ("re_notified", 2, 35)]


@pytest.mark.parametrize("kind", [EventKind.ARRIVED, EventKind.PLANNED])
def test_that_nothing_falls_due_once_somebody_came_or_planned(database, nurse, item, admin, kind):
    give(database, nurse, item, kind, words="fluids")
    pass_minutes(admin, 240)
    now = tick(database, nurse)
    assert (now.respond_by, now.step) == (None, 1)
    assert admin.execute(DUE).fetchall() == []


def test_that_the_last_role_is_called_again_and_again(database, nurse, item, admin):
    pass_minutes(admin, 31)
    give(database, nurse, item, EventKind.ACKNOWLEDGED)
    pass_minutes(admin, 55)
    now = tick(database, nurse)
    assert now.role is ResponderRole.CONSULTANT
    after_arrival_was_due = [due for due in admin.execute(DUE) if due[2] >= 60]
    assert after_arrival_was_due == [
        ("re_notified", 3, 60), ("re_notified", 3, 70), ("re_notified", 3, 80),
    ]  # fmt: skip


def test_that_a_raise_starts_the_clock_anew(database, nurse, item, admin):
    pass_minutes(admin, 40)
    tick(database, nurse)
    record(database, nurse, item.admission_id, EMERGENCY)
    assert tick(database, nurse).role is ResponderRole.CONSULTANT


def test_that_a_wards_own_step_takes_the_place_of_the_programs(database, nurse, item, admin):
    admin.execute(
        "INSERT INTO report.escalation_rules (id, facility_id, ward_id, level, step, role,"
        " acknowledge_minutes, arrive_minutes, renotify_minutes, source, set_by)"
        " VALUES (gen_random_uuid(), %s, %s, 'high', 1, 'consultant', 3, 6, 2, 'local', 'Dr X')",
        (world.id_of("main"), EAST),
    )
    assert tick(database, nurse).role is ResponderRole.MEDICAL_REGISTRAR  # as it was opened
    other = admit(database, nurse, "Lind", "Eva", label="2")
    record(database, nurse, other, EMERGENCY, occurred_at=ago(1))
    roles = {one.admission_id: one.role for one in open_now(database, nurse, EAST)}
    assert roles[other] is ResponderRole.CONSULTANT


def test_that_a_step_taken_away_is_not_called(database, nurse, admin):
    admin.execute(
        "INSERT INTO report.escalation_rules (id, facility_id, level, step, role,"
        " acknowledge_minutes, arrive_minutes, renotify_minutes, is_active, source, set_by,"
        " in_force_from) VALUES (gen_random_uuid(), %s, 'high', 2, 'consultant', 3, 6, 2, false,"
        " 'x', 'Dr X', now() - interval '1 day')",
        (world.id_of("main"),),
    )
    record(database, nurse, admit(database, nurse, "Okafor", "Ada"), EMERGENCY)
    pass_minutes(admin, 16)
    assert tick(database, nurse).role is ResponderRole.CONSULTANT
