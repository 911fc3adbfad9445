"""The import end to end: invented rows in the layout of MIMIC-IV, into the real database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import world
from tests.exchange.mimic_files import (
    ANN,
    BEN,
    a_patient,
    a_set,
    read_report,
)
from ward_app.admissions.queries import stay_history
from ward_app.admissions.types import StayEvent
from ward_app.audit.service import open_chart, open_directory
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor
from ward_app.core.errors import (
    ConflictError,
)
from ward_app.exchange.load_plan import SourceIds
from ward_app.observations.queries import observation_chart
from ward_app.operations.migrate import downgrade, history, upgrade
from ward_app.patients.queries import search_patients

# Ann's stay begins on a Monday at 08:10 and lasts nine days; at the anchor (Wednesday 18-Mar-2026
# 12:00) she has been in hospital since Monday of last week and leaves two hours later
ARRIVED = datetime(2026, 3, 9, 8, 10, tzinfo=UTC)


@pytest.fixture
def places(admin):
    """Return ward, bed and times of one admission's stays, in time order."""

    def select(external_id="20000001"):
        return admin.execute(
            "SELECT w.name, d.label, lower(b.during), upper(b.during) FROM admission.bed_stays b"
            " JOIN admission.admissions a ON a.id = b.admission_id"
            " JOIN room.wards w ON w.id = b.ward_id JOIN room.beds d ON d.id = b.bed_id"
            " WHERE a.external_id = %s ORDER BY lower(b.during)",
            (external_id,),
        ).fetchall()

    return select


@pytest.fixture
def home_on_saturday(tables):
    """The small data set with a shorter stay: Ann goes home on Saturday, 14-Mar-2026."""
    tables["hosp/transfers"][3] |= {"outtime": "2150-03-07 14:05:07"}
    tables["hosp/transfers"][4] |= {"intime": "2150-03-07 14:05:07"}
    tables["hosp/admissions"][0] |= {"dischtime": "2150-03-07 13:00:00"}
    return tables


def test_that_stays_lie_in_wards_and_beds_at_their_weekday_and_clock_time(
    data_set, tables, load, places
):
    data_set(tables)
    outcome = load()
    moved = ARRIVED + timedelta(days=2, hours=1, minutes=20)
    assert places() == [
        ("ED ward", "1", ARRIVED, datetime(2026, 3, 9, 12, tzinfo=UTC)),
        ("Medicine", "1", datetime(2026, 3, 9, 12, tzinfo=UTC), moved),
        ("Medicine", "2", moved, datetime(2026, 3, 13, 10, tzinfo=UTC)),
        ("Surgery", "1", datetime(2026, 3, 13, 10, tzinfo=UTC), None),
    ]
    assert outcome.running == 1
    assert outcome.added == outcome.planned


def test_that_a_move_from_bed_to_bed_keeps_the_arrival_on_the_ward(data_set, tables, load, admin):
    data_set(tables)
    load()
    arrivals = admin.execute(
        "SELECT DISTINCT b.ward_arrived_at FROM admission.bed_stays b"
        " JOIN room.wards w ON w.id = b.ward_id WHERE w.name = 'Medicine'"
    ).fetchall()
    assert arrivals == [(datetime(2026, 3, 9, 12, tzinfo=UTC),)]


def test_that_a_visit_to_the_ed_without_admission_is_a_stay_of_its_own(
    data_set, tables, load, places, admin
):
    data_set(tables)
    load()
    begins = datetime(2026, 3, 11, 20, tzinfo=UTC)
    assert places("ED-6") == [("ED ward", "1", begins, begins + timedelta(hours=5))]
    found = admin.execute(
        "SELECT source, reason, discharged_at, (SELECT count(*) FROM admission.discharges)"
        " FROM admission.admissions WHERE external_id = 'ED-6'"
    ).fetchone()
    reason = "Emergency department visit, not admitted"
    assert found == ("emergency_department", reason, begins + timedelta(hours=5), 0)


