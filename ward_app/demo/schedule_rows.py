"""What was decided about two invented patients: one asleep and put off, one on leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay

ASLEEP_BED, AWAY_BED = "25", "29"
_NURSE_ID = id_of("staff", NURSE)


def add_decisions(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add a plan and a deferral for one patient of Ward 7 East, and a leave for another.

    All a few minutes old, so that they are the newest of their stays.
    """
    for stay in stays:
        if stay.left_at is None and stay.ward is SEVEN_EAST:
            if stay.places[-1].bed == ASLEEP_BED:
                _put_off(load, stay, now)
            elif stay.places[-1].bed == AWAY_BED:
                _send_on_leave(load, stay, now)


def _put_off(load: Load, stay: Stay, now: datetime) -> None:
    decided_at = now - timedelta(minutes=3)
    load.add(
        "report.observation_plans",
        id=id_of("plan", stay.admission_id),
        admission_id=stay.admission_id,
        interval_minutes=240,
        asked_minutes=720,
        decided_by=stay.ward.consultants[0],
        reason="watched more closely after a fall",
        review_at=now + timedelta(hours=6),
        expires_at=now + timedelta(hours=24),
        occurred_at=decided_at,
        recorded_at=decided_at,
        recorded_by=_NURSE_ID,
    )
    deferred_at = now - timedelta(minutes=2)
    load.add(
        "report.observation_deferrals",
        id=id_of("deferral", stay.admission_id),
        admission_id=stay.admission_id,
        due_at=deferred_at,
        reason="asleep_and_stable",
        deferred_until=now + timedelta(hours=2),
        occurred_at=deferred_at,
        recorded_at=deferred_at,
        recorded_by=_NURSE_ID,
    )


def _send_on_leave(load: Load, stay: Stay, now: datetime) -> None:
    left_at = now - timedelta(minutes=2)
    load.add(
        "admission.leaves",
        id=id_of("leave", stay.admission_id),
        admission_id=stay.admission_id,
        kind="left",
        expected_back_at=now + timedelta(hours=5),
        reason="family visit",
        occurred_at=left_at,
        recorded_at=left_at,
        recorded_by=_NURSE_ID,
    )
