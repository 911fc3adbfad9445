"""Devices of the invented hospital: most looked at in time, a few overdue, one vein inflamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay
from ward_app.devices.pack import device_pack

_NURSE_ID = id_of("staff", NURSE)
# beds of Ward 7 East whose devices show something
INFLAMED_BED, FROM_HOME_BED, UNKNOWN_BED, DUE_OUT_BED, REPLACED_BED = "5", "13", "17", "16", "18"
_LATE_SHARE, _SORE_SHARE = 0.08, 0.08
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A device to be invented.

    Attributes:
        ago: since when it has been in; None = nobody knows.
        every: the time between looks.
        last: how long ago the last look was; None = nobody looked yet.
        present: the signs found then; the looks before found nothing.
        out: how long ago it came out; None = in place.
    """

    kind: str
    site: str
    side: str | None
    size: str
    reason: str
    ago: timedelta | None
    every: timedelta = timedelta(hours=7)
    last: timedelta | None
    present: tuple[str, ...] = ()
    inserted_by: str | None = None
    due_out: timedelta | None = None
    out: timedelta | None = None


def add_devices(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add the devices of everybody in hospital, the looks at them, and what came out."""
    for stay in stays:
        if stay.left_at is None:
            for number, plan in enumerate(_plans(stay, now, rng)):
                _add(load, stay, f"{number}", plan, now)


def _plans(stay: Stay, now: datetime, rng: Random) -> Iterator[Plan]:
    in_hospital = now - stay.admitted_at
    bed = stay.places[-1].bed if stay.ward is SEVEN_EAST else None
    if bed in _SHOWN:
        yield from _SHOWN[bed]
    elif rng.random() < 0.65:  # noqa: PLR2004 - about two in three, invented
        yield _cannula(in_hospital, rng)
    if bed not in _SHOWN and rng.random() < 0.2:  # noqa: PLR2004 - one in five, invented
        yield _catheter(in_hospital, rng)


def _cannula(in_hospital: timedelta, rng: Random) -> Plan:
    ago = min(in_hospital, rng.uniform(0.2, 3.5) * _A_DAY)
    late = rng.random() < _LATE_SHARE
    last = timedelta(minutes=rng.randrange(490, 640) if late else rng.randrange(15, 420))
    sore = rng.random() < _SORE_SHARE
    return Plan(
        kind="peripheral_cannula",
        site=rng.choice(("hand", "wrist", "forearm", "elbow crease")),
        side=rng.choice(("left", "right")),
        size=rng.choice(("18 G", "20 G", "22 G")),
        reason=rng.choice(("fluids", "antibiotics", "blood")),
        ago=ago,
        last=min(last, ago),
        present=(rng.choice(("pain", "redness", "swelling")),) if sore else (),
    )


def _catheter(in_hospital: timedelta, rng: Random) -> Plan:
    ago = min(in_hospital, rng.uniform(0.5, 6) * _A_DAY)
    return Plan(
        kind="urinary_catheter",
        site="urethra",
        side=None,
        size="14 Ch",
        reason="retention",
        ago=ago,
        every=timedelta(hours=20),
        last=min(timedelta(minutes=rng.randrange(60, 1_300)), ago),
    )


_SHOWN = {
    INFLAMED_BED: (
        Plan(
            kind="peripheral_cannula", site="forearm", side="left", size="20 G",
            reason="antibiotics", ago=timedelta(days=3, hours=5), last=timedelta(minutes=50),
            present=("pain", "redness", "induration"),
        ),
        Plan(
            kind="urinary_catheter", site="urethra", side=None, size="14 Ch",
            reason="fluid balance", ago=timedelta(days=2), every=timedelta(hours=20),
            last=timedelta(hours=9),
        ),
    ),
    FROM_HOME_BED: (
        Plan(
            kind="picc", site="upper arm", side="right", size="5 Fr, 42 cm",
            reason="long antibiotics", ago=timedelta(days=34, hours=2), last=timedelta(hours=3),
            inserted_by="Day unit",
        ),
    ),
    UNKNOWN_BED: (
        Plan(
            kind="urinary_catheter", site="urethra", side=None, size="16 Ch",
            reason="came with it", ago=None, last=None,
        ),
    ),
    DUE_OUT_BED: (
        Plan(
            kind="drain", site="abdomen", side="right", size="24 Fr", reason="after operation",
            ago=timedelta(days=4), every=timedelta(hours=20), last=timedelta(hours=6),
            due_out=timedelta(hours=3),
        ),
        Plan(
            kind="nasogastric_tube", site="nostril", side="left", size="12 Fr, 55 cm",
            reason="feeding", ago=timedelta(days=2), every=timedelta(hours=20),
            last=timedelta(hours=26),
        ),
    ),
    REPLACED_BED: (
        Plan(
            kind="peripheral_cannula", site="hand", side="right", size="22 G", reason="fluids",
            ago=timedelta(days=3), last=timedelta(hours=20), present=("pain", "swelling"),
            out=timedelta(hours=19),
        ),
        Plan(
            kind="peripheral_cannula", site="forearm", side="left", size="20 G", reason="fluids",
            ago=timedelta(hours=19), last=timedelta(hours=2),
        ),
    ),
}  # fmt: skip


def _add(load: Load, stay: Stay, word: str, plan: Plan, now: datetime) -> None:
    device_id, pack = id_of("device", stay.admission_id, word), device_pack()
    stamped = {"pack_version": pack.version, "pack_hash": pack.hash}
    recorded_at = max(stay.admitted_at, now - plan.ago) if plan.ago else now - timedelta(hours=2)
    load.add(
        "report.devices",
        id=device_id,
        admission_id=stay.admission_id,
        kind=plan.kind,
        site=plan.site,
        side=plan.side,
        size=plan.size,
        inserted_at=None if plan.ago is None else now - plan.ago,
        inserted_by=plan.inserted_by,
        reason=plan.reason,
        due_out_at=None if plan.due_out is None else now - plan.due_out,
        recorded_at=recorded_at,
        recorded_by=_NURSE_ID,
        **stamped,
    )
    for at, present in _looks(plan, now, recorded_at):
        load.add(
            "report.device_checks",
            id=id_of("device check", device_id, f"{at:%d%H%M}"),
            device_id=device_id,
            admission_id=stay.admission_id,
            signs=Jsonb(_signs(plan.kind, present)),
            occurred_at=at,
            recorded_at=at,
            recorded_by=_NURSE_ID,
            **stamped,
        )
    if plan.out is not None:
        _take_out(load, stay, device_id, now - plan.out)


def _looks(
    plan: Plan, now: datetime, begun_at: datetime
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Yield the time of each look of the last three days, the newest first, and what it found."""
    if plan.last is None:
        return
    at, present = now - plan.last, plan.present
    while at >= max(begun_at, now - 3 * _A_DAY):
        yield at, present
        at, present = at - plan.every, ()


def _signs(kind: str, present: tuple[str, ...]) -> dict[str, bool]:
    return {sign.name: sign.name in present for sign in device_pack().kind(kind).scheme.signs}


def _take_out(load: Load, stay: Stay, device_id: object, at: datetime) -> None:
    load.add(
        "report.device_removals",
        id=id_of("device removal", device_id),
        device_id=device_id,
        admission_id=stay.admission_id,
        reason="phlebitis",
        tip="intact",
        removed_by="Nurse of the shift",
        occurred_at=at,
        recorded_at=at,
        recorded_by=_NURSE_ID,
    )
