"""A data set of one's own and its import into the test's database."""

import pytest

from tests.exchange.mimic_files import a_small_data_set, write
from ward_app.exchange.mimic_iv import ImportOptions, import_mimic_iv

ANCHOR = "2026-03-18T12:00"

COUNTED = (
    "public.imports",
    "room.buildings",
    "room.wards",
    "room.beds",
    "patient.patients",
    "patient.patient_details",
    "admission.admissions",
    "admission.bed_stays",
    "admission.transfers",
    "admission.discharges",
    "report.vital_signs",
    "public.user_wards",
    "audit.change_logs",
)


@pytest.fixture
def tables():
    """The rows of the small data set; a test changes them before it writes them."""
    return a_small_data_set()


@pytest.fixture
def data_set(tmp_path):
    """Write tables into the folder of the data set."""
    return lambda tables: write(tmp_path / "data", tables)


@pytest.fixture
def report_file(tmp_path):
    """Where the import writes its report."""
    return tmp_path / "report.csv"


@pytest.fixture
def load(admin_dsn, tmp_path, report_file):
    """Import the data set into the main hospital, at the tests' anchor unless said otherwise."""

    def run(announce=lambda *_: None, **changes):
        usual = {"folder": tmp_path / "data", "report_file": report_file, "anchor": ANCHOR}
        options = ImportOptions(**{**usual, "facility_code": "main", **changes})
        return import_mimic_iv(admin_dsn, options, announce=announce)

    return run


@pytest.fixture
def counts(admin):
    """Return how many rows each table has."""
    return lambda: {
        table: admin.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED
    }


@pytest.fixture
def patients(admin):
    """Return a column of the imported patients by their number in MIMIC-IV."""

    def select(column):
        question = f"SELECT external_id, {column} FROM patient.patients WHERE external_id <> ''"
        return dict(admin.execute(question).fetchall())

    return select
