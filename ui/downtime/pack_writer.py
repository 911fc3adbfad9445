"""Writes the pack of every ward this station covers, at its interval, off the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import Lane, Reply
from ui.downtime.pack_process import PackOrder, painted
from ui.formats import moment_text
from ward_app.core.errors import WardError
from ward_app.core.places import places
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.copy_types import WardCopy
from ward_app.downtime.pack_files import keep_pack, purge_packs

logger = logging.getLogger(__name__)

LOOK_EVERY_MS = 20_000
FOLDER = "ward-packs"

Paint = Callable[[PackOrder], bytes]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How this station keeps packs.

    Attributes:
        on: whether packs are written at all.
        interval: how often; a copy older than this is not written.
        keep_for: after so long a pack is removed.
        paper: "A4" or "Letter".
    """

    on: bool
    folder: Path
    interval: timedelta
    keep_for: timedelta
    paper: str = "A4"


class Kept(NamedTuple):
    """The last pack of a ward: of when it is, and its file."""

    taken_at: datetime
    file: Path


def keeping_of(settings: DowntimeSettings, paper: str) -> Keeping:
    """Return how packs are kept by the settings of this installation."""
    folder = Path(settings.pack_dir) if settings.pack_dir else places().data_dir / FOLDER
    return Keeping(
        on=settings.pack,
        folder=folder,
        interval=timedelta(seconds=settings.pack_interval_s),
        # who turned packs off wants none to lie about
        keep_for=timedelta(hours=settings.keep_h if settings.pack else 0),
        paper=paper,
    )


def write_pack(copy: WardCopy, keeping: Keeping, paint: Paint = painted) -> Kept:
    """Paint a ward and put it on the disk; return what is there now. Takes seconds.

    Raises:
        PackNotPaintedError: the pages could not be made.
        PackNotKeptError: the disk is full, or the folder cannot be used.
    """
    content = paint(PackOrder(copy, keeping.paper))
    return Kept(copy.taken_at, keep_pack(keeping.folder, copy.ward, copy.taken_at, content))


class PackWriter(QObject):
    """Holds the newest copy of each ward, and writes it when its pack is due.

    Signals:
        told: (str) a pack can no longer be written; once until the next one was.
        written: (str) a pack is there, after one could not be written.
    """

    told = Signal(str)
    written = Signal(str)

    def __init__(
        self,
        keeping: Keeping,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        paint: Paint = painted,
    ) -> None:
        super().__init__(parent)
        self.keeping, self._clock, self._paint = keeping, clock, paint
        self._lane = Lane(self)
        self._copies: dict[UUID, WardCopy] = {}
        self._kept: dict[UUID, Kept] = {}
        self._due_at: dict[UUID, datetime] = {}
        self._troubled: set[UUID] = set()
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self.look)

    @property
    def copies(self) -> tuple[WardCopy, ...]:
        """The newest copy of each ward."""
        return tuple(self._copies.values())

    def start(self) -> None:
        """Remove old packs, and write those that are due from now on."""
        self._purge()
        self._look.start()

    def take(self, copy: WardCopy) -> None:
        """Take a newer copy of a ward; its pack is written now when it is due."""
        self._copies[copy.ward.id] = copy
        self.look()

    def forget(self) -> None:
        """Forget every copy: nobody is signed in. What is on the disk stays until it is old."""
        self._copies.clear()
        self._due_at.clear()
        self._troubled.clear()

    def look(self) -> None:
        """Write what is due; say once of a ward that its copy is too old."""
        now = self._clock()
        if not self.keeping.on:
            return
        for ward_id, copy in tuple(self._copies.items()):
            if self._due_at.get(ward_id, now) > now:
                continue
            if now - copy.taken_at > self.keeping.interval:
                self._tell_old(copy)
            else:
                self._due_at[ward_id] = now + self.keeping.interval
                self._write(copy)

    def close(self) -> None:
        """Finish what is being written, and write no more."""
        self._look.stop()
        self._lane.close()

    def _write(self, copy: WardCopy) -> None:
        done = Reply(partial(self._take_note, copy), partial(self._tell_failure, copy))
        self._lane.ask(self, done, write_pack, copy, self.keeping, self._paint)
        self._purge()

    def _purge(self) -> None:
        done = Reply(lambda _removed: None, lambda _error: None)
        keeping = self.keeping
        self._lane.ask(self, done, purge_packs, keeping.folder, self._clock(), keeping.keep_for)

    def _take_note(self, copy: WardCopy, kept: Kept) -> None:
        self._kept[copy.ward.id] = kept
        if copy.ward.id in self._troubled:
            self._troubled.discard(copy.ward.id)
            self.written.emit(f"The pack of {copy.ward.name} is written again.")
            logger.info("ward pack: written again")

    def _tell_failure(self, copy: WardCopy, error: WardError) -> None:
        self._tell(copy, str(error))

    def _tell_old(self, copy: WardCopy) -> None:
        zone, now = ZoneInfo(copy.ward.time_zone), self._clock()
        since = moment_text(copy.taken_at, zone, now)
        kept = self._kept.get(copy.ward.id)
        last = f" The last one is of {moment_text(kept.taken_at, zone, now)}." if kept else ""
        self._tell(
            copy,
            f"No new pack of {copy.ward.name}: nothing newer than {since} could be read.{last}",
        )

    def _tell(self, copy: WardCopy, text: str) -> None:
        """Tell and log what is wrong, once until the ward's pack is written again."""
        if copy.ward.id not in self._troubled:
            self._troubled.add(copy.ward.id)
            logger.warning("ward pack: not written: %s", text)
            self.told.emit(text)
