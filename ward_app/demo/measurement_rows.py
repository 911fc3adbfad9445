"""Bedside measurements of the invented patients: pain, coma scale, glucose, weight and more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import StaffMember, charting_staff
from ward_app.demo.stays import Stay
from ward_app.measurements.kinds import kinds

Values = Mapping[str, str | bool]

_BACK_TO = timedelta(hours=44)
_PAIN_EVERY_H, _GLUCOSE_EVERY_H, _COMA_EVERY_H, _STOOL_EVERY_H = 9, 6, 4, 20
_DIABETES_SHARE, _COMA_SHARE, _URINE_SHARE, _FALL_SHARE = 0.3, 0.15, 0.2, 0.15
_SITES = ("left hip", "abdomen", "back", "right knee", "chest")
_SITE_NAMED_SHARE = 0.7
_CHANGED_AFTER = timedelta(minutes=4)
# so that a correction does not lie in the future
_NOT_SINCE = timedelta(minutes=10)
_KETONES_ABOVE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartedMeasurement:
    """One measurement, or what was later said of one.

    Attributes:
        supersedes: the measurement that this one corrects or strikes out.
        strikes_out: it only marks that other one as entered in error.
    """

    id: UUID
    admission_id: UUID
    kind: str
    values: Values
    occurred_at: datetime
    recorded_at: datetime
    by: StaffMember
    supersedes: UUID | None = None
    change_reason: str | None = None
    strikes_out: bool = False


def add_measurements(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add what was measured of everybody in hospital in the last two days.

    The newest pain of whose chart is corrected is corrected as well, and the newest stool of
    whose chart has a set struck out is struck out.
    """
    for stay in stays:
        if stay.left_at is None:
            for charted in _changed(stay, list(_measured(stay, now, rng))):
                _add(load, charted)


def _measured(stay: Stay, now: datetime, rng: Random) -> Iterator[ChartedMeasurement]:
    """Yield a stay's measurements, oldest first of each kind."""
    one = partial(_one, stay, rng)
    start = max(stay.admitted_at + timedelta(minutes=25), now - _BACK_TO)
    if start >= now - _NOT_SINCE:
        return
    yield one("body_size", _size(rng), start)
    for at in _times(start, now, _PAIN_EVERY_H, rng):
        yield one("pain", _pain(rng), at)
    for at in _times(start, now, _STOOL_EVERY_H, rng):
        yield one("stool", {"type": str(rng.randint(2, 6))}, at)
    if rng.random() < _DIABETES_SHARE:
        for at in _times(start, now, _GLUCOSE_EVERY_H, rng):
            yield one("blood_glucose", _glucose(rng), at)
    if rng.random() < _COMA_SHARE or stay.case.corrected:
        for at in _times(start, now, _COMA_EVERY_H, rng):
            yield one("gcs", _coma(rng), at)
    if rng.random() < _URINE_SHARE:
        yield one("urinalysis", _urine(rng), start)
    if rng.random() < _FALL_SHARE:
        yield one("postural", _postural(rng), start)


def _times(start: datetime, now: datetime, every_h: int, rng: Random) -> Iterator[datetime]:
    at = start + timedelta(minutes=rng.randint(0, 60 * every_h // 2))
    while at < now - _NOT_SINCE:
        yield at.replace(second=0, microsecond=0)
        at += timedelta(minutes=round(60 * every_h * rng.uniform(0.8, 1.2)))


def _one(stay: Stay, rng: Random, kind: str, values: Values, at: datetime) -> ChartedMeasurement:
    return ChartedMeasurement(
        id=id_of("measurement", stay.admission_id, kind, at.isoformat()),
        admission_id=stay.admission_id,
        kind=kind,
        values=values,
        occurred_at=at,
        recorded_at=at + timedelta(seconds=rng.randint(20, 150)),
        by=rng.choice(charting_staff(stay.ward.code)),
    )


def _changed(stay: Stay, charted: list[ChartedMeasurement]) -> Iterator[ChartedMeasurement]:
    """Yield the measurements, with the correction or strike-out that the case asks for."""
    yield from charted
    newest = {one.kind: one for one in charted}
    if stay.case.corrected and "pain" in newest:
        pain = newest["pain"]
        score = str((int(str(pain.values["score"])) + 3) % 11)
        corrected = {**pain.values, "score": score}
        yield replace(_afterwards(pain, "Score mistyped"), values=corrected)
    if stay.case.struck_out and "stool" in newest:
        mark = _afterwards(newest["stool"], "Belongs to the neighbour")
        yield replace(mark, values={}, strikes_out=True)


def _afterwards(one: ChartedMeasurement, reason: str) -> ChartedMeasurement:
    return replace(
        one,
        id=id_of("change", one.id),
        recorded_at=one.recorded_at + _CHANGED_AFTER,
        supersedes=one.id,
        change_reason=reason,
    )


def _add(load: Load, one: ChartedMeasurement) -> None:
    kind = kinds()[one.kind]
    load.add(
        "report.measurements",
        id=one.id,
        admission_id=one.admission_id,
        kind=kind.name,
        kind_version=kind.version,
        kind_hash=kind.hash,
        values=Jsonb(dict(one.values)),
        occurred_at=one.occurred_at,
        recorded_at=one.recorded_at,
        recorded_by=one.by.id,
        status="entered_in_error" if one.strikes_out else "final",
        supersedes_id=one.supersedes,
        change_reason=one.change_reason,
    )


def _pain(rng: Random) -> Values:
    score = rng.choice((0, 0, 1, 2, 2, 3, 4, 5, 7))
    named = score > 0 and rng.random() < _SITE_NAMED_SHARE
    return {"score": str(score)} | ({"site": rng.choice(_SITES)} if named else {})


def _size(rng: Random) -> Values:
    return {
        "weight_kg": f"{rng.uniform(48, 104):.1f}",
        "height_cm": str(rng.randint(152, 188)),
    }


def _glucose(rng: Random) -> Values:
    glucose = rng.uniform(4.1, 17.5)
    ketones = {"ketones_mmol_per_l": f"{rng.uniform(0, 1.4):.1f}"}
    return {"glucose_mmol_per_l": f"{glucose:.1f}"} | (ketones if glucose > _KETONES_ABOVE else {})


def _coma(rng: Random) -> Values:
    pupils = {
        f"pupil_{side}_{part}": value
        for side in ("right", "left")
        for part, value in (("mm", str(rng.randint(2, 4))), ("reaction", "brisk"))
    }
    eye, verbal = rng.choice((("4", "5"), ("4", "4"), ("3", "4"), ("4", "NT")))
    return {"eye": eye, "verbal": verbal, "motor": "6"} | pupils


def _urine(rng: Random) -> Values:
    return {
        "leucocytes": rng.choice(("negative", "trace", "2+")),
        "nitrite": rng.choice(("negative", "positive")),
        "ph": rng.choice(("5.5", "6.0", "7.0")),
    }


def _postural(rng: Random) -> Values:
    lying = rng.randint(118, 150)
    return {
        "lying_systolic_mmhg": str(lying),
        "standing_1_min_systolic_mmhg": str(lying - rng.randint(0, 28)),
        "standing_3_min_systolic_mmhg": str(lying - rng.randint(0, 20)),
    }
