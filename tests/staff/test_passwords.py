"""Choosing a password: at the first sign-in, when it has run out, and whenever one wants to."""

from __future__ import annotations

import pytest

from tests import world
from ward_app.core.database import Actor
from ward_app.core.errors import SignInRequiredError
from ward_app.staff.rules import password_words
from ward_app.staff.service import change_password, sign_in, touch
from ward_app.staff.types import (
    AccountLockedError,
    MustChangePasswordError,
    WeakPasswordError,
    WrongOldPasswordError,
    WrongPasswordError,
)

NEW = "seven green kettles"


def attempt(database, login="nora", password=world.PASSWORD):
    return database.run(None, sign_in, login, password)


def reset(admin, login="nora"):
    """Return a one-time password, as IT gives it."""
    return admin.execute(
        "SELECT auth.reset_password(%s, 'forgot it')", (world.id_of(login),)
    ).fetchone()[0]


def change_asked_for(database, password, login="nora"):
    with pytest.raises(MustChangePasswordError) as asked:
        attempt(database, login, password)
    return asked.value.change


def test_that_a_one_time_password_leads_to_choosing_one_and_then_in(database, admin):
    """[A05]"""
    given = reset(admin)
    change = change_asked_for(database, given)
    assert (change.login, change.display_name) == ("nora", "Nora Nurse")
    assert change.is_one_time
    assert change.token not in repr(change)
    database.run(None, change_password, change.token, given, NEW)
    assert attempt(database, password=NEW).login == "nora"
    with pytest.raises(WrongPasswordError):
        attempt(database, password=given)


def test_that_a_password_that_has_run_out_leads_to_choosing_one(database, admin):
    admin.execute("SELECT auth.expire_password(%s, 'a year is over')", (world.id_of("nora"),))
    change = change_asked_for(database, world.PASSWORD)
    assert not change.is_one_time
    database.run(None, change_password, change.token, world.PASSWORD, NEW)
    assert attempt(database, password=NEW).login == "nora"


def test_that_a_one_time_password_is_good_for_a_day(database, admin):
    given = reset(admin)
    left = admin.execute(
        "SELECT extract(epoch FROM password_expires_at - now()) FROM public.users"
        " WHERE login = 'nora'"
    )
    assert left.fetchone()[0] == pytest.approx(24 * 3600, abs=60)
    change = change_asked_for(database, given)
    admin.execute("UPDATE public.users SET password_expires_at = now() WHERE login = 'nora'")
    with pytest.raises(WrongPasswordError, match="good for 24 hours, which are over"):
        attempt(database, password=given)
    with pytest.raises(WrongPasswordError, match="good for 24 hours, which are over"):
        database.run(None, change_password, change.token, given, NEW)


def test_that_an_account_whose_time_is_over_is_told_so_to_who_knows_the_password(database, admin):
    admin.execute("UPDATE public.users SET valid_until = now() WHERE login = 'nora'")
    with pytest.raises(WrongPasswordError, match="no longer valid"):
        attempt(database)
    with pytest.raises(WrongPasswordError, match="User name or password are not right"):
        attempt(database, password="a guess of mine")


def test_that_one_changes_ones_password_at_any_time_and_other_sessions_end(database, admin):
    elsewhere, here = attempt(database), attempt(database)
    database.run(None, change_password, here.token, world.PASSWORD, NEW)
    database.run(Actor(here.token), touch)
    with pytest.raises(SignInRequiredError):
        database.run(Actor(elsewhere.token), touch)
    assert attempt(database, password=NEW).login == "nora"
    done = admin.execute("SELECT action, recorded_by, reason FROM public.account_events")
    assert done.fetchall() == [("password_changed", world.id_of("nora"), "by its owner")]


def test_that_a_wrong_old_password_is_counted_and_locks(database, admin):
    here = attempt(database)
    for _ in range(5):
        with pytest.raises(WrongOldPasswordError, match="old password is not right"):
            database.run(None, change_password, here.token, "no idea at all", NEW)
    with pytest.raises(AccountLockedError, match="locked after too many wrong passwords, until"):
        database.run(None, change_password, here.token, world.PASSWORD, NEW)
    failed = admin.execute("SELECT count(*) FROM audit.login_history WHERE NOT succeeded")
    assert failed.fetchone() == (6,)


