"""The open MIMIC-IV demo itself, where it lies beside the repository: nothing is lost unsaid."""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from ward_app.audit.service import open_chart, open_directory
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor
from ward_app.exchange.load_plan import SourceIds
from ward_app.exchange.mimic_context import DATA_SET
from ward_app.observations.queries import observation_chart
from ward_app.patients.queries import search_patients

DEMO = Path(__file__).parents[3] / "shared" / "data" / "mimic-iv-demo"
ANCHOR = datetime(2026, 4, 1, 10, tzinfo=UTC)  # the clocks went forward on the Sunday before
LONDON = ZoneInfo("Europe/London")
LOCAL_ANCHOR = datetime.fromisoformat("2026-04-01T11:00")

pytestmark = pytest.mark.skipif(not DEMO.is_dir(), reason=f"the MIMIC-IV demo is not in {DEMO}")


def source(name):
    with gzip.open(DEMO / f"{name}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def imported(load, admin_dsn):
    """The outcome of the import, and what other workstations were told about it."""
    with psycopg.connect(admin_dsn, autocommit=True) as listener:
        listener.execute("LISTEN ward")
        outcome = load(folder=DEMO, anchor=ANCHOR.isoformat(), grant_to=("both",))
        # what was told before comes with the next answer
        listener.execute("SELECT 1")
        return outcome, [notice.payload for notice in listener.notifies(timeout=0)]


def check_rows(outcome):
    """Every row of every file is loaded or in the report."""
    refused = outcome.report.rows_refused()
    read = outcome.report.rows_read()
    assert read == {
        f"{name}.csv.gz": len(source(name))
        for name in (
            "hosp/patients",
            "hosp/admissions",
            "hosp/transfers",
            "hosp/services",
            "derived/obs_sets",
        )
    }
    loaded = {file: rows - refused.get(file, 0) for file, rows in read.items()}
    assert (loaded["hosp/patients.csv.gz"], loaded["hosp/admissions.csv.gz"]) == (100, 275)
    assert outcome.added == outcome.planned
    added = outcome.added
    assert added["patient.patients"] == 100
    assert added["admission.admissions"] == 275 + 54
    # a row may hold measurements alone
    assert added["report.vital_signs"] <= loaded["derived/obs_sets.csv.gz"]
    assert added["report.measurements"] > 1_000
    unknown = sum(line.field == "discharge_location" for line in outcome.report.lines)
    assert (
        added["admission.bed_stays"] + added["admission.discharges"] + unknown
        == loaded["hosp/transfers.csv.gz"]
    )
    assert added["admission.transfers"] == added["admission.bed_stays"] - (275 + 54)


def check_times(admin):
    """Each stay has one shift of whole weeks on the wall clock, and is open or over rightly."""
    moves = defaultdict(dict)
    for row in source("hosp/transfers"):
        if row["eventtype"] != "discharge":
            key = row["hadm_id"] or f"ED-{row['transfer_id']}"
            moves[key][datetime.fromisoformat(row["intime"])] = datetime.fromisoformat(
                row["outtime"]
            )
    stays = admin.execute(
        "SELECT a.external_id, lower(b.during), upper(b.during), b.bed_id IS NOT NULL"
        " FROM admission.bed_stays b"
        " JOIN admission.admissions a ON a.id = b.admission_id ORDER BY 1, 2"
    ).fetchall()
    first = {}
    for key, begins, ends, has_bed in stays:
        begins_at = begins.astimezone(LONDON).replace(tzinfo=None)
        first.setdefault(key, begins_at - min(moves[key]))
        ends_at = moves[key][begins_at - first[key]] + first[key]
        assert first[key] % timedelta(weeks=1) == timedelta(0)
        assert begins <= ANCHOR
        assert has_bed
        ended_at = ends and ends.astimezone(LONDON).replace(tzinfo=None, fold=0)
        assert ended_at == (ends_at if ends_at <= LOCAL_ANCHOR else None)
    assert first.keys() == moves.keys()


def check_conflicts(admin):
    """No bed has two patients and no patient two beds, checked without the constraints."""
    for thing in ("bed_id", "patient_id"):
        doubled = admin.execute(
            "SELECT count(*) FROM admission.bed_stays a JOIN admission.bed_stays b"
            f" ON a.{thing} = b.{thing} AND a.id < b.id AND a.during && b.during"
        )
        assert doubled.fetchone() == (0,)
    moved_nowhere = "SELECT count(*) FROM admission.transfers WHERE from_bed_id = to_bed_id"
    assert admin.execute(moved_nowhere).fetchone() == (0,)


def check_sets(admin):
    """Impossible values are out, zero is in, and nothing is complete or conscious."""
    impossible = [row for row in source("derived/obs_sets") if float(row["temp_c"] or 37) > 47]
    assert len(impossible) == 3
    values = admin.execute(
        "SELECT max(temperature_celsius) < 47, count(*) FILTER (WHERE pulse_per_min = 0),"
        " count(consciousness), count(score_total), count(score_at_least) = count(*),"
        " max(occurred_at) FROM report.vital_signs"
    ).fetchone()
    assert values[:1] + values[2:5] == (True, 0, 0, True)
    assert values[5] <= ANCHOR
    zeros = admin.execute("SELECT note FROM report.vital_signs WHERE pulse_per_min = 0").fetchall()
    assert all("unusual: Pulse 0 /min" in note for (note,) in zeros)


def news2_from_the_chart(measured):
    """Return the points of each part as read off the RCP chart (2017), None = not measured."""

    rate, spo2, scale, oxygen, systolic, pulse, level, temperature = measured

    def stepped(value, *steps):
        """Return the points of the first step whose upper end is not below the value."""
        return None if value is None else next(p for top, p in steps if value <= top)

    high = 10_000
    if scale == 2 and spo2 is not None and spo2 >= 93 and oxygen is None:
        saturation = None
    elif scale == 2 and spo2 is not None and spo2 >= 93 and oxygen:
        saturation = stepped(spo2, (94, 1), (96, 2), (high, 3))
    elif scale == 2:
        saturation = stepped(spo2, (83, 3), (85, 2), (87, 1), (high, 0))
    else:
        saturation = stepped(spo2, (91, 3), (93, 2), (95, 1), (high, 0))
    return {
        "respiratory_rate_per_min": stepped(rate, (8, 3), (11, 1), (20, 0), (24, 2), (high, 3)),
        "spo2_percent": saturation,
        "on_oxygen": None if oxygen is None else 2 * oxygen,
        "systolic_bp_mmhg": stepped(systolic, (90, 3), (100, 2), (110, 1), (219, 0), (high, 3)),
        "pulse_per_min": stepped(pulse, (40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (high, 3)),
        "consciousness": None if level is None else 0 if level == "A" else 3,
        "temperature_celsius": stepped(
            temperature and temperature * 10, (350, 3), (360, 1), (380, 0), (390, 1), (high, 2)
        ),
    }


def check_scores(admin):
    """Every stored score is that of the chart, worked out here once more; none is of a part."""
    stored = admin.execute(
        "SELECT score_pack, score_total, score_at_least, score_points, score_missing,"
        " respiratory_rate_per_min, spo2_percent, spo2_scale, on_oxygen, systolic_bp_mmhg,"
        " pulse_per_min, consciousness, temperature_celsius FROM report.vital_signs"
    ).fetchall()
    assert len(stored) > 17_000
    for pack, total, at_least, points, missing, *measured in stored:
        found = news2_from_the_chart(measured)
        known = {name: part for name, part in found.items() if part is not None}
        assert (pack, points, at_least) == ("news2", known, sum(known.values()))
        assert set(missing) == found.keys() - known.keys()
        assert total == (None if missing else at_least)


def check_measurements(admin):
    """The total of every coma scale is that of its parts, and pain is a whole number."""
    wrong = admin.execute(
        "SELECT count(*) FROM report.measurements WHERE kind = 'gcs' AND derived ->> 'total'"
        " IS DISTINCT FROM ((values ->> 'eye')::int + (values ->> 'verbal')::int"
        " + (values ->> 'motor')::int)::text OR kind = 'pain' AND summary"
        " <> (values ->> 'score') || '/10' OR kind NOT IN ('gcs', 'pain')"
    )
    assert wrong.fetchone() == (0,)


def check_use(outcome, person, database):
    """The board, the chart and the search know the patients."""
    actor = Actor(person.token)
    wards = tuple(ward.id for ward in person.wards if ward.code.startswith("mimic-"))
    assert len(wards) == outcome.added["room.wards"]
    in_beds = [bed for bed in database.run(actor, ward_board, wards).beds if bed.patient_id]
    assert len(in_beds) == outcome.running > 50
    assert all(bed.bed_label and bed.title == "MIMIC" for bed in in_beds)
    bed = next(bed for bed in in_beds if bed.news2_at_least is not None)
    database.run(actor, open_chart, bed.patient_id)
    assert database.run(actor, observation_chart, bed.admission_id).sets
    database.run(actor, open_directory)
    [found] = database.run(actor, search_patients, bed.mrn)
    assert found.location == f"{bed.ward_name}, bed {bed.bed_label}"


def test_that_the_demo_is_loaded_or_accounted_for_row_by_row_and_can_be_worked_with(
    imported, admin, signed_in, database, load
):
    outcome, notices = imported
    check_rows(outcome)
    check_times(admin)
    check_conflicts(admin)
    check_sets(admin)
    check_scores(admin)
    check_measurements(admin)
    check_use(outcome, signed_in("both"), database)
    assert max(Counter(notices).values()) == 1  # one notice a ward and kind, not one a row
    assert load(folder=DEMO, anchor="now").changed_nothing


def test_that_every_set_is_stored_or_refused_for_what_it_is_where_all_stays_are_over(load, admin):
    outcome = load(folder=DEMO, anchor=ANCHOR.isoformat(), completed=True)
    rows = len(source("derived/obs_sets"))
    assert rows == 21_891
    refused = outcome.report.rows_refused().get("derived/obs_sets.csv.gz", 0)
    facility_id = admin.execute("SELECT id FROM public.facilities").fetchone()[0]
    ids = SourceIds(facility_id, DATA_SET)
    tables = ("report.vital_signs", "report.measurements")
    there = {id_ for table in tables for (id_,) in admin.execute(f"SELECT id FROM {table}")}
    stored = 0
    for row in source("derived/obs_sets"):
        at = datetime.fromisoformat(row["charttime"]).isoformat()
        set_id = ids("set", row["hadm_id"], at)
        parts = {set_id, *(ids("measurement", set_id, kind) for kind in ("gcs", "pain"))}
        stored += bool(parts & there)
    assert outcome.running == 0
    assert stored == rows - refused
    assert refused < 700
    check_scores(admin)
    check_measurements(admin)
