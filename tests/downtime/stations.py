"""What a test's workstation keeps for a downtime, and a server that can be lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.downtime.taken import HEAD
from ui.downtime.answers import FURTHER
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.downtime.copy_store import CopyStore
from ward_app.downtime.ladder import Ladder
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.passes import PassStore
from ward_app.downtime.station import Station

KEYS = bytes(32), bytes([1] * 32), bytes([2] * 32)


def a_station(folder, role="ws_alpha"):
    """Return what a workstation keeps, in a folder of the test."""
    return Station(
        copies=CopyStore(folder / "copies", KEYS[0], timedelta(hours=24)),
        outbox=Outbox(folder, KEYS[1]),
        passes=PassStore(folder / "passes", KEYS[2]),
        role=role,
    )


def present():
    return datetime.now(UTC)


def a_ladder(folder, person=None, role="ws_alpha"):
    """Return a ladder over that folder, serving a person."""
    ladder = Ladder(a_station(folder, role), present, FURTHER)
    ladder.enter(person)
    return ladder


def prepared(folder, database, person):
    """Return a ladder with a copy of ward East, taken in the name of a person."""
    ladder = a_ladder(folder, person)
    ladder.take(database, Actor(person.token), [HEAD])
    return ladder


def away():
    """Fail as everything does while the server is out of reach."""
    raise DatabaseUnavailableError("The server cannot be reached. Nothing was saved.")


def read(ladder, query, *args, **kwargs):
    """Look something up while the server is away."""
    return ladder.read(away, query, args, kwargs)


def chart(ladder, command, *args, **kwargs):
    """Chart something while the server is away."""
    return ladder.change(away, command, args, kwargs)
