"""Tells whenever the thread of the window waits: for database, disk, another thread or the clock.

Deterministic, unlike a stop-watch: what waits is noted, however short the wait was.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from concurrent.futures import Future
from contextlib import contextmanager
from functools import wraps
from unittest.mock import patch

import psycopg
from psycopg_pool import ConnectionPool

from ward_app.downtime import sealed_log

# what blocks -> whether this call of it does
_BLOCKS = (
    (psycopg.waiting, "wait", lambda *_: True),
    (psycopg.waiting, "wait_conn", lambda *_: True),
    (ConnectionPool, "getconn", lambda *_: True),
    (Future, "result", lambda future, *_: not future.done()),
    (threading.Thread, "join", lambda thread, *_: thread.is_alive()),
    (time, "sleep", lambda *_: True),
    (os, "fsync", lambda *_: True),
    (sealed_log, "_force", lambda *_: True),
)


@contextmanager
def watched():
    """Yield the list of what this thread waited for meanwhile, each with the way there."""
    window, waits = threading.current_thread(), []

    def noting(blocks, does):
        @wraps(blocks)
        def note(*args, **kwargs):
            if threading.current_thread() is window and does(*args):
                waits.append("".join(traceback.format_stack(limit=12)))
            return blocks(*args, **kwargs)

        return note

    patches = [
        patch.object(owner, name, noting(getattr(owner, name), does))
        for owner, name, does in _BLOCKS
    ]
    for each in patches:
        each.start()
    try:
        yield waits
    finally:
        for each in patches:
            each.stop()
