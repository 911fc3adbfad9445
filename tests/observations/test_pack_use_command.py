"""`wardctl packs use | list | register | verify | recompute | compare` against a hospital."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import psycopg
import pytest
from typer.testing import CliRunner

from tests.observations.builders import WELL, signs
from tests.observations.site import SIGNED, use
from tests.steps import a_set, admit, ago, board_of
from ward_app.audit.service import open_chart
from ward_app.cli import packs
from ward_app.cli.pack_checks import _only
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.observations.packs import PACKS_FOLDER, news2_pack
from ward_app.observations.rules import PackStatus
from ward_app.observations.service import record_observations, strike_out
from ward_app.observations.types import StrikeOut
from ward_app.operations.score_checks import ComparedSet

SICK = signs(respiratory_rate_per_min=25, pulse_per_min=135)


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


@pytest.fixture
def wardctl(admin_dsn):
    """Run `wardctl packs …` for this test's database."""
    return lambda *args: CliRunner().invoke(packs.app, [*args, "--dsn", admin_dsn])


@pytest.fixture
def on_trial(admin_dsn, wardctl, lenient):
    """Begin the trial of the lenient NEWS2."""

    def begin():
        wardctl("register", str(lenient))
        use(admin_dsn, "news2", PackStatus.TRIAL, version="lenient.1")

    return begin


@pytest.fixture
def lenient(tmp_path):
    """NEWS2 whose respirations of 25 and more are worth nothing: fewer calls."""
    file = tmp_path / "lenient.json"
    pack = json.loads((PACKS_FOLDER / "news2.json").read_text())
    rate = pack["parameters"][0]
    assert rate["bands"][-1] == {"from": 25, "points": 3}
    rate["bands"][-1]["points"] = 0
    pack |= {"version": "lenient.1", "vectors": pack["vectors"][1:2]}
    file.write_text(json.dumps(pack))
    return file


def record(database, nurse, patient, vital_signs=WELL, **changes):
    new = a_set(patient, vital_signs=vital_signs, **changes)
    return database.run(nurse, record_observations, new)


def test_that_use_sets_it_and_list_tells_it_with_its_reasons(wardctl):
    said = wardctl("use", "mewc", "live", "--reason", "Opened a ward", "--by", "Ivan IT",
                   "--signed-off-by", SIGNED, "--facility", "main")  # fmt: skip
    assert said.output == "mewc 2014.1 is live from now on.\n"
    listed = wardctl("list").output
    assert "main: mewc 2014.1 live since" in listed
    assert f"Ivan IT, signed off by {SIGNED}: Opened a ward" in listed
    assert "other: mewc 2014.1 disabled since" in listed
    assert "main: news2 2017.1 live since" in listed


def test_that_what_rests_on_general_knowledge_needs_a_clinician(wardctl, admin):
    said = wardctl("use", "mewc", "live", "--reason", "x", "--facility", "main")
    assert "--signed-off-by" in str(said.exception)
    assert "responses" in str(said.exception)
    trial = wardctl("use", "mewc", "trial", "--reason", "x", "--facility", "main")
    assert trial.exit_code == 0
    with pytest.raises(Exception, match="signed it off"):
        admin.execute(
            "INSERT INTO report.score_pack_uses (id, pack_id, use, reason, set_by)"
            " SELECT %s, id, 'live', 'x', 'x' FROM report.score_packs WHERE name = 'mewc'",
            (new_id(),),
        )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": " "}, "Say why"),
        ({"set_by": " "}, "Say who"),
        ({"facility": None}, "which hospital is meant: main, other"),
        ({"facility": "none"}, "which hospital"),
        ({"name": "mews"}, "There is: news2 2017.1"),
        ({"version": "2099"}, "No such score pack"),
    ],
    ids=["reason", "who", "no hospital", "hospital", "name", "version"],
)
def test_that_a_use_that_says_too_little_is_refused(admin_dsn, changes, why):
    with pytest.raises(RuleBrokenError, match=why):
        use(admin_dsn, changes.pop("name", "mewc"), **changes)


def test_that_of_two_packs_for_the_same_patients_one_is_live(admin_dsn):
    use(admin_dsn, "mewc")
    with pytest.raises(RuleBrokenError, match="Maternal Early Warning Criteria is live for the"):
        use(admin_dsn, "meows")
    use(admin_dsn, "meows", PackStatus.TRIAL)
    use(admin_dsn, "paediatric")
    use(admin_dsn, "mewc", PackStatus.DISABLED)
    use(admin_dsn, "meows")


def test_that_a_new_version_takes_the_place_of_the_one_before(wardctl, admin_dsn, lenient):
    said = wardctl("register", str(lenient)).output
    assert said.startswith("news2 lenient.1 is registered")
    assert wardctl("register", str(lenient)).exit_code == 0
    assert "main: news2 lenient.1 disabled" in wardctl("list").output
    assert use(admin_dsn, "news2") == "lenient.1"
    listed = wardctl("list").output
    assert "main: news2 lenient.1 live" in listed
    assert "main: news2 2017.1 disabled" in listed
    assert use(admin_dsn, "news2", version="2017.1") == "2017.1"


def test_that_a_version_has_one_content(wardctl, lenient):
    wardctl("register", str(lenient))
    lenient.write_text(lenient.read_text() + "\n")
    said = wardctl("register", str(lenient))
    assert "registered with another content" in str(said.exception)