def test_that_a_session_that_is_over_changes_nothing(database):
    with pytest.raises(SignInRequiredError):
        database.run(None, change_password, "f" * 64, world.PASSWORD, NEW)


WEAK = {
    "short": ("elevenlong1", "too short"),
    "long": ("ab3 de " * 30, "too long"),
    "few characters": ("abcabcabcabc", "same few characters"),
    "listed": ("1qaz2wsx3edc", "most used"),
    "word and figures": ("Password2026!!", "most used"),
    "figures within": ("w3lc0me" + "welcome-2026", None),
    "word twice": ("hospitalHOSPITAL", "most used"),
    "user name": ("nora-nurse-2026", "user name"),
    "name": ("Nurse.NORA.1", "user name"),
    "old one": (world.PASSWORD, "is the old one"),
    "words": (NEW, None),
    "name among words": ("nora went home very late", None),
    "other letters": ("Πέντε μικρά πράσινα", None),
}


@pytest.mark.parametrize("case", WEAK)
def test_that_a_weak_password_is_refused_with_the_reason(database, case):
    """[A05]"""
    new, reason = WEAK[case]
    here = attempt(database)
    if reason is None:
        database.run(None, change_password, here.token, world.PASSWORD, new)
        assert attempt(database, password=new).login == "nora"
        return
    with pytest.raises(WeakPasswordError, match=reason):
        database.run(None, change_password, here.token, world.PASSWORD, new)
    assert attempt(database).login == "nora"


def test_that_the_last_visit_its_place_and_failures_since_are_told(database, connect, admin):
    """[U03]"""
    admin.execute("UPDATE public.workstations SET name = 'Ward 3 station 2'"
                  " WHERE role_name = 'ws_beta'")  # fmt: skip
    first = connect("ws_beta").run(None, sign_in, "nora", world.PASSWORD)
    assert (first.last_workstation, first.failures_since) == (None, 0)
    for _ in range(2):
        with pytest.raises(WrongPasswordError):
            attempt(database, password="a guess of mine")
    second, third = attempt(database), attempt(database)
    assert (second.last_workstation, second.failures_since) == ("Ward 3 station 2", 2)
    assert (third.last_workstation, third.failures_since) == ("ws_alpha", 0)


def test_that_a_cheap_hash_is_replaced_at_sign_in(database, admin):
    """[A06]"""
    cost = "SELECT substr(password_hash, 5, 2) FROM public.users WHERE login = 'nora'"
    attempt(database)
    assert admin.execute(cost).fetchone() == ("04",)  # of an invented person, in a test
    admin.execute("UPDATE public.installation SET environment = 'production'")
    attempt(database)
    assert admin.execute(cost).fetchone() == ("12",)
    before = admin.execute("SELECT password_hash FROM public.users WHERE login = 'nora'")
    kept = before.fetchone()
    assert attempt(database).login == "nora"
    after = admin.execute("SELECT password_hash FROM public.users WHERE login = 'nora'")
    assert after.fetchone() == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "12 more characters: it needs 12 or more."),
        ("elevenlong1", "1 more character: it needs 12 or more."),
        ("aaaabbbbcccc", "Use different characters, not the same few."),
        ("nora-nurse-2026", "Do not make it of your user name or your name."),
        ("seven green kettles", ""),
        ("nora went home very late", ""),
        ("li li li li li li li 1", "Use different characters, not the same few."),
    ],
)
def test_that_what_is_wrong_is_told_while_typing(typed, words):
    assert password_words(typed, ("nora", "Nora Nurse")) == words


def test_that_a_name_of_two_letters_stands_in_many_words():
    assert password_words("limewood sledge", ("li", "Li Wu")) == ""
    assert "your name" in password_words("Zhang-zhang-12", ("li", "Li Zhang"))
