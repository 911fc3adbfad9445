"""The shift lane of the invented hospital: its nights, and tasks of the hours to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay, Whereabouts

_NURSE_ID = id_of("staff", NURSE)
# bed, what is to be done, minutes from now
TASKS = (
    ("3", "Take blood for potassium", 25),
    ("9", "Ring the daughter back", 70),
    ("14", "Weigh before supper", 190),
    ("21", "Take the urine sample to the laboratory", -40),
)
# opened on the ward before, of whoever came from there first; it goes with its patient
MOVED_TASK = "Ask for the X-ray pictures"


def add_lane(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add what Ward 7 East decided about its nights, and four tasks of its patients."""
    decided_at = now - timedelta(days=30)
    load.add(
        "rounding.lane_settings",
        id=id_of("lane settings", SEVEN_EAST.code),
        ward_id=SEVEN_EAST.id,
        visit_minutes=30,
        night_from=time(23),
        night_until=time(6),
        sleep_kinds=["set", "round"],
        sleep_risks=["low"],
        sleep_minutes=420,
        work_minutes=Jsonb({"set": 5, "task": 10, "assessment": 10}),
        source="Ward 7 East, invented for the demo",
        recorded_at=decided_at,
        recorded_by=None,
    )
    here = [stay for stay in stays if stay.left_at is None and stay.ward is SEVEN_EAST]
    wanted = {bed: (title, minutes) for bed, title, minutes in TASKS}
    for stay in here:
        place = stay.places[-1]
        if place.bed in wanted:
            title, minutes = wanted[place.bed]
            due_at = now + timedelta(minutes=minutes)
            _add_task(load, stay, place, title=title, due_at=due_at)
    came = next(stay for stay in here if len(stay.places) > 1)
    due_at = now + timedelta(minutes=100)
    _add_task(load, came, came.places[-2], title=MOVED_TASK, due_at=due_at)


def _add_task(load: Load, stay: Stay, place: Whereabouts, *, title: str, due_at: datetime) -> None:
    """Add a task opened at a place of a stay: two hours before it is due, or before it ended."""
    opened_at = due_at - timedelta(hours=2)
    load.add(
        "rounding.tasks",
        id=id_of("lane task", stay.admission_id, title),
        ward_id=place.ward.id,
        bed_id=place.bed_id,
        admission_id=stay.admission_id,
        patient_id=stay.patient_id,
        title=title,
        due_at=due_at,
        record_id=None,
        item=None,
        recorded_at=min(opened_at, place.end) if place.end else opened_at,
        recorded_by=_NURSE_ID,
    )
