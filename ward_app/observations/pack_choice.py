"""Which score pack a person is scored with: by age, pregnancy and what somebody decided.

Pure. Nobody is scored with a pack made for others because the right one is not in use: then
there is no pack, and the sentence says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ward_app.observations.rules import (
    ADULT_FROM_MONTHS,
    PregnancyCondition,
    ScorePack,
    at_age,
)

RECENT_DAYS = 42
"""Maternal charts are used up to 42 days after the end of pregnancy (CEMACH)."""
_MONTHS_PER_YEAR = 12


class Pregnancy(StrEnum):
    """What is recorded of a pregnancy."""

    PREGNANT = "pregnant"
    ENDED = "ended"
    NOT_PREGNANT = "not_pregnant"


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyRecord:
    """The newest record of a pregnancy.

    Attributes:
        ended_on: only of one that ended.
        occurred_at: when it was found out; aware.
        recorded_by: who wrote it down, by name.
    """

    status: Pregnancy
    ended_on: date | None = None
    id: UUID | None = None
    occurred_at: datetime | None = None
    recorded_by: str = ""

    def counts_on(self, day: date) -> bool:
        """Whether the person is pregnant, or was within the last 42 days."""
        if self.status is Pregnancy.ENDED and self.ended_on is not None:
            return day <= self.ended_on + timedelta(days=RECENT_DAYS)
        return self.status is Pregnancy.PREGNANT


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPerson:
    """What the choice depends on.

    Attributes:
        born_on: None = unknown.
        pregnancy: None = nothing is recorded, which is taken as not pregnant.
        decided: name of the pack somebody decided on, None = nobody did.
    """

    born_on: date | None
    pregnancy: PregnancyRecord | None = None
    decided: str | None = None


@dataclass(frozen=True, slots=True)
class PackChoice:
    """The pack that scores, and why, as it stands after the pack's name.

    Attributes:
        pack: narrowed to the person's age where its bands depend on it; None = no score.
    """

    pack: ScorePack | None
    why: str


def choose_pack(person: ScoredPerson, live: Sequence[ScorePack], on: date) -> PackChoice:
    """Return the pack for a person on a day, out of those in use.

    A decision goes first, but never makes NEWS2 of a child. Without a date of birth there is
    no automatic choice.
    """
    months = None if person.born_on is None else age_in_months(person.born_on, on)
    if person.decided is not None:
        return _decided(person.decided, months, live)
    if months is None:
        return PackChoice(None, "The date of birth is not known: decide which score applies.")
    pregnant = person.pregnancy is not None and person.pregnancy.counts_on(on)
    who = f"{_age_words(months)}, {_pregnancy_words(person.pregnancy, pregnant=pregnant)}"
    fitting = [pack for pack in live if _fits(pack, months, pregnant=pregnant)]
    if not fitting:
        return PackChoice(None, f"No score in use here is made for this patient ({who}).")
    return PackChoice(_narrowed(fitting[0], months), who)


def age_in_months(born_on: date, on: date) -> int:
    """Return the completed months from birth to a day, never below 0."""
    months = (on.year - born_on.year) * _MONTHS_PER_YEAR + on.month - born_on.month
    return max(0, months - (on.day < born_on.day))


def is_child(born_on: date | None, on: date) -> bool:
    """Whether somebody is known to be under 16 on a day; NEWS2 is not for them (RCP 2017)."""
    return born_on is not None and age_in_months(born_on, on) < ADULT_FROM_MONTHS


def _decided(name: str, months: int | None, live: Sequence[ScorePack]) -> PackChoice:
    pack = next((one for one in live if one.name == name), None)
    if pack is None:
        return PackChoice(None, "The score that was decided on is not in use any more.")
    if months is not None and not pack.ages.holds(months):
        return PackChoice(None, f"{pack.title} is not made for this age: decide again.")
    if months is None and pack.by_age:
        return PackChoice(None, f"{pack.title} scores by age: record the date of birth.")
    return PackChoice(_narrowed(pack, months), "by decision")


def _narrowed(pack: ScorePack, months: int | None) -> ScorePack:
    return pack if months is None or not pack.by_age else at_age(pack, months)


def _fits(pack: ScorePack, months: int, *, pregnant: bool) -> bool:
    for_pregnant = pack.pregnancy is PregnancyCondition.PREGNANT_OR_RECENT
    return pack.ages.holds(months) and for_pregnant is pregnant


def _age_words(months: int) -> str:
    return "adult" if months >= ADULT_FROM_MONTHS else "under 16"


def _pregnancy_words(record: PregnancyRecord | None, *, pregnant: bool) -> str:
    if not pregnant:
        return "not pregnant"
    ended = record is not None and record.status is Pregnancy.ENDED
    return f"within {RECENT_DAYS} days of the end of pregnancy" if ended else "pregnant"