def test_that_what_lies_after_the_anchor_has_not_happened(
    data_set, tables, load, places, admin, report_file
):
    tables["derived/obs_sets"].append(a_set("2150-03-11 12:01:00", hr="70"))
    data_set(tables)
    load(anchor="2026-03-13T09:00")  # an hour before Ann went to Surgery
    assert [ward for ward, *_ in places()] == ["ED ward", "Medicine", "Medicine"]
    assert places()[-1][-1] is None
    assert admin.execute("SELECT count(*) FROM report.vital_signs").fetchone() == (2,)
    later = {
        (line["source_file"], line["line"])
        for line in read_report(report_file)
        if line["reason"] == "later than the anchor"
    }
    assert later == {
        ("hosp/transfers.csv.gz", "5"),
        ("hosp/transfers.csv.gz", "6"),
        ("hosp/services.csv.gz", "3"),
        ("derived/obs_sets.csv.gz", "4"),
    }


def test_that_every_bed_asked_for_is_opened_and_more_when_a_unit_is_full(
    data_set, tables, load, admin
):
    data_set(tables)
    load(beds_per_ward=1)
    beds = "SELECT w.name, count(*) FROM room.beds d JOIN room.wards w ON w.id = d.ward_id"
    question = f"{beds} WHERE w.code LIKE 'mimic-%' GROUP BY w.name ORDER BY 1"
    assert admin.execute(question).fetchall() == [("ED ward", 1), ("Medicine", 2), ("Surgery", 1)]
    assert load(beds_per_ward=14).added["room.beds"] == 38
    rooms = "SELECT DISTINCT r.name, r.position FROM room.rooms r WHERE r.name LIKE 'Bay _'"
    names = [name for name, _ in admin.execute(f"{rooms} ORDER BY position").fetchall()]
    assert {"Bay 1", "Bay 2", "Bay 3"} <= set(names)


def test_that_patients_have_invented_marked_names_and_keep_their_number(
    data_set, tables, load, patients
):
    data_set(tables)
    load()
    assert patients("title") == {ANN: "MIMIC", BEN: "MIMIC"}
    names = patients("family_name || ' ' || given_name")
    assert len(set(names.values())) == 2
    load()
    assert patients("family_name || ' ' || given_name") == names
    assert patients("sex") == {ANN: "female", BEN: "male"}
    assert all(len(mrn) == 10 for mrn in patients("mrn").values())


def test_that_a_patient_is_as_old_at_the_newest_stay_as_in_the_source(
    data_set, tables, load, patients
):
    tables["hosp/patients"][0] = a_patient(anchor_age="70", anchor_year="2148")
    tables["hosp/patients"].append(a_patient("10000003", anchor_age="40"))
    data_set(tables)
    load()
    born = {ANN: date(1954, 1, 1), BEN: date(1935, 1, 1), "10000003": date(1986, 1, 1)}
    assert patients("born_on") == born
    assert set(patients("born_on_is_estimate").values()) == {True}


def test_that_a_death_in_hospital_has_its_minute_and_one_at_home_its_day(
    data_set, tables, load, patients, report_file
):
    tables["hosp/admissions"][0] |= {"deathtime": "2150-03-10 23:00:00"}
    tables["hosp/patients"][1] |= {"dod": "2150-03-08"}
    data_set(tables)
    load()
    died = datetime(2026, 3, 17, 23, tzinfo=UTC)
    assert patients("died_at") == {ANN: died, BEN: datetime(2026, 3, 15, 23, 59, tzinfo=UTC)}
    [line] = [line for line in read_report(report_file) if line["field"] == "dod"]
    assert (line["value"], line["effect"]) == ("2150-03-08", "kept")


def test_that_a_death_after_the_anchor_is_left_out(data_set, tables, load, patients, report_file):
    tables["hosp/admissions"][0] |= {"deathtime": "2150-03-11 13:00:00"}
    data_set(tables)
    load()
    assert set(patients("died_at").values()) == {None}
    [line] = [line for line in read_report(report_file) if line["field"] == "deathtime"]
    assert (line["value"], line["effect"]) == ("2150-03-11 13:00:00", "value not loaded")


