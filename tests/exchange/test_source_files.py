"""Files that are there, are not, or are damaged."""

import gzip

import pytest

from tests.exchange.mimic_files import a_patient, write
from ward_app.exchange.mimic_records import read_files
from ward_app.exchange.report import ImportReport
from ward_app.exchange.source_files import UnusableSourceError, check_folder, read_rows

NAME = "hosp/patients"


@pytest.fixture
def report():
    return ImportReport()


@pytest.fixture
def put(tmp_path):
    """Write bytes as the patients' file."""

    def write_bytes(content, ending=".csv.gz"):
        path = tmp_path / f"{NAME}{ending}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return tmp_path

    return write_bytes


def test_that_rows_come_with_their_lines_and_only_the_columns_asked_for(put, report):
    text = 'a,b,c\n1,"two\nlines",3\n\n4,5,6\n'
    rows = read_rows(put(gzip.compress(text.encode())), NAME, columns=["c", "b"], report=report)
    assert [(row.line, row.values) for row in rows] == [
        (2, {"c": "3", "b": "two\nlines"}),
        (5, {"c": "6", "b": "5"}),
    ]
    assert rows[0].file == "hosp/patients.csv.gz"
    assert report.rows_read() == {"hosp/patients.csv.gz": 2}


def test_that_an_unpacked_file_is_read_too_and_a_byte_order_mark_is_no_column(put, report):
    folder = put(b"\xef\xbb\xbfa\n1\n", ".csv")
    assert [row.values for row in read_rows(folder, NAME, columns=["a"], report=report)] == [
        {"a": "1"}
    ]


def test_that_a_row_with_a_field_too_few_or_too_many_goes_to_the_report(put, report):
    folder = put(gzip.compress(b"a,b\n1\n1,2,3\n1,2\n"))
    assert [row.line for row in read_rows(folder, NAME, columns=["a"], report=report)] == [4]
    assert [line.line for line in report.lines] == [2, 3]
    assert report.rows_read() == {"hosp/patients.csv.gz": 3}
    assert report.rows_refused() == {"hosp/patients.csv.gz": 2}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (gzip.compress(b"a,b\n" + b"1,2\n" * 9999)[:-40], "cannot be unpacked to its end"),
        (gzip.compress(b"a,b\n1,2\n")[:12], "cannot be unpacked to its end"),
        (b"a,b\n1,2\n", "cannot be unpacked to its end"),
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(b"a,c\n1,2\n"), "lacks the column b. This reads the layout of"),
        (gzip.compress(b"a,b\n\xff\xfe,2\n"), "is not a CSV file in UTF-8"),
        (gzip.compress(b'a,b\n"1,2\n'), "is not a CSV file in UTF-8"),
    ],
    # gzip writes the time into its bytes: as names they would differ from process to process
    ids=["cut", "cut_at_once", "not_packed", "no_bytes", "nothing", "column", "code", "quote"],
)
def test_that_a_file_that_cannot_be_used_is_named(put, report, content, sentence):
    with pytest.raises(UnusableSourceError, match=rf"hosp/patients\.csv\.gz .*{sentence}"):
        read_rows(put(content), NAME, columns=["a", "b"], report=report)


def test_that_a_missing_file_is_named(tmp_path, report):
    with pytest.raises(UnusableSourceError, match=r"lacks hosp/patients\.csv\.gz"):
        read_rows(tmp_path, NAME, columns=["a"], report=report)


def test_that_a_file_that_is_a_folder_is_named(tmp_path, report):
    (tmp_path / "hosp" / "patients.csv").mkdir(parents=True)
    with pytest.raises(UnusableSourceError, match=r"hosp/patients.csv cannot be read: Is a dir"):
        read_rows(tmp_path, NAME, columns=["a"], report=report)


def test_that_the_folder_must_be_one(tmp_path):
    with pytest.raises(UnusableSourceError, match="There is no folder"):
        check_folder(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(UnusableSourceError, match="is not a folder"):
        check_folder(tmp_path / "file")


def test_that_an_empty_folder_is_told_what_it_lacks(tmp_path, report):
    with pytest.raises(UnusableSourceError, match=r"lacks hosp/patients\.csv\.gz\. This reads"):
        read_files(tmp_path, report)


@pytest.mark.parametrize("missing", ["hosp/services", "derived/obs_sets", "hosp/transfers"])
def test_that_every_file_is_needed(tmp_path, report, tables, missing):
    del tables[missing]
    with pytest.raises(UnusableSourceError, match=f"lacks {missing}.csv.gz"):
        read_files(write(tmp_path, tables), report)


def test_that_a_data_set_without_one_usable_patient_says_why(tmp_path, report, tables):
    tables["hosp/patients"] = [a_patient("Ann")]
    with pytest.raises(UnusableSourceError, match="first: line 2, subject_id Ann: not a number"):
        read_files(write(tmp_path, tables), report)


def test_that_a_data_set_without_patients_says_so(tmp_path, report, tables):
    tables["hosp/patients"] = []
    with pytest.raises(UnusableSourceError, match=r"Not one row of hosp/patients .* it has none"):
        read_files(write(tmp_path, tables), report)


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("hosp/patients", {"anchor_age": "old"}, "not a whole number from 0 to 122"),
        ("hosp/patients", {"anchor_age": "123"}, "not a whole number from 0 to 122"),
        ("hosp/patients", {"anchor_year": "-1"}, "not a whole number from 0 to 2300"),
        ("hosp/patients", {"dod": "31-02-2150"}, "not a date"),
        ("hosp/patients", {"dod": "0150-02-01"}, "not between 1900 and 2300"),
        ("hosp/admissions", {"hadm_id": "20000001.0"}, "not a number of the data set"),
        ("hosp/admissions", {"deathtime": "late"}, "not a date and time"),
        ("hosp/transfers", {"outtime": ""}, "not a date and time"),
        ("hosp/services", {"transfertime": "x"}, "not a date and time"),
    ],
)
def test_that_a_row_that_cannot_be_read_is_reported_with_its_field(
    tmp_path, report, tables, name, values, reason
):
    tables[name][0] |= values
    tables["hosp/patients"].append(a_patient("10000003"))
    read_files(write(tmp_path, tables), report)
    [(field, value)] = values.items()
    [line] = report.lines
    assert (line.source_file, line.line, line.field) == (f"{name}.csv.gz", 2, field)
    assert (line.value, line.reason) == (value, reason)
