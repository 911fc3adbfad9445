"""Keeping what is charted without the database, replaying it once, and settling what is left.

`append` returns when the entry is on the disk of this station: only then may it be shown as kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID

from ward_app.core.database import Database, Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.downtime.entries import proven
from ward_app.downtime.outbox import Outbox, Outcome, Outgoing
from ward_app.downtime.types import (
    EntryState,
    HeldEntry,
    OfflineAuthor,
    OfflineEntry,
    ReplayReport,
    Settlement,
    Verdict,
)
from ward_app.staff.types import Permission, SignedIn

BATCH = 25
"""So many entries are replayed in one transaction, at most (the database takes a hundred).

A set that calls somebody keeps others of its patient waiting until its transaction ends.
"""
KEPT = timedelta(days=30)
"""So long an entry stays in the outbox after it ended."""
REFUSED = (
    "The ward database does not accept this as what its author charted: it was changed, or this "
    "computer was enrolled anew. Enter it anew, and tell IT."
)
_REPLAY = "SELECT place, verdict, problem FROM report.replay(%s, %s)"
_SETTLE = "SELECT report.settle_offline(%s, %s, %s, %s)"
_STATES = {
    Verdict.ACCEPTED: EntryState.ACCEPTED,
    Verdict.ALREADY_THERE: EntryState.ALREADY_THERE,
    Verdict.NEEDS_A_PERSON: EntryState.NEEDS_A_PERSON,
    Verdict.SETTLED: EntryState.SETTLED,
    Verdict.REFUSED: EntryState.NEEDS_A_PERSON,
}


def author_of(person: SignedIn, station: str) -> OfflineAuthor:
    """Return who charts, from a sign-in at this station (its role in the database)."""
    return OfflineAuthor(
        session_id=person.session_id,
        user_id=person.user_id,
        station=station,
        signed_in_at=person.signed_in_at or datetime.now(UTC),
        offline_key=person.offline_key,
    )


def append(outbox: Outbox, author: OfflineAuthor, entry: OfflineEntry) -> None:
    """Keep one entry; returns when it is on the disk.

    Raises:
        NotKeptError: it is not.
    """
    append_all(outbox, author, [entry])


def append_all(outbox: Outbox, author: OfflineAuthor, entries: Sequence[OfflineEntry]) -> None:
    """Keep entries with one wait for the disk; returns when all of them are there.

    Raises:
        NotKeptError: none of them is.
    """
    outbox.keep([proven(entry, author) for entry in entries])


def waiting(outbox: Outbox) -> tuple[HeldEntry, ...]:
    """Return what is not in the database yet, or needs a person, the oldest first.

    Raises:
        NotKeptError: the disk does not give it.
    """
    ended = {EntryState.ACCEPTED, EntryState.ALREADY_THERE, EntryState.SETTLED}
    return tuple(held for held in outbox.held() if held.state not in ended)


def replay(
    database: Database,
    outbox: Outbox,
    sent: Callable[[ReplayReport], None] = lambda _report: None,
) -> ReplayReport:
    """Send what waits, and ask again about what needs a person; return what it came to.

    What others hold just now still waits after it. `sent` is told after each batch, on the thread
    that replays. Interrupted at any moment, it can
    be begun again: what was stored says so. Nobody needs to be signed in.

    Raises:
        DatabaseUnavailableError: the database went away again; the rest still waits.
        NotKeptError: the disk does not give or keep; what was stored is stored.
    """
    outgoing = outbox.outgoing()
    report = ReplayReport(still_waiting=len(outgoing))
    before = {held.number: held for held in outbox.held()}
    for session_id, batch in _batches(outgoing):
        try:
            verdicts = database.run(None, _replayed, session_id, batch)
        except ConflictError:
            continue  # others hold its patients just now: it waits for the next replay
        outbox.decide(
            [
                outcome
                for outcome in map(_outcome, batch, verdicts)
                if (outcome.state, outcome.problem) != _standing(before[outcome.number])
            ]
        )
        report = _counted(report, [verdict for verdict, _problem in verdicts])
        sent(report)
    outbox.forget(datetime.now(UTC) - KEPT)
    return report


def settle_here(outbox: Outbox, held: HeldEntry, reason: str, by: UUID | None) -> None:
    """Settle an entry that the database refused, with a reason: it is on this station alone.

    `by` = the user id of who does; None = IT, who has none.

    Raises:
        RuleBrokenError: no reason is given, or the entry was not refused.
        NotKeptError: the disk refused.
    """
    if not reason.strip():
        raise RuleBrokenError("Say why the entry is settled.", field="reason")
    if _standing(held) != (EntryState.NEEDS_A_PERSON, REFUSED):
        raise RuleBrokenError(
            "The ward database did not refuse this entry. What it holds for a person is settled "
            "by the ward, in the program."
        )
    outcome = Outcome(held.number, EntryState.SETTLED, datetime.now(UTC), reason.strip(), by)
    outbox.decide([outcome])


@requires(Permission.PATIENT_VIEW)
def settle(tx: Transaction, settlement: Settlement) -> None:
    """Settle an entry that needed a person; repeating it with the same id changes nothing.

    Recorded as meant, it is stored under the name of who settles it, with a word on who charted
    it, by the rules as they are now.

    Raises:
        RuleBrokenError: no reason is given, somebody else settled it first, it is out of reach,
            or as meant it still cannot be stored; the sentence says which.
        NotPermittedError: the person may not chart this kind.
    """
    if not settlement.reason.strip():
        raise RuleBrokenError("Say why the entry is settled in this way.", field="reason")
    tx.execute(
        _SETTLE,
        (settlement.id, settlement.entry_id, settlement.how.value, settlement.reason.strip()),
    )


def _batches(outgoing: Sequence[Outgoing]) -> Iterator[tuple[UUID, tuple[Outgoing, ...]]]:
    """Yield entries of one sign-in each, stay by stay, each in the order of its charting.

    A batch is of few stays, so that few other workstations wait for it.
    """
    by_session: dict[UUID, dict[UUID | None, list[Outgoing]]] = {}
    for out in outgoing:
        stays = by_session.setdefault(out.proven.session_id, {})
        stays.setdefault(out.admission_id, []).append(out)
    for session_id, stays in by_session.items():
        entries = list(chain.from_iterable(stays.values()))
        for first in range(0, len(entries), BATCH):
            yield session_id, tuple(entries[first : first + BATCH])


def _replayed(
    tx: Transaction, session_id: UUID, batch: Sequence[Outgoing]
) -> list[tuple[Verdict, str | None]]:
    """Return the verdict on each entry of a batch, and why it needs a person."""
    from psycopg.types.json import Jsonb  # noqa: PLC0415 - the driver is no part of the start

    items = Jsonb([{"body": out.proven.body, "mac": out.proven.mac} for out in batch])
    found = sorted(tx.tuples(_REPLAY, (session_id, items)))
    return [(Verdict(verdict), problem) for _place, verdict, problem in found]


def _outcome(out: Outgoing, verdict: tuple[Verdict, str | None]) -> Outcome:
    said, problem = verdict
    if said is Verdict.REFUSED:
        problem = REFUSED
    return Outcome(out.number, _STATES[said], datetime.now(UTC), problem)


def _standing(held: HeldEntry) -> tuple[EntryState, str | None]:
    return held.state, held.problem


def _counted(report: ReplayReport, verdicts: Sequence[Verdict]) -> ReplayReport:
    return replace(
        report,
        accepted=report.accepted + verdicts.count(Verdict.ACCEPTED),
        already_there=report.already_there
        + verdicts.count(Verdict.ALREADY_THERE)
        + verdicts.count(Verdict.SETTLED),
        needs_a_person=report.needs_a_person + verdicts.count(Verdict.NEEDS_A_PERSON),
        refused=report.refused + verdicts.count(Verdict.REFUSED),
        still_waiting=report.still_waiting - len(verdicts),
    )
