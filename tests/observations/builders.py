"""Observation sets, charts and patients made for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

from ward_app.board.types import BoardBed
from ward_app.observations import rules
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.pack_types import basis_on
from ward_app.observations.packs import news2_pack
from ward_app.observations.types import (
    Consciousness,
    RecordedObservations,
    SetNotTaken,
    VitalSigns,
)
from ward_app.patients.types import Sex

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 20, 14, 7, 30, tzinfo=UTC)
WELL = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    systolic_bp_mmhg=120,
    diastolic_bp_mmhg=80,
    pulse_per_min=75,
    consciousness=Consciousness.ALERT,
    temperature_celsius=Decimal("36.8"),
)


def signs(**changes):
    """Return a well patient's signs with changes."""
    return replace(WELL, **changes)


def recorded(hours_ago=0.0, *, now=NOW, **changes):
    """Return a set of a well patient measured so many hours ago; keys of either type change it."""
    known = VitalSigns.__dataclass_fields__
    measured = signs(**{name: value for name, value in changes.items() if name in known})
    facts = {
        "id": uuid4(),
        "occurred_at": now - timedelta(hours=hours_ago),
        "recorded_at": now - timedelta(hours=hours_ago) + timedelta(minutes=3),
        "recorded_by": "Nora Nurse",
        "vital_signs": measured,
        "score": rules.score(measured, news2_pack()),
        "incomplete_reason": None,
        "note": None,
        "source": "manual entry",
        "supersedes_id": None,
        "superseded_by": None,
        "struck_out": False,
        "corrected_by": None,
        "corrected_at": None,
        "change_reason": None,
    }
    facts |= {name: value for name, value in changes.items() if name not in known}
    return RecordedObservations(**facts)


def replaced(original, by):
    """Return the original as it reads once the set `by` replaced it."""
    return replace(
        original,
        superseded_by=by.id,
        corrected_by="Nora Nurse",
        corrected_at=NOW,
        change_reason="a slip",
    )


def strike_mark(original):
    """Return the mark that strikes a set out."""
    return replace(
        recorded(), occurred_at=original.occurred_at, score=None, struck_out=True,
        supersedes_id=original.id,
    )  # fmt: skip


def not_taken(hours_ago=0.0, reason="refused", **changes):
    """Return a whole set that was refused (or put off) so many hours ago."""
    at = NOW - timedelta(hours=hours_ago)
    facts = {
        "id": uuid4(),
        "occurred_at": at,
        "due_at": at,
        "deferred_until": at + timedelta(hours=4),
        "reason": reason,
        "note": None,
        "recorded_at": at,
        "recorded_by": "Nora Nurse",
    } | changes
    return SetNotTaken(**facts)


def chart(*sets, read_at=NOW, **changes):
    """Return a chart of these sets."""
    facts = {
        "admission_id": uuid4(),
        "sets": tuple(sets),
        "scale": 1,
        "scale_decision": None,
        "basis": basis_on(
            read_at.date(), born_on=date(1950, 3, 4), sex=Sex.FEMALE, uses=(news2_pack(),)
        ),
        "next_due_at": None,
        "read_at": read_at,
    } | changes
    return ObservationChart(**facts)


def patient_row(**changes):
    """Return a board row with a patient in bed 4."""
    facts = (
        dict.fromkeys(BoardBed._fields)
        | BoardBed._field_defaults
        | {
            "ward_id": uuid4(),
            "ward_name": "Ward 7 East",
            "room_name": "Bay A",
            "bed_id": uuid4(),
            "bed_label": "4",
            "occupied": True,
            "patient_id": uuid4(),
            "admission_id": uuid4(),
            "mrn": "4001234567",
            "family_name": "Okafor",
            "given_name": "Ada",
            "sex": "female",
            "born_on": date(1948, 4, 3),
            "allergy_status": "none_known",
            "alike_name": False,
        }
    )
    return BoardBed(**(facts | changes))
