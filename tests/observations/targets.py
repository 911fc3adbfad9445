"""Oxygen targets made for tests."""

from datetime import timedelta
from uuid import uuid4

from tests.observations.builders import NOW
from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.observations.oxygen_target import NewOxygenTarget, OxygenTarget, TargetRange
from ward_app.observations.target_service import set_oxygen_target


def a_target(admission_id, low=88, high=92, **changes):
    """Return a target to be written down; `low` None = the end of one."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "target": None if low is None else TargetRange(low, high),
        "decided_by": "Dr Mensah, registrar",
        "reason": "Retains carbon dioxide",
        "occurred_at": ago(5),
    }
    return NewOxygenTarget(**facts | changes)


def a_decision(low=88, high=92, hours_ago=5, **changes):
    """Return a decision as it is on record; `low` None = the end of one."""
    at = NOW - timedelta(hours=hours_ago)
    facts = {
        "id": uuid4(),
        "target": None if low is None else TargetRange(low, high),
        "decided_by": "Dr Mensah, registrar",
        "reason": "Retains carbon dioxide",
        "occurred_at": at,
        "recorded_at": at,
        "recorded_by": "Nora Nurse",
    }
    return OxygenTarget(**facts | changes)


def prescribe(database, actor, admission_id, low=88, high=92, **changes):
    """Write a target down and return its id."""
    new = a_target(admission_id, low, high, **changes)
    database.run(actor, set_oxygen_target, new)
    return new.id
