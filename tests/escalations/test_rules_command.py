"""`wardctl escalation rules`: shown, set, taken away, and every version kept."""

from __future__ import annotations

from functools import partial

import pytest

from tests import world
from tests.commands import said_by
from tests.escalations.builders import EMERGENCY, open_now, record
from tests.steps import admit
from ward_app.cli.escalation import app
from ward_app.core.errors import RuleBrokenError
from ward_app.escalations.types import ResponderRole

EAST = world.id_of("east")
TIMES = ("--acknowledge", "3", "--arrive", "9", "--again", "2")
BACKWARDS = ("--acknowledge", "9", "--arrive", "3", "--again", "2")
AT_ONCE = ("--acknowledge", "0", "--arrive", "3", "--again", "2")
BY = ("--by", "Dr X, clinical lead")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn, "rules")


def test_that_the_shipped_steps_are_shown_with_their_source(run):
    shown = run("show")
    assert "medical_registrar" in shown
    assert "RCP NEWS2 2017" in shown
    assert "needs local clinical sign-off" in shown


def test_that_a_wards_step_is_called_from_then_on_and_the_old_one_is_kept(
    run, admin, database, nurse
):
    run("set", "high", "1", "consultant", *TIMES, "--ward", "east", *BY)
    run("set", "high", "1", "nurse_in_charge", *TIMES, "--ward", "east", *BY)
    assert "east: acknowledge within 3" in run("show")
    record(database, nurse, admit(database, nurse, "Okafor", "Ada"), EMERGENCY)
    assert open_now(database, nurse, EAST)[0].role is ResponderRole.NURSE_IN_CHARGE
    kept = admin.execute(
        "SELECT count(*) FROM report.escalation_rules WHERE ward_id = %s", (EAST,)
    )
    assert kept.fetchone() == (2,)


def test_that_a_step_can_be_taken_away_but_the_first(run):
    run("remove", "high", "3", "--ward", "east", *BY)
    with pytest.raises(RuleBrokenError, match="somebody is always called"):
        run("remove", "high", "1", "--ward", "east", *BY)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("high", "10", "consultant", *TIMES, "--ward", "east", *BY), "steps 1 to 9"),
        (("high", "1", "consultant", *TIMES, "--ward", "east", "--by", " "), "who decided"),
        (("high", "1", "consultant", *TIMES, "--ward", "nowhere", *BY), "no single ward"),
        (("high", "1", "consultant", *TIMES, *BY), "which hospital"),
        (
            (
                "high",
                "1",
                "consultant",
                *BACKWARDS,
                *BY,
            ),
            "before acknowledging",
        ),
        (
            (
                "high",
                "1",
                "consultant",
                *AT_ONCE,
                *BY,
            ),
            "1 to 1440",
        ),
    ],
    ids=["step", "nobody", "ward", "hospital", "order", "minutes"],
)
def test_that_what_cannot_be_is_refused(run, words, why):
    with pytest.raises(RuleBrokenError, match=why):
        run("set", *words)


def test_that_a_hospitals_step_counts_for_all_its_wards(run):
    run("set", "medium", "1", "nurse_in_charge", *TIMES, "--facility", "main", *BY)
    assert "main: acknowledge within 3" in run("show")
