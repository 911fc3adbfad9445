"""Rounds of the test hospital, as nurses answer them."""

from __future__ import annotations

from tests import world
from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.rounding.queries import rounds_of_wards
from ward_app.rounding.rules import usual_answers
from ward_app.rounding.service import defer_round, record_round
from ward_app.rounding.types import DeferralReason, NewDeferral, NewRecord

EAST = world.id_of("east")


def rounds(database, actor, ward_id=EAST):
    """Return what is due on a ward."""
    return database.run(actor, rounds_of_wards, (ward_id,))


def template(database, actor, name="intentional"):
    """Return the checklist of that name that is in force."""
    return next(one for one in rounds(database, actor).templates if one.name == name)


def line(database, actor, admission_id, name="intentional", ward_id=EAST):
    """Return one checklist's line of a patient, or of the ward (None)."""
    [found] = [
        one
        for one in rounds(database, actor, ward_id).lines
        if (one.admission_id, one.name) == (admission_id, name)
    ]
    return found


def a_record(checklist, admission_id=None, *, minutes_ago=0, answers=None, **changes):
    """Return all as usual, answered so many minutes ago; `answers` change single answers."""
    facts = {
        "id": new_id(),
        "template": checklist,
        "answers": usual_answers(checklist) | (answers or {}),
        "occurred_at": ago(minutes_ago),
        "admission_id": admission_id,
        "ward_id": None if admission_id else EAST,
    } | changes
    return NewRecord(**facts)


def answer(database, actor, admission_id=None, name="intentional", **changes):
    """Answer a checklist and return the record."""
    record = a_record(template(database, actor, name), admission_id, **changes)
    database.run(actor, record_round, (record,))
    return record


def put_off(database, actor, admission_id, name="intentional", **changes):
    """Put a checklist off for half an hour and return the deferral."""
    facts = {
        "id": new_id(),
        "template": template(database, actor, name),
        "reason": DeferralReason.ASLEEP,
        "deferred_until": ago(-30),
        "occurred_at": ago(0),
        "admission_id": admission_id,
    } | changes
    deferral = NewDeferral(**facts)
    database.run(actor, defer_round, deferral)
    return deferral
