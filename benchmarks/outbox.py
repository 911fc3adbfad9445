"""What it costs to keep an entry on the workstation: beside as many bytes, written and forced."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, in_turn
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.core.places import places
from ward_app.downtime.charting import charted
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.service import append_all
from ward_app.downtime.types import OfflineAuthor, OfflineEntry
from ward_app.notes.service import sign_note
from ward_app.notes.types import NewNote, NoteKind, Section

TARGET = 3.0  # the log and its head are forced to the disk one after the other
_ROUNDS = 300
_WARD = 30


def figures() -> list[Figure]:
    """Return the figures of one entry, and of those of a whole ward kept together."""
    places().data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=places().data_dir) as folder:
        return [_appending(Path(folder) / str(count), count) for count in (1, _WARD)]


def _appending(folder: Path, count: int) -> Figure:
    author = OfflineAuthor(new_id(), new_id(), "ws_bench", datetime.now(UTC), os.urandom(32))
    outbox = Outbox(folder, os.urandom(32))
    append_all(outbox, author, _entries(author, count))
    written = os.urandom(sum(file.stat().st_size for file in folder.glob("*.log")))
    given = iter([_entries(author, count) for _ in range(_ROUNDS * 2)])
    with (folder / "raw").open("wb", buffering=0) as raw:

        def write() -> None:
            raw.write(written)
            os.fsync(raw.fileno())

        ours_ms, raw_ms = in_turn(
            lambda: append_all(outbox, author, next(given)), write, rounds=_ROUNDS
        )
    what = "1 entry" if count == 1 else f"{count} entries together"
    return Figure(
        name=f"{what} kept on the workstation without the database",
        ours_ms=ours_ms,
        reference_ms=raw_ms,
        reference="as many bytes written to a file and forced to the disk",
        target=TARGET,
    )


def _entries(author: OfflineAuthor, count: int) -> list[OfflineEntry]:
    return [_entry(author) for _ in range(count)]


def _entry(author: OfflineAuthor) -> OfflineEntry:
    now = datetime.now(UTC)
    note = NewNote(
        id=new_id(),
        admission_id=new_id(),
        kind=NoteKind.PROGRESS,
        title="Progress",
        sections=(Section("", "Slept well. Ate half of breakfast. " * 6),),
        occurred_at=now,
    )
    [entry] = charted(author, Actor(""), now, sign_note, note).entries
    return entry
