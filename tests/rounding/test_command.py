"""`wardctl rounds`: checklists listed, shown, exported, imported; what became of rounds."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.commands import said_by
from tests.rounding.builders import answer, put_off, template
from tests.rounding.test_service import steady
from tests.steps import admit, ago
from ward_app.cli.rounds import app
from ward_app.core.errors import RuleBrokenError

WHO = ("--by", "Sister X", "--reason", "trial", "--facility", "main")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_shipped_checklists_are_listed_and_shown(run):
    listed = run("list").splitlines()
    assert len(listed) == 8
    assert (
        "intentional 1 (shipped): Intentional round; min: high 60; 07:00-22:00 60; 120" in listed
    )
    assert "admission 1 (shipped): Admission checklist; min: once, within 360" in listed
    shown = run("show", "skin").splitlines()
    assert "  places: Where it is not (body_map, may be left out)" in shown
    assert shown[-1].startswith("To be signed off: Which items")
    with pytest.raises(RuleBrokenError, match="list"):
        run("show", "nothing")


def test_that_what_is_exported_is_imported_as_the_next_version(run, tmp_path, database, nurse):
    file = tmp_path / "intentional.json"
    run("export", "intentional", "--output", str(file))
    content = json.loads(file.read_text()) | {"title": "Hourly round"}
    assert content == json.loads(run("export", "intentional")) | {"title": "Hourly round"}
    said = run("import", "-", *WHO, input=json.dumps(content))
    assert said == "intentional: version 2 is in force from now on.\n"
    stored = template(database, nurse)
    assert (stored.version, stored.title) == (2, "Hourly round")
    assert len(run("list", "--history").splitlines()) == 9
    assert len(run("list").splitlines()) == 8


@pytest.mark.parametrize(
    ("text", "who", "told"),
    [
        ("[]", WHO, "no name"),
        ("{", WHO, "cannot be read"),
        ('{"name": "x", "title": "X"}', WHO, "patient or of the ward"),
        ('{"name": "x"}', (*WHO[:-1], "nowhere"), "main, other"),
        ('{"name": "x"}', WHO[:-2], "main, other"),
        ('{"name": "x"}', ("--by", " ", *WHO[2:]), "--by"),
    ],
    ids=["no object", "no json", "unusable", "no hospital", "several", "nobody"],
)
def test_that_what_cannot_be_a_checklist_is_refused(run, text, who, told):
    with pytest.raises(RuleBrokenError, match=told):
        run("import", "-", *who, input=text)


def test_that_the_report_counts_by_ward_and_checklist(run, database, nurse, admin):
    steady(admin, 60)
    patient = admit(database, nurse, label="1", admitted_at=ago(250))
    answer(database, nurse, patient, minutes_ago=200, answers={"pain": "no"})
    answer(database, nurse, patient, minutes_ago=125)
    put_off(database, nurse, patient, occurred_at=ago(60))
    said = run("report", "--ward", "east", "--days", "1", "--answer", "pain=no")
    [line] = [one for one in said.splitlines() if "Intentional round" in one]
    assert line == (
        "east Intentional round: 1 of 2 on time (50 %), 1 late, 0 missed; 1 put off (1 asleep), "
        "0 paused, 0 open"
    )
    assert said.splitlines()[-1] == "Answered pain=no: 1 records."
    assert run("report", "--ward", "west") == "No round was due in the last 7 days.\n"
    with pytest.raises(RuleBrokenError, match="no ward nowhere"):
        run("report", "--ward", "east", "--ward", "nowhere")
    with pytest.raises(RuleBrokenError, match="pain=no"):
        run("report", "--answer", "pain")