def test_that_a_pack_that_nothing_measures_is_not_registered(admin):
    pack = json.loads((PACKS_FOLDER / "mewc.json").read_text())
    pack["version"] = "ours.1"
    pack["parameters"][0] |= {"name": "urine_ml"}
    with pytest.raises(psycopg.Error, match="nothing measures it"):
        admin.execute(
            "INSERT INTO report.score_packs (id, content) VALUES (%s, %s)",
            (new_id(), json.dumps(pack)),
        )


def test_that_verify_compares_the_files_with_what_is_registered(wardctl, monkeypatch, tmp_path):
    assert wardctl("verify").exit_code == 0
    for name in packs.PACK_NAMES:
        content = (PACKS_FOLDER / f"{name}.json").read_text()
        (tmp_path / f"{name}.json").write_text(content + "\n" * (name == "mewc"))
    monkeypatch.setattr(packs, "PACKS_FOLDER", tmp_path)
    said = wardctl("verify")
    assert said.exit_code == 1
    assert "mewc: the file is not the one that is registered" in said.output
    assert said.output.count("not the one") == 1


def test_that_recompute_lists_what_differs_and_changes_nothing(
    wardctl, database, nurse, patient, admin
):
    record(database, nurse, patient, SICK)
    said = wardctl("recompute")
    assert (said.exit_code, said.output) == (
        0, "1 scores are stored; 0 differ from the database's own.\n",
    )  # fmt: skip
    wrong, unknown = new_id(), new_id()
    load = (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, pulse_per_min,"
        " score_pack, score_version, score_hash, score_at_least, score_points, score_missing,"
        " risk, interval_minutes)"
        " VALUES (%s, %s, now(), 140, 'news2', '2017.1', %s, 1, '{}', '[]', 'low', 240)"
    )
    admin.execute(load, (wrong, patient, news2_pack().hash))
    admin.execute(load, (unknown, patient, "0" * 64))
    said = wardctl("recompute")
    assert said.exit_code == 1
    assert "stored at least 1, low, recomputed at least 3, low-medium" in said.output
    assert f"{unknown}" in said.output
    assert "this pack is not registered" in said.output
    assert "3 scores are stored; 2 differ" in said.output


def test_that_a_pack_on_trial_scores_every_set_and_is_never_shown_as_the_score(
    wardctl, database, nurse, patient, admin, on_trial
):
    record(database, nurse, patient, SICK)  # before the trial
    on_trial()
    saved = record(database, nurse, patient, SICK)
    assert (saved.score.version, saved.score.total) == ("2017.1", 6)
    noted = admin.execute("SELECT vital_sign_id, total, risk FROM report.trial_scores").fetchall()
    assert noted == [(saved.id, 3, "low-medium")]
    admin.execute(  # loaded in bulk, by hand
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, pulse_per_min)"
        " VALUES (%s, %s, now(), 90)",
        (new_id(), patient),
    )
    assert admin.execute("SELECT count(*) FROM report.trial_scores").fetchone() == (2,)


def test_that_compare_tells_trial_from_live(wardctl, database, nurse, patient, on_trial):
    on_trial()
    assert wardctl("compare").output == "No set was scored by a pack on trial.\n"
    sick = record(database, nurse, patient, signs(respiratory_rate_per_min=25))
    record(database, nurse, patient)
    wrong = record(database, nurse, patient, SICK)
    [row] = [row for row in board_of(database, nurse) if row.admission_id == patient]
    database.run(nurse, open_chart, row.patient_id)
    database.run(
        nurse,
        strike_out,
        StrikeOut(id=new_id(), admission_id=patient, struck_id=wrong.id, reason="slip"),
    )
    said = wardctl("compare").output
    assert said.startswith("news2 lenient.1 on trial, news2 live: 2 sets\n")
    counts = [line.split() for line in said.splitlines()[2:5]]
    assert counts == [
        ["none", "low", "low-medium", "medium", "high"],
        ["live", "0", "1", "1", "0", "0"],
        ["trial", "0", "2", "0", "0", "0"],
    ]
    assert "Only the trial score calls somebody: 0 sets" in said
    assert "Only the live score calls somebody: 1 sets" in said
    assert f"east  {sick.id}  live 3, low-medium; trial 0, low" in said
    assert "Okafor" not in said


def test_that_compare_asks_for_a_time_and_a_ward_and_writes_csv(
    wardctl, database, nurse, patient, on_trial
):
    on_trial()
    saved = record(database, nurse, patient, SICK, occurred_at=ago(5))
    rows = list(csv.DictReader(io.StringIO(wardctl("compare", "--csv").output)))
    assert [(row["set_id"], row["total"], row["trial_total"]) for row in rows] == [
        (str(saved.id), "6", "3")
    ]
    for found, asked in (
        (1, ("--ward", "east")),
        (0, ("--ward", "west")),
        (1, ("--from", "2020-01-01", "--to", "2190-01-01")),
        (0, ("--from", "2190-01-01")),
        (0, ("--to", "2020-01-01")),
    ):
        lines = wardctl("compare", "--csv", *asked).output.splitlines()
        assert len(lines) == 1 + found, asked


def test_that_a_long_list_is_cut_and_says_where_the_rest_is():
    one = ComparedSet(
        set_id=new_id(), occurred_at=ago(1), ward=None, pack=None, total=None, at_least=None,
        risk=None, calls=False, trial="mewc 1", trial_total=None, trial_at_least=1,
        trial_risk="high", trial_calls=True,
    )  # fmt: skip
    lines = list(_only("trial", [replace(one)] * 25))
    assert lines[0] == "Only the trial score calls somebody: 25 sets"
    assert "-  " in lines[1]
    assert "live not scored; trial at least 1, high" in lines[1]
    assert lines[-1] == "  and 5 more: --csv lists them all"
    assert len(lines) == 22
