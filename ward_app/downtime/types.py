"""Words of charting without the database: entries, what became of them, who settled them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class OfflineKind(StrEnum):
    """What can be charted without the database: facts that only add to the chart.

    Admissions, transfers and orders cannot. docs/adr/offline-log.md says where a context adds a
    kind of its own.
    """

    OBSERVATIONS = "observations"
    MEASUREMENT = "measurement"
    ROUND_ANSWERS = "round_answers"
    NOTE = "note"


class EntryState(StrEnum):
    """Where an entry of this station stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    ALREADY_THERE = "already_there"
    NEEDS_A_PERSON = "needs_a_person"
    SETTLED = "settled"


class Verdict(StrEnum):
    """What the database said of a replayed entry.

    SETTLED: it needed a person, who has settled it. REFUSED: it is not proven to be what its
    author charted (changed, another's, of another workstation). The chart has nothing of it; it
    stays on this station until a human settles it.
    """

    ACCEPTED = "accepted"
    ALREADY_THERE = "already_there"
    NEEDS_A_PERSON = "needs_a_person"
    SETTLED = "settled"
    REFUSED = "refused"


class SettledHow(StrEnum):
    """What a human did about an entry that needed one.

    ENTERED_ANEW: charted again in the program. AS_MEANT: recorded now, as it was charted, under
    the name of who settles it. SET_ASIDE: it does not go into the chart; it stays on record.
    """

    ENTERED_ANEW = "entered_anew"
    AS_MEANT = "as_meant"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class OfflineAuthor:
    """Who charts: a person who signed in at this station while the database was there.

    Attributes:
        session_id: of that sign-in; it may have ended since.
        station: the workstation's role in the database.
        offline_key: what the database gave at that sign-in; proves entries to be this person's.
        signed_in_at: aware; entries are taken for a day after it.
    """

    session_id: UUID
    user_id: UUID
    station: str
    signed_in_at: datetime
    offline_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfflineEntry:
    """One thing charted without the database. Whom it is about is told by the ids alone.

    Attributes:
        id: of the command (UUIDv7, made when the form opened): replayed twice, it is there once.
        admission_id: None = it is about a ward.
        payload: the row to store, by column, in JSON's own values (`ward_app.downtime.kinds`).
        occurred_at: the clinical time, aware.
        entered_at: when it was saved on this station, aware.
        author: the person (user id) who charted it.
    """

    id: UUID
    kind: OfflineKind
    admission_id: UUID | None
    payload: Mapping[str, Any] = field(repr=False)
    occurred_at: datetime
    entered_at: datetime
    author: UUID


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry in the outbox of this station, with what became of it.

    Attributes:
        number: its place in the outbox, from 1 on.
        session_id: of the sign-in it was charted under.
        problem: why it needs a person, as a sentence; None = it does not.
        decided_at: when its state last changed, aware; None = it waits.
    """

    number: int
    entry: OfflineEntry
    session_id: UUID
    state: EntryState
    problem: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """What cannot be read of the outbox.

    Attributes:
        text: what happened, what is safe and what to do; names no patient.
        readable: how many entries can still be read, and replayed.
        lost: how many cannot; None = nobody knows.
    """

    text: str
    readable: int
    lost: int | None


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay came to; entries not counted are still waiting.

    Attributes:
        refused: not proven; they stay on this station and need a person.
    """

    accepted: int = 0
    already_there: int = 0
    needs_a_person: int = 0
    refused: int = 0
    still_waiting: int = 0


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry in the database that needs, or needed, a person.

    Attributes:
        author: the name of who charted it.
        ward_id: where the patient was at the time, or the ward it is about.
        problem: why, as a sentence.
        settled_how: None = nobody has settled it yet.
    """

    id: UUID
    kind: OfflineKind
    admission_id: UUID | None
    patient_id: UUID | None
    ward_id: UUID | None
    author: str
    occurred_at: datetime
    entered_at: datetime
    received_at: datetime
    problem: str
    settled_how: SettledHow | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A human's decision on an entry that needed one.

    Attributes:
        id: made when the form opened (UUIDv7).
        reason: why, in the words of who decides; never empty.
    """

    id: UUID
    entry_id: UUID
    how: SettledHow
    reason: str
