"""Verify the audit logs against their seals, and the seals against anchors kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg import sql

from ward_app.audit.rules import FORMAT, chain_problems, early_cuts, removed_through
from ward_app.audit.types import Seal, SealKind
from ward_app.core.progress import Report, silent
from ward_app.operations.audit_anchor import Anchor
from ward_app.operations.audit_guard import is_guarded
from ward_app.operations.audit_seals import (
    EVER,
    LOGS,
    Connection,
    SealedRows,
    as_definer,
    sealed_rows,
    sealing,
    seals,
)

_UNSEALED = """
SELECT count(*) FROM (
    SELECT era, xact FROM audit.change_logs UNION ALL
    SELECT era, xact FROM audit.access_logs UNION ALL
    SELECT era, xact FROM audit.login_history) every
WHERE era = %s AND xact >= %s
"""
_OUTSIDE = """
SELECT count(*) FROM (
    SELECT era, xact FROM audit.change_logs UNION ALL
    SELECT era, xact FROM audit.access_logs UNION ALL
    SELECT era, xact FROM audit.login_history) every
WHERE era <> ALL (%(known)s) OR xact < 0 OR (era = ANY (%(over)s) AND NOT EXISTS (
    SELECT FROM audit.seals s WHERE s.era = every.era AND every.xact >= s.from_xact
        AND every.xact < s.until_xact))
"""
# the times of the rows from one seal's first transaction to that of the next
_TIMES = """
SELECT width_bucket(xact, %(from)s::bigint[]), min(at), max(at) FROM audit.{log}
WHERE era = %(era)s AND xact < %(until)s GROUP BY 1
"""
_ERAS = "SELECT era FROM audit.eras ORDER BY era"
_WORDS = dict(zip(LOGS, ("changes", "openings", "sign-ins"), strict=True))


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found.

    Attributes:
        head: the newest seal; None when nothing was ever sealed.
        rows: rows that seals cover and that were read.
        archived: rows that were archived and removed; their seals are still here.
        unsealed: rows that no seal covers yet.
        problems: what does not fit, in sentences; empty when all is as it was sealed.
        guarded: whether what is done to the tables themselves is logged.
    """

    head: Seal | None
    rows: int
    archived: int
    unsealed: int
    problems: tuple[str, ...]
    guarded: bool


def verify(
    admin_dsn: str, *, database: str, anchors: Sequence[Anchor] = (), report: Report = silent
) -> Verification:
    """Read every sealed row again and return what does not fit; nothing is changed.

    Args:
        admin_dsn: how a member of `ward_definer`, or the administrator, connects.
        database: which database.
        anchors: heads of earlier days, whose signatures were checked.
        report: is told how many of the sealed rows were read.
    """
    with sealing(admin_dsn, database, snapshot=True) as connection:
        as_definer(connection)
        chain = seals(connection)
        problems = [*chain_problems(chain), *early_cuts(chain)]
        problems += _problems_of_rows(connection, chain, report)
        problems += _rows_outside(connection)
        problems += anchor_problems(chain, anchors)
        last = chain[-1] if chain else None
        bounds = (last.era, last.until_xact) if last else (1, 0)
        unsealed = connection.execute(_UNSEALED, bounds).fetchone()
        guarded = is_guarded(connection)
    archived, here = _rows(chain)
    return Verification(
        head=last,
        rows=here,
        archived=archived,
        unsealed=unsealed[0] if unsealed else 0,
        problems=tuple(problems),
        guarded=guarded,
    )


def anchor_problems(chain: Sequence[Seal], anchors: Sequence[Anchor]) -> Iterator[str]:
    """Yield in sentences which anchors the chain does not go through."""
    by_number = {seal.k: seal for seal in chain}
    for anchor in anchors:
        seal = by_number.get(anchor.k)
        if seal is None:
            yield (
                f"Seal {anchor.k} was there when the anchor of {anchor.made_at:%d-%b-%Y %H:%M %Z}"
                " was made, and is missing: the end of the trail was cut off."
            )
        elif seal.hash != anchor.hash:
            yield (
                f"Seal {anchor.k} is not the one the anchor of {anchor.made_at:%d-%b-%Y %H:%M %Z}"
                " was made of: the seals were made anew."
            )


