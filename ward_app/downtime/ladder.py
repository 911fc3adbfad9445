"""The way down when the database is lost, and up again when it is back.

Reads are answered from the copies, charting goes to the outbox, and everything else is refused
with its reason. One ladder serves a whole program; its methods run on worker threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any
from uuid import UUID

from ward_app.core.database import Actor, Database
from ward_app.core.errors import (
    DatabaseUnavailableError,
    NotPermittedError,
    SignInRequiredError,
    WardError,
)
from ward_app.downtime.copy_store import CopyStore
from ward_app.downtime.copy_types import CopyHead, WardCopy
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.passes import PassStore
from ward_app.downtime.people import Person
from ward_app.downtime.types import EntryState, HeldEntry, OfflineEntry

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Station:
    """What this station keeps for a downtime."""

    copies: CopyStore
    outbox: Outbox
    passes: PassStore
    role: str


class Ladder:
    """What a lane asks instead of the database alone.

    Attributes:
        is_lost: the database is out of reach; what is shown is from the copies.
    """

    def __init__(
        self,
        station: Station,
        clock: Clock,
        further: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    ) -> None:
        """Take what the station keeps, a clock, and answers beside those of `answers.ANSWERS`."""
        self._station, self._clock, self._further = station, clock, further or {}
        self._lock = RLock()
        self._person: Person | None = None
        self._read: dict[UUID, tuple[datetime, WardCopy]] = {}
        self._held: list[HeldEntry] | None = None
        self._on_record: set[tuple[UUID, UUID]] = set()
        self.is_lost = False

    @property
    def passes(self) -> PassStore:
        """Who may come in without the database."""
        return self._station.passes

    @property
    def outbox(self) -> Outbox:
        """What was charted here without the database."""
        return self._station.outbox

    def enter(self, person: Person | None) -> None:
        """Serve another person, None = nobody is signed in."""
        with self._lock:
            self._person, self._read, self._held = person, {}, None

    def lose(self) -> None:
        """Take note that the database is out of reach."""
        with self._lock:
            self.is_lost, self._held = True, None

    def come_back(self) -> None:
        """Take note that the database answers again."""
        with self._lock:
            self.is_lost, self._read, self._held = False, {}, None

    def read(
        self,
        database: Database,
        actor: Actor | None,
        work: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Return what a look-up comes to: of the database, or of the copies when it is lost.

        Raises:
            NotKeptForDowntimeError: it is lost, and this is not in the copies.
            WardError: as `Database.run`.
        """
        if not self.is_lost:
            try:
                return database.run(actor, work, *args, **kwargs)
            except DatabaseUnavailableError:
                if not self.wards():
                    raise
                self.lose()
        return self._answer(work, args, kwargs)

    def change(
        self,
        database: Database,
        actor: Actor | None,
        work: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Return what a change comes to: stored, or kept here until the database is back.

        Raises:
            RefusedOfflineError: the database is lost, and this cannot be kept.
            NotKeptError: the disk did not keep it.
            WardError: as `Database.run`.
        """
        if not self.is_lost:
            try:
                return database.run(actor, work, *args, **kwargs)
            except DatabaseUnavailableError:
                if not self.wards() or not _may_be_kept(work):
                    raise
                # whether it was stored may be unknown: it is sent again with the same ids
                self.lose()
        return self._chart(work, args, kwargs)

    def wards(self) -> tuple[WardCopy, ...]:
        """Return the copies of the wards of who is here, those that can be read."""
        person = self._person
        found = []
        for ward in person.signed_in.wards if person else ():
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
        from ward_app.downtime.answers import not_kept  # noqa: PLC0415 - when the server is lost

        person = self._person
        mine = {ward.id for ward in person.signed_in.wards} if person else set()
        copy = self._copy(ward_id) if ward_id in mine else None
        if copy is None:
            raise not_kept("This ward")
        return copy

    def as_of(self) -> datetime | None:
        """Return the time of the oldest copy in use, aware; None = there is none."""
        return min((copy.taken_at for copy in self.wards()), default=None)

    def waiting(self) -> int:
        """Return how many entries of this station are not sent yet."""
        return sum(held.state is EntryState.WAITING for held in self._entries())

    def take(self, database: Database, actor: Actor, heads: Sequence[CopyHead]) -> None:
        """Take the copies of wards anew, and remove what is too old.

        Raises:
            DatabaseUnavailableError: the database is out of reach; the copies are as they were.
            OSError: the disk does not keep them.
        """
        from ward_app.downtime.copy_queries import (  # noqa: PLC0415 - not at the start
            open_ward_copy,
            ward_copy_text,
        )

        person = self._person
        for head in heads:
            if person is None or person is not self._person:
                return
            opened = (person.signed_in.session_id, head.ward.id)
            try:
                if opened not in self._on_record:
                    database.run(actor, open_ward_copy, head.ward.id)
                    self._on_record.add(opened)
                text = database.run(actor, ward_copy_text, head.ward.id)
            except (NotPermittedError, SignInRequiredError):
                self._on_record.discard(opened)
                continue
            self._station.copies.save(head, text, self._clock())
        self._station.copies.purge(self._clock())

    def _copy(self, ward_id: UUID) -> WardCopy | None:
        """Return one copy with what was charted here, read once until either changes."""
        from ward_app.downtime.copy_reading import read_copy  # noqa: PLC0415 - not at the start
        from ward_app.downtime.kept_here import with_entries  # noqa: PLC0415 - not at the start

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
        return {person.signed_in.user_id: person.signed_in.display_name} if person else {}

    def _answer(
        self, work: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        from ward_app.downtime.answers import ANSWERS, not_kept  # noqa: PLC0415 - when it is lost

        answer = self._further.get(work) or ANSWERS.get(work)
        if answer is None:
            raise not_kept("This")
        return answer(self, *args, **kwargs)

    def _chart(
        self, work: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        from ward_app.downtime.charting import chart  # noqa: PLC0415 - when the server is lost

        with self._lock:
            result, entries = chart(self, self._person, work, (args, kwargs), self._clock())
            self._keep(entries)
            return result

    def _keep(self, entries: Sequence[OfflineEntry]) -> None:
        """Keep entries on the disk, all at once, and show them from now on."""
        from ward_app.downtime.entries import proven  # noqa: PLC0415 - when the server is lost

        person = self._person
        assert person is not None and person.author is not None  # noqa: S101, PT018 - `chart` asked
        self._station.outbox.keep([proven(entry, person.author) for entry in entries])
        self._held, self._read = None, {}


def _may_be_kept(work: Callable[..., Any]) -> bool:
    from ward_app.downtime.charting import CHARTING  # noqa: PLC0415 - when the server is lost

    return work in CHARTING
