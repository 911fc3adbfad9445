"""An outage as the person sees it: bands, the age of what is shown, what became of charting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.background import DatabaseWork, Lane, Reply
from ui.downtime.keeper import Keeper
from ui.downtime.words import SIGN_IN_AGAIN, back_words, offline_words, settled_words
from ui.main_window import MainWindow
from ui.staff.front_door import Entry
from ui.workplace import Workplace
from ward_app.core.errors import WardError
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ward_app.downtime.types import ReplayReport

logger = logging.getLogger(__name__)


def serve(entry: Entry) -> None:
    """Have what answers without the server answer this person, before anything is asked."""
    if entry.ladder is not None:
        entry.ladder.enter(entry.signed_in)


class Outage(QObject):
    """Follows one workplace at a time, down and up again; the red band and BACK never both.

    Signals:
        sign_in_needed: (str) the server is back, and knows nothing of who is here.
    """

    sign_in_needed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        lane: Lane,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._lane, self._clock = window, lane, clock
        self._work: DatabaseWork | None = None
        self._workplace: Workplace | None = None
        self._came_back = False
        self.keeper = Keeper(self)
        self.keeper.came_back.connect(self._tell_back)
        self.keeper.sent.connect(self._tell_sent)
        self.keeper.not_kept.connect(window.show_problem)

    def begin(self, entry: Entry, work: DatabaseWork, workplace: Workplace) -> None:
        """Follow a person who came in, or came back."""
        ladder = work.ladder
        if ladder is None:
            return
        self.end()
        self._work, self._workplace = work, workplace
        work.outage_changed.connect(self._follow)
        workplace.pulse.ticked.connect(self._tick)
        from ward_app.downtime.kept_types import CopyHead  # noqa: PLC0415 - not at the start

        person = entry.signed_in
        reads = person.wards if person.may(Permission.CHART_OPEN) else ()
        heads = [CopyHead(ward=ward, facility_name=person.facility_name,
                          environment=person.environment) for ward in reads]  # fmt: skip
        self.keeper.serve(work, heads)
        self.remember(entry)
        work.look_for_outage()

    def unlock(self, entry: Entry) -> None:
        """Go on with another sign-in of the same person."""
        if self._work is not None and self._work.ladder is not None and not entry.is_offline:
            self._work.ladder.enter(entry.signed_in)
            self._work.look_for_outage()
            self.remember(entry)
            self.keeper.take_copies()

    def remember(self, entry: Entry) -> None:
        """Let a person who proved to be themselves come in when the server is away."""
        if entry.keep is not None:
            self._lane.ask(self, Reply(_nothing, _not_remembered), entry.keep)

    def end(self, leave: Callable[[], object] | None = None) -> None:
        """Follow nobody; `leave` signs them out, once the copies were taken a last time."""
        if leave is not None:
            self.keeper.see_off(leave)
        self.keeper.rest()
        if self._work is not None and self._workplace is not None:
            self._work.outage_changed.disconnect(self._follow)
            self._workplace.pulse.ticked.disconnect(self._tick)
        self._work = self._workplace = None
        self._window.end_outage()

    def _follow(self, is_lost: bool) -> None:  # noqa: FBT001 - a signal's argument
        if is_lost:
            self._came_back = False
            self._tick()
        elif not self._came_back:
            self._window.end_outage()

    def _tick(self) -> None:
        """Bring the age of what is shown up to date, and the count of what waits."""
        work, workplace = self._work, self._workplace
        if work is None or workplace is None or work.ladder is None:
            return
        ladder, zone = work.ladder, workplace.place.zone
        workplace.pulse.note_waiting(ladder.waiting)
        if not ladder.is_lost:
            return
        words = offline_words(ladder.shown_from, ladder.waiting, self._clock(), zone)
        self._window.show_outage(words)

    def _tell_back(self, waiting: int) -> None:
        self._came_back = waiting > 0
        if waiting:
            self._window.show_back(back_words(waiting))
        else:
            self._window.end_outage()
        work = self._work
        if work is not None and work.actor is not None and not work.actor.token:
            # before anything is asked of it in the name of nobody
            self.sign_in_needed.emit(SIGN_IN_AGAIN)

    def _tell_sent(self, report: ReplayReport) -> None:
        workplace = self._workplace
        if self._came_back:
            self._came_back = False
            self._window.end_outage()
        sent, left = report.accepted + report.already_there, report.needs_a_person + report.refused
        if workplace is not None and sent + left:
            workplace.notify(settled_words(sent, left))
            workplace.refresh()


def _nothing(_none: object) -> None:
    """A pass that is kept is no news."""


def _not_remembered(error: WardError) -> None:
    logger.warning("no offline sign-in is kept: %s", error)
