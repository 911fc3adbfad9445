"""Reads of what decides which score a stay is scored with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.observations.pack_choice import Pregnancy, PregnancyRecord
from ward_app.observations.pack_types import PackDecision, ScoringBasis, basis_on
from ward_app.observations.packs import read_pack, shipped_pack
from ward_app.observations.rules import PackStatus, ScorePack
from ward_app.patients.types import Sex

SCORING_BASES_SQL = "SELECT * FROM report.scoring_bases(%s::uuid[])"
_CONTENT = "SELECT content FROM report.score_packs WHERE hash = %s"

# packs of the site's own by their hash, so never another content; read once per process
_registered: dict[str, ScorePack] = {}


class BasisRow(NamedTuple):
    """One row of `report.scoring_bases`, in its column order."""

    admission_id: UUID
    born_on: date | None
    sex: str
    pregnancy_id: UUID | None
    pregnancy: str | None
    ended_on: date | None
    pregnancy_at: datetime | None
    pregnancy_by: str | None
    decision_id: UUID | None
    pack: str | None
    decided_by: str | None
    reason: str | None
    decided_at: datetime | None
    decision_by: str | None
    live: list[str]
    trial: list[str]


def scoring_of(tx: Transaction, admission_id: UUID) -> ScoringBasis:
    """Return what decides how a stay is scored, as of today.

    Raises:
        NotPermittedError: the patient is not on one of the reader's wards.
        SignInRequiredError: the session has ended.
        ConfigurationError: a pack in use does not score as its own tests say.
    """
    found = scorings_of(tx, (admission_id,))
    if admission_id not in found:
        raise tx.out_of_reach("This patient is not on one of your wards any more.")
    return found[admission_id]


def scorings_of(tx: Transaction, admission_ids: Sequence[UUID]) -> dict[UUID, ScoringBasis]:
    """Return what decides how each of these stays is scored, in one statement.

    A stay out of the reader's reach is left out. A pack of the site's own is read once more, the
    first time it is met.

    Raises:
        ConfigurationError: a pack in use does not score as its own tests say.
    """
    rows = tx.rows(BasisRow, SCORING_BASES_SQL, (list(admission_ids),))
    return bases_of(rows, tx.now, lambda digest: str(tx.value(_CONTENT, (digest,))))


def bases_of(
    rows: Sequence[BasisRow], at: datetime, content: Callable[[str], str]
) -> dict[UUID, ScoringBasis]:
    """Return what decides how stays are scored, as of a moment, of what was read of them.

    Args:
        rows: of one hospital, so with the same packs in use.
        at: aware.
        content: gives the file of a pack of the site's own by its hash.

    Raises:
        ConfigurationError: a pack in use does not score as its own tests say.
    """
    if not rows:
        return {}
    uses = _uses(rows[0], content)
    return {row.admission_id: _basis(row, uses, at.astimezone(UTC).date()) for row in rows}


def _uses(row: BasisRow, content: Callable[[str], str]) -> tuple[ScorePack, ...]:
    """Return the packs in use; they are those of the reader's hospital, so alike in every row."""
    live = [replace(_pack(digest, content), status=PackStatus.LIVE) for digest in row.live]
    trial = [replace(_pack(digest, content), status=PackStatus.TRIAL) for digest in row.trial]
    return (*live, *trial)


def _pack(digest: str, content: Callable[[str], str]) -> ScorePack:
    shipped = shipped_pack(digest)
    if shipped is not None:
        return shipped
    if digest not in _registered:
        _registered[digest] = read_pack(content(digest).encode(), "of this hospital")
    return _registered[digest]


def _basis(row: BasisRow, uses: tuple[ScorePack, ...], day: date) -> ScoringBasis:
    return basis_on(
        day,
        born_on=row.born_on,
        sex=Sex(row.sex),
        uses=uses,
        pregnancy=_pregnancy(row),
        decision=_decision(row),
    )


def _pregnancy(row: BasisRow) -> PregnancyRecord | None:
    if row.pregnancy is None:
        return None
    return PregnancyRecord(
        id=row.pregnancy_id,
        status=Pregnancy(row.pregnancy),
        ended_on=row.ended_on,
        occurred_at=row.pregnancy_at,
        recorded_by=row.pregnancy_by or "imported",
    )


def _decision(row: BasisRow) -> PackDecision | None:
    if row.decision_id is None or row.decided_at is None:
        return None
    return PackDecision(
        id=row.decision_id,
        pack=row.pack,
        decided_by=row.decided_by or "",
        reason=row.reason or "",
        occurred_at=row.decided_at,
        recorded_by=row.decision_by or "imported",
    )
