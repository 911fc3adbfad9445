"""What the tests of the schedule decide, put off and ask."""

from __future__ import annotations

from datetime import timedelta

from tests import world
from tests.observations.builders import WELL
from tests.steps import a_set, ago
from ward_app.admissions.service import record_leave
from ward_app.admissions.types import LeaveKind, NewLeave
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations
from ward_app.schedule.queries import due_list, due_of
from ward_app.schedule.service import decide_plan, defer
from ward_app.schedule.types import DeferralReason, NewDeferral, NewPlan

EAST = world.id_of("east")


def plan(database, actor, admission_id, minutes=30, **changes):
    """Decide that a patient is observed so often and return the plan."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "interval_minutes": minutes,
        "decided_by": "Dr Mensah",
        "reason": "",
    } | changes
    new = NewPlan(**facts)
    database.run(actor, decide_plan, new)
    return new


def a_deferral(item, reason=DeferralReason.REFUSED, minutes=None, **changes):
    """Return a deferral of what the worklist shows, decided now."""
    facts = {
        "id": new_id(),
        "admission_id": item.admission_id,
        "due_at": item.due_at,
        "reason": reason,
        "deferred_until": None if minutes is None else ago(-minutes),
        "occurred_at": ago(0),
    } | changes
    return NewDeferral(**facts)


def put_off(database, actor, item, reason=DeferralReason.REFUSED, minutes=None, **changes):
    """Put off what the worklist shows and return until when."""
    return database.run(actor, defer, a_deferral(item, reason, minutes, **changes))


def go(database, actor, admission_id, **changes):
    """Send a patient on leave until tomorrow."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "kind": LeaveKind.LEFT,
        "occurred_at": ago(10),
        "expected_back_at": ago(0) + timedelta(days=1),
    } | changes
    database.run(actor, record_leave, NewLeave(**facts))


def come_back(database, actor, admission_id, **changes):
    """Record the patient's return now."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "kind": LeaveKind.RETURNED,
        "occurred_at": ago(0),
    } | changes
    database.run(actor, record_leave, NewLeave(**facts))


def measure(database, actor, admission_id, minutes_ago=0.0, **signs):
    """Record a set of a well patient with these changes and return what was saved."""
    values = {name: getattr(WELL, name) for name in WELL.__slots__} | signs
    new = a_set(admission_id, occurred_at=ago(minutes_ago), vital_signs=type(WELL)(**values))
    return database.run(actor, record_observations, new)


def line(database, actor, admission_id, ward=EAST):
    """Return one patient's line of the worklist."""
    return database.run(actor, due_of, ward, admission_id)


def worklist(database, actor, *wards):
    """Return the worklist of these wards (default: East)."""
    return database.run(actor, due_list, tuple(wards) or (EAST,))
