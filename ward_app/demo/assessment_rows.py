"""Assessments of the invented hospital: pain that falls, falls checklists, some overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from psycopg.types.json import Jsonb

from ward_app.assessments.pack import shipped
from ward_app.assessments.types import Instrument
from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay

_NURSE_ID = id_of("staff", NURSE)
# beds of Ward 7 East whose assessments show something
IN_PAIN_BED, FALLEN_BED, INCOMPLETE_BED, PUT_OFF_BED = "21", "17", "18", "3"
_FACTORS = ("fallen", "walking", "footwear", "continence", "cognition", "sight", "dizzy",
            "medicines", "fear")  # fmt: skip
_SETTLED_MINUTES = 180
_ADULT_FROM = 16
_OLD_FROM = 65
_JUDGED_FROM = 50
_A_WEEK = 7 * 24 * 60
# times that an invented hospital set for one of its wards; none is delivered
_TIMES: Mapping[str, Mapping[str, object]] = {
    "falls": {"after": ["admission", "transfer", "fall"], "first_minutes": 360,
              "again_minutes": _A_WEEK},
    "pain_nrs": {"again_minutes": 480, "by_band": {"pain": 60}},
}  # fmt: skip
_FELL = {"seen": "no", "head": "not_seen", "injury": "no", "thinner": "yes",
         "observations": "yes", "told": "yes", "what": "Found beside the bed."}  # fmt: skip
_A_MINUTE = timedelta(minutes=1)

Told = tuple[str, int, Mapping[str, str]]
"""Name of the instrument, minutes ago, answers."""


def add_assessments(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add the times of Ward 7 East and what was assessed of its patients."""
    instruments = {one.name: one for one in shipped()}
    for name, times in _TIMES.items():
        load.add(
            "report.instrument_uses",
            id=id_of("instrument use", name),
            ward_id=SEVEN_EAST.id,
            instrument_id=uuid5(NAMESPACE_URL, f"ward-app:instrument:{instruments[name].hash}"),
            in_use=True,
            reassess=Jsonb(dict(times)),
            reason="Falls and pain group of the invented hospital.",
            set_by="Ward manager",
            recorded_at=now - timedelta(days=30),
        )
    for stay in stays:
        if stay.left_at is None and stay.ward is SEVEN_EAST:
            for name, minutes, answers in _told(stay, now, rng):
                _add(load, stay, instruments[name], answers, now - minutes * _A_MINUTE)
            if stay.places[-1].bed == PUT_OFF_BED:
                _put_off(load, stay, now)


def _put_off(load: Load, stay: Stay, now: datetime) -> None:
    """Put the next look at somebody's pain off: asleep, decided a while ago."""
    at = now - 20 * _A_MINUTE
    load.add(
        "report.assessment_deferrals",
        id=id_of("assessment put off", stay.admission_id),
        admission_id=stay.admission_id,
        instrument="pain_nrs",
        due_at=at,
        reason="asleep",
        deferred_until=now + 70 * _A_MINUTE,
        occurred_at=at,
        recorded_at=at,
        recorded_by=_NURSE_ID,
    )


def _told(stay: Stay, now: datetime, rng: Random) -> Iterator[Told]:
    bed, age = stay.places[-1].bed, stay.case.person.age
    here = int((now - stay.places[-1].start) / _A_MINUTE)
    if here <= _SETTLED_MINUTES or (age is not None and age < _ADULT_FROM):
        return
    if bed == IN_PAIN_BED:
        for minutes, pain in ((400, "8"), (290, "6"), (170, "7"), (75, "5")):
            yield "pain_nrs", min(minutes, here - 1), {"pain": pain, "place": "wound"}
    elif rng.random() < 0.6:  # noqa: PLR2004 - more than half, invented
        late = 9 * 60 if rng.random() < 0.1 else 7 * 60  # noqa: PLR2004 - one in ten is late
        yield "pain_nrs", min(rng.randrange(5, late), here - 1), {"pain": "0"}
    yield "falls", min(here - 120, rng.randrange(600, _A_WEEK - 600)), _falls(age, rng)
    if bed == FALLEN_BED:
        yield "after_fall", min(400, here - 1), _FELL
    if bed == INCOMPLETE_BED:
        yield "bristol", 130, {"type": "6"}


def _falls(age: int | None, rng: Random) -> dict[str, str]:
    if age is None:
        return {"age": "unknown"}
    if age < _OLD_FROM:
        return {"age": "under_50" if age < _JUDGED_FROM else "50_to_64"}
    factors = {name: "yes" if rng.random() < 0.3 else "no" for name in _FACTORS}  # noqa: PLR2004 - invented
    return {"age": "65_or_over", **factors}


def _add(
    load: Load, stay: Stay, instrument: Instrument, answers: Mapping[str, str], at: datetime
) -> None:
    load.add(
        "report.assessments",
        id=id_of("assessment", stay.admission_id, instrument.name, f"{at:%d%H%M}"),
        admission_id=stay.admission_id,
        instrument=instrument.name,
        version=instrument.version,
        hash=instrument.hash,
        answers=Jsonb(dict(answers)),
        occurred_at=at,
        recorded_at=at,
        recorded_by=_NURSE_ID,
    )
