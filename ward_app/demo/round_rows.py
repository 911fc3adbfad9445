"""Rounds of the invented hospital: most in time, a few overdue, one put off, one task open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import SEVEN_EAST, WARDS, WardPlan, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay

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
# hourly or every two hours: what is put off was due some minutes before
_TWO_HOURS_AGO = timedelta(minutes=125)
_A_DAY = timedelta(hours=24)
_EVERY_MINUTES: Mapping[str, int] = {"intentional": 55, "skin": 230, "devices": 700}
_LATE_SHARE = 0.1
_DAMAGED = {"intact": "no", "places": ["sacrum", "left_heel"], "moved": "left"}


def add_rounds(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add the last round of every checklist for everybody in hospital, and for every ward."""
    for stay in stays:
        if stay.left_at is None:
            _of_a_stay(load, stay, now, rng)
    for ward in WARDS:
        for name, (minutes, answers) in _OF_THE_WARD.items():
            at = now - timedelta(minutes=rng.randrange(5, minutes))
            _add(load, name, at, ward, answers=Jsonb(dict(answers)))


def template_id(name: str) -> UUID:
    """Return the id of the first version of a shipped checklist."""
    return uuid5(NAMESPACE_URL, f"ward-app/round/{name}/1")


def _of_a_stay(load: Load, stay: Stay, now: datetime, rng: Random) -> None:
    here = stay.ward is SEVEN_EAST and stay.places[-1].bed
    _before(load, stay, now, rng)
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
    if here == ASLEEP_BED:
        _put_off(load, stay, now)


def _before(load: Load, stay: Stay, now: datetime, rng: Random) -> None:
    """Add the rounds of the day before the last one: mostly in time."""
    for name, every in _EVERY_MINUTES.items():
        minutes, answers = _USUAL[name]
        at = now - timedelta(minutes=minutes + every)
        while at > max(stay.places[-1].start, now - _A_DAY):
            _add(load, name, at, stay, answers=Jsonb(dict(answers)))
            late = rng.random() < _LATE_SHARE
            at -= timedelta(minutes=rng.randrange(every, every + 20) if late else every)


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
