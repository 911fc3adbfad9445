"""Rounds of the invented hospital: a week of one ward, most in time, few overdue, one put off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import SEVEN_EAST, TIME_ZONE, WARDS, WardPlan, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay

_ZONE = ZoneInfo(TIME_ZONE)
_NURSE_ID = id_of("staff", NURSE)
ASLEEP_BED, DAMAGED_BED = "25", "12"
# last answered so many minutes ago at most; of the first, one in ten patients is overdue
_USUAL: Mapping[str, tuple[int, dict[str, Any]]] = {
    "intentional": (
        55,
        dict.fromkeys(("pain", "personal_needs", "position", "placement"), "yes"),
    ),
    "skin": (230, {"intact": "yes", "moved": "own"}),
    "ward_round": (
        1_300,
        {"seen": "yes", "plan": "unchanged", "patient_told": "yes"},
    ),
    "devices": (700, dict.fromkeys(("needed", "sites", "secured", "pumps"), "yes")),
    "admission": (
        2_000,
        dict.fromkeys(("identity", "allergies", "belongings", "bell", "contact"), "yes")
        | {"language": "no"},
    ),
}
_OF_THE_WARD: Mapping[str, tuple[int, dict[str, Any]]] = {
    "huddle": (
        600,
        {"staff": "7", "patients_watched": "3", "beds_safe": "yes", "equipment": "yes"},
    ),
    "environment": (
        1_300,
        dict.fromkeys(("trolley", "suction", "oxygen", "exits"), "yes") | {"fridge": "5"},
    ),
}
_LATE = timedelta(minutes=75)
# how often by day and at night, as the shipped checklists ask for it
_EVERY_MINUTES: Mapping[str, tuple[int, int]] = {
    "intentional": (60, 120),
    "skin": (240, 360),
    "devices": (720, 720),
    "ward_round": (1_440, 1_440),
}
_OF_THE_WARD_EVERY_MINUTES: Mapping[str, int] = {"huddle": 720, "environment": 1_440}
_DAY = range(7, 22)
# the ward that people look at has a week behind it; the others are loaded sooner
_A_WEEK, _SINCE_MORNING = timedelta(days=7), timedelta(hours=10)
_EARLIEST_MINUTES, _LATEST_MINUTES = 12, 40
# hourly or every two hours: what is put off was due some minutes before
_TWO_HOURS_AGO = timedelta(minutes=125)
_LATE_SHARE, _MISSED_SHARE = 0.1, 0.02
_DAMAGED = {"intact": "no", "places": ["sacrum", "left_heel"], "moved": "left"}


def add_rounds(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add the rounds of everybody in hospital and of every ward, up to the last of each."""
    for stay in stays:
        if stay.left_at is None:
            _of_a_stay(load, stay, now, rng)
        elif stay.ward is SEVEN_EAST:
            for name in _EVERY_MINUTES:
                _before(load, name, stay, (stay.left_at, now), rng)
    for ward in WARDS:
        for name, (minutes, answers) in _OF_THE_WARD.items():
            at = now - timedelta(minutes=rng.randrange(5, minutes))
            every = _OF_THE_WARD_EVERY_MINUTES[name]
            since = now - (_A_WEEK if ward is SEVEN_EAST else _SINCE_MORNING)
            for each in (at, *_earlier(at, since, (every, every), rng)):
                _add(load, name, each, ward, answers=Jsonb(dict(answers)))


def template_id(name: str) -> UUID:
    """Return the id of the first version of a shipped checklist."""
    return uuid5(NAMESPACE_URL, f"ward-app/round/{name}/1")


def _of_a_stay(load: Load, stay: Stay, now: datetime, rng: Random) -> None:
    here = stay.ward is SEVEN_EAST and stay.places[-1].bed
    for name, (minutes, answers) in _USUAL.items():
        late = _LATE if name == "intentional" and rng.random() < _LATE_SHARE else timedelta(0)
        at = now - timedelta(minutes=rng.randrange(3, minutes)) - late
        if here == ASLEEP_BED and name == "intentional":
            at = now - _TWO_HOURS_AGO
        if at <= stay.places[-1].start:
            continue
        if here == DAMAGED_BED and name == "skin":
            record_id = _add(load, name, at, stay, answers=Jsonb(_DAMAGED))
            _add_task(load, stay, record_id, at)
        else:
            _add(load, name, at, stay, answers=Jsonb(dict(answers)))
        _before(load, name, stay, (at, now), rng)
    if here == ASLEEP_BED:
        _put_off(load, stay, now)


def _before(
    load: Load, name: str, stay: Stay, last: tuple[datetime, datetime], rng: Random
) -> None:
    """Add the rounds before the first time, of the last round or of leaving; the other is now."""
    if name not in _EVERY_MINUTES:
        return
    at, now = last
    since = now - (_A_WEEK if stay.ward is SEVEN_EAST else _SINCE_MORNING)
    answers = _USUAL[name][1]
    for each in _earlier(at, max(stay.admitted_at, since), _EVERY_MINUTES[name], rng):
        _add(load, name, each, stay, answers=Jsonb(dict(answers)))


def _earlier(
    at: datetime, since: datetime, every: tuple[int, int], rng: Random
) -> Iterator[datetime]:
    """Yield when a round was done before it was done at a time: mostly in time, some late.

    `every` so many minutes by day and at night.
    """
    while True:
        by_day = (at - timedelta(minutes=every[0])).astimezone(_ZONE).hour in _DAY
        due_after = every[0] if by_day else every[1]
        late = rng.random() < _LATE_SHARE
        off = rng.randrange(1, _LATEST_MINUTES) if late else -rng.randrange(_EARLIEST_MINUTES)
        missed = due_after if rng.random() < _MISSED_SHARE else 0
        at -= timedelta(minutes=due_after + off + missed)
        if at <= since:
            return
        yield at


def _add(load: Load, name: str, at: datetime, subject: Stay | WardPlan, **changes: object) -> UUID:
    """Add a record of a patient or a ward and return its id; every row has the same columns."""
    stay = subject.admission_id if isinstance(subject, Stay) else None
    ward = subject.id if isinstance(subject, WardPlan) else None
    record_id = id_of("round", name, stay or ward, f"{at:%d%H%M}")
    columns: dict[str, object] = {
        "id": record_id,
        "template_id": template_id(name),
        "admission_id": stay,
        "subject_ward_id": ward,
        "outcome": "done",
        "reason": None,
        "deferred_until": None,
        "answers": Jsonb({}),
        "occurred_at": at,
        "recorded_at": at,
        "recorded_by": _NURSE_ID,
    }
    load.add("rounding.round_records", **columns | changes)
    return record_id


def _put_off(load: Load, stay: Stay, now: datetime) -> None:
    until = now + timedelta(minutes=90)
    at = now - timedelta(minutes=2)
    put_off = {"outcome": "deferred", "reason": "asleep", "deferred_until": until}
    _add(load, "intentional", at, stay, **put_off)


def _add_task(load: Load, stay: Stay, record_id: UUID, at: datetime) -> None:
    place = stay.places[-1]
    load.add(
        "rounding.tasks",
        id=id_of("task", record_id),
        ward_id=place.ward.id,
        bed_id=place.bed_id,
        admission_id=stay.admission_id,
        patient_id=stay.patient_id,
        title="Assess the skin damage and plan its care",
        due_at=at + timedelta(hours=2),
        record_id=record_id,
        item="intact",
        recorded_at=at,
        recorded_by=_NURSE_ID,
    )
