"""Measurements made for tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import derive, summary
from ward_app.measurements.types import MeasurementChart, RecordedMeasurement

NOW = datetime(2026, 11, 20, 14, 7, 30, tzinfo=UTC)
WELL_GCS = {"eye": "4", "verbal": "5", "motor": "6"}
PAIN = {"score": Decimal(7), "site": "left hip"}


def recorded(kind="pain", values=None, hours_ago=0.0, **changes):
    """Return a measurement taken so many hours before `NOW`."""
    values = PAIN if values is None else values
    at = NOW - timedelta(hours=hours_ago)
    known = kinds().get(kind)
    facts = {
        "id": uuid4(),
        "kind": kind,
        "kind_version": known.version if known else "1",
        "kind_hash": known.hash if known else "0",
        "values": values,
        "derived": derive(known, values) if known else {},
        "summary": summary(known, values) if known else "as stored",
        "occurred_at": at,
        "recorded_at": at + timedelta(minutes=3),
        "recorded_by": "Nora Nurse",
        "note": None,
        "source": "manual entry",
        "supersedes_id": None,
        "superseded_by": None,
        "struck_out": False,
        "corrected_by": None,
        "corrected_at": None,
        "change_reason": None,
    }
    return RecordedMeasurement(**facts | changes)


def chart(*sets):
    """Return the measurements of a stay."""
    return MeasurementChart(admission_id=uuid4(), sets=sets, read_at=NOW)


def replaced(original, *, struck_out=False, values=None):
    """Return an original and what corrected it or struck it out, as the database says it."""
    after = recorded(
        original.kind,
        {} if struck_out else values or original.values,
        supersedes_id=original.id,
        struck_out=struck_out,
        occurred_at=original.occurred_at,
        recorded_at=original.recorded_at + timedelta(minutes=5),
    )
    told = {name: getattr(original, name) for name in RecordedMeasurement.__dataclass_fields__} | {
        "superseded_by": after.id,
        "corrected_by": "Dora Doctor",
        "corrected_at": after.recorded_at,
        "change_reason": "wrong patient",
    }
    return RecordedMeasurement(**told), after
