"""All workstations of a hospital send what they charted at once: all of it arrives, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

import pytest

from tests import world
from tests.downtime.offline import KEY, Station, pain
from tests.notes.builders import a_note
from tests.rounding.builders import a_record, template
from tests.soak import arena
from tests.steps import a_set, admit, ago
from ward_app.downtime.charting import charted
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.service import append_all
from ward_app.measurements.service import record_measurement
from ward_app.notes.service import sign_note
from ward_app.observations.pack_queries import scorings_of
from ward_app.observations.service import record_observations
from ward_app.observations.types import VitalSigns
from ward_app.rounding.service import save_round
from ward_app.staff.service import sign_in

LABELS = ("1", "2", "3", "4", "9", "10", "S1")
ROWS = """
SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE recorded_by = (
    SELECT e.author_id FROM report.offline_entries e WHERE e.command_id = r.id))
FROM (SELECT id, recorded_by FROM report.vital_signs
      UNION ALL SELECT id, recorded_by FROM report.measurements
      UNION ALL SELECT id, recorded_by FROM rounding.round_records
      UNION ALL SELECT id, recorded_by FROM report.nursing_notes) r
"""


@pytest.fixture
def stays(database, signed_in):
    """The stays of a full ward East."""
    actor = Station(database, signed_in("both"), None).actor
    return [admit(database, actor, f"Fleet{label}", label=label) for label in LABELS]


@pytest.fixture(
    params=[(80, 4, 100), pytest.param((40, 20, 500), marks=pytest.mark.soak)],
    ids=["few", "all"],
)
def fleet(request, stays, connect, admin_dsn, tmp_path):
    """Workstations whose outboxes are full, and how many entries each has."""
    first, stations, each = request.param
    made = [
        workstation(number, connect, admin_dsn, tmp_path)
        for number in range(first, first + stations)
    ]
    for station in made:
        chart(station, stays, each)
    return made, each


def workstation(number, connect, admin_dsn, tmp_path):
    """Return a workstation of its own with somebody signed in."""
    arena.enrol(admin_dsn, number)
    database = connect(arena.station(number))
    person = database.run(None, sign_in, arena.login(number), world.PASSWORD)
    outbox = Outbox(tmp_path / str(number), KEY)
    return Station(database, person, outbox, arena.station(number))


def chart(station, stays, count):
    """Chart so many things of every kind; every fifth set calls somebody."""
    bases = station.database.run(station.actor, scorings_of, tuple(stays))
    checklist = template(station.database, station.actor)
    entries = []
    for number in range(count):
        stay, minutes = stays[number % len(stays)], 55 * (count - number) / count
        command, *given = (
            (record_observations, observed(stay, minutes, number), bases[stay]),
            (sign_note, a_note(stay, occurred_at=ago(minutes))),
            (save_round, [a_record(checklist, stay, minutes_ago=minutes)], []),
            (record_measurement, pain(stay, occurred_at=ago(minutes))),
        )[number % 4]
        entries += charted(station.author, station.actor, ago(0), command, *given).entries
    append_all(station.outbox, station.author, entries)


def observed(stay, minutes, number):
    new = a_set(stay, occurred_at=ago(minutes))
    if number % 5:
        return new
    signs = {name: getattr(new.vital_signs, name) for name in VitalSigns.__slots__}
    return replace(new, vital_signs=VitalSigns(**signs | {"pulse_per_min": 135}))


def test_that_what_all_workstations_send_at_once_arrives_once(fleet, admin, record_property):
    stations, each = fleet
    count = each * len(stations)
    began = perf_counter()
    with ThreadPoolExecutor(len(stations)) as threads:
        reports = list(threads.map(Station.replay, stations))
    record_property(f"seconds for {count} entries", round(perf_counter() - began, 1))
    assert [report.accepted for report in reports] == [each] * len(stations)
    assert admin.execute(ROWS).fetchone() == (count,) * 3
    assert admin.execute("SELECT count(*) FROM report.escalations").fetchone()[0] > 0
    assert [station.replay().accepted for station in stations] == [0] * len(stations)
