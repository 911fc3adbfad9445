"""Copies of the test hospital's wards, as workstations take them."""

from __future__ import annotations

from tests import world
from ward_app.downtime.copy_queries import open_ward_copy, ward_copy_text
from ward_app.downtime.copy_reading import read_copy
from ward_app.downtime.kept_types import CopyHead
from ward_app.rooms.types import Ward

EAST = world.id_of("east")
WARD = Ward(
    id=EAST,
    code="east",
    name="Ward 7 East",
    specialty=None,
    time_zone=world.TIME_ZONE,
    wall_privacy="initials",
)
HEAD = CopyHead(ward=WARD, facility_name="Main Hospital", environment="test")


def copy_text(database, actor, ward_id=EAST):
    """Take a copy of a ward and return it as it is kept."""
    database.run(actor, open_ward_copy, ward_id)
    return database.run(actor, ward_copy_text, ward_id)


def copy_of(database, actor):
    """Take a copy of ward East and return it as values."""
    return read_copy(HEAD, copy_text(database, actor))