def _misplaced(connection: Connection, chain: Sequence[Seal]) -> set[int]:
    """Return the seals with a row whose time is none of theirs: they are read in every month."""
    found: set[int] = set()
    for era, of_era in groupby(chain, key=lambda seal: seal.era):
        covering = [seal for seal in of_era if seal.kind is SealKind.ROWS]
        if not covering:
            continue
        values = {
            "era": era,
            "from": [seal.from_xact for seal in covering],
            "until": covering[-1].until_xact,
        }
        for log in LOGS:
            statement = sql.SQL(_TIMES).format(log=sql.Identifier(log))
            for place, first_at, last_at in connection.execute(statement, values):
                seal = covering[max(0, place - 1)]
                if first_at < seal.first_at or last_at > seal.last_at:
                    found.add(seal.k)
    return found


def _rows(chain: Sequence[Seal]) -> tuple[int, int]:
    """Return how many rows the seals cover that were archived, and that are here."""
    removed = removed_through(chain)
    kept = [seal for seal in chain if seal.kind is SealKind.ROWS]
    archived = sum(seal.rows for seal in kept if seal.k <= removed)
    return archived, sum(seal.rows for seal in kept) - archived


def _problems_of_rows(
    connection: Connection, chain: Sequence[Seal], report: Report
) -> Iterator[str]:
    """Read what each seal covers, and yield in sentences what is not as it was sealed."""
    removed, misplaced = removed_through(chain), _misplaced(connection, chain)
    archived, here = _rows(chain)
    read = -archived
    for seal in chain:
        between = EVER if seal.k in misplaced else (seal.first_at, seal.last_at)
        yield from _row_problems(connection, seal, gone=seal.k <= removed, between=between)
        read += seal.rows if seal.kind is SealKind.ROWS else 0
        report(max(0, read), here)


def _row_problems(
    connection: Connection, seal: Seal, *, gone: bool, between: tuple[object, object]
) -> Iterator[str]:
    if seal.kind is SealKind.CUT:
        return
    if seal.format != FORMAT:
        yield f"Seal {seal.k} has a format this program does not know; update it."
        return
    bounds = (seal.era, seal.from_xact, seal.until_xact)
    found = sealed_rows(connection, *bounds, between=between)
    if gone:
        if sum(found.counts):
            yield f"Rows of seal {seal.k} are here again, though they were archived."
    elif found.digest != seal.digest:
        yield _difference(seal, found)


def _difference(seal: Seal, found: SealedRows) -> str:
    """Return what became of the rows of a seal, by how many there are."""
    sealed = (seal.changes, seal.accesses, seal.logins)
    told = []
    for log, before, now in zip(LOGS, sealed, found.counts, strict=True):
        if now < before:
            told.append(f"{before - now} of {before} {_WORDS[log]} were deleted")
        elif now > before:
            told.append(f"{now - before} {_WORDS[log]} were added")
    what = " and ".join(told) or "rows were edited or put in another order"
    span = f"{seal.first_at:%d-%b-%Y %H:%M:%S} to {seal.last_at:%d-%b-%Y %H:%M:%S %Z}"
    return f"Seal {seal.k} ({span}): {what}."


def _rows_outside(connection: Connection) -> Iterator[str]:
    """Tell of rows that no seal covers and none will."""
    known = [row[0] for row in connection.execute(_ERAS)]
    values = {"known": known, "over": known[:-1]}
    found = connection.execute(_OUTSIDE, values).fetchone()
    if found and found[0]:
        yield f"{found[0]} rows carry transaction numbers that no seal can cover."
