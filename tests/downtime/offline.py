"""People who chart without the database, and what they chart."""

from __future__ import annotations

import os
from decimal import Decimal

from tests import world
from tests.steps import ago
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.downtime.charting import charted
from ward_app.downtime.service import append_all, author_of, replay
from ward_app.downtime.types import OfflineAuthor, OfflineEntry, OfflineKind
from ward_app.measurements.types import NewMeasurement
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.service import record_observations

KEY = bytes(range(32))


def an_author(**changes) -> OfflineAuthor:
    """Return Nora, signed in at workstation alpha an hour ago, with a key of nobody's."""
    facts = {
        "session_id": new_id(),
        "user_id": world.id_of("nora"),
        "station": "ws_alpha",
        "signed_in_at": ago(60),
        "offline_key": os.urandom(32),
    } | changes
    return OfflineAuthor(**facts)


def an_entry(author, **changes) -> OfflineEntry:
    """Return a note of the author's, charted now."""
    facts = {
        "id": new_id(),
        "kind": OfflineKind.NOTE,
        "admission_id": new_id(),
        "payload": {"title": "Progress"},
        "occurred_at": ago(1),
        "entered_at": ago(0),
        "author": author.user_id,
    } | changes
    return OfflineEntry(**facts)


def pain(stay, **changes):
    """Return a measurement of pain at a stay."""
    facts = {
        "id": new_id(), "admission_id": stay, "kind": "pain",
        "values": {"score": Decimal(7), "site": "left hip"}, "occurred_at": ago(1), "note": None,
    }  # fmt: skip
    return NewMeasurement(**facts | changes)


class Station:
    """A workstation with somebody signed in, who charts without the database and replays."""

    def __init__(self, database, person, outbox, role="ws_alpha"):
        self.database, self.person, self.outbox = database, person, outbox
        self.author = author_of(person, role)
        self.actor = Actor(person.token, person.permissions)

    def chart(self, command, *args, now=None, **kwargs):
        """Keep what a command charts; return what it answered."""
        done = charted(self.author, self.actor, now or ago(0), command, *args, **kwargs)
        append_all(self.outbox, self.author, done.entries)
        return done.answer

    def chart_set(self, new, **kwargs):
        """Keep a set of observations, scored by what holds for the stay."""
        basis = self.database.run(self.actor, scoring_of, new.admission_id)
        return self.chart(record_observations, new, basis, **kwargs)

    def replay(self):
        """Send what waits."""
        return replay(self.database, self.outbox)

    def states(self):
        """Return where each entry stands, and why."""
        return [(held.state.value, held.problem) for held in self.outbox.held()]
