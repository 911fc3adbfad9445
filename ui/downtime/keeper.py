"""Keeps the station ready for an outage, notices when the server is back, and sends what waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import DatabaseWork, Lane, Reply
from ward_app.core.errors import DatabaseUnavailableError, WardError

if TYPE_CHECKING:
    from ward_app.downtime.kept_types import CopyHead
    from ward_app.downtime.types import ReplayReport

logger = logging.getLogger(__name__)

# no more often than a nurse would notice; a try that fails costs the network next to nothing
TRY_EVERY_MS = 3_000
# others held its patients just then: it is tried again while nobody waits for it
SEND_AGAIN_MS = 10_000
# what changed on the ward is in the copy a little later, and many changes are one copy
AFTER_A_CHANGE_MS = 10_000


class Keeper(QObject):
    """Serves one person's work at a time, on a lane of its own: no panel waits for a copy.

    Signals:
        came_back: (int) the server answers again, and so many entries are being sent.
        sent: (ReplayReport) everything that waited was sent.
        not_kept: (WardError) the station could not keep a copy; told once until it can.
        done: whatever was asked for last is done.
    """

    came_back = Signal(int)
    sent = Signal(object)
    not_kept = Signal(object)
    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane(self)
        self._work: DatabaseWork | None = None
        self._heads: tuple[CopyHead, ...] = ()
        self._told = False
        self._copies = QTimer(self)
        self._copies.timeout.connect(self.take_copies)
        self._soon = QTimer(self, singleShot=True, interval=AFTER_A_CHANGE_MS)
        self._soon.timeout.connect(self.take_copies)
        self._again = QTimer(self, interval=TRY_EVERY_MS)
        self._again.timeout.connect(self.try_again)
        self._send_later = QTimer(self, singleShot=True, interval=SEND_AGAIN_MS)
        self._send_later.timeout.connect(self.send)

    def serve(self, work: DatabaseWork, heads: Sequence[CopyHead]) -> None:
        """Keep copies of these wards in the name of whose work it is, from now on."""
        self.rest()
        self._work, self._heads = work, tuple(heads)
        work.outage_changed.connect(self._follow)
        work.committed.connect(self._soon.start)
        ladder = work.ladder
        if ladder is None:
            return
        self._copies.start(ladder.copy_every_s * 1_000)
        if ladder.is_lost:
            self._again.start()
        else:
            self.take_copies()
            self.send()

    def see_off(self, leave: Callable[[], object]) -> None:
        """Take the copies once more in the name of who leaves, and then let them leave."""
        work = self._work
        last: Callable[[], object] = leave
        if work is not None and work.ladder is not None and work.actor is not None:
            take = partial(work.ladder.take, work.database, work.actor, self._heads)
            last = leave if work.ladder.is_lost else partial(_take_and_leave, take, leave)
        self._lane.ask(self, Reply(_nothing, _nothing), last)

    def rest(self) -> None:
        """Keep nothing: nobody is there in whose name it could be read."""
        for timer in (self._copies, self._soon, self._again, self._send_later):
            timer.stop()
        if self._work is not None:
            self._work.outage_changed.disconnect(self._follow)
            self._work.committed.disconnect(self._soon.start)
        self._work = None

    def close(self) -> None:
        """Finish what was begun and wait for it."""
        self.rest()
        self._lane.close()

    def take_copies(self) -> None:
        """Take the copies anew, unless the last ones are still being taken."""
        work = self._work
        if work is None or work.ladder is None or work.actor is None or self._lane.is_busy:
            return
        if not work.ladder.is_lost:
            reply = Reply(self._kept, self._not_kept)
            asked = (work.database, work.actor, self._heads)
            self._lane.ask(self, reply, work.ladder.take, *asked)

    def try_again(self) -> None:
        """Ask whether the server is back, unless that is being asked."""
        work = self._work
        if work is not None and work.ladder is not None and not self._lane.is_busy:
            reply = Reply(self._back, self._still_away)
            self._lane.ask(self, reply, work.ladder.try_again, work.database)

    def send(self) -> None:
        """Send what was charted without the server."""
        work = self._work
        if work is not None and work.ladder is not None and not work.ladder.is_lost:
            reply = Reply(self._sent, self._still_away)
            self._lane.ask(self, reply, work.ladder.send, work.database)

    def _follow(self, is_lost: bool) -> None:  # noqa: FBT001 - a signal's argument
        if is_lost:
            self._again.start()
        else:
            self._again.stop()

    def _kept(self, _none: object) -> None:
        self._told = False
        self.done.emit()

    def _not_kept(self, error: WardError) -> None:
        if isinstance(error, DatabaseUnavailableError):
            # the lane of the panels asks by itself, and says what it finds
            logger.info("no copies were taken: the server is out of reach")
        elif not self._told:
            self._told = True
            self.not_kept.emit(error)
        self.done.emit()

    def _back(self, waiting: int) -> None:
        if self._work is None:
            return
        self.came_back.emit(waiting)
        self._work.look_for_outage()
        self.send()

    def _sent(self, report: ReplayReport) -> None:
        self.sent.emit(report)
        if report.still_waiting and self._work is not None:
            self._send_later.start()
        self.take_copies()

    def _still_away(self, error: WardError) -> None:
        if not isinstance(error, DatabaseUnavailableError):
            self.not_kept.emit(error)
        self.done.emit()


def _take_and_leave(take: Callable[[], None], leave: Callable[[], object]) -> None:
    """Take what is there to be taken; a server out of reach is not asked a second time."""
    from ward_app.core.database_errors import has_answered  # noqa: PLC0415 - not at the start

    try:
        take()
    except DatabaseUnavailableError as error:
        # one that only was too slow is there, and must not go on counting them as signed in
        if not has_answered(error):
            return
    except WardError as error:
        logger.warning("the last copies were not kept: %s", error)
    leave()


def _nothing(_answer: object) -> None:
    """Nobody is there any more who could be told."""
