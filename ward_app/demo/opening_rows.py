"""Charts of Ward 7 East that others opened with a reason: one waits, one is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.stays import Stay

_REVIEWER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """An opening to be invented: by whom, of which bed, how long ago, why, what was decided."""

    by: str
    bed: str
    minutes_ago: int
    reason: str
    decided: str | None = None


_PLANS = (
    _Plan(by="nurse4w", bed="24", minutes_ago=200, reason="Asked for advice on this patient"),
    _Plan(by="nurseaau", bed="8", minutes_ago=1500, reason="Emergency: called to the patient",
          decided="Was on the crash team that night."),
)  # fmt: skip


def add_openings(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add the openings, who was told, and what was decided."""
    patients = {
        stay.places[-1].bed: stay.patient_id
        for stay in stays
        if stay.left_at is None and stay.ward is SEVEN_EAST
    }
    for plan in _PLANS:
        if plan.bed in patients:
            _add(load, plan, patients, now)


def _add(load: Load, plan: _Plan, patients: Mapping[str | None, UUID], now: datetime) -> None:
    opened_at = now - timedelta(minutes=plan.minutes_ago)
    opening_id = id_of("opening", plan.bed)
    load.add(
        "audit.openings",
        id=opening_id,
        kind="break_glass",
        at=opened_at,
        user_id=id_of("staff", plan.by),
        workstation="ws_demo",
        patient_id=patients[plan.bed],
        ward_id=id_of("ward", SEVEN_EAST.code),
        reason=plan.reason,
        valid_until=opened_at + timedelta(hours=1),
    )
    load.add(
        "audit.opening_notices",
        id=id_of("opening notice", plan.bed),
        opening_id=opening_id,
        user_id=id_of("staff", _REVIEWER),
        recorded_at=opened_at,
    )
    if plan.decided is not None:
        load.add(
            "audit.opening_reviews",
            id=id_of("opening review", plan.bed),
            opening_id=opening_id,
            decision="justified",
            words=plan.decided,
            recorded_at=opened_at + timedelta(hours=9),
            recorded_by=id_of("staff", _REVIEWER),
        )
