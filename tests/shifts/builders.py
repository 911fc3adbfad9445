"""Shifts of the test hospital: who allocates, takes and puts down."""

from __future__ import annotations

from datetime import timedelta

from tests import world
from ward_app.core.ids import new_id
from ward_app.shifts.queries import allocations, responsible_now, shifts_between
from ward_app.shifts.service import allocate, put_down, take
from ward_app.shifts.types import NewAllocation, PutDown, Take

EAST = world.id_of("east")
WEST = world.id_of("west")


def running(database, actor, ward_id=EAST):
    """Return the shift that ends last of those that run now."""
    now = database.run(actor, lambda tx: tx.now)
    found = database.run(actor, shifts_between, ward_id, now, now + timedelta(microseconds=1))
    return found[-1]


def give(database, actor, user, *labels, ward="east", **changes):
    """Allocate beds of the running shift to a person (by login, None: nobody)."""
    shift = running(database, actor, world.id_of(ward))
    before = {
        one.bed_id: one.id
        for one in database.run(actor, allocations, world.id_of(ward), shift.name, shift.shift_on)
    }
    beds = [
        NewAllocation(**{
            "id": new_id(),
            "bed_id": world.bed(ward, label),
            "user_id": user and world.id_of(user),
            "shift_name": shift.name,
            "shift_on": shift.shift_on,
            "supersedes_id": before.get(world.bed(ward, label)),
        } | changes)
        for label in labels
    ]  # fmt: skip
    database.run(actor, allocate, beds)
    return beds


def took(database, actor, *labels, ward="east", **changes):
    """Take beds, whoever holds them; return what was sent."""
    held = {bed.bed_id: bed.user_id for bed in now(database, actor, world.id_of(ward))}
    beds = [
        Take(**{
            "id": new_id(),
            "bed_id": world.bed(ward, label),
            "from_user_id": held.get(world.bed(ward, label)),
        } | changes)
        for label in labels
    ]  # fmt: skip
    database.run(actor, take, beds)
    return beds


def laid_down(database, actor, *labels, ward="east", **changes):
    """Put beds down."""
    beds = [PutDown(id=new_id(), bed_id=world.bed(ward, label), **changes) for label in labels]
    return database.run(actor, put_down, beds)


def now(database, actor, ward_id=EAST):
    """Return who holds the beds of a ward."""
    return database.run(actor, responsible_now, ward_id)


def bed_now(database, actor, label, ward="east"):
    """Return who holds one bed."""
    return next(one for one in now(database, actor, world.id_of(ward)) if one.bed_label == label)
