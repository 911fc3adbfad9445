"""`wardctl lane`: shown, set for one ward or all, within its ranges, every version kept."""

from __future__ import annotations

from datetime import time
from functools import partial

import pytest

from tests.commands import said_by
from tests.lane.builders import EAST, lane
from ward_app.cli.lane import app
from ward_app.core.errors import RuleBrokenError

WHO = ("--by", "Sister X", "--source", "Local policy 7.")
NIGHT = ("--night", "23:00-6:00", "--wait", "set", "--risk", "low", "--longest-wait", "420")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_delivered_numbers_let_nobody_sleep(run):
    shown = run("show")
    assert shown.startswith("every ward: visits of 30 min; nobody is let sleep; work: set 5 min")
    assert "As delivered" in shown


def test_that_a_wards_own_night_holds_for_it_alone(run, database, nurse):
    said = run("set", "--ward", "east", *NIGHT, *WHO)
    assert "from 23:00 to 06:00 set may wait for patients of risk low, 420 min at most" in said
    policy = lane(database, nurse).policies[EAST]
    assert (policy.night_from, policy.night_until) == (time(23), time(6))
    assert policy.visit_minutes == 30
    shown = run("show").splitlines()
    assert [line.split(":")[0] for line in shown if not line.startswith(" ")] == [
        "every ward",
        "east",
    ]
    assert "Local policy 7. Decided by Sister X." in shown[-1]
    assert "nobody is let sleep" in run("set", "--ward", "east", "--night", "none", *WHO)


def test_that_numbers_change_one_at_a_time_and_versions_are_kept(run):
    run("set", "--visit", "20", *WHO)
    said = run("set", "--work", "task=15", "--work", "round=4", *WHO)
    assert "visits of 20 min" in said
    assert "task 15 min, round 4 min" in said
    assert run("show", "--history").count("every ward:") == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--visit", "121", *WHO), "visit minutes is 0 to 120"),
        (("--longest-wait", "721", *WHO), "sleep minutes is 0 to 720"),
        (("--risk", "high", *WHO), "Only low"),
        (("--wait", "sleepwalk", *WHO), "What is done is"),
        (("--work", "dance=5", *WHO), "What is done is"),
        (("--work", "set", *WHO), "--work is"),
        (("--work", "set=241", *WHO), "Work takes"),
        (("--night", "25:00-06:00", *WHO), "--night is two"),
        (("--night", "06:00-06:00", *WHO), "different times"),
        (("--visit", "20", "--ward", "nowhere", *WHO), "no one ward"),
        (WHO, "what is to change"),
        (("--visit", "1", "--by", " ", "--source", "x"), "who decided"),
        (("--visit", "1", "--by", "x", "--source", " "), "come from"),
    ],
    ids=[
        "visit", "wait", "high risk", "unknown", "unknown work", "no minutes", "long work",
        "no time", "no night", "no ward", "nothing", "nobody", "no source",
    ],
)  # fmt: skip
def test_that_impossible_settings_are_refused_and_nothing_changes(run, words, why):
    before = run("show", "--history")
    with pytest.raises(RuleBrokenError, match=why):
        run("set", *words)
    assert run("show", "--history") == before
