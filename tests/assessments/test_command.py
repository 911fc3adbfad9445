"""`wardctl instruments`: shown, verified, loaded by permission, in use ward by ward."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.assessments.builders import LOCAL, assess, content, dues, rows
from tests.steps import admit, open_first
from ward_app.assessments.pack import INSTRUMENT_NAMES, INSTRUMENTS_FOLDER, read_instrument
from ward_app.cli import instruments
from ward_app.core.errors import ConfigurationError, RuleBrokenError

WHY = ("--reason", "Falls group", "--by", "Dr X, clinical lead")
LOADED = ("--by", "Ivan IT", "--permission", "Agreement 7 of 2026")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""

    def run(*words, status=0):
        done = CliRunner().invoke(instruments.app, [*words, "--dsn", admin_dsn])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status
        return done.output

    return run


@pytest.fixture
def without(monkeypatch, tmp_path):
    """Run a command where no database is."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path / "home"))

    def run(*words):
        return CliRunner().invoke(instruments.app, words)

    return run


@pytest.fixture
def file(tmp_path):
    """Return what writes the made-up instrument's file, changed."""

    def write(text=None):
        path = tmp_path / "local.json"
        path.write_text(content() if text is None else text)
        return str(path)

    return write


def test_that_without_a_database_the_delivered_ones_are_listed(without):
    said = without("list").output
    for name in INSTRUMENT_NAMES:
        assert f"{name}  1  " in said
    assert "No database was asked" in said
    assert without("verify").exit_code == 0


def test_that_the_list_says_what_each_ward_uses_and_when_it_is_due(run):
    run("use", "falls", "on", "--ward", "east", "--after", "admission", "--after", "fall",
        "--first", "360", "--again", "10080", "--band", "at_risk=1440", *WHY)  # fmt: skip
    run("use", "bristol", "off", "--ward", "west", *WHY)
    said = run("list")
    assert (
        "main east: falls 1 on, due within 6 h of admission or fall, again after 168 h,"
        " at_risk: after 24 h. Since "
    ) in said
    assert "Dr X, clinical lead: Falls group" in said
    assert "main west: bristol 1 off. Since " in said
    assert "main west: falls 1 on, as delivered" in said
    assert "free; loaded " in said


def test_that_times_hold_from_now_on_and_only_on_that_ward(run, database, nurse):
    stay = admit(database, nurse)
    run("use", "falls", "on", "--ward", "west", "--after", "admission", "--first", "30", *WHY)
    assert dues(database, nurse) == ()
    run("use", "falls", "on", "--after", "admission", "--first", "30", *WHY)
    assert [due.admission_id for due in dues(database, nurse)] == [stay]
    run("use", "falls", "on", *WHY)
    assert dues(database, nurse) == ()
    assert "due by no times" not in run("list")


def test_that_what_is_not_free_is_loaded_by_permission_alone(run, file):
    with pytest.raises(RuleBrokenError, match=r"is not free \(A publisher\): By agreement only"):
        run("load", file(), "--by", "Ivan IT")
    assert "local 1 is loaded" in run("load", file(), *LOADED)
    run("load", file(), *LOADED)
    said = run("list")
    assert said.count("local  1") == 1
    assert "by permission: Agreement 7 of 2026; loaded " in said
    assert ": local 1" not in said


def test_that_a_loaded_instrument_is_used_where_it_is_said(run, file, database, nurse):
    stay = admit(database, nurse)
    open_first(database, nurse)
    run("load", file(), *LOADED)
    one = read_instrument(content(), "local")
    answers = {"moist": "wet", "weight": "0.0", "moves": "yes"}
    with pytest.raises(RuleBrokenError, match="not in use"):
        assess(database, nurse, stay, one, answers)
    said = run("use", "local", "on", "--ward", "east", *WHY)
    assert said == "local 1 is on from now on: east.\n"
    assess(database, nurse, stay, one, answers)
    assert [row.score for row in rows(database, nurse, stay)] == [2]


