"""Cases laid out in time: when each patient came, moved and left, never two in one bed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from ward_app.demo.cases import Case
from ward_app.demo.hospital import ADMISSIONS_UNIT, WARDS, WardPlan, id_of

_WARD_BY_CODE = {ward.code: ward for ward in WARDS}
_TURNOVER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a patient was from when until when; `end` None = still there.

    `share_group`: of who lay in the bed first; None = the bed is not shared.
    """

    id: UUID
    ward: WardPlan
    bed: str | None
    start: datetime
    end: datetime | None
    share_group: UUID | None = None
    share_reason: str | None = None

    @property
    def bed_id(self) -> UUID | None:
        """Id of the bed, None on the ward without one."""
        return None if self.bed is None else self.ward.bed_id(self.bed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One case in time. `places` are in order; the last one ends when the patient left."""

    case: Case
    patient_id: UUID
    admission_id: UUID
    places: tuple[Whereabouts, ...]

    @property
    def admitted_at(self) -> datetime:
        """When the patient came to hospital."""
        return self.places[0].start

    @property
    def left_at(self) -> datetime | None:
        """When the patient left, None while in hospital."""
        return self.places[-1].end

    @property
    def ward(self) -> WardPlan:
        """The ward the patient is on, or left from."""
        return self.places[-1].ward


def laid_out(cases: Iterable[Case], now: datetime, rng: Random) -> list[Stay]:
    """Return the stays of these cases; who lies in a bed now is placed before who passed by."""
    calendar = _Calendar()
    staying = [(case, _last_place(case, now)) for case in cases]
    for number, (case, place) in enumerate(staying):
        if case.shares_because is not None:
            first = next(other for _, other in staying if other.bed_id == place.bed_id)
            shared = replace(place, share_group=first.id, share_reason=case.shares_because)
            staying[number] = case, shared
        calendar.take(place)
    return [
        Stay(
            case=case,
            patient_id=id_of("patient", _key(case)),
            admission_id=id_of("admission", _key(case)),
            places=(*_places_before(case, place, calendar, rng), place),
        )
        for case, place in staying
    ]


def _last_place(case: Case, now: datetime) -> Whereabouts:
    ward = _WARD_BY_CODE[case.ward]
    arrived = _minute(now - timedelta(hours=case.hours_in - case.hours_elsewhere))
    return Whereabouts(
        id=id_of("stay", _key(case), 2),
        ward=ward,
        bed=case.bed,
        start=arrived,
        end=None if case.left is None else _minute(now - case.left),
    )


def _places_before(
    case: Case, last: Whereabouts, calendar: _Calendar, rng: Random
) -> Iterator[Whereabouts]:
    """Yield the time in the admissions unit, where there was one."""
    if not case.hours_elsewhere:
        return
    start = _minute(last.start - timedelta(hours=case.hours_elsewhere))
    beds = [bed.label for bed in ADMISSIONS_UNIT.beds()]
    rng.shuffle(beds)
    free = (bed for bed in beds if calendar.is_free(bed, start, last.start))
    place = Whereabouts(
        id=id_of("stay", _key(case), 1),
        ward=ADMISSIONS_UNIT,
        bed=next(free, None),
        start=start,
        end=last.start,
    )
    calendar.take(place)
    yield place


@dataclass(slots=True)
class _Calendar:
    """Which bed is taken when."""

    taken: dict[UUID, list[Whereabouts]] = field(default_factory=lambda: defaultdict(list))

    def take(self, place: Whereabouts) -> None:
        if place.bed_id is not None:
            self.taken[place.bed_id].append(place)

    def is_free(self, bed: str, start: datetime, end: datetime) -> bool:
        """Whether a bed of the admissions unit is free then, with time to clean it."""
        return all(
            end + _TURNOVER <= other.start
            or (other.end is not None and other.end + _TURNOVER <= start)
            for other in self.taken[ADMISSIONS_UNIT.bed_id(bed)]
        )


def _key(case: Case) -> str:
    return f"{case.person.name.family} {case.person.name.given} {case.ward}"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
