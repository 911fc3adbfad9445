"""What an import refuses, counts, keeps out of the way of, or leaves as it was."""

from datetime import UTC, datetime

import pytest

from tests import world
from tests.exchange.mimic_files import (
    ANN,
    BEN,
    a_move,
    a_patient,
    a_set,
    an_admission,
    read_report,
)
from tests.steps import register
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    NotPermittedError,
    RuleBrokenError,
)
from ward_app.exchange.source_files import UnusableSourceError


def test_that_duplicates_and_strays_are_counted_and_every_row_is_accounted_for(
    data_set, tables, load, report_file
):
    tables["hosp/patients"] += [
        a_patient(BEN, gender="M", anchor_age="91"),
        a_patient(ANN, gender="M"),
    ]
    tables["hosp/admissions"] += [
        an_admission("20000002", "19999999"),
        an_admission("20000003"),
    ]
    tables["hosp/transfers"] += [
        a_move("7", "2150-03-03 00:00:00", "2150-03-03 01:00:00"),
        a_move("8", "2150-03-12 00:00:00"),
        a_move("9", "2150-03-13 00:00:00", "2150-03-14 00:00:00", hadm_id="29999999"),
        a_move("10", "2150-03-13 00:00:00", "2150-03-14 00:00:00", subject_id=BEN),
        a_move("11", "2150-03-13 00:00:00", "2150-03-14 00:00:00", hadm_id=""),
        a_move("12", "2150-03-13 00:00:00", "2150-03-14 00:00:00", subject_id="19999999"),
        a_move("13", "2150-03-14 00:00:00", hadm_id="20000003"),
        a_move("14", "2150-03-14 00:00:00", "2150-03-13 00:00:00"),
        a_move("15", "2150-03-14 00:00:00", "2150-03-15 00:00:00", ""),
        a_move("16", "2150-03-14 00:00:00", "2150-03-15 00:00:00", eventtype="leave"),
    ]
    tables["derived/obs_sets"] += [
        a_set("2150-03-05 09:00:00", hr="131.0", temp_c="37.04"),
        a_set("2150-03-05 09:00:00", hr="99"),
        a_set("2150-03-05 09:01:00", hr="99", subject_id=BEN),
        a_set("2150-03-05 09:01:00", hr="99", hadm_id="20000003"),
        a_set("yesterday", hr="99"),
        a_set("2150-03-05T09:02:00+01:00", hr="99"),
        a_set("9999-03-05 09:01:00", hr="99"),
    ]
    data_set(tables)
    outcome = load()
    report = outcome.report
    loaded = {
        file: rows - report.rows_refused().get(file, 0)
        for file, rows in report.rows_read().items()
    }
    assert loaded == {
        "hosp/patients.csv.gz": 2,
        "hosp/admissions.csv.gz": 1,
        "hosp/transfers.csv.gz": 5,  # one discharge is later than the anchor
        "hosp/services.csv.gz": 1,
        "derived/obs_sets.csv.gz": 2,
    }
    assert report.rows_read() == {f"{name}.csv.gz": len(rows) for name, rows in tables.items()}
    reasons = {line["reason"] for line in read_report(report_file)}
    assert {
        "the same row was there before",
        "another row has the same key",
        "its patient is not there",
        "its admission is not there",
        "its admission is that of another patient",
        "a move outside the ED needs an admission",
        "the move begins before the one before it has ended",
        "the patient has left already",
        "the patient was on no unit",
        "the patient was on no unit before",
        "the move does not end after it begins",
        "a move needs a care unit",
        "not a kind of move that is known",
        "not a date and time",
        "a time of the wall clock has no zone",
        "not between 1900 and 2300",
    } <= reasons


def test_that_the_report_names_nobody_and_only_its_owner_may_read_it(
    data_set, tables, load, report_file, patients
):
    tables["derived/obs_sets"].append(a_set("2150-03-05 09:03:00", hr="0", temp_c="99.0"))
    data_set(tables)
    load()
    text = report_file.read_text()
    assert text.splitlines()[0] == "source_file,line,field,value,reason,effect"
    for name in (*patients("family_name").values(), *patients("mrn").values(), ANN, BEN):
        assert name not in text
    assert report_file.stat().st_mode & 0o777 == 0o600
    kept, refused = (
        next(line for line in read_report(report_file) if line["field"] == field)
        for field in ("hr", "temp_c")
    )
    assert (kept["line"], kept["value"], kept["effect"]) == ("4", "0", "kept")
    assert (refused["line"], refused["value"], refused["effect"]) == (
        "4",
        "99.0",
        "value not loaded",
    )
    assert "between 10 and 47" in refused["reason"]


def test_that_others_can_work_while_it_runs(data_set, tables, load, database, nurse):
    registered = []

    def meanwhile(step, done, total):
        if step == "Loading the rows" and not registered:
            registered.append(register(database, nurse, "Okafor"))

    data_set(tables)
    load(announce=meanwhile)
    assert registered


