"""What a downtime left, as one list: what this station holds and what waits in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from ward_app.downtime.outbox import Outbox, Outcome
from ward_app.downtime.service import REFUSED
from ward_app.downtime.types import EntryState, HeldEntry, OfflineKind, QueuedEntry

# what a human has to look at first
_ORDER = (
    EntryState.NEEDS_A_PERSON,
    EntryState.WAITING,
    EntryState.ACCEPTED,
    EntryState.ALREADY_THERE,
    EntryState.SETTLED,
)
SENT = frozenset({EntryState.ACCEPTED, EntryState.ALREADY_THERE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was charted without the database.

    Attributes:
        admission_id: whose; None = it is about a ward.
        author: by name; empty = not known at this station.
        problem: why it needs a person, as a sentence; None = it does not.
        held: as this station has it; None = it was charted at another one.
        queued: as the database has it; None = it needed nobody, or nobody of the reader's wards.
    """

    kind: OfflineKind
    state: EntryState
    admission_id: UUID | None
    occurred_at: datetime
    entered_at: datetime
    author: str
    problem: str | None = None
    held: HeldEntry | None = None
    queued: QueuedEntry | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same for one entry here and in the database."""
        return self.kind, self.admission_id, self.occurred_at, self.entered_at

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.state is not EntryState.SETTLED

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to decide what becomes of it."""
        return self.state is EntryState.NEEDS_A_PERSON

    @property
    def can_be_seen(self) -> bool:
        """Whether it is in the chart, and only has to be taken note of at this station."""
        return self.state in SENT and self.held is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it needs a person of a ward that is none of the reader's."""
        return self.needs_a_person and self.queued is None and not self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether the database does not take it at all: it is on this station alone."""
        return self.needs_a_person and self.held is not None and self.problem == REFUSED


def lines_of(
    held: Sequence[HeldEntry], queued: Sequence[QueuedEntry], names: Mapping[UUID, str]
) -> tuple[Line, ...]:
    """Return everything in one list, what needs a person first, then the oldest.

    `names` of authors by user id, as far as they are known here.
    """
    here = {line.key: line for line in (_of_held(one, names) for one in held)}
    there = {line.key: line for line in map(_of_queued, queued)}
    found = [_joined(line, here.get(key)) for key, line in there.items()]
    found += [line for key, line in here.items() if key not in there]
    return tuple(sorted(found, key=_urgency))


def open_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return those that nobody has settled."""
    return tuple(line for line in lines if line.is_open)


def note_seen(outbox: Outbox, lines: Sequence[Line], by: UUID) -> None:
    """Keep that a human took note of what was accepted; waits for the disk.

    Raises:
        NotKeptError: the disk refused; they still stand in the list.
    """
    now = datetime.now(UTC)
    outbox.decide(
        [
            Outcome(line.held.number, EntryState.SETTLED, now, None, by)
            for line in lines
            if line.held is not None and line.can_be_seen
        ]
    )


def _urgency(line: Line) -> tuple[int, bool, datetime]:
    return _ORDER.index(line.state), line.is_elsewhere, line.occurred_at


def _of_held(held: HeldEntry, names: Mapping[UUID, str]) -> Line:
    entry = held.entry
    return Line(
        kind=entry.kind,
        state=held.state,
        admission_id=entry.admission_id,
        occurred_at=entry.occurred_at,
        entered_at=entry.entered_at,
        author=names.get(entry.author, ""),
        problem=held.problem,
        held=held,
    )


def _of_queued(queued: QueuedEntry) -> Line:
    settled = queued.settled_how is not None
    return Line(
        kind=queued.kind,
        state=EntryState.SETTLED if settled else EntryState.NEEDS_A_PERSON,
        admission_id=queued.admission_id,
        occurred_at=queued.occurred_at,
        entered_at=queued.entered_at,
        author=queued.author,
        problem=queued.problem,
        queued=queued,
    )


def _joined(there: Line, here: Line | None) -> Line:
    return there if here is None else Line(
        kind=there.kind,
        state=there.state,
        admission_id=there.admission_id,
        occurred_at=there.occurred_at,
        entered_at=there.entered_at,
        author=there.author or here.author,
        problem=there.problem,
        held=here.held,
        queued=there.queued,
    )  # fmt: skip
