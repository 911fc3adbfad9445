"""Eight nurses at eight workstations, who write whatever befalls the server."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.resilience.server.savers import Saver
from tests.soak import arena, verdict
from ward_app.core.database import Actor, Database
from ward_app.staff.service import sign_in

PLACES = (
    ("west", "1"),
    ("west", "2"),
    *(("east", label) for label in ("2", "3", "4", "9", "10", "S1")),
)
REST_S = 0.1

WRITTEN = "SELECT id FROM report.vital_signs"
LOGGED = """
SELECT row_id FROM audit.change_logs WHERE action = 'CREATE' AND table_name = 'vital_signs'
"""


def nurses(server, settings, endures):
    """Return them signed in, each with a patient; `settings(role)` is how theirs is reached."""
    return [
        _nurse(server, settings, endures, number, place) for number, place in enumerate(PLACES)
    ]


def _nurse(server, settings, endures, number, place):
    database = Database.connect(settings(arena.station(number)), STATION_PASSWORD)
    server.databases.append(database)
    token = database.run(None, sign_in, arena.login(number), world.PASSWORD).token
    name, (ward, label) = f"Patient{number}", place
    return Saver(database, Actor(token), name, ward, (label,), endures=endures, rest_s=REST_S)


@contextmanager
def at_work(fleet):
    """The time in which they write."""
    for saver in fleet:
        saver.start()
    try:
        yield
    finally:
        for saver in fleet:
            saver.enough.set()
        for saver in fleet:
            saver.stop()
    leaks = [saver.leak for saver in fleet if saver.leak]
    assert leaks == [], leaks


def went_on(fleet, saves=3):
    """Return a function that tells whether each was told "saved" so often more, or gave up."""
    wanted = [len(saver.acknowledged) + saves for saver in fleet]
    return lambda: all(
        saver.leak or len(saver.acknowledged) >= count
        for saver, count in zip(fleet, wanted, strict=True)
    )


def were_told(fleet):
    """Whether each was told something else than "saved", or gave up."""
    return all(saver.failures or saver.leak for saver in fleet)


@dataclass(frozen=True)
class Counts:
    """What was told to be saved, and what is there of it.

    Attributes:
        doubled: so many are there more often than once.
        lost: so many were told to be saved and are not there.
        untold: so many are there that nobody was told of.
    """

    acknowledged: int
    written: int
    doubled: int
    lost: int
    untold: int


def counts(server, fleet, besides=()):
    """Return the counts of all that was saved; `besides` are the rows of others than the fleet."""
    acknowledged = Counter((told[0],) for saver in fleet for told in saver.acknowledged)
    acknowledged.update(besides)
    written = Counter(server.ask(WRITTEN))
    return Counts(
        acknowledged=acknowledged.total(),
        written=written.total(),
        doubled=sum(number > 1 for number in written.values()),
        lost=len(acknowledged.keys() - written.keys()),
        untold=len(written.keys() - acknowledged.keys()),
    )


def nothing_missing_nothing_twice(server, fleet, besides=()):
    """What was acknowledged is there once, with one line in the log; `besides` are others'."""
    found = counts(server, fleet, besides)
    assert (found.doubled, found.lost, found.untold) == (0, 0, 0)
    assert found.written == found.acknowledged
    assert Counter(server.ask(LOGGED)) == Counter(server.ask(WRITTEN))
    with psycopg.connect(server.cluster.dsn(server.name), autocommit=True) as admin:
        assert verdict.unlogged_rows(admin) == []
