"""`wardctl devices`: shown, set within its ranges, and every version kept."""

from __future__ import annotations

from functools import partial

import pytest

from tests.commands import said_by
from tests.devices.builders import only, put_in
from tests.steps import admit, open_first
from ward_app.cli.devices import app
from ward_app.core.errors import RuleBrokenError

WHO = ("--by", "Dr X, clinical lead", "--source", "Local policy 7.")


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_delivered_numbers_say_that_they_are_to_be_confirmed(run):
    shown = run("show")
    assert "peripheral_cannula: looked at every 480 min\n" in shown
    assert "drain: looked at every 1440 min\n" in shown
    assert "to be confirmed locally" in shown
    assert "To be signed off: What Jackson's list does not combine" in shown


def test_that_a_number_holds_from_now_on_and_the_version_before_is_kept(run, database, nurse):
    stay = admit(database, nurse)
    open_first(database, nurse)
    put_in(database, nurse, stay)
    run("set", "peripheral_cannula", "--check", "240", "--stay", "96", *WHO)
    found = only(database, nurse, stay)
    assert (found.check_minutes, found.stay_hours) == (240, 96)
    assert "every 240 min, stays 96 h at most" in run("show")
    assert "Local policy 7. Decided by Dr X, clinical lead." in run("show")
    assert "peripheral_cannula: looked at every 480" not in run("show")
    assert "peripheral_cannula: looked at every 480" in run("show", "--history")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("leech", "--check", "60", *WHO), "kind of device is one of peripheral_cannula"),
        (("picc", "--check", "14", *WHO), "--check is 15 to 10080"),
        (("picc", "--check", "60", "--stay", "0", *WHO), "--stay is 1 to 17520"),
        (("picc", "--check", "60", "--by", " ", "--source", "x"), "who decided"),
        (("picc", "--check", "60", "--by", "x", "--source", " "), "come from"),
    ],
    ids=["kind", "often", "short", "nobody", "no-source"],
)
def test_that_impossible_settings_are_refused_and_nothing_changes(run, words, why):
    before = run("show", "--history")
    with pytest.raises(RuleBrokenError, match=why):
        run("set", *words)
    assert run("show", "--history") == before