def test_that_a_stay_ends_when_the_bed_is_left_and_says_where_the_patient_went(
    data_set, home_on_saturday, load, admin, report_file
):
    data_set(home_on_saturday)
    load(anchor="2026-03-15T00:00")
    left = datetime(2026, 3, 14, 14, 5, 7, tzinfo=UTC)
    found = admin.execute(
        "SELECT a.discharged_at, d.occurred_at, d.destination, d.note, upper(b.during)"
        " FROM admission.admissions a JOIN admission.discharges d ON d.admission_id = a.id"
        " JOIN admission.bed_stays b ON b.id = d.from_stay_id"
    ).fetchall()
    assert found == [(left, left, "home", "Home", left)]
    [line] = [line for line in read_report(report_file) if line["field"] == "dischtime"]
    assert (line["value"], line["effect"]) == ("2150-03-07 13:00:00", "kept")


def test_that_an_unknown_destination_is_not_made_up(
    data_set, home_on_saturday, load, admin, report_file
):
    home_on_saturday["hosp/admissions"][0] |= {"discharge_location": ""}
    data_set(home_on_saturday)
    load(anchor="2026-03-15T00:00")
    assert admin.execute("SELECT count(*) FROM admission.discharges").fetchone() == (0,)
    open_stays = "SELECT count(*) FROM admission.bed_stays WHERE upper_inf(during)"
    assert admin.execute(open_stays).fetchone() == (0,)
    assert "discharge_location" in {line["field"] for line in read_report(report_file)}


def test_that_a_stay_has_the_specialty_of_its_last_service_up_to_the_anchor(
    data_set, tables, load, admin
):
    data_set(tables)
    load()
    question = "SELECT specialty, source, reason FROM admission.admissions WHERE external_id = %s"
    found = admin.execute(question, ("20000001",)).fetchone()
    reason = "Emergency admission: emergency room"
    assert found == ("General surgery", "emergency_department", reason)


def test_that_a_source_that_is_not_said_is_home_and_reported(
    data_set, tables, load, admin, report_file
):
    tables["hosp/admissions"][0] |= {"admission_location": ""}
    del tables["hosp/transfers"][0]
    data_set(tables)
    load()
    question = "SELECT source FROM admission.admissions WHERE external_id = '20000001'"
    assert admin.execute(question).fetchone() == ("home",)
    assert "admission_location" in {line["field"] for line in read_report(report_file)}


def test_that_sets_are_scored_and_shown_as_incomplete(data_set, tables, load, admin):
    data_set(tables)
    load()
    rows = admin.execute(
        "SELECT pulse_per_min, temperature_celsius, consciousness, score_total, score_at_least,"
        " score_points, risk, recorded_by FROM report.vital_signs ORDER BY occurred_at"
    ).fetchall()
    points = {"respiratory_rate_per_min": 0, "spo2_percent": 0, "systolic_bp_mmhg": 0}
    assert rows[0][:5] == (88, None, None, None, 0)
    assert rows[0][5] == {**points, "pulse_per_min": 0}
    assert rows[1][4:] == (3, {"pulse_per_min": 3, "temperature_celsius": 0}, "low-medium", None)


def test_that_the_board_the_chart_and_the_search_know_an_imported_patient(
    data_set, tables, load, database, signed_in, patients
):
    data_set(tables)
    outcome = load(grant_to=("Both", "nora"))
    assert outcome.granted == 6
    person = signed_in("both")
    actor = Actor(person.token)
    imported = tuple(ward.id for ward in person.wards if ward.code.startswith("mimic-"))
    beds = database.run(actor, ward_board, imported).beds
    [bed] = [bed for bed in beds if bed.patient_id]
    assert (bed.ward_name, bed.bed_label, bed.title) == ("Surgery", "1", "MIMIC")
    assert (bed.news2_total, bed.news2_at_least) == (None, 3)
    database.run(actor, open_chart, bed.patient_id)
    chart = database.run(actor, observation_chart, bed.admission_id)
    assert [one.recorded_by for one in chart.sets] == ["imported", "imported"]
    events = [step.event for step in database.run(actor, stay_history, bed.admission_id)]
    assert events == [StayEvent.TRANSFERRED] * 3 + [StayEvent.ADMITTED]
    database.run(actor, open_directory)
    [found] = database.run(actor, search_patients, patients("mrn")[ANN])
    assert found.location == "Surgery, bed 1"


