"""`wardctl import mimic-iv`: what IT types and reads."""

import pytest
from typer.testing import CliRunner

from tests.exchange.conftest import ANCHOR
from ward_app.cli import main as wardctl
from ward_app.cli.imports import app


@pytest.fixture
def run(admin_dsn, tmp_path, monkeypatch):
    """Run the command on the test's database; return its outcome."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path / "home"))

    def invoke(*arguments, anchor=ANCHOR):
        usual = ["--dsn", admin_dsn, "--facility", "main", "--anchor", anchor]
        return CliRunner().invoke(app, ["mimic-iv", str(tmp_path / "data"), *usual, *arguments])

    return invoke


def test_that_it_says_what_was_loaded_what_was_not_and_where_the_report_is(
    data_set, tables, run, tmp_path
):
    data_set(tables)
    outcome = run("--grant", "nora", "--beds-per-ward", "4")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stderr == ""
    lines = outcome.stdout.splitlines()
    assert lines[0] == (
        "MIMIC-IV demo in Main Hospital, anchored at 18-Mar-2026 12:00 (Europe/London)."
    )
    assert "  patients                 2 added" in lines
    assert "  beds                    12 added" in lines
    assert "Patients in hospital at the anchor: 1." in lines
    assert "Ward assignments added: 3. They count from the next sign-in." in lines
    assert "hosp/transfers.csv.gz: 6 rows, 5 loaded, 1 not loaded" in lines
    assert "         1 row not loaded: later than the anchor" in lines
    assert lines[-1] == f"Report, line by line: {tmp_path / 'home' / 'mimic-iv-import.csv'}"
    assert (tmp_path / "home" / "mimic-iv-import.csv").is_file()


def test_that_a_second_run_says_that_nothing_changed(data_set, tables, run):
    data_set(tables)
    run()
    outcome = run(anchor="now")
    assert "Nothing changed: every row was there already." in outcome.stdout
    assert "  patients                 0 added, 2 were there already" in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["/nowhere"], 1, "There is no folder /nowhere."),
        (["/", "--beds-per-ward", "-1"], 2, "--beds-per-ward"),
        ([], 2, "Missing argument 'DIR'"),
    ],
)
def test_that_a_refusal_is_a_sentence_and_a_status(
    admin_dsn, monkeypatch, capsys, arguments, status, sentence
):
    command = ["wardctl", "import", "mimic-iv", "--dsn", admin_dsn, *arguments]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as ended:
        wardctl.main()
    assert ended.value.code == status
    assert sentence in capsys.readouterr().err