def test_that_a_new_version_has_to_be_called_so(run, file):
    run("load", file(), *LOADED)
    with pytest.raises(RuleBrokenError, match="Give the file a version of its own"):
        run("load", file(content(title="Another")), *LOADED)
    run("load", file(content(version="2", title="Another")), *LOADED)
    assert "local 2 is on" in run("use", "local", "on", *WHY)
    assert "local 1 is on" in run("use", "local", "on", "--version", "1", *WHY)
    assert "Another (local 2)" in run("show", "local")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("use", "nothing", "on", *WHY), "No such instrument is loaded"),
        (("use", "falls", "maybe", *WHY), "Say on or off"),
        (("use", "falls", "on", "--ward", "north", *WHY), "There is no ward north"),
        (("use", "falls", "on", "--reason", " "), "Say why"),
        (("use", "falls", "on", "--reason", "x", "--by", " "), "Say who decided"),
        (("use", "falls", "on", "--first", "30", *WHY), "go together"),
        (("use", "falls", "on", "--after", "lunch", "--first", "30", *WHY), "--after is"),
        (("use", "falls", "on", "--band", "at_risk", *WHY), "--band is"),
        (("use", "falls", "on", "--band", "purple=60", *WHY), "does not have"),
        (("use", "falls", "on", "--again", "1", *WHY), "5 minutes to a year"),
        (("show", "nothing"), "There is no instrument 'nothing'"),
    ],
)
def test_that_what_is_not_possible_is_refused_in_words(run, words, told):
    with pytest.raises(RuleBrokenError, match=told):
        run(*words)


def test_that_nobody_loads_without_a_name(run, file):
    with pytest.raises(RuleBrokenError, match="who loads it"):
        run("load", file(), "--by", " ", "--permission", "x")


def test_that_a_damaged_file_is_not_loaded(run, file):
    with pytest.raises(ConfigurationError, match="no test is incomplete"):
        run("load", file(json.dumps(LOCAL | {"vectors": LOCAL["vectors"][:2]})), *LOADED)


def test_that_verify_runs_the_tests_of_delivered_and_loaded_ones(run, file):
    run("load", file(), *LOADED)
    assert run("verify").count("comes out as its own tests say") == len(INSTRUMENT_NAMES)


def test_that_verify_finds_a_changed_file(run, monkeypatch, tmp_path):
    for name in INSTRUMENT_NAMES:
        text = (INSTRUMENTS_FOLDER / f"{name}.json").read_text()
        (tmp_path / f"{name}.json").write_text(text.replace('"Pain now"', '"Pain"'))
    monkeypatch.setattr(instruments, "INSTRUMENTS_FOLDER", tmp_path)
    said = run("verify", status=1)
    assert "pain_nrs: the file is not the one that is registered" in said
    assert "falls: the file" not in said
    (tmp_path / "falls.json").write_text("{")
    monkeypatch.setattr(instruments, "INSTRUMENT_NAMES", ("falls",))
    problems = list(instruments._verify_files())
    assert "must not be used" in problems[0]


def test_that_show_says_what_is_asked_and_what_a_site_must_set(without, file):
    said = without("show", "falls").output
    assert "Licence: Our own list; it is no prediction score." in said
    assert "Suggested, in force nowhere until set: due within 6 h of admission" in said
    assert "- Age and judgement: 65 or over, 50 to 64, judged at risk" in said
    assert "[task: Plan what lowers the risk of falling, 240 min]" in said
    assert "- What was agreed with the patient: words, if wanted" in said
    shown = without("show", file()).output
    assert "- Weight lost: 0 to 40 kg" in shown
    assert "- Moist: dry (0), wet (2), not known" in shown
    assert "due by no times" in without("show", "bristol").output


def test_that_a_database_before_instruments_is_told(run, admin):
    admin.execute("ALTER TABLE report.instruments RENAME TO instruments_of_another_day")
    with pytest.raises(ConfigurationError, match="wardctl migrate run"):
        run("list")
