"""`wardctl schedule`: shown, set within its ranges, and every version kept."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from tests.commands import said_by
from tests.schedule.builders import line
from tests.steps import admit
from ward_app.cli.schedule import app
from ward_app.core.errors import RuleBrokenError

WHO = ("--by", "Dr X, clinical lead", "--source", "Local policy 12.")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_delivered_numbers_are_shown_with_their_source(run):
    shown = run("show")
    assert "arrival 15, restart 60, unknown 240, refusal-cap 1440" in shown
    assert "As delivered" in shown


def test_that_a_number_holds_from_now_on_and_the_others_stay(run, database, nurse):
    patient = admit(database, nurse, label="1")
    before = line(database, nurse, patient).due_at
    said = run("set", "--arrival", "30", "--grace", "0", *WHO)
    assert "arrival 30, restart 60" in said
    assert line(database, nurse, patient).due_at - before == timedelta(minutes=15)
    assert "Local policy 12. Decided by Dr X, clinical lead." in run("show")


def test_that_the_versions_before_are_kept(run):
    run("set", "--unknown", "120", *WHO)
    assert "As delivered" not in run("show")
    history = run("show", "--history")
    assert history.index("unknown 120") < history.index("unknown 240")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--arrival", "4", *WHO), "--arrival is 5 to 1440"),
        (("--longest-deferral", "1441", *WHO), "--longest-deferral is 5 to 1440"),
        (("--shortest", "61", *WHO), "--shortest is 5 to 60"),
        (("--grace", "-1", *WHO), "--grace is 0 to 240"),
        (WHO, "which number"),
        (("--grace", "1", "--by", " ", "--source", "x"), "who decided"),
        (("--grace", "1", "--by", "x", "--source", " "), "come from"),
    ],
    ids=["early", "late", "rare", "negative", "nothing", "nobody", "no-source"],
)
def test_that_impossible_settings_are_refused_and_nothing_changes(run, words, why):
    before = run("show", "--history")
    with pytest.raises(RuleBrokenError, match=why):
        run("set", *words)
    assert run("show", "--history") == before