def test_that_a_second_import_changes_nothing_and_says_so(data_set, tables, load, counts):
    data_set(tables)
    first = load(grant_to=("both",))
    before = counts()
    again = load(anchor="now", grant_to=("both",))
    assert counts() == before
    assert again.changed_nothing
    assert again.granted == 0
    assert again.anchor == first.anchor
    assert (again.planned, again.report.lines) == (first.planned, first.report.lines)
    assert not first.changed_nothing


def test_that_a_longer_source_adds_what_is_new(data_set, tables, load, counts, database, nurse):
    data_set(tables)
    load()
    before = counts()
    tables["hosp/patients"].append(a_patient("10000003"))
    tables["derived/obs_sets"].append(a_set("2150-03-06 09:00:00", hr="70"))
    data_set(tables)
    added = load().added
    assert (added["patient.patients"], added["report.vital_signs"]) == (1, 1)
    assert sum(added.values()) == 3  # with the new patient's details
    assert counts()["report.vital_signs"] == before["report.vital_signs"] + 1


def test_that_another_anchor_is_refused_once_it_is_imported(data_set, tables, load, counts):
    data_set(tables)
    load()
    before = counts()
    with pytest.raises(ConflictError, match=r"with the anchor 2026-03-18 12:00.*cannot be moved"):
        load(anchor="2026-03-19T12:00")
    assert counts() == before
    assert load(anchor="2026-03-18 13:00+01:00").changed_nothing


def before_imports_had_a_table():
    """Return the last revision that kept the anchor in the building's name."""
    numbers = [each.number for each in history()]
    titles = [each.title for each in history()]
    return numbers[titles.index("Keep when a data set was imported in a table of its own.") - 1]


def test_that_an_import_of_the_released_schema_is_known_again(
    data_set, tables, load, counts, admin, admin_dsn
):
    data_set(tables)
    load()
    before = counts()
    downgrade(admin_dsn, before_imports_had_a_table())
    (name,) = admin.execute("SELECT name FROM room.buildings WHERE name LIKE 'MIMIC%'").fetchone()
    assert datetime.fromisoformat(name.removeprefix("MIMIC-IV demo, anchored ")) == datetime(
        2026, 3, 18, 12, tzinfo=UTC
    )
    upgrade(admin_dsn)
    after = counts()
    again = load(anchor="now")
    assert set(again.added.values()) == {0}
    assert counts() == after
    assert {table: count for table, count in after.items() if table != "audit.change_logs"} == {
        table: count for table, count in before.items() if table != "audit.change_logs"
    }


def test_that_ids_come_from_the_source_so_that_the_same_files_give_the_same_rows(
    data_set, tables, load, admin
):
    data_set(tables)
    load()
    question = (
        "SELECT (SELECT id FROM patient.patients WHERE external_id = %s)::text,"
        " (SELECT min(id::text) FROM admission.bed_stays),"
        " (SELECT min(id::text) FROM report.vital_signs)"
    )
    ids = SourceIds(world.id_of("main"), "mimic-iv")
    stays = [ids("stay", str(number)) for number in (1, 2, 3, 4, 6)]
    sets = [ids("set", "20000001", f"2150-03-0{day}T09:00:00") for day in (2, 5)]
    expected = (ids("patient", ANN), min(stays, key=str), min(sets, key=str))
    assert admin.execute(question, (ANN,)).fetchone() == tuple(map(str, expected))
