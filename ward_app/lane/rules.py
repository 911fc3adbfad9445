"""Rules of the shift lane: what joins into a visit, who is let sleep, whose work it is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from uuid import UUID

from ward_app.lane.types import (
    DueEntry,
    Kind,
    LaneItem,
    LaneOfWards,
    LanePatient,
    LaneRow,
    Load,
    Nurse,
    Policy,
    Source,
    Visit,
)

WORK_HOURS = 4
_A_MINUTE = timedelta(minutes=1)

# RCP NEWS2 2017, chart 2: these ask for an urgent response. Whatever a ward decides about its
# nights, they are never let wait; neither is who has no score (unknown is not low).
NEVER_WAIT = frozenset({"medium", "high"})


def lane_rows(
    found: LaneOfWards, sources: Sequence[Source], now: datetime, zones: Mapping[UUID, tzinfo]
) -> tuple[LaneRow, ...]:
    """Return every patient in bed order with her visits, after what is due for a ward itself.

    Args:
        found: what was read.
        sources: what its kinds are called.
        now: aware.
        zones: of the wards; nights are theirs.
    """
    by_stay: dict[UUID, list[DueEntry]] = defaultdict(list)
    of_wards: dict[UUID, list[DueEntry]] = defaultdict(list)
    here = {patient.admission_id for patient in found.patients}
    for entry in found.entries:
        # a task of somebody who left stays with the ward until it is answered
        if entry.admission_id in here:
            by_stay[entry.admission_id].append(entry)
        else:
            of_wards[entry.ward_id].append(entry)
    marks = {source.kind: source for source in sources}

    def row(ward_id: UUID, patient: LanePatient | None, due: Iterable[DueEntry]) -> LaneRow:
        policy = found.policies[ward_id]
        items = lane_items(due, patient, marks, policy, zones[ward_id])
        return LaneRow(ward_id=ward_id, patient=patient, visits=visits(items, policy, now))

    return (
        *(row(ward_id, None, due) for ward_id, due in of_wards.items()),
        *(row(one.ward_id, one, by_stay[one.admission_id]) for one in found.patients),
    )


def lane_items(
    entries: Iterable[DueEntry],
    patient: LanePatient | None,
    marks: Mapping[Kind, Source],
    policy: Policy,
    zone: tzinfo,
) -> tuple[LaneItem, ...]:
    """Return each thing to be done with the time it is to be done at, earliest first."""
    items = (
        LaneItem(
            kind=Kind(entry.kind),
            subject_id=entry.subject_id,
            words=entry.words or marks[Kind(entry.kind)].word,
            letter=marks[Kind(entry.kind)].letter,
            due_at=due_at,
            lane_at=lane_at,
            is_expected=due_at != entry.times[0],
            minutes=_minutes(entry, policy),
            shift=entry.shift,
        )
        for entry in entries
        for due_at, lane_at in _times(entry, patient, policy, zone)
    )
    return tuple(sorted(items, key=lambda item: (item.lane_at, item.due_at, item.words)))


def lane_time(
    due_at: datetime, kind: str, patient: LanePatient | None, policy: Policy, zone: tzinfo
) -> datetime:
    """Return when something is to be done: when it is due, or when the night is over.

    It waits only by the ward's policy, only for a patient whose risk is known and neither medium
    nor high, and never longer than the policy allows.
    """
    return waits_until(due_at, kind, patient.risk if patient else None, policy, zone)


def waits_until(
    due_at: datetime, kind: str, risk: str | None, policy: Policy, zone: tzinfo
) -> datetime:
    """Return the same for a risk; None = it is not known, or there is no patient."""
    may_wait = kind in policy.sleep_kinds and risk in policy.sleep_risks - NEVER_WAIT
    ends_at = night_end(due_at, policy, zone)
    if not may_wait or ends_at is None:
        return due_at
    longest = timedelta(minutes=policy.sleep_minutes)
    return ends_at if _utc(ends_at) - _utc(due_at) <= longest else due_at


def night_end(at: datetime, policy: Policy, zone: tzinfo) -> datetime | None:
    """Return when the night that holds `at` is over; None when `at` is in no night.

    By the ward's clock: the night in which the clocks go forward is an hour shorter.
    """
    if policy.night_from is None or policy.night_until is None:
        return None
    local = at.astimezone(zone)
    if not _is_between(local.time(), policy.night_from, policy.night_until):
        return None
    days = 1 if local.time() > policy.night_until else 0
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, policy.night_until, tzinfo=zone).astimezone(UTC)


def is_late(item: LaneItem, now: datetime) -> bool:
    """Whether an item was to be done a whole minute ago or more, by elapsed time."""
    return _utc(now) - _utc(item.lane_at) >= _A_MINUTE


def visits(items: Sequence[LaneItem], policy: Policy, now: datetime) -> tuple[Visit, ...]:
    """Join one patient's items, earliest first, into visits.

    All that is overdue is one visit, with what is due soon: who is seen to now is seen to for
    that as well. Later ones hold what is due within the visit's minutes of their first item.
    """
    window = timedelta(minutes=policy.visit_minutes)
    joined: list[list[LaneItem]] = []
    ends_at = now
    for item in items:
        if joined and _utc(item.lane_at) <= _utc(ends_at):
            joined[-1].append(item)
        else:
            joined.append([item])
            # what is overdue is done now, so its visit lasts from now
            ends_at = max(_utc(item.lane_at), _utc(now)) + window
    return tuple(_visit(each, now) for each in joined)


def next_visit(rows: Sequence[LaneRow], after: Visit | None) -> tuple[LaneRow, Visit] | None:
    """Return the visit to go to next on the ward: the earliest, or the one after `after`."""
    every = sorted(
        ((row, visit) for row in rows for visit in row.visits), key=lambda pair: pair[1].at
    )
    places = [visit is after for _, visit in every]
    place = places.index(True) + 1 if True in places else 0
    return every[place] if place < len(every) else None


def loads(
    rows: Iterable[LaneRow], found: LaneOfWards, now: datetime, hours: int = WORK_HOURS
) -> tuple[Load, ...]:
    """Return the minutes of work of each nurse in the hours to come, the most first.

    Args:
        rows: patients; what is due for a ward itself is nobody's.
        found: says who looks after a bed.
        now: aware; what is overdue counts, as it is still to be done.
        hours: how far to count, elapsed.
    """
    until = now + timedelta(hours=hours)
    of_nurse: dict[Nurse | None, list[LaneRow]] = {nurse: [] for nurse in found.nurses.values()}
    for row in rows:
        if row.patient is not None:
            nurse = found.nurses.get(row.bed_id) if row.bed_id else None
            of_nurse.setdefault(nurse, []).append(row)
    made = (_load(nurse, mine, found.not_taken, (now, until)) for nurse, mine in of_nurse.items())
    return tuple(sorted(made, key=lambda load: (load.nurse is None, -load.minutes)))


def imbalance(found: Sequence[Load]) -> int:
    """Return by how many minutes the nurse with most work has more than the one with least."""
    minutes = [load.minutes for load in found if load.nurse is not None]
    return max(minutes) - min(minutes) if minutes else 0


def _load(
    nurse: Nurse | None,
    rows: Sequence[LaneRow],
    not_taken: frozenset[UUID],
    times: tuple[datetime, datetime],
) -> Load:
    now, until = times
    items = [item for row in rows for item in _items_until(row, until)]
    return Load(
        nurse=nurse,
        minutes=sum(item.minutes for item in items),
        items=len(items),
        overdue=sum(is_late(item, now) for item in items),
        patients=len(rows),
        not_taken=sum(row.bed_id in not_taken for row in rows),
    )


def _items_until(row: LaneRow, until: datetime) -> Iterator[LaneItem]:
    for visit in row.visits:
        yield from (item for item in visit.items if _utc(item.lane_at) < _utc(until))


def _visit(items: Sequence[LaneItem], now: datetime) -> Visit:
    late = any(is_late(item, now) for item in items)
    return Visit(items=tuple(items), at=items[0].lane_at, is_overdue=late)


def _times(
    entry: DueEntry, patient: LanePatient | None, policy: Policy, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when something is due and when it is to be done: what a night put off, once."""
    done_at: datetime | None = None
    for due_at in entry.times:
        lane_at = lane_time(due_at, entry.kind, patient, policy, zone)
        if lane_at != done_at:
            yield due_at, lane_at
        done_at = lane_at


def _minutes(entry: DueEntry, policy: Policy) -> int:
    return entry.minutes if entry.minutes is not None else policy.work_minutes.get(entry.kind, 0)


def _is_between(at: time, first: time, last: time) -> bool:
    return first <= at < last if first <= last else at >= first or at < last


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
