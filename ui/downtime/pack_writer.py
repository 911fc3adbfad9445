"""Writes the pack of every ward this station covers, at its interval, off the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, ParamSpec, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import Lane, Reply
from ui.downtime.pack_process import PackOrder, painted
from ui.formats import moment_text
from ui.paper import usual_papers
from ward_app.core.errors import WardError
from ward_app.core.places import places
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.kept_types import KeptCopy
from ward_app.downtime.pack_files import keep_pack, purge_packs

logger = logging.getLogger(__name__)

LOOK_EVERY_MS = 20_000
FOLDER = "ward-packs"

Paint = Callable[[PackOrder], bytes]
P = ParamSpec("P")
T = TypeVar("T")


class Copies(Protocol):
    """Where the copies of wards are: `downtime.copy_store.CopyStore`. It may wait for the disk."""

    def wards(self) -> tuple[UUID, ...]: ...
    def read(self, ward_id: UUID, now: datetime) -> KeptCopy | None: ...


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
    paper: str


class Outcome(NamedTuple):
    """What became of the pack of one ward.

    Attributes:
        copy: what it was, or would have been, made of; None = it cannot be read.
        problem: why there is no new pack; None = there is.
    """

    ward_id: UUID
    copy: KeptCopy | None
    problem: str | None


def keeping_of(settings: DowntimeSettings) -> Keeping:
    """Return how packs are kept by the settings of this installation."""
    folder = Path(settings.pack_dir) if settings.pack_dir else places().data_dir / FOLDER
    return Keeping(
        on=settings.pack,
        folder=folder,
        interval=timedelta(seconds=settings.pack_interval_s),
        # who turned packs off wants none to lie about
        keep_for=timedelta(hours=settings.keep_h if settings.pack else 0),
        paper=usual_papers()[0],
    )


def write_packs(
    copies: Copies,
    keeping: Keeping,
    now: datetime,
    written_at: Mapping[UUID, datetime],
    *,
    paint: Paint = painted,
) -> tuple[Outcome, ...]:
    """Write the pack of each ward that is due, and remove those that are old. Takes seconds."""
    done = tuple(_written(copies, keeping, now, written_at, paint)) if keeping.on else ()
    purge_packs(keeping.folder, now, keeping.keep_for)
    return done


def _written(
    copies: Copies,
    keeping: Keeping,
    now: datetime,
    written_at: Mapping[UUID, datetime],
    paint: Paint,
) -> Iterator[Outcome]:
    for ward_id in copies.wards():
        if ward_id in written_at and now - written_at[ward_id] < keeping.interval:
            continue
        copy = None
        try:
            copy = copies.read(ward_id, now)
            if copy is None:
                continue
            if now - copy.kept_at > keeping.interval:
                yield Outcome(ward_id, copy, _too_old(copy, now))
                continue
            content = paint(PackOrder(copy, keeping.paper))
            keep_pack(keeping.folder, copy.head.ward, copy.kept_at, content)
            yield Outcome(ward_id, copy, None)
        except WardError as error:
            yield Outcome(ward_id, copy, str(error))


def _too_old(copy: KeptCopy, now: datetime) -> str:
    ward = copy.head.ward
    since = moment_text(copy.kept_at, ZoneInfo(ward.time_zone), now)
    return (
        f"No new ward pack of {ward.name}: nothing newer than {since} could be read. The last one"
        " stays; its pages say of when it is."
    )


class PackWriter(QObject):
    """Has packs written while the program runs, and tells what is wrong of those in use.

    Signals:
        told: (str) there is no new pack of a ward that is covered; once until there is.
        written: (str) there is one again.
    """

    told = Signal(str)
    written = Signal(str)

    def __init__(
        self,
        keeping: Keeping,
        copies: Copies,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        paint: Paint = painted,
    ) -> None:
        super().__init__(parent)
        self.keeping, self.copies = keeping, copies
        self.paint, self._clock = paint, clock
        self._lane = Lane(self)
        self._covered: frozenset[UUID] = frozenset()
        self._written_at: dict[UUID, datetime] = {}
        self._troubled: set[UUID] = set()
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self.look)

    @property
    def is_busy(self) -> bool:
        """Whether packs are being written."""
        return self._lane.is_busy

    def start(self) -> None:
        """Write what is due from now on; where packs are off, remove those that are there."""
        self.look()
        self._look.start()

    def cover(self, ward_ids: frozenset[UUID]) -> None:
        """Tell from now on what is wrong with the packs of these wards, and of no others."""
        self._covered = ward_ids
        self._troubled &= ward_ids

    def look(self) -> None:
        """Write what is due, unless that is being done."""
        if not self._lane.is_busy:
            done = Reply(self._take_notes, self._take_failure)
            self._lane.ask(
                self, done, write_packs, self.copies, self.keeping, self._clock(),
                dict(self._written_at), paint=self.paint,
            )  # fmt: skip

    def run(
        self,
        owner: QObject,
        reply: Reply,
        work: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run other work on packs after what is being done, off the GUI thread."""
        self._lane.ask(owner, reply, work, *args, **kwargs)

    def stop(self) -> None:
        """Begin nothing more; what is being written is finished with the lane."""
        self._look.stop()

    def _take_notes(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            if outcome.problem is None:
                self._written_at[outcome.ward_id] = self._clock()
                self._tell_end(outcome)
            elif outcome.ward_id in self._covered and outcome.ward_id not in self._troubled:
                self._troubled.add(outcome.ward_id)
                logger.warning("ward pack: not written: %s", outcome.problem)
                self.told.emit(outcome.problem)

    def _tell_end(self, outcome: Outcome) -> None:
        if outcome.ward_id in self._troubled and outcome.copy is not None:
            self._troubled.discard(outcome.ward_id)
            logger.info("ward pack: written again")
            self.written.emit(f"The ward pack of {outcome.copy.head.ward.name} is written again.")

    def _take_failure(self, error: WardError) -> None:
        """Note what nobody foresaw: its incident number is in the log; the next look tries on."""
        logger.warning("ward pack: %s", error)
