"""The observation charts of the invented patients, scored by the real rules and pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from ward_app.demo.cases import Case
from ward_app.demo.courses import vital_signs
from ward_app.demo.hospital import id_of
from ward_app.demo.staff import StaffMember, charting_staff
from ward_app.demo.stays import Stay
from ward_app.observations import rules
from ward_app.observations.packs import news2_pack, pack_named
from ward_app.observations.rules import FurtherKind, ScorePack, next_due_at
from ward_app.observations.types import FurtherSign, IncompleteReason, Score, VitalSigns

BY_HAND = "manual entry"
MATERNAL = "mewc"
_MONITORS = 2
_CHARTED_FOR = timedelta(days=4)
_EARLIEST_PART, _LATEST_PART = 0.72, 0.98
_HOUR_S = 3600
_ADULT_YEARS = 16
_WITHOUT_SCORE = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartedSet:
    """One recorded set, or what was later said of one.

    Attributes:
        score: None for a child, for whom no score is in use.
        supersedes: the set that this one corrects or strikes out.
        device_source: what measured it.
        strikes_out: it only marks that other set as entered in error.
    """

    id: UUID
    admission_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    by: StaffMember
    signs: VitalSigns
    score: Score | None
    due_at: datetime
    incomplete_reason: IncompleteReason | None = None
    supersedes: UUID | None = None
    change_reason: str | None = None
    strikes_out: bool = False
    device_source: str = BY_HAND


def chart(stay: Stay, now: datetime, rng: Random) -> Iterator[ChartedSet]:
    """Yield the sets of one stay, oldest first, corrections after what they correct.

    Each set is taken a little before it is due, so that none is overdue now, unless the case
    says so: then the whole chart lies that much earlier.
    """
    sets = list(_sets(stay, now, rng))
    if stay.case.course.refuses_thermometer and sets:
        sets[-1] = _without_temperature(sets[-1])
    sets = _moved(sets, stay, now)
    for charted in sets[:-2]:
        yield charted
    for charted in sets[-2:-1]:
        yield from _as_changed(stay, charted)
    yield from sets[-1:]


def _sets(stay: Stay, now: datetime, rng: Random) -> Iterator[ChartedSet]:
    until = stay.left_at or now
    at = max(stay.admitted_at + timedelta(minutes=rng.randint(4, 12)), now - _CHARTED_FOR)
    number = 0
    while at < until:
        number += 1
        charted = _set(stay, number, at, now, rng)
        yield charted
        part = rng.uniform(_EARLIEST_PART, _LATEST_PART)
        gap_s = (charted.due_at - at).total_seconds() * part
        at += timedelta(minutes=max(5, round(gap_s / 60)))


def _set(stay: Stay, number: int, at: datetime, now: datetime, rng: Random) -> ChartedSet:
    signs = vital_signs(stay.case.course, (now - at).total_seconds() / _HOUR_S, rng)
    pack = pack_of(stay.case)
    if pack is not None:
        signs = replace(signs, further=_further(pack))
    score = None if pack is None else rules.score(signs, pack)
    return ChartedSet(
        id=id_of("set", stay.admission_id, number),
        admission_id=stay.admission_id,
        occurred_at=at,
        recorded_at=at + timedelta(seconds=rng.randint(20, 150)),
        by=rng.choice(charting_staff(_ward_at(stay, at))),
        signs=signs,
        score=score,
        due_at=due_after(score, at),
        device_source=_device(_ward_at(stay, at), number),
    )


def pack_of(case: Case) -> ScorePack | None:
    """Return what scores a patient; NEWS2 is for 16 years and over (RCP 2017)."""
    if case.pregnancy is not None:
        return pack_named(MATERNAL)
    if case.decided_pack is not None:
        return pack_named(case.decided_pack)
    age = case.person.age
    return None if age is not None and age < _ADULT_YEARS else news2_pack()


def _further(pack: ScorePack) -> dict[str, FurtherSign]:
    """Return what a pack alone asks for, as of somebody without any of it."""
    return {one.name: False for one in pack.parameters if one.further is FurtherKind.YES_NO}


def due_after(score: Score | None, at: datetime) -> datetime:
    """Return when the next set is due; without a score as for the unknown."""
    return at + _WITHOUT_SCORE if score is None else next_due_at(score, at)


def _device(ward_code: str, number: int) -> str:
    """Return the ward's spot-check monitor that took a set; each third was typed in by hand."""
    return BY_HAND if number % 3 == 0 else f"Spot monitor {ward_code}-{1 + number % _MONITORS}"


def _ward_at(stay: Stay, at: datetime) -> str:
    return next(p.ward.code for p in reversed(stay.places) if p.start <= at)


def _without_temperature(charted: ChartedSet) -> ChartedSet:
    """Return the set as of a patient who refused the thermometer."""
    signs = replace(charted.signs, temperature_celsius=None)
    score = rules.score(signs, news2_pack())
    return replace(
        charted,
        signs=signs,
        score=score,
        due_at=next_due_at(score, charted.occurred_at),
        incomplete_reason=IncompleteReason.REFUSED,
    )


def _moved(sets: list[ChartedSet], stay: Stay, now: datetime) -> list[ChartedSet]:
    """Return the sets, moved back in time where the next one is to be overdue."""
    if stay.case.overdue is None or not sets:
        return sets
    back = sets[-1].due_at - (now - stay.case.overdue)
    moved = [
        replace(
            charted,
            occurred_at=charted.occurred_at - back,
            recorded_at=charted.recorded_at - back,
            due_at=charted.due_at - back,
        )
        for charted in sets
    ]
    return [charted for charted in moved if charted.occurred_at >= stay.admitted_at]


def _as_changed(stay: Stay, charted: ChartedSet) -> Iterator[ChartedSet]:
    """Yield the set with its correction or strike-out, as the case says."""
    if stay.case.corrected:
        yield _mistyped(charted)
        yield _afterwards(charted, change_reason="Pulse mistyped")
        return
    yield charted
    if stay.case.struck_out:
        yield _afterwards(charted, change_reason="Wrong patient", strikes_out=True)


def _mistyped(charted: ChartedSet) -> ChartedSet:
    pulse = (charted.signs.pulse_per_min or 0) + 100
    signs = replace(charted.signs, pulse_per_min=pulse)
    score = rules.score(signs, news2_pack())
    due_at = next_due_at(score, charted.occurred_at)
    return replace(charted, signs=signs, score=score, due_at=due_at)


def _afterwards(
    charted: ChartedSet, *, change_reason: str, strikes_out: bool = False
) -> ChartedSet:
    """Return the row that supersedes the set a few minutes later."""
    return replace(
        charted,
        id=id_of("change", charted.id),
        recorded_at=charted.recorded_at + timedelta(minutes=3),
        supersedes=charted.id,
        change_reason=change_reason,
        strikes_out=strikes_out,
    )
