"""How long the window is deaf at most while a ward's copy is kept and read, or its pack painted.

All of it runs on the worker or in a process of its own; on the worker the interpreter's lock is
held at a stretch where a text of megabytes is parsed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

from benchmarks.database import Bench
from benchmarks.measure import Figure
from benchmarks.painted import process_until
from ui.background import Lane, Reply
from ui.demo.heartbeat import Heartbeat
from ui.downtime.pack_process import LONGEST_S, PackOrder, painted
from ward_app.downtime.copy_queries import open_ward_copy, ward_copy_text
from ward_app.downtime.copy_reading import read_copy
from ward_app.downtime.copy_store import CopyStore
from ward_app.downtime.kept_types import CopyHead, KeptCopy
from ward_app.rooms.queries import wards

TARGET_MS = 50.0
_ROUNDS, _QUIET_S, _KEY_BYTES = 5, 0.5, 16


def figures(it: Bench) -> Iterator[Figure]:
    """Return the longest gap between turns of the event loop, the median of some rounds."""
    ward_id = it.hospital.ward_id
    it.database.run(it.actor, open_ward_copy, ward_id)
    text = it.database.run(it.actor, ward_copy_text, ward_id)
    [ward] = [each for each in it.database.run(it.actor, wards) if each.id == ward_id]
    head, now = CopyHead(ward=ward, facility_name="Bench", environment="demo"), datetime.now(UTC)
    with TemporaryDirectory(prefix="ward-copies-") as folder:
        store = CopyStore(Path(folder), os.urandom(_KEY_BYTES), timedelta(hours=1))
        order = PackOrder(KeptCopy(head=head, text=text, kept_at=now), "A4")
        works: dict[str, Callable[[], object]] = {
            "a ward's copy is kept": partial(store.save, head, text, now),
            "a ward's copy is read": partial(read_copy, head, text),
            "a ward pack is painted": partial(painted, order),
        }
        quiet_ms = median(_longest_gap_ms(partial(Event().wait, _QUIET_S)) for _ in range(_ROUNDS))
        for words, work in works.items():
            yield Figure(
                name=f"longest gap of the event loop while {words}, 31 beds",
                ours_ms=median(_longest_gap_ms(work) for _ in range(_ROUNDS)),
                reference_ms=None,
                reference=f"{TARGET_MS:g} ms; while nothing is done: {quiet_ms:.1f} ms",
                target=TARGET_MS,
            )


def _longest_gap_ms(work: Callable[[], object]) -> float:
    """Return the longest time during which no key would be heard while a worker works."""
    lane, done = Lane(), list[object]()
    heartbeat = Heartbeat(lane)
    lane.ask(lane, Reply(done.append, done.append), work)
    heartbeat.begin()
    process_until(lambda: bool(done), within_s=LONGEST_S)
    longest_ms = heartbeat.longest_ms
    lane.close()
    lane.deleteLater()
    if isinstance(done[0], Exception):
        raise done[0]
    return longest_ms
