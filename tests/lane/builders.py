"""Made-up work of a made-up ward, and what the lane of the test hospital says."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tests import world
from ward_app.core.ids import new_id
from ward_app.lane.queries import SOURCES, shift_lane
from ward_app.lane.rules import lane_items, visits
from ward_app.lane.types import DueEntry, LaneOfWards, LanePatient, Policy

EAST = world.id_of("east")
LONDON = ZoneInfo("Europe/London")
MARKS = {source.kind: source for source in SOURCES}

# when a ward wants an instrument used
AFTER_ADMISSION = {
    "after": ["admission"], "first_minutes": 60, "again_minutes": 240, "by_band": {},
    "basis": "Made up.",
}  # fmt: skip

# the ward of these tests lets patients of low risk sleep from 23 to 6
POLICY = Policy(
    visit_minutes=30,
    night_from=time(23),
    night_until=time(6),
    sleep_kinds=frozenset({"set", "round"}),
    sleep_risks=frozenset({"low"}),
    sleep_minutes=420,
    work_minutes={"set": 5, "task": 10},
)


def london(day, at, fold=0):
    """Return an instant by London's clock: ("2026-03-29", "00:30")."""
    read = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=LONDON, fold=fold)
    return read.astimezone(UTC)


def a_patient(label="1", **changes):
    """Return a patient of low risk in a bed."""
    facts = {
        "ward_id": EAST,
        "ward_name": "Ward 7 East",
        "bed_id": world.bed("east", label),
        "room_name": "Bay A",
        "bed_label": label,
        "bed_position": int(label) if label.isdigit() else 99,
        "admission_id": new_id(),
        "patient_id": new_id(),
        "family_name": "Okafor",
        "given_name": "Ada",
        "title": None,
        "risk": "low",
        "score_pack": "news2",
        "score_total": 1,
        "score_at_least": 1,
        "due_reason": "score",
    } | changes
    return LanePatient(**facts)


def due(kind, *times, patient=None, **changes):
    """Return what one source says is due at these times."""
    facts = {
        "kind": kind,
        "ward_id": EAST,
        "admission_id": patient.admission_id if patient else None,
        "subject_id": None if kind == "set" else new_id(),
        "words": None,
        "minutes": None,
        "times": times,
    } | changes
    return DueEntry(**facts)


def joined(now, *entries, patient=None, policy=POLICY, zone=LONDON):
    """Return the visits of one patient."""
    items = lane_items(entries, patient or a_patient(), MARKS, policy, zone)
    return visits(items, policy, now)


def what(visit):
    """Return what is in a visit: kinds with London's time of when each is due."""
    return [f"{item.kind} {item.due_at.astimezone(LONDON):%H:%M}" for item in visit.items]


def a_lane(patients=(), entries=(), policy=POLICY, read_at=None, **changes):
    """Return what was read of ward East."""
    at = read_at or datetime.now(UTC)
    return LaneOfWards(
        patients=tuple(patients),
        entries=tuple(entries),
        policies={EAST: policy},
        read_at=at,
        until=at + timedelta(hours=12),
        **changes,
    )


def lane(database, actor, *wards: UUID, **changes):
    """Return what is due on these wards (default: East)."""
    return database.run(actor, shift_lane, wards or (EAST,), **changes)


def entries_of(found, admission_id, kind):
    """Return what one source says of one stay (None: of the wards)."""
    return [
        entry
        for entry in found.entries
        if (entry.admission_id, entry.kind) == (admission_id, kind)
    ]
