"""How seals hang together: each hash covers the seal before, so that nothing changes unseen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from ward_app.audit.types import Seal, SealKind

FORMAT = 1
"""How rows become a digest; another list of columns is another format."""

BEGINNING = bytes(32)
"""What stands for the hash of the seal before the first."""

KEPT_YEARS = 6
"""The trail is kept at least so long (HIPAA 45 CFR 164.316(b)(2)(i); requirements U09)."""


def rows_digest(row_digests: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the digest of rows in their order: (log, sha256 of the row)."""
    whole = sha256()
    for log, digest in row_digests:
        whole.update(log.encode())
        whole.update(digest)
    return whole.digest()


def seal_hash(seal: Seal) -> bytes:
    """Return what the hash of a seal must be: over the one before, its number, bounds and rows."""
    facts = [
        seal.k,
        seal.format,
        seal.era,
        seal.kind.value,
        seal.from_xact,
        seal.until_xact,
        seal.changes,
        seal.accesses,
        seal.logins,
        _moment(seal.first_at),
        _moment(seal.last_at),
        seal.cut_k,
        _moment(seal.sealed_at),
    ]
    return sha256(seal.previous + json.dumps(facts).encode() + seal.digest).digest()


def sealed(seal: Seal) -> Seal:
    """Return the seal with its hash."""
    return replace(seal, hash=seal_hash(seal))


def chain_problems(seals: Sequence[Seal]) -> Iterator[str]:
    """Yield in sentences where seals do not hang together; they come by number."""
    before: Seal | None = None
    for number, seal in enumerate(seals, 1):
        expected = number if before is None else before.k + 1
        if seal.k != expected:
            yield f"{_missing(expected, seal.k - 1)} missing."
        elif seal.previous != (BEGINNING if before is None else before.hash):
            yield f"Seal {seal.k} does not follow the seal before it."
        elif before is not None and not _continues(before, seal):
            yield f"Seal {seal.k} does not begin where the seal before it ended."
        if seal.hash != seal_hash(seal):
            yield f"Seal {seal.k} was changed."
        before = seal


def removed_through(seals: Sequence[Seal]) -> int:
    """Return the last seal whose rows were archived and removed, 0 for none."""
    return max((seal.cut_k or 0 for seal in seals), default=0)


def early_cuts(seals: Sequence[Seal]) -> Iterator[str]:
    """Yield in sentences which rows were removed before their six years were over."""
    for cut in seals:
        gone = (seal.last_at for seal in seals if seal.k <= (cut.cut_k or 0))
        if any(last_at > years_before(cut.sealed_at, KEPT_YEARS) for last_at in gone):
            yield f"Seal {cut.k} removed rows that were not {KEPT_YEARS} years old."


def years_before(moment: datetime, years: int) -> datetime:
    """Return the same day and time so many years earlier; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def _continues(before: Seal, seal: Seal) -> bool:
    """Whether no row falls between two seals; a cut stands on the spot, an era begins anew."""
    if seal.era != before.era:
        return seal.era > before.era and seal.from_xact == 0
    if seal.kind is SealKind.CUT:
        return seal.from_xact == seal.until_xact == before.until_xact
    return seal.from_xact == before.until_xact and seal.until_xact > seal.from_xact


def _missing(first: int, last: int) -> str:
    return f"Seal {first} is" if first == last else f"Seals {first} to {last} are"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
