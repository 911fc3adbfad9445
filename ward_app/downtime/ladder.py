"""The way down when the database is lost, and up again when it is back.

Reads are answered from the copies, charting goes to the outbox, and everything else is refused
with its reason. One ladder serves a whole program; its methods run on worker threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ward_app.core.database import Actor, Database
from ward_app.core.errors import (
    DatabaseUnavailableError,
    NotPermittedError,
    SignInRequiredError,
    WardError,
)

if TYPE_CHECKING:
    from ward_app.downtime.copy_types import WardCopy
    from ward_app.downtime.kept_types import CopyHead
    from ward_app.downtime.outbox import Outbox
    from ward_app.downtime.passes import PassStore
    from ward_app.downtime.station import Station
    from ward_app.downtime.types import HeldEntry, OfflineAuthor, OfflineEntry, ReplayReport
    from ward_app.observations.types import NewObservations
    from ward_app.staff.types import SignedIn

logger = logging.getLogger(__name__)

_NO_CORRECTION = (
    "The server cannot be reached, and a correction needs it: somebody else may have corrected "
    "the same meanwhile. Write it on paper, and correct it later."
)

Clock = Callable[[], datetime]
Answers = Mapping[Callable[..., Any], Callable[..., Any]]


class CopyNotKeptError(WardError):
    """The disk of this station does not keep the copies of its wards."""


class RefusedOfflineError(DatabaseUnavailableError):
    """This needs the server; nothing was kept."""


class Ladder:
    """What a lane asks instead of the database alone.

    Attributes:
        is_lost: the database is out of reach; what is shown is from the copies.
        shown_from: the time of the oldest copy in use, aware; None = there is none.
        waiting: how many entries of this station are not sent yet, as last counted.
    """

    def __init__(
        self,
        station: Station,
        clock: Clock,
        further: Answers | None = None,
    ) -> None:
        """Take what the station keeps, a clock, and answers beside those of `answers.ANSWERS`."""
        self._station, self._clock, self._further = station, clock, further or {}
        self._lock = RLock()
        self._person: SignedIn | None = None
        self._read: dict[UUID, tuple[datetime, WardCopy]] = {}
        self._held: list[HeldEntry] | None = None
        self._on_record: set[tuple[UUID, UUID]] = set()
        self.is_lost = False
        self.shown_from: datetime | None = None
        self.waiting = 0

    @property
    def station(self) -> Station:
        """What this station keeps."""
        return self._station

    @property
    def passes(self) -> PassStore:
        """Who may come in without the database."""
        return self._station.passes

    @property
    def copy_every_s(self) -> int:
        """How often the copies are renewed, in seconds."""
        return self._station.copy_every_s

    @property
    def outbox(self) -> Outbox:
        """What was charted here without the database."""
        return self._station.outbox

    @property
    def reader(self) -> SignedIn | None:
        """Who is here; None = nobody is."""
        return self._person

    @property
    def now(self) -> datetime:
        """The present, aware, by the clock of this computer."""
        return self._clock()

    def enter(self, signed_in: SignedIn | None) -> None:
        """Serve another person, or the same by another sign-in; None = nobody is signed in.

        Waits for nothing, so it may be called on the GUI thread.
        """
        self._person, self._read, self._held = signed_in, {}, None
        self.shown_from = None

    def lose(self) -> None:
        """Take note that the database is out of reach."""
        with self._lock:
            self.is_lost, self._held = True, None
            self.shown_from = self._oldest()
            self.waiting = self._count()

    def come_back(self) -> None:
        """Take note that the database answers again."""
        with self._lock:
            self.is_lost, self._read, self._held = False, {}, None
            self.waiting = self._count()

    def read(
        self,
        online: Callable[[], Any],
        work: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Return what `work` looks up: `online`, or in the copies when the database is lost.

        Raises:
            NotKeptForDowntimeError: it is lost, and this is not in the copies.
            WardError: as `online`.
        """
        return self._either(online, partial(self._answer, work, args, kwargs), may_fall_back=True)

    def change(
        self,
        online: Callable[[], Any],
        work: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Return what the change `work` comes to: stored `online`, or kept here until later.

        Raises:
            RefusedOfflineError: the database is lost, and this cannot be kept.
            NotKeptError: the disk did not keep it.
            WardError: as `online`.
        """
        # whether it was stored may be unknown: what is kept is sent again with the same ids
        kept = partial(self._chart, work, args, kwargs)
        return self._either(online, kept, may_fall_back=_may_be_kept(work))

    def wards(self) -> tuple[WardCopy, ...]:
        """Return the copies of the wards of who is here, those that can be read."""
        person = self._person
        found = []
        for ward in person.wards if person else ():
            try:
                copy = self._copy(ward.id)
            except WardError:
                logger.warning("the copy of a ward cannot be read")
                continue
            if copy is not None:
                found.append(copy)
        return tuple(found)

    def ward(self, ward_id: UUID) -> WardCopy:
        """Return the copy of a ward of who is here.

        Raises:
            NotKeptForDowntimeError: there is none, it is too old, or the ward is not theirs.
            CopyDamagedError: it was changed.
        """
        from ward_app.downtime.answers import not_kept

        person = self._person
        mine = {ward.id for ward in person.wards} if person else set()
        copy = self._copy(ward_id) if ward_id in mine else None
        if copy is None:
            raise not_kept("This ward")
        return copy

    def try_again(self, database: Database) -> int:
        """Return how many entries wait to be sent, once the database answers again.

        Raises:
            DatabaseUnavailableError: it does not.
        """
        from ward_app.staff.service import check_server

        database.run(None, check_server)
        self.come_back()
        return self.waiting

    def send(self, database: Database) -> ReplayReport:
        """Send what was charted here, and return what it came to.

        Raises:
            DatabaseUnavailableError: the database went away again; the rest still waits.
            NotKeptError: the disk does not give it, or does not keep what became of it.
        """
        from ward_app.downtime.service import replay

        report = replay(database, self._station.outbox)
        with self._lock:
            self._held, self._read = None, {}
            self.waiting = self._count()
        return report

    def take(self, database: Database, actor: Actor, heads: Sequence[CopyHead]) -> None:
        """Take the copies of wards anew, and remove what is too old.

        Raises:
            DatabaseUnavailableError: the database is out of reach; the copies are as they were.
            CopyNotKeptError: the disk does not keep them.
        """
        from ward_app.downtime.copy_queries import (
            open_ward_copy,
            ward_copy_text,
        )

        person = self._person
        for head in heads:
            if person is None or person is not self._person:
                return
            opened = (person.session_id, head.ward.id)
            try:
                if opened not in self._on_record:
                    database.run(actor, open_ward_copy, head.ward.id)
                    self._on_record.add(opened)
                text = database.run(actor, ward_copy_text, head.ward.id)
            except (NotPermittedError, SignInRequiredError):
                self._on_record.discard(opened)
                continue
            self._keep(head, text)
        self._station.copies.purge(self._clock())
        self._station.passes.purge(self._clock())

    def _either(
        self, online: Callable[[], Any], here: Callable[[], Any], *, may_fall_back: bool
    ) -> Any:
        """Return what the database says, or this station when the database is lost."""
        if not self.is_lost:
            try:
                return online()
            except DatabaseUnavailableError:
                if not may_fall_back or not self.wards():
                    raise
                self.lose()
        return here()

    def _keep(self, head: CopyHead, text: str) -> None:
        try:
            self._station.copies.save(head, text, self._clock())
        except OSError as error:
            raise CopyNotKeptError(
                f"This computer cannot keep a copy of the ward for a downtime: {error.strerror}. "
                "Without it nothing can be read here when the server is away. Tell IT."
            ) from error

    def _copy(self, ward_id: UUID) -> WardCopy | None:
        """Return one copy with what was charted here, read once until either changes."""
        from ward_app.downtime.copy_reading import read_copy
        from ward_app.downtime.kept_here import with_entries

        with self._lock:
            known = self._read.get(ward_id)
            if known is not None and self.is_lost:
                return known[1]
            kept = self._station.copies.read(ward_id, self._clock())
            if kept is None:
                return None
            if known is None or known[0] != kept.kept_at:
                copy = read_copy(kept.head, kept.text)
                shown = with_entries(copy, self._not_in(copy), self._names())
                self._read[ward_id] = (kept.kept_at, shown)
            return self._read[ward_id][1]

    def _not_in(self, copy: WardCopy) -> list[HeldEntry]:
        """Return the entries that the server had not, or not yet, when a copy was taken."""
        from ward_app.downtime.types import EntryState

        sent = {EntryState.ACCEPTED, EntryState.ALREADY_THERE}
        return [
            held
            for held in self._entries()
            if held.state is EntryState.WAITING
            or (held.state in sent and held.decided_at and held.decided_at > copy.taken_at)
        ]

    def _entries(self) -> list[HeldEntry]:
        with self._lock:
            if self._held is None:
                self._held = list(self._station.outbox.held())
            return self._held

    def _names(self) -> dict[UUID, str]:
        person = self._person
        return {person.user_id: person.display_name} if person else {}

    def _answer(
        self, work: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        from ward_app.downtime.answers import ANSWERS, not_kept
        from ward_app.downtime.shift_answers import SHIFT_ANSWERS

        answer = self._further.get(work) or ANSWERS.get(work) or SHIFT_ANSWERS.get(work)
        if answer is None:
            raise not_kept("This")
        if self.shown_from is None:
            self.shown_from = self._oldest()
        return answer(self, *args, **kwargs)

    def _oldest(self) -> datetime | None:
        return min((copy.taken_at for copy in self.wards()), default=None)

    def _chart(
        self, work: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Return what a command of charting comes to, once it is kept on the disk."""
        from ward_app.downtime.charting import charted
        from ward_app.downtime.service import append_all
        from ward_app.observations.service import record_observations

        if not _may_be_kept(work):
            raise _refused()
        with self._lock:
            author = self._author()
            if work is record_observations:
                args, kwargs = self._with_basis(*args, **kwargs)
            kept = charted(author, self._actor(), self._clock(), work, *args, **kwargs)
            self._check(kept.entries)
            append_all(self._station.outbox, author, kept.entries)
            self._held, self._read = None, {}
            self.waiting = self._count()
            return kept.answer

    def _with_basis(self, new: NewObservations, basis: Any = None) -> tuple[Any, dict[str, Any]]:
        """Return what a set is recorded with: scored by what the form has read, or by the copy."""
        from ward_app.downtime.answers import stay_of

        return (new, basis or stay_of(self, new.admission_id).chart.basis), {}

    def _check(self, entries: Sequence[OfflineEntry]) -> None:
        """Raise unless each entry is about a ward or a patient of the copies, and new."""
        from ward_app.downtime.answers import stay_of

        for entry in entries:
            if entry.payload.get("supersedes_id") is not None:
                raise RefusedOfflineError(_NO_CORRECTION)
            if entry.admission_id is not None:
                stay_of(self, entry.admission_id)

    def _author(self) -> OfflineAuthor:
        from ward_app.downtime.service import author_of

        if self._person is None or not self._person.offline_key:
            raise _nobody()
        return author_of(self._person, self._station.role)

    def _actor(self) -> Actor:
        return Actor("", self._person.permissions if self._person else frozenset())

    def _count(self) -> int:
        from ward_app.downtime.types import EntryState

        return sum(held.state is EntryState.WAITING for held in self._entries())


def _may_be_kept(work: Callable[..., Any]) -> bool:
    from ward_app.downtime.charting import CHARTING

    return work in CHARTING


def _refused() -> RefusedOfflineError:
    return RefusedOfflineError(
        "The server cannot be reached, and this cannot be kept here until it is back: it needs "
        "what other workstations do meanwhile. Sets, measurements, round answers and new notes "
        "can be kept. Write this on paper, and enter it later."
    )


def _nobody() -> RefusedOfflineError:
    return RefusedOfflineError(
        "The server cannot be reached, and nothing can be kept here in your name: your sign-in "
        "came without the key for it. Sign in again with your password, or write it on paper."
    )
