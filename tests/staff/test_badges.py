"""Badge and PIN: who comes in with them, when the password is needed, and how they are kept."""

from __future__ import annotations

import pytest

from tests import world
from ward_app.core.database import Actor
from ward_app.core.errors import SignInRequiredError
from ward_app.staff.badge_service import drop_badge, keep_badge_and_pin, sign_in_with_badge
from ward_app.staff.badges import PasswordNeededError
from ward_app.staff.service import sign_in
from ward_app.staff.types import (
    AccountLockedError,
    WeakPasswordError,
    WorkstationRefusedError,
    WrongOldPasswordError,
    WrongPasswordError,
)

BADGE, PIN = "04A1B2C3D4", "582047"


@pytest.fixture
def keep(database):
    """Register a badge and a PIN for who is signed in."""

    def keep(actor, badge=BADGE, pin=PIN, password=world.PASSWORD):
        database.run(actor, keep_badge_and_pin, password, badge, pin)

    return keep


@pytest.fixture
def kept(keep, nurse):
    """Nora has a badge and a PIN."""
    keep(nurse)


def enter(database, badge=BADGE, pin=PIN):
    return database.run(None, sign_in_with_badge, badge, pin)


def wrong_pins(database, times):
    for _ in range(times):
        with pytest.raises(WrongPasswordError, match="not right"):
            enter(database, pin="917364")


def test_that_badge_and_pin_let_the_person_in(database, kept, admin):
    """[B02] As whoever has them, with her own rights."""
    nora = enter(database, f" {BADGE.lower()} ")
    assert (nora.login, nora.display_name) == ("nora", "Nora Nurse")
    assert [ward.name for ward in nora.wards] == ["Ward 7 East"]
    assert database.run(Actor(nora.token), lambda tx: tx.value("SELECT auth.uid()")) == (
        world.id_of("nora")
    )
    by = admin.execute("SELECT by_badge FROM public.sessions ORDER BY created_at").fetchall()
    assert by == [(False,), (True,)]


def test_that_neither_badge_nor_pin_is_stored_or_logged(database, kept, admin):
    enter(database)
    for table in ("public.badges", "public.pins", "audit.change_logs", "audit.login_history",
                  "public.account_events"):  # fmt: skip
        text = str(admin.execute(f"SELECT r::text FROM {table} r").fetchall())
        assert BADGE not in text
        assert PIN not in text
        assert "$2a$" not in text or table == "public.pins"
    key = admin.execute("SELECT encode(badge_key, 'hex') FROM public.installation").fetchone()[0]
    assert key not in str(admin.execute("SELECT l::text FROM audit.change_logs l").fetchall())
    assert admin.execute("SELECT pin_hash LIKE '$2a$12$%' FROM public.pins").fetchone() == (True,)


@pytest.mark.parametrize("shown", [("unknown1", PIN), (BADGE, "999000"), ("", ""), (BADGE, "")])
def test_that_it_is_not_said_whether_badge_or_pin_was_wrong(database, kept, admin, shown):
    with pytest.raises(WrongPasswordError) as refused:
        enter(database, *shown)
    assert "Badge or PIN are not right" in str(refused.value)
    last = admin.execute("SELECT succeeded FROM audit.login_history ORDER BY id DESC LIMIT 1")
    assert last.fetchone() == (False,)


def test_that_a_badge_without_a_pin_lets_nobody_in(database, keep, nurse):
    keep(nurse, pin=None)
    with pytest.raises(WrongPasswordError, match="register both"):
        enter(database)


def test_that_after_five_wrong_pins_the_password_is_needed_and_gives_the_pin_back(database, kept):
    """However long one waits: no window ends it."""
    wrong_pins(database, 5)
    for pin in (PIN, "917364"):
        with pytest.raises(PasswordNeededError, match="five times"):
            enter(database, pin=pin)
    database.run(None, sign_in, "nora", world.PASSWORD)
    assert enter(database).login == "nora"


def test_that_the_right_pin_forgets_the_wrong_ones(database, kept):
    for _ in range(3):
        wrong_pins(database, 4)
        assert enter(database).login == "nora"


def test_that_the_password_is_needed_when_it_was_not_used_for_a_shift(database, kept, admin):
    late = "UPDATE public.sessions SET created_at = clock_timestamp() - make_interval(hours => %s)"
    admin.execute(late, (11,))
    enter(database)
    admin.execute(late, (12,))
    with pytest.raises(PasswordNeededError, match="password first"):
        enter(database)
    admin.execute("UPDATE public.facilities SET pin_hours = 13")
    enter(database)


def test_that_a_hospital_may_do_without_pins(database, kept, admin):
    admin.execute("UPDATE public.facilities SET pin_hours = 0")
    with pytest.raises(PasswordNeededError):
        enter(database)


def test_that_signing_in_by_badge_does_not_make_the_password_recent(database, kept, admin):
    enter(database)
    admin.execute(
        "UPDATE public.sessions SET created_at = now() - interval '13 hours' WHERE NOT by_badge"
    )
    with pytest.raises(PasswordNeededError):
        enter(database)


