"""People who chart without the database, and what they chart."""

from __future__ import annotations

import os

from tests import world
from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.downtime.types import OfflineAuthor, OfflineEntry, OfflineKind

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