def test_that_an_import_that_fails_half_way_leaves_nothing(data_set, tables, load, counts):
    def fail(step, done, total):
        if step == "Loading the rows" and done == total:
            raise KeyboardInterrupt

    data_set(tables)
    before = counts()
    with pytest.raises(KeyboardInterrupt):
        load(announce=fail)
    after = counts()
    audited = after.pop("audit.change_logs") - before.pop("audit.change_logs")
    assert after == before
    assert audited == 2  # two patient numbers were taken, and stay unused
    assert not load().changed_nothing


def test_that_a_report_that_cannot_be_written_stops_the_import(
    data_set, tables, load, counts, tmp_path
):
    data_set(tables)
    (tmp_path / "taken").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written: Is a directory"):
        load(report_file=tmp_path / "taken")
    assert counts()["patient.patients"] == 0


def test_that_unusable_files_load_nothing(data_set, tables, load, counts):
    folder = data_set(tables)
    packed = folder / "derived" / "obs_sets.csv.gz"
    packed.write_bytes(packed.read_bytes()[:-9])
    before = counts()
    with pytest.raises(UnusableSourceError, match=r"derived/obs_sets\.csv\.gz is damaged"):
        load()
    assert counts() == before


def test_that_somebody_elses_number_stands_in_the_way(data_set, tables, load, admin, counts):
    admin.execute(
        "INSERT INTO patient.patients (id, facility_id, mrn, external_id, family_name, given_name,"
        " sex) VALUES (gen_random_uuid(), %s, '1', %s, 'A', 'B', 'female')",
        (world.id_of("main"), BEN),
    )
    data_set(tables)
    with pytest.raises(
        ConflictError, match=r"was registered from elsewhere\. Nothing was imported"
    ):
        load()
    assert counts()["admission.bed_stays"] == 0


def test_that_a_bed_given_to_somebody_else_meanwhile_is_never_given_twice(
    data_set, tables, load, admin, counts
):
    data_set(tables)
    load(anchor="2026-03-12T00:00")  # Ann lies in bed 2 of Medicine
    before = counts()
    tables["hosp/patients"].append(a_patient("10000003"))
    tables["hosp/admissions"].append(an_admission("20000003", "10000003"))
    tables["hosp/transfers"] = [
        a_move(
            "0",
            "2150-03-02 11:00:00",
            "2150-03-11 14:00:00",
            subject_id="10000003",
            hadm_id="20000003",
        ),
        *tables["hosp/transfers"],
    ]
    data_set(tables)
    with pytest.raises(ConflictError, match="was given to somebody else"):
        load(anchor="now")
    assert counts()["admission.bed_stays"] == before["admission.bed_stays"]


def test_that_the_hospital_must_be_said_when_there_are_two(data_set, tables, load):
    data_set(tables)
    with pytest.raises(RuleBrokenError, match="Say which hospital with --facility: main, other"):
        load(facility_code=None)
    with pytest.raises(RuleBrokenError, match="main, other"):
        load(facility_code="elsewhere")


def test_that_two_hospitals_can_have_the_same_data_set(data_set, tables, load, admin):
    data_set(tables)
    load()
    assert not load(facility_code="other", anchor="2026-02-01").changed_nothing
    owners = "SELECT count(DISTINCT facility_id) FROM patient.patients"
    assert admin.execute(owners).fetchone() == (2,)


def test_that_a_login_nobody_has_is_refused_before_anything_is_loaded(
    data_set, tables, load, counts
):
    data_set(tables)
    with pytest.raises(RuleBrokenError, match="nobody with the login nobody"):
        load(grant_to=("both", "nobody"))
    assert counts()["patient.patients"] == 0


@pytest.mark.parametrize("named", ["staging", "production"])
def test_that_a_database_of_real_patients_is_left_alone_unless_somebody_insists(
    data_set, tables, load, admin, counts, named
):
    """[C21]"""
    admin.execute("UPDATE public.installation SET environment = %s", (named,))
    data_set(tables)
    with pytest.raises(NotPermittedError, match=f"This database is for {named}"):
        load()
    assert counts()["patient.patients"] == 0
    assert load(into_production=True).added["patient.patients"] == 2


def test_that_sets_in_a_skipped_hour_are_kept_an_hour_later_and_reported(
    data_set, tables, load, admin, report_file
):
    tables["derived/obs_sets"] = [
        a_set("2150-03-08 00:30:00", hr="60"),
        a_set("2150-03-08 01:30:00", hr="61"),
        a_set("2150-03-08 02:30:00", hr="62"),
    ]
    data_set(tables)
    load(anchor="2026-03-31T12:00")  # the clocks went forward on Sunday, 29 March
    question = "SELECT pulse_per_min, occurred_at FROM report.vital_signs ORDER BY pulse_per_min"
    times = {pulse: at.astimezone(UTC) for pulse, at in admin.execute(question).fetchall()}
    assert times == {
        60: datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        61: datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        62: datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    }
    [line] = [line for line in read_report(report_file) if line["field"] == "charttime"]
    assert (line["line"], line["effect"]) == ("3", "kept")
