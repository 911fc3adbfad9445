"""What tests of the device register are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.devices.queries import device_history, devices_of
from ward_app.devices.service import check_device, record_device, remove_device, strike_out
from ward_app.devices.types import (
    Device,
    Entry,
    NewCheck,
    NewDevice,
    NewRemoval,
    RemovalReason,
    Side,
    StrikeOut,
    Tip,
)

VIP = ("pain", "redness", "swelling", "induration", "cord", "fever")
HEALTHY = dict.fromkeys(VIP, False)
LOOK = ("redness", "pain", "discharge", "leaking", "blocked", "moved")


def seen(*present, of=VIP):
    """Return signs that were all looked for, some of them there."""
    return {name: name in present for name in of}


def a_device(admission_id, **changes):
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "kind": "peripheral_cannula",
        "site": "forearm",
        "side": Side.LEFT,
        "size": "20 G",
        "inserted_at": ago(600),
        "inserted_by": "Ambulance",
        "reason": "Fluids",
    } | changes
    return NewDevice(**facts)


def put_in(database, actor, admission_id, **changes):
    """Record a device and return its id."""
    device = a_device(admission_id, **changes)
    database.run(actor, record_device, device)
    return device.id


def a_check(admission_id, device_id, **changes):
    facts = {
        "id": new_id(),
        "device_id": device_id,
        "admission_id": admission_id,
        "kind": "peripheral_cannula",
        "signs": HEALTHY,
        "occurred_at": ago(5),
    } | changes
    return NewCheck(**facts)


def look_at(database, actor, admission_id, device_id, **changes):
    """Record a look and return its id."""
    check = a_check(admission_id, device_id, **changes)
    database.run(actor, check_device, check)
    return check.id


def a_removal(admission_id, device_id, **changes):
    facts = {
        "id": new_id(),
        "device_id": device_id,
        "admission_id": admission_id,
        "reason": RemovalReason.NOT_NEEDED,
        "tip": Tip.INTACT,
        "removed_by": "Nora Nurse",
        "occurred_at": ago(1),
    } | changes
    return NewRemoval(**facts)


def take_out(database, actor, admission_id, device_id, **changes):
    """Record a removal and return its id."""
    removal = a_removal(admission_id, device_id, **changes)
    database.run(actor, remove_device, removal)
    return removal.id


def strike(database, actor, entry, admission_id, struck_id, **changes):
    """Strike something out and return the mark's id."""
    facts = {
        "id": new_id(),
        "entry": Entry(entry),
        "admission_id": admission_id,
        "struck_id": struck_id,
        "reason": "wrong patient",
    } | changes
    mark = StrikeOut(**facts)
    database.run(actor, strike_out, mark)
    return mark.id


def devices(database, actor, *admission_ids):
    """Return the devices of these stays as the actor reads them."""
    return database.run(actor, devices_of, admission_ids)


def only(database, actor, admission_id) -> Device:
    """Return the one device of a stay."""
    (device,) = devices(database, actor, admission_id)
    return device


def history(database, actor, device_id):
    return database.run(actor, device_history, device_id)


def read_device(**changes) -> Device:
    """Return a device as it would be read, for rules and screens without a database."""
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    facts = dict.fromkeys(Device._fields) | {
        "id": new_id(),
        "version_id": new_id(),
        "admission_id": new_id(),
        "kind": "peripheral_cannula",
        "site": "forearm",
        "inserted_at": at,
        "first_recorded_at": at,
        "check_minutes": 480,
    }
    return Device(**(facts | changes))
