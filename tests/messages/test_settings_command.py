"""`wardctl messages`: shown, set within its ranges, and every version kept."""

from __future__ import annotations

from functools import partial

import pytest

from tests.commands import said_by
from tests.messages.builders import grow_old, one, send
from ward_app.cli.messages import app
from ward_app.core.errors import RuleBrokenError
from ward_app.messages.queries import pass_on_messages
from ward_app.messages.types import Urgency

WHO = ("--by", "Dr X, clinical lead", "--source", "Local policy 7.")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_delivered_steps_say_that_they_are_to_be_confirmed(run):
    shown = run("show")
    assert "Step 1: after 10 min, Charge nurse of the ward is told\n" in shown
    assert "Step 2: after 20 min, Ward manager of the ward is told\n" in shown
    assert shown.count("for the hospital to confirm") == 2


def test_that_a_step_holds_from_now_on_and_the_version_before_is_kept(
    run, database, people, admin
):
    run("set", "1", "--after", "5", "--role", "healthcare_assistant", *WHO)
    assert "Step 1: after 5 min, Healthcare assistant" in run("show")
    assert "Charge nurse" not in run("show")
    assert "Charge nurse" in run("show", "--history")
    send(database, people["nora"], urgency=Urgency.URGENT)
    grow_old(admin, 6)
    assert database.run(people["nora"], pass_on_messages) == 1
    assert one(database, people["hal"]).step == 1


def test_that_a_step_can_be_left_out(run, database, people, admin):
    run("set", "1", "--after", "10", "--role", "nobody", *WHO)
    assert "Step 1: after 10 min, nobody of the ward is told" in run("show")
    send(database, people["nora"], urgency=Urgency.URGENT)
    grow_old(admin, 15)
    assert database.run(people["nora"], pass_on_messages) == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("0", "--after", "5", "--role", "nurse", *WHO), "The step is 1 to 9"),
        (("1", "--after", "0", "--role", "nurse", *WHO), "--after is 1 to 1440"),
        (("1", "--after", "5", "--role", "it", *WHO), "--role is one of bed_coordinator"),
        (("1", "--after", "5", "--role", "nurse", "--by", " ", "--source", "x"), "who decided"),
        (("1", "--after", "5", "--role", "nurse", "--by", "x", "--source", " "), "come from"),
    ],
    ids=["step", "soon", "role", "nobody", "no-source"],
)
def test_that_what_cannot_be_set_is_said(run, words, why):
    with pytest.raises(RuleBrokenError, match=why):
        run("set", *words)
