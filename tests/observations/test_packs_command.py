import json

import pytest
from typer.testing import CliRunner

from ward_app.cli import packs
from ward_app.cli.score import score_line
from ward_app.core.errors import RuleBrokenError
from ward_app.observations.packs import PACK_NAMES, PACKS_FOLDER, adult_limits, pack_named


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch, tmp_path):
    """Ask no database: these are about the files."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path / "home"))


def run(*args):
    return CliRunner().invoke(packs.app, args)


def score(name, **line):
    return score_line(json.dumps(line).encode(), pack_named(name), adult_limits())


def test_that_list_names_every_pack_with_version_status_and_hash():
    said = run("list").output
    assert "which packs a hospital uses is not known" in said
    for name in PACK_NAMES:
        pack = pack_named(name)
        assert f"{name}  {pack.version}  {pack.status}" in said
        assert pack.hash in said


def test_that_verify_scores_every_packs_own_cases():
    result = run("verify")
    assert result.exit_code == 0
    assert result.output.count("scores as its own tests say") == len(PACK_NAMES)


def test_that_verify_fails_for_a_pack_that_was_changed(monkeypatch, tmp_path):
    for name in PACK_NAMES:
        text = (PACKS_FOLDER / f"{name}.json").read_text()
        (tmp_path / f"{name}.json").write_text(text.replace('{"to": 8, ', '{"to": 7, '))
    monkeypatch.setattr(packs, "PACKS_FOLDER", tmp_path)
    result = run("verify")
    assert result.exit_code == 1
    assert "respirations 8" in result.output


def test_that_diff_says_what_differs_and_of_the_same_nothing():
    said = run("diff", "mewc", "meows").output
    assert "- agitation True: 1" in said
    assert "+ looks_unwell True: 1" in said
    assert run("diff", "news2", str(PACKS_FOLDER / "news2.json")).output == ""


def test_that_diff_refuses_a_pack_that_there_is_not():
    assert isinstance(run("diff", "news2", "mews").exception, RuleBrokenError)


def test_that_a_child_is_scored_at_its_age():
    answer = score("paediatric", age_months=5, pulse=185, respiratory_effort="mild")
    assert answer["points"] == {"pulse": 4, "respiratory_effort": 1}
    assert answer["at_least"] == 5
    assert "capillary_refill_seconds" in answer["missing"]
    refill = score("paediatric", age_months=5, capillary_refill_seconds=3)
    assert refill["points"] == {"capillary_refill_seconds": 4}


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        ("paediatric", {"pulse": 100}, "age_months is needed"),
        ("paediatric", {"age_months": 200}, "not made for this age"),
        ("paediatric", {"age_months": 5, "respiratory_effort": "odd"}, "normal, mild"),
        ("mewc", {"oliguria": "no"}, "true, false or null"),
        ("mewc", {"lochia_abnormal": True}, "Unknown key"),
        ("news2", {"diastolic_bp_mmhg": 80}, "Unknown key"),
        ("news2", {"age_months": 5}, "Unknown key"),
    ],
    ids=["no age", "too old", "choice", "yes or no", "other pack", "news2 as ever", "no ages"],
)
def test_that_a_line_a_pack_cannot_read_is_refused(name, line, why):
    assert why in score(name, **line)["error"]
