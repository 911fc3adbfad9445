"""`wardctl shifts`: a ward's own times and wanted staff, grades, and every version kept."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from tests.commands import said_by
from tests.shifts.builders import EAST
from ward_app.cli.shifts import app
from ward_app.core.errors import RuleBrokenError
from ward_app.shifts.queries import current_shift, ward_staff

WHO = ("--by", "Sister X", "--source", "Ward meeting.")
LATE = ("set", "east", "Day", "--starts", "06:45", "--ends", "19:15")
NOON = datetime(2030, 1, 5, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def run(admin_dsn):
    """Run a command on this test's database and return what it said."""
    return partial(said_by, app, admin_dsn)


def test_that_the_usual_shifts_say_that_the_ward_confirms_them(run):
    shown = run("show")
    assert "east Ward 7 East: Day 07:30 to 20:00\n" in shown
    assert "the ward confirms or changes it" in shown


def test_that_times_and_wanted_staff_hold_from_now_and_what_was_before_is_kept(
    run, database, nurse
):
    run(*LATE, "--wants", "registered_nurse=3", "--wants", "student=0", *WHO)
    shift = database.run(nurse, current_shift, EAST, NOON)
    assert shift.from_at.astimezone(NOON.tzinfo).time() == time(6, 45)
    assert shift.wanted == {"registered_nurse": 3, "student": 0}
    assert "Day 06:45 to 19:15, 3 registered_nurse, 0 student" in run("show", "--history")
    assert "Ward 7 East: Day 07:30" not in run("show")
    assert "Ward 7 East: Day 07:30" in run("show", "--history")


def test_that_a_shift_ends_on_its_day(run, database, nurse):
    run(*LATE, "--on", "2030-01-05", "--unused", *WHO)
    assert "(not used)" in run("show")
    assert database.run(nurse, current_shift, EAST, NOON) is None
    before = NOON.replace(year=2029)
    assert database.run(nurse, current_shift, EAST, before).shift_on == date(2029, 1, 5)


def test_that_a_student_holds_no_beds(run, database, nurse):
    assert "nora is student" in run("grade", "nora", "student", *WHO)
    [nora] = [one for one in database.run(nurse, ward_staff, EAST) if one.name == "Nora Nurse"]
    assert (nora.grade, nora.holds_beds) == ("student", False)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("set", "moon", *LATE[2:], *WHO), "no ward moon"),
        ((*LATE[:2], " ", *LATE[3:], *WHO), "1 to 30 letters"),
        ((*LATE[:4], "7h", *LATE[5:], *WHO), "no time like"),
        ((*LATE, "--on", "soon", *WHO), "no day like"),
        ((*LATE, "--wants", "nurse", *WHO), "write it like"),
        ((*LATE, "--wants", "wizard=1", *WHO), "A grade is one of registered_nurse"),
        ((*LATE, "--wants", "student=100", *WHO), "0 to 99"),
        ((*LATE, "--by", " ", "--source", "x"), "who decided"),
        ((*LATE, "--by", "x", "--source", " "), "come from"),
        (("grade", "nobody", "student", *WHO), "Nobody signs in"),
        (("grade", "nora", "wizard", *WHO), "A grade is one of"),
    ],
    ids=["ward", "name", "time", "day", "wants", "grade", "many", "by", "source", "who", "what"],
)
def test_that_a_wrong_word_says_what_is_wrong(run, words, why):
    with pytest.raises(RuleBrokenError, match=why):
        run(*words)