def test_that_the_password_counts_at_every_workstation_of_the_hospital(connect, kept):
    assert enter(connect("ws_beta")).login == "nora"


@pytest.mark.parametrize(
    "change",
    [
        "password_changed_at = clock_timestamp()",
        "must_change_password = true, password_expires_at = now() + interval '1 day'",
    ],
    ids=["changed", "reset"],
)
def test_that_another_password_must_be_used_before_the_pin(database, kept, admin, change):
    admin.execute(f"UPDATE public.users SET {change} WHERE login = 'nora'")
    with pytest.raises(PasswordNeededError):
        enter(database)


def test_that_a_disabled_or_ended_account_stays_out(database, kept, admin):
    admin.execute("UPDATE public.users SET valid_until = now() WHERE login = 'nora'")
    with pytest.raises(WrongPasswordError, match="no longer valid"):
        enter(database)
    admin.execute("UPDATE public.users SET is_active = false WHERE login = 'nora'")
    with pytest.raises(WrongPasswordError, match="not right"):
        enter(database)


def test_that_a_workstation_that_is_revoked_or_guesses_takes_no_badge(database, kept, admin):
    counter = "auth.tries_" + world.id_of("ws_alpha").hex
    admin.execute(
        f"SELECT setval('{counter}', extract(epoch FROM clock_timestamp())::bigint * 1000 + 100)"
    )
    with pytest.raises(AccountLockedError, match="at this workstation"):
        enter(database)
    admin.execute("UPDATE public.workstations SET revoked_at = now()")
    with pytest.raises(WorkstationRefusedError):
        enter(database)


def test_that_a_new_badge_replaces_the_old_and_the_pin_stays(database, kept, keep, nurse):
    keep(nurse, badge="0499887766", pin=None)
    with pytest.raises(WrongPasswordError):
        enter(database)
    assert enter(database, "0499887766").login == "nora"


def test_that_a_new_pin_replaces_the_old_and_the_badge_stays(database, kept, keep, nurse, admin):
    wrong_pins(database, 5)
    keep(nurse, badge=None, pin="730158")
    assert enter(database, pin="730158").login == "nora"
    with pytest.raises(WrongPasswordError):
        enter(database)
    done = admin.execute(
        "SELECT action, reason, recorded_by FROM public.account_events ORDER BY recorded_at"
    ).fetchall()
    assert [row[0] for row in done] == ["badge_given", "pin_set", "pin_set"]
    assert {row[1:] for row in done} == {("by its owner", world.id_of("nora"))}


def test_that_a_lost_badge_is_good_no_more(database, kept, nurse, admin):
    assert database.run(nurse, drop_badge)
    assert not database.run(nurse, drop_badge)
    with pytest.raises(WrongPasswordError):
        enter(database)
    last = "SELECT action FROM public.account_events ORDER BY recorded_at DESC LIMIT 1"
    assert admin.execute(last).fetchone() == ("badge_taken",)


def test_that_a_badge_belongs_to_one_person(database, kept, keep, signed_in):
    dora = Actor(signed_in("dora").token)
    with pytest.raises(WeakPasswordError, match="somebody else"):
        keep(dora)
    assert enter(database).login == "nora"


def test_that_keeping_them_needs_the_password_and_counts_wrong_ones(keep, nurse, admin):
    for _ in range(5):
        with pytest.raises(WrongOldPasswordError):
            keep(nurse, password="guess")
    with pytest.raises(AccountLockedError, match="until"):
        keep(nurse)
    assert admin.execute("SELECT count(*) FROM public.badges").fetchone() == (0,)
    failed = "SELECT reason FROM audit.login_history WHERE NOT succeeded"
    assert set(admin.execute(failed).fetchall()) == {("wrong password",), ("locked",)}


@pytest.mark.parametrize(
    ("badge", "pin", "words"),
    [
        ("123", None, "was not read"),
        ("x" * 101, None, "was not read"),
        (None, "58204", "6 to 12 figures"),
        (None, "5820471234567", "6 to 12 figures"),
        (None, "58204a", "6 to 12 figures"),
        (None, "555555", "repeats"),
        (None, "525252", "repeats"),
        (None, "582582", "repeats"),
        (None, "345678", "counts"),
        (None, "890123", "counts"),
        (None, "432109", "counts"),
        (None, "031987", "a year"),
        (None, "200458", "a year"),
        ("77582047", "582047", "part of what the badge says"),
    ],
)
def test_that_what_is_guessed_first_is_refused(keep, nurse, badge, pin, words):
    with pytest.raises(WeakPasswordError, match=words):
        keep(nurse, badge, pin)


def test_that_without_a_session_nothing_is_kept(database, keep):
    with pytest.raises(SignInRequiredError):
        database.run(None, keep_badge_and_pin, world.PASSWORD, BADGE, PIN)
    with pytest.raises(SignInRequiredError):
        database.run(None, drop_badge)
