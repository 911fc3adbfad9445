"""A program that charts without the database until it is killed."""

from __future__ import annotations

import random
import resource
import signal

from tests.downtime.offline import KEY
from tests.notes.builders import a_note
from tests.steps import ago
from ward_app.core.database import Actor
from ward_app.downtime.charting import charted
from ward_app.downtime.outbox import NotKeptError, Outbox
from ward_app.downtime.service import append_all
from ward_app.notes.service import sign_note


def append_for_ever(folder, author, stay, told):
    """Keep one to three notes at a time, and tell their ids once they are on the disk."""
    outbox = Outbox(folder, KEY)
    while True:
        entries = []
        for _ in range(random.randint(1, 3)):  # noqa: S311 - how many is no secret
            done = charted(author, Actor(""), ago(0), sign_note, a_note(stay))
            entries += done.entries
        append_all(outbox, author, entries)
        told.send([entry.id for entry in entries])


def append_beyond(folder, author, stay, longest_bytes, told):
    """Chart where no file may become longer; tell what is said of what does not fit."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest_bytes, longest_bytes))
    done = charted(author, Actor(""), ago(0), sign_note, a_note(stay))
    try:
        append_all(Outbox(folder, KEY), author, done.entries)
    except NotKeptError as refusal:
        told.send(str(refusal))
    else:
        told.send("kept")
