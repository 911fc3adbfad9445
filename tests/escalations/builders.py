"""Sets that call for help, and a clock that is put forward by moving what happened back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.steps import a_set, ago
from ward_app.core.ids import new_id
from ward_app.escalations.queries import open_items
from ward_app.escalations.service import accept_score, answer
from ward_app.escalations.types import EventKind, NewAcceptedScore, NewAnswer
from ward_app.observations.service import record_observations
from ward_app.observations.types import Consciousness, IncompleteReason, VitalSigns

WELL = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    systolic_bp_mmhg=120,
    pulse_per_min=75,
    consciousness=Consciousness.ALERT,
    temperature_celsius=Decimal("36.8"),
)
# NEWS2 3 by one parameter alone
SINGLE_RED = replace(WELL, respiratory_rate_per_min=26)
# NEWS2 5: oxygen 2, respirations 2, pulse 1
URGENT = replace(WELL, respiratory_rate_per_min=22, on_oxygen=True, pulse_per_min=95)
# NEWS2 8: respirations 3, oxygen 2, systolic 3
EMERGENCY = replace(WELL, respiratory_rate_per_min=28, on_oxygen=True, systolic_bp_mmhg=88)
ONLY_FAST_BREATHS = VitalSigns(respiratory_rate_per_min=30)

EVENTS = "SELECT kind FROM report.escalation_events ORDER BY seq"
COUNT = "SELECT count(*) FROM report.escalations"


def record(database, actor, admission_id, signs, **changes):
    """Record a set with these signs and return its id."""
    if signs == ONLY_FAST_BREATHS:
        changes.setdefault("incomplete_reason", IncompleteReason.REFUSED)
    new = a_set(admission_id, vital_signs=signs, **changes)
    database.run(actor, record_observations, new)
    return new.id


def open_now(database, actor, *ward_ids):
    """Return the open escalations of these wards, worst first."""
    return database.run(actor, open_items, ward_ids).escalations


def an_answer(item, kind, **changes):
    """Return an answer of that kind to the escalation, given now."""
    facts = {"id": new_id(), "escalation_id": item.id, "kind": kind, "occurred_at": ago(0)}
    return NewAnswer(**(facts | changes))


def give(database, actor, item, kind, **changes):
    """Answer the escalation and return what became of the answer."""
    return database.run(actor, answer, an_answer(item, kind, **changes))


def no_sepsis(database, actor, item):
    """Answer the sepsis question with no."""
    give(database, actor, item, EventKind.SEPSIS_ANSWERED, code="not_suspected")


def accept(database, actor, admission_id, **changes):
    """Accept the score of the latest set for two hours."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "until_at": ago(-120),
        "decided_by": "Dr Mensah",
        "reason": "Agreed limits, fluids running",
    } | changes
    database.run(actor, accept_score, NewAcceptedScore(**facts))


def pass_minutes(admin, minutes):
    """Let so many minutes pass for every escalation, by moving all of it back."""
    for table, columns in (
        ("report.escalations", ("opened_at",)),
        ("report.escalation_events", ("occurred_at", "recorded_at")),
    ):
        admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        changes = ", ".join(f"{name} = {name} - %(by)s * interval '1 minute'" for name in columns)
        admin.execute(f"UPDATE {table} SET {changes}", {"by": minutes})
        admin.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
