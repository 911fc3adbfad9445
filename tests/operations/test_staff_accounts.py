"""`wardctl user | role | ward`: what IT types, what is said, and what stays on record."""

import json
import sys

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from ward_app.cli import main as command_line

WHO = ("--by", "Ivan, IT", "--reason", "starts on Monday")


@pytest.fixture
def wardctl(monkeypatch, capsys, server, database_name, tmp_path):
    """Run a command against this test's hospital; return status, output and complaints."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))

    def run(*words):
        dsn = server.dsn(database_name)
        monkeypatch.setattr(sys, "argv", ["wardctl", *words, "--dsn", dsn])
        try:
            command_line.main()
            status = 0
        except SystemExit as ended:
            status = ended.code or 0
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def password_in(said):
    return said.splitlines()[0].split(": ")[1]


def account(wardctl, login):
    return json.loads(wardctl("user", "show", login, "--json")[1])


def test_that_an_account_is_made_shown_and_used(wardctl, database, admin, caplog):
    """[T10]"""
    status, said, _ = wardctl(
        "user", "create", "Eve", "--name", "Eve Evening", "--profession", "Registered nurse",
        "--role", "nurse", "--ward", "east", "--facility", "main", *WHO,
    )  # fmt: skip
    assert status == 0
    password = password_in(said)
    assert "shown only now, is good for 24 hours" in said
    answer = "SELECT auth.sign_in_v2('eve', %s) ->> 'outcome'"
    assert database.run(None, lambda tx: tx.value(answer, (password,))) == "must_change_password"
    found = account(wardctl, "eve")
    assert (found["state"], found["roles"], found["wards"]) == (
        "one-time password", ["nurse"], ["east"],
    )  # fmt: skip
    assert [event["action"] for event in found["events"]] == [
        "ward_given", "role_given", "created",
    ]  # fmt: skip
    assert {event["reason"] for event in found["events"]} == {
        "starts on Monday. Decided by Ivan, IT."
    }
    lines = wardctl("user", "list")[1].splitlines()
    assert "eve  Eve Evening  one-time password  nurse; east; no badge; never here" in lines
    shown = wardctl("user", "show", "eve")[1]
    assert "role given nurse, by " in shown
    assert "login at ws_alpha (to choose a new password)" in shown
    for text in (shown, json.dumps(found), caplog.text, str(sys.argv)):
        assert password not in text


def test_that_a_reset_gives_another_password_and_ends_the_lock(wardctl, database):
    guess = "SELECT auth.sign_in_v2('nora', %s) ->> 'outcome'"
    outcomes = [database.run(None, lambda tx: tx.value(guess, ("no",))) for _ in range(6)]
    assert outcomes[-1] == "locked"
    status, said, _ = wardctl("user", "reset", "nora", *WHO)
    assert status == 0
    again = database.run(None, lambda tx: tx.value(guess, (password_in(said),)))
    assert again == "must_change_password"
    assert " (failed, locked)" in wardctl("user", "show", "nora")[1]


def test_that_each_step_does_what_it_says(wardctl):
    for words, said in (
        (("disable", "nora"), "nora is disabled and signed out everywhere."),
        (("enable", "nora"), "nora may sign in again."),
        (
            ("expire", "nora", "--password"),
            "nora is signed out and chooses a new password at the next sign-in.",
        ),
        (("unlock", "nora"), "nora may sign in again with the old password."),
        (("expire", "nora", "--until", "never"), "nora may sign in without end."),
        (("give-role", "nora", "charge_nurse"), "nora has the role charge_nurse."),
        (("take-role", "nora", "nurse"), "nora does not have the role nurse."),
        (("give-ward", "nora", "west"), "nora works on west."),
        (("take-ward", "nora", "east"), "nora does not work on east."),
    ):
        assert wardctl("user", *words, *WHO) == (0, f"{said}\n", ""), words
    found = account(wardctl, "nora")
    assert (found["state"], found["roles"], found["wards"]) == (
        "new password due", ["charge_nurse"], ["west"],
    )  # fmt: skip
    assert len(found["events"]) == 9


def test_that_a_lock_is_listed_and_ended(wardctl, database):
    guess = "SELECT auth.sign_in_v2('nora', %s) ->> 'outcome'"
    for _ in range(6):
        database.run(None, lambda tx: tx.value(guess, ("no",)))
    assert account(wardctl, "nora")["state"] == "locked"
    wardctl("user", "unlock", "nora", *WHO)
    assert account(wardctl, "nora")["state"] == "active"
    answer = database.run(None, lambda tx: tx.value(guess, (world.PASSWORD,)))
    assert answer == "signed_in"


def test_that_a_given_day_is_good_until_its_end(wardctl, admin):
    assert "until 31-Jan-2090 23:59" in wardctl(
        "user", "expire", "nora", "--until", "2090-01-31", *WHO
    )[1]  # fmt: skip
    assert "Valid until 31-Jan-2090 23:59" in wardctl("user", "show", "nora")[1]
    wardctl("user", "expire", "nora", "--until", "2026-01-31", *WHO)
    assert account(wardctl, "nora")["state"] == "expired"
    wardctl("user", "disable", "nora", *WHO)
    assert account(wardctl, "nora")["state"] == "disabled"
    assert account(wardctl, "dora")["state"] == "active"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("disable", "nobody"), "There is no user nobody."),
        (("reset", "nobody"), "There is no user nobody."),
        (("create", "NORA", "--name", "N", "--facility", "main"), "user name nora is taken"),
        (("create", "no spaces", "--name", "N", "--facility", "main"), "letters a to z"),
        (("create", "new", "--name", " ", "--facility", "main"), "Say the name of the person"),
        (("create", "new", "--name", "N"), "Say which hospital"),
        (("create", "new", "--name", "N", "--facility", "main", "--role", "queen"),
         "There is no role queen."),
        (("create", "new", "--name", "N", "--facility", "main", "--ward", "north"),
         "has no ward north"),
        (("give-role", "nora", "queen"), "There is no role queen."),
        (("give-role", "ada", "nurse"), "sees no patients"),
        (("give-ward", "nora", "nowhere"), "has no ward nowhere"),
        (("disable", "ada"), "last administrator"),
        (("expire", "nora"), "Say one of --until and --password."),
        (("expire", "nora", "--until", "soon"), "--until is a day such as 2027-01-31"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "told",
)  # fmt: skip
def test_that_what_cannot_be_done_is_told_in_words(wardctl, admin, words, complaint):
    before = admin.execute("SELECT count(*) FROM public.users").fetchone()
    status, said, told = wardctl("user", *words, *WHO)
    assert status == 2
    assert complaint in told
    assert said == ""
    assert admin.execute("SELECT count(*) FROM public.users").fetchone() == before
    assert admin.execute("SELECT count(*) FROM public.account_events").fetchone() == (0,)


def test_that_nothing_is_done_without_who_and_why(wardctl):
    assert "Say why" in wardctl("user", "disable", "nora", "--by", "Ivan", "--reason", " ")[2]
    assert "Say who" in wardctl("user", "disable", "nora", "--by", " ", "--reason", "left")[2]
    assert "There is no user nobody" in wardctl("user", "show", "nobody")[2]
    assert account(wardctl, "nora")["events"] == []


def test_that_roles_and_wards_are_listed(wardctl):
    """[A04]"""
    assert "nurse  Nurse  2 people" in wardctl("role", "list")[1]
    assert "Ward 7 East" in wardctl("ward", "list")[1]
    [east] = [ward for ward in json.loads(wardctl("ward", "list", "--json")[1])
              if ward["code"] == "east"]  # fmt: skip
    assert east == {
        "code": "east", "name": "Ward 7 East", "facility": "main", "people": 7, "beds": 7,
        "building": "A", "floor": "Ground", "specialty": "General medicine",
        "time_zone": "Europe/London",
    }  # fmt: skip
    named = {role["name"] for role in json.loads(wardctl("role", "list", "--json")[1])}
    assert {"nurse", "administrator", "it"} <= named
    shown = wardctl("role", "show", "administrator")[1]
    assert "staff.manage: Manage users, roles and ward assignments" in shown
    assert "Gives and takes the roles: administrator, auditor," in shown
    assert "Gives and takes the roles: none" in wardctl("role", "show", "nurse")[1]
    assert "There is no role queen" in wardctl("role", "show", "queen")[2]


@pytest.mark.parametrize(
    "words", [("disable", "nora"), ("create", "eve", "--name", "Eve")], ids=["disable", "create"]
)
def test_that_a_role_of_the_server_that_is_no_administrator_is_told_so(
    server, database_name, monkeypatch, capsys, words
):
    monkeypatch.setenv("PGPASSWORD", STATION_PASSWORD)
    dsn = server.dsn(database_name, user="ws_alpha")
    monkeypatch.setattr(sys, "argv", ["wardctl", "user", *words, *WHO, "--dsn", dsn])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 1
    assert "administrator of the database server" in capsys.readouterr().err


def test_that_the_database_is_asked_by_nobody_else(admin, server, database_name):
    """The loader of demonstrations makes people by itself, and manages none."""
    with (
        psycopg.connect(server.dsn(database_name), options="-c role=ward_loader") as loader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        loader.execute("SELECT auth.reset_password(%s, 'x')", (world.id_of("nora"),))


def test_that_a_badge_is_registered_and_taken_without_showing_it(wardctl, admin, monkeypatch):
    """[U03] It comes from a reader, never from the command line."""
    monkeypatch.setattr("typer.prompt", lambda _words, hide_input: ";04A1B2C3D4" * hide_input)
    monkeypatch.setenv("WARD_BADGE__PREFIX", ";")
    status, said, _ = wardctl("user", "badge", "enrol", "nora", *WHO)
    assert (status, "Ctrl+Shift+B" in said, "04A1" in said) == (0, True, False)
    good = "SELECT user_id, badge_hash = auth.badge_hash('04A1B2C3D4') FROM public.badges"
    assert admin.execute(good).fetchall() == [(world.id_of("nora"), True)]
    assert "badge without PIN" in wardctl("user", "list")[1]
    status, _, complaint = wardctl("user", "badge", "enrol", "hal", *WHO)
    assert (status, "somebody else" in complaint) == (2, True)
    status, said, _ = wardctl("user", "badge", "remove", "nora", *WHO)
    assert (status, "good no more" in said) == (0, True)
    status, _, complaint = wardctl("user", "badge", "remove", "nora", *WHO)
    assert (status, "No badge is registered" in complaint) == (2, True)
    actions = [event["action"] for event in account(wardctl, "nora")["events"]]
    assert actions == ["badge_taken", "badge_given"]


def test_that_the_hours_of_a_badge_are_the_hospitals(wardctl, admin):
    status, said, _ = wardctl("user", "badge", "hours", "8", "--facility", "main")
    assert (status, "8 hours" in said) == (0, True)
    kept = admin.execute("SELECT code, pin_hours FROM public.facilities ORDER BY code").fetchall()
    assert kept == [("main", 8), ("other", 12)]
    status, _, complaint = wardctl("user", "badge", "hours", "8")
    assert (status, "--facility" in complaint) == (2, True)
