"""Rules of the bed board: who counts as what, what is due, who is found. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from string import ascii_lowercase
from uuid import UUID
from zoneinfo import ZoneInfo

from ward_app.board.types import (
    BedGroup,
    BedMate,
    Board,
    BoardBed,
    BoardCounts,
    BoardFilter,
    GroupKind,
    Trend,
)
from ward_app.observations.kinds import Risk
from ward_app.patients.alerts import FlagKind
from ward_app.patients.likeness import Named, alike_admissions, plain
from ward_app.rooms.types import Availability, Readiness, RoomKind

# RCP NEWS2 2017, chart 2: medium risk (from 5 on) asks for an urgent response
URGENT_RISKS = (Risk.MEDIUM, Risk.HIGH)
_RISK_ORDER = (Risk.LOW, Risk.LOW_MEDIUM, Risk.MEDIUM, Risk.HIGH)
_OVERDUE_FROM = timedelta(minutes=1)
# fewer digits are a bed, as many or more a patient number
_MRN_FROM_DIGITS = 4

_NEXT_READINESS: Mapping[Readiness, Readiness] = {
    Readiness.DIRTY: Readiness.CLEANING,
    Readiness.NEEDS_DEEP_CLEAN: Readiness.CLEANING,
    Readiness.DELAYED: Readiness.CLEANING,
    Readiness.SUSPENDED: Readiness.CLEANING,
    Readiness.CLEANING: Readiness.CLEAN,
    Readiness.AWAITING_INSPECTION: Readiness.CLEAN,
}


def has_patient(bed: BoardBed) -> bool:
    """Whether the row shows a patient the reader may see."""
    return bed.admission_id is not None


def is_free(bed: BoardBed) -> bool:
    """Whether the bed is empty and may be given, whatever its readiness."""
    return bed.bed_id is not None and not bed.occupied and is_open(bed)


def is_unavailable(bed: BoardBed) -> bool:
    """Whether the bed is empty but blocked or closed."""
    return bed.bed_id is not None and not bed.occupied and not is_open(bed)


def is_open(bed: BoardBed) -> bool:
    """Whether the bed is neither blocked nor closed; one that never was has no record of it."""
    return bed.availability in (None, Availability.OPEN.value)


def time_left(bed: BoardBed, now: datetime) -> timedelta | None:
    """Return the time until the next set is due, negative once it is past.

    None = nothing scheduled. Reckoned in UTC: on a night when the clocks change, the
    difference of two readings of one ward clock is not the time that passes.
    """
    if bed.next_due_at is None or not has_patient(bed):
        return None
    return bed.next_due_at.astimezone(UTC) - now.astimezone(UTC)


def is_overdue(bed: BoardBed, now: datetime) -> bool:
    """Whether the next set was due a whole minute ago or more, by elapsed time."""
    left = time_left(bed, now)
    return left is not None and -left >= _OVERDUE_FROM


def round_time_left(bed: BoardBed, now: datetime) -> timedelta | None:
    """Return the time until the first round is due, negative once it is past.

    None = none is due by itself. By elapsed time, as that of a set.
    """
    if bed.round_due_at is None or not has_patient(bed):
        return None
    return bed.round_due_at.astimezone(UTC) - now.astimezone(UTC)


def is_round_overdue(bed: BoardBed, now: datetime) -> bool:
    """Whether a round was due a whole minute ago or more, by elapsed time."""
    left = round_time_left(bed, now)
    return left is not None and -left >= _OVERDUE_FROM


def rounds_overdue(bed: BoardBed, now: datetime) -> int:
    """Return how many rounds are overdue; one that became so since the reading counts."""
    return max(bed.rounds_overdue or 0, 1) if is_round_overdue(bed, now) else 0


def came_today(bed: BoardBed, now: datetime, time_zone: str) -> bool:
    """Whether the patient came to the ward since midnight, ward time."""
    zone = ZoneInfo(time_zone)
    arrived_at = bed.arrived_at
    return arrived_at is not None and arrived_at.astimezone(zone).date() >= _today(now, zone)


def leaves_today(bed: BoardBed, now: datetime, time_zone: str) -> bool:
    """Whether the patient is expected to leave today, or was expected to have left."""
    expected_on = bed.expected_discharge_on
    return expected_on is not None and expected_on <= _today(now, ZoneInfo(time_zone))


def points_known(bed: BoardBed) -> int | None:
    """Return the total, of an incomplete set the points known; None without a score."""
    return bed.news2_at_least if bed.news2_total is None else bed.news2_total


def is_unscored(bed: BoardBed) -> bool:
    """Whether the latest set has no score at all: no number of this patient calls anybody."""
    return bed.observed_at is not None and points_known(bed) is None


def is_at_risk(bed: BoardBed) -> bool:
    """Whether the score asks for an urgent response: medium or high risk, complete or not."""
    return bed.news2_risk in URGENT_RISKS


def risk_order(bed: BoardBed) -> tuple[int, int] | None:
    """Return what patients are ordered by: risk first, as points of one score are not another's.

    None without a score.
    """
    points = points_known(bed)
    if points is None or bed.news2_risk is None:
        return None
    return _RISK_ORDER.index(Risk(bed.news2_risk)), points


def trend(bed: BoardBed) -> Trend | None:
    """Return where the score went since the set before, None where that cannot be said.

    An incomplete set can only be known to have risen: its missing values may add points.
    """
    before = bed.news2_previous_total
    if before is None:
        return None
    if bed.news2_total is None:
        return Trend.RISING if (bed.news2_at_least or 0) > before else None
    if bed.news2_total == before:
        return Trend.STEADY
    return Trend.RISING if bed.news2_total > before else Trend.FALLING


def next_readiness(bed: BoardBed) -> Readiness | None:
    """Return the next step of an empty bed towards clean, None when there is none."""
    if bed.bed_id is None or bed.occupied or bed.readiness is None:
        return None
    return _NEXT_READINESS.get(Readiness(bed.readiness))


def shows_initials(bed: BoardBed, wall_privacy: str) -> bool:
    """Whether a wall screen may show the patient's initials.

    Never when the ward hides names, nor for a patient who asked for privacy.
    """
    return wall_privacy == "initials" and has_patient(bed) and bed.flag(FlagKind.PRIVACY) is None


def board_counts(board: Board, now: datetime, time_zone: str) -> BoardCounts:
    """Return the counts of the top line; a shared bed counts once, its patients each."""
    beds = {bed.bed_id: bed for bed in board.beds if bed.bed_id is not None}.values()
    patients = [bed for bed in board.beds if has_patient(bed)]
    return BoardCounts(
        beds=len(beds),
        occupied=sum(bed.occupied for bed in beds),
        free=sum(map(is_free, beds)),
        unavailable=sum(map(is_unavailable, beds)),
        in_today=sum(came_today(bed, now, time_zone) for bed in patients),
        out_today=sum(leaves_today(bed, now, time_zone) for bed in patients),
        overdue=sum(is_overdue(bed, now) for bed in patients),
        without_bed=sum(bed.bed_id is None for bed in patients),
        at_risk=sum(map(is_at_risk, patients)),
        rounds_overdue=sum(is_round_overdue(bed, now) for bed in patients),
    )


def fits_filter(bed: BoardBed, wanted: BoardFilter, now: datetime, time_zone: str) -> bool:
    """Whether the row belongs to what the filter asks for."""
    tests: Mapping[BoardFilter, Callable[[], bool]] = {
        BoardFilter.ALL: lambda: True,
        BoardFilter.OCCUPIED: lambda: bed.occupied or has_patient(bed),
        BoardFilter.FREE: lambda: is_free(bed),
        BoardFilter.OVERDUE: lambda: is_overdue(bed, now),
        BoardFilter.ROUNDS: lambda: is_round_overdue(bed, now),
        BoardFilter.OUT_TODAY: lambda: leaves_today(bed, now, time_zone),
        BoardFilter.IN_TODAY: lambda: came_today(bed, now, time_zone),
        BoardFilter.AT_RISK: lambda: is_at_risk(bed),
        BoardFilter.WITHOUT_BED: lambda: has_patient(bed) and bed.bed_id is None,
    }
    return tests[wanted]()


def fits_search(bed: BoardBed, text: str) -> bool:
    """Whether every word typed is found in the row; accents and capitals do not matter.

    Up to three digits are the number of a bed, four or more part of a patient number; other
    words are looked for in ward, bay, bed, names, consultant and specialty.
    """
    return all(_has_word(bed, word) for word in plain(text).split())


def label_fits(label: str, typed: str) -> bool:
    """Whether typing these letters and figures leads to the bed of that label.

    Either the label or its number begins with what was typed: "12" leads to "12" and "B12".
    """
    label, typed = plain(label), plain(typed)
    return label.startswith(typed) or _number_in(label).startswith(typed)


def bed_groups(beds: Iterable[BoardBed]) -> tuple[BedGroup, ...]:
    """Return the rows under their headings, ward by ward in the order given.

    Neighbouring side rooms share one heading; a ward's patients without a bed come last, so
    that their coming and going moves no bed.
    """
    wards: dict[UUID, list[BoardBed]] = {}
    for bed in beds:
        wards.setdefault(bed.ward_id, []).append(bed)
    found: list[BedGroup] = []
    for of_ward in wards.values():
        of_ward.sort(key=lambda bed: bed.bed_id is None)
        found += [_group(tuple(group)) for _, group in groupby(of_ward, key=_group_key)]
    return tuple(found)


def mark_alike_names(beds: Iterable[BoardBed]) -> tuple[BoardBed, ...]:
    """Return the rows with `alike_name` set where another patient of the ward has a like name."""
    rows = tuple(beds)
    wards: dict[UUID, list[Named]] = {}
    for bed in rows:
        if bed.admission_id is not None:
            name = (bed.admission_id, bed.patient_id, bed.family_name or "", bed.given_name or "")
            wards.setdefault(bed.ward_id, []).append(name)
    alike = {found for of_ward in wards.values() for found in alike_admissions(tuple(of_ward))}
    if not alike:
        return rows
    return tuple(
        bed._replace(alike_name=True) if bed.admission_id in alike else bed for bed in rows
    )


def name_bed_mates(beds: Iterable[BoardBed]) -> tuple[BoardBed, ...]:
    """Return the rows with `mates` set where several patients lie in one bed."""
    rows = tuple(beds)
    counts = Counter(bed.bed_id for bed in rows if bed.bed_id is not None)
    if len(counts) == sum(counts.values()):
        return rows
    lying = {bed_id: [bed for bed in rows if bed.bed_id == bed_id] for bed_id in _shared(counts)}
    return tuple(
        bed._replace(mates=tuple(_mate(each) for each in lying[bed.bed_id] if each is not bed))
        if bed.bed_id in lying
        else bed
        for bed in rows
    )


def _shared(counts: Counter[UUID]) -> list[UUID]:
    return [bed_id for bed_id, patients in counts.items() if patients > 1]


def _mate(bed: BoardBed) -> BedMate:
    return BedMate(bed.admission_id, bed.family_name, bed.given_name, bed.title)


def _today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def _has_word(bed: BoardBed, word: str) -> bool:
    if word.isdigit() and len(word) < _MRN_FROM_DIGITS:
        return _number_in(plain(bed.bed_label or "")).rstrip(ascii_lowercase) == word
    if word.isdigit():
        return word in (bed.mrn or "")
    places = (bed.ward_name, bed.room_name, bed.bed_label)
    persons = (bed.family_name, bed.given_name, bed.consultant, bed.specialty)
    return any(word in plain(text) for text in (*places, *persons) if text)


def _number_in(label: str) -> str:
    """Return the label from its last group of figures on: "12a" of "b3-12a"."""
    at = len(label.rstrip(ascii_lowercase))
    while at > 0 and label[at - 1].isdigit():
        at -= 1
    return label[at:]


def _group_key(bed: BoardBed) -> tuple[GroupKind, UUID | None]:
    if bed.bed_id is None:
        return GroupKind.WITHOUT_BED, None
    if bed.room_kind == RoomKind.SIDE_ROOM.value:
        return GroupKind.SIDE_ROOMS, None
    return GroupKind.ROOM, bed.room_id


def _group(beds: tuple[BoardBed, ...]) -> BedGroup:
    first = beds[0]
    kind, _ = _group_key(first)
    return BedGroup(
        ward_id=first.ward_id,
        ward_name=first.ward_name,
        kind=kind,
        title=first.room_name if kind is GroupKind.ROOM else None,
        beds=beds,
    )
