"""The shift lane of 30 patients and 12 hours: read, and painted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from statistics import median
from time import process_time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from PySide6.QtGui import QPainter, QPixmap

from benchmarks.database import Bench
from benchmarks.measure import Figure, in_turn
from ui.lane.layout import LaneLayout
from ui.lane.painter import LanePainter
from ward_app.lane.queries import HOURS, LANE_SQL, SOURCES, shift_lane
from ward_app.lane.rules import lane_rows
from ward_app.lane.types import DueEntry, LaneOfWards, LanePatient, Policy

READ_TARGET, PAINT_TARGET_MS = 1.3, 100.0
_PATIENTS, _ROUNDS = 30, 60
_SIZE = (1784, 1000)
_ZONE = ZoneInfo("Europe/London")


def reading(it: Bench, rows: str) -> Figure:
    """Return the figure of reading everything due on a ward of 30 patients for 12 hours.

    Ours reads the ward's policy and who answers for its beds as well; raw is the one statement
    of what is due.
    """
    ward = it.hospital.ward_id
    ours_ms, raw_ms = in_turn(
        partial(it.database.run, it.actor, shift_lane, (ward,)),
        partial(it.raw_transaction, LANE_SQL, _values(ward)),
        rounds=_ROUNDS,
    )
    return Figure(
        name=f"shift lane, 30 patients x 12 h, {rows} sets",
        ours_ms=ours_ms,
        reference_ms=raw_ms,
        reference="the one statement in raw psycopg",
        target=READ_TARGET,
    )


def painting() -> Figure:
    """Return the CPU time of joining a lane of 30 patients and 12 hours into visits, painted."""
    found = _made_up()
    times = []
    for _ in range(_ROUNDS):
        started_s = process_time()
        _paint(found)
        times.append((process_time() - started_s) * 1000)
    items = sum(len(entry.times) for entry in found.entries)
    return Figure(
        name=f"shift lane of {_PATIENTS} patients, {items} items painted, ms of CPU",
        ours_ms=median(times),
        reference_ms=None,
        reference=f"{PAINT_TARGET_MS:g} ms",
        target=PAINT_TARGET_MS,
    )


def _values(ward_id: UUID) -> dict[str, object]:
    return {"wards": [ward_id], "until": datetime.now(UTC) + timedelta(hours=HOURS)}


def _paint(found: LaneOfWards) -> None:
    zones = dict.fromkeys(found.policies, _ZONE)
    rows = lane_rows(found, SOURCES, found.read_at, zones)
    picture = QPixmap(*_SIZE)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layout = LaneLayout(
        rows=rows,
        now=found.read_at,
        zone=_ZONE,
        width=_SIZE[0],
        height=_SIZE[1],
        hours=HOURS,
    )
    LanePainter(layout=layout, chosen=(0, 0), policies=found.policies).paint(painter)
    painter.end()


def _made_up() -> LaneOfWards:
    """Return a ward on which a set is due every hour or two and two checklists every hour."""
    ward_id, now, rng = uuid4(), datetime.now(UTC), Random(7)  # noqa: S311 - of a benchmark
    patients = tuple(_patient(ward_id, number) for number in range(1, _PATIENTS + 1))
    entries = []
    for patient in patients:
        for kind, every in (("set", rng.choice((60, 120))), ("round", 60), ("round", 60)):
            first = now + timedelta(minutes=rng.randrange(-90, every))
            count = HOURS * 60 // every
            times = tuple(first + timedelta(minutes=every * n) for n in range(count))
            entries.append(DueEntry(kind, ward_id, patient.admission_id, uuid4(), None, 3, times))
    return LaneOfWards(
        patients=patients,
        entries=tuple(entries),
        policies={ward_id: _POLICY},
        read_at=now,
        until=now + timedelta(hours=HOURS),
    )


_POLICY = Policy(
    visit_minutes=30,
    night_from=None,
    night_until=None,
    sleep_kinds=frozenset(),
    sleep_risks=frozenset(),
    sleep_minutes=0,
    work_minutes={"set": 5},
)


def _patient(ward_id: UUID, number: int) -> LanePatient:
    return LanePatient(
        ward_id=ward_id,
        ward_name="Ward",
        bed_id=uuid4(),
        room_name="Bay",
        bed_label=str(number),
        bed_position=number,
        admission_id=uuid4(),
        patient_id=uuid4(),
        family_name=f"Name {number}",
        given_name="Given",
        title=None,
        risk="low",
        score_pack="news2",
        score_total=number % 9,
        score_at_least=number % 9,
        due_reason="score",
    )
