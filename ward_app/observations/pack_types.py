"""Words of the choice of a score: what it rests on, and what is decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ward_app.observations.pack_choice import (
    PackChoice,
    Pregnancy,
    PregnancyRecord,
    ScoredPerson,
    age_in_months,
    choose_pack,
)
from ward_app.observations.rules import PackStatus, ScorePack
from ward_app.patients.types import Sex


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDecision:
    """The decision in force on which score a stay is scored with.

    Attributes:
        pack: name of the pack; None = automatic again.
        decided_by: the clinical decision maker, by name.
        recorded_by: who wrote it down, by name.
    """

    id: UUID
    pack: str | None
    decided_by: str
    reason: str
    occurred_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackDecision:
    """A decision to record: `id` was made when the form opened; `pack` None = automatic again."""

    id: UUID
    admission_id: UUID
    pack: str | None
    decided_by: str
    reason: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPregnancyRecord:
    """What is to be recorded of a pregnancy; `id` was made when the form opened.

    Attributes:
        ended_on: required of one that ended, else None.
        occurred_at: when it was found out; aware, not in the future.
        supersedes_id: the record this one corrects, or None; then `change_reason` is required.
    """

    id: UUID
    admission_id: UUID
    status: Pregnancy
    ended_on: date | None = None
    occurred_at: datetime
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringBasis:
    """All that decides how one stay is scored. Make it with `basis_on`.

    Attributes:
        born_on: None = unknown.
        age_months: completed months today; None = unknown.
        pregnancy: the newest record; None = nothing is recorded.
        decision: the newest decision; None = nobody decided, the choice is automatic.
        uses: the packs in use at this site; their `status` says live or trial.
        choice: how a set of today is scored; its pack narrowed to the age where bands depend on
            it, None = no score fits, and `why` is the sentence for the user.
    """

    born_on: date | None
    age_months: int | None
    sex: Sex
    pregnancy: PregnancyRecord | None
    decision: PackDecision | None
    uses: tuple[ScorePack, ...]
    choice: PackChoice

    def choice_on(self, day: date) -> PackChoice:
        """Return how a set measured on that day (UTC) is scored."""
        return _choice(self.born_on, self.pregnancy, self.decision, self.uses, day)


def basis_on(
    day: date,
    *,
    born_on: date | None,
    sex: Sex,
    uses: tuple[ScorePack, ...],
    pregnancy: PregnancyRecord | None = None,
    decision: PackDecision | None = None,
) -> ScoringBasis:
    """Return what decides how a stay is scored, with age and choice as of a day (UTC)."""
    return ScoringBasis(
        born_on=born_on,
        age_months=None if born_on is None else age_in_months(born_on, day),
        sex=sex,
        pregnancy=pregnancy,
        decision=decision,
        uses=uses,
        choice=_choice(born_on, pregnancy, decision, uses, day),
    )


def _choice(
    born_on: date | None,
    pregnancy: PregnancyRecord | None,
    decision: PackDecision | None,
    uses: tuple[ScorePack, ...],
    day: date,
) -> PackChoice:
    live = [pack for pack in uses if pack.status is PackStatus.LIVE]
    decided = None if decision is None else decision.pack
    person = ScoredPerson(born_on=born_on, pregnancy=pregnancy, decided=decided)
    return choose_pack(person, live, day)
