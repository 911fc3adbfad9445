"""Guessing PINs: five tries, whatever the guesser undoes, and no secret way to have them back."""

from __future__ import annotations

import pytest

from tests import world
from ward_app.core.database import Actor
from ward_app.staff.badge_service import keep_badge_and_pin

TRIES = 5
BADGE, PIN, WRONG = "04A1B2C3D4", "582047", "917364"
GUESS = "SELECT auth.sign_in_with_badge(%s, %s) ->> 'outcome'"


@pytest.fixture
def badge(hospital, intruder, database):
    """Nora has a badge and a PIN, and used her password a moment ago."""
    database.run(Actor(intruder.token("nora")), keep_badge_and_pin, world.PASSWORD, BADGE, PIN)


def commit(intruder, pin):
    return intruder.value(GUESS, (BADGE, pin))


def roll_back(intruder, pin):
    with intruder.connection() as connection:
        outcome = connection.execute(GUESS, (BADGE, pin)).fetchone()[0]
        connection.execute("ROLLBACK")
    return outcome


def roll_back_to_savepoint(intruder, pin):
    with intruder.connection() as connection:
        connection.execute("SAVEPOINT before")
        outcome = connection.execute(GUESS, (BADGE, pin)).fetchone()[0]
        connection.execute("ROLLBACK TO before")
    return outcome


def let_the_commit_fail(intruder, pin):
    """Leave the transaction in error, so that its COMMIT rolls back."""
    with intruder.connection() as connection:
        outcome = connection.execute(GUESS, (BADGE, pin)).fetchone()[0]
        connection.execute("DO $$ BEGIN RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN END $$")
        connection.pgconn.exec_(b"SELECT 1/0")
        connection.pgconn.exec_(b"COMMIT")
    return outcome


WAYS = [commit, roll_back, roll_back_to_savepoint, let_the_commit_fail]


@pytest.mark.parametrize("guess", WAYS)
def test_that_five_wrong_pins_lock_the_pin(badge, intruder, guess):
    """[B02] Also when each try is undone; then the right PIN is refused too."""
    assert [guess(intruder, WRONG) for _ in range(TRIES)] == ["badge_refused"] * TRIES
    assert guess(intruder, WRONG) == "pin_locked"
    assert commit(intruder, PIN) == "pin_locked"


@pytest.mark.parametrize("come_in", WAYS[1:])
def test_that_coming_in_without_a_record_gives_no_tries_back(badge, intruder, admin, come_in):
    """Who knows the PIN and undoes its sign-in leaves the wrong ones counted."""
    for _ in range(TRIES - 1):
        roll_back(intruder, WRONG)
    before = admin.execute("SELECT count(*) FROM audit.login_history").fetchone()
    assert come_in(intruder, PIN) == "signed_in"
    assert admin.execute("SELECT count(*) FROM audit.login_history").fetchone() == before
    assert commit(intruder, PIN) == "pin_locked"


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SELECT auth.sign_in_v2('nora', %s) ->> 'outcome'", (world.PASSWORD,)),
        ("SELECT auth.keep_badge_and_pin(%s, NULL, %s) ->> 'outcome'", (world.PASSWORD, PIN)),
    ],
    ids=["password", "new PIN"],
)
def test_that_the_password_gives_tries_back_only_when_that_is_on_record(
    badge, hospital, intruder, statement, values
):
    for _ in range(TRIES):
        roll_back(intruder, WRONG)
    token = intruder.token("nora") if "keep" in statement else None
    for _ in range(TRIES):
        roll_back(intruder, WRONG)
    with intruder.connection(token) as connection:
        assert connection.execute(statement, values).fetchone()[0] in {"signed_in", "kept"}
        connection.execute("ROLLBACK")
    assert commit(intruder, PIN) == "pin_locked"
    assert intruder.value(statement, values, token=token) in {"signed_in", "kept"}
    assert commit(intruder, PIN) == "signed_in"


def test_that_all_guesses_of_one_transaction_count(badge, intruder):
    with intruder.connection() as connection:
        many = connection.execute(
            "SELECT auth.sign_in_with_badge(%s, (900000 + n)::text) ->> 'outcome'"
            " FROM generate_series(1, 8) n",
            (BADGE,),
        ).fetchall()
        connection.execute("ROLLBACK")
    assert [row[0] for row in many] == ["badge_refused"] * TRIES + ["pin_locked"] * 3
    assert commit(intruder, PIN) == "pin_locked"


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SELECT auth.sign_in_with_badge(%s, %s)", (BADGE, PIN)),
        ("SELECT auth.sign_in_v2('nora', %s)", (world.PASSWORD,)),
    ],
    ids=["PIN", "password"],
)
def test_that_who_comes_in_is_told_of_guesses_that_were_undone(badge, intruder, statement, values):
    """[U03] They are on no record, yet the counter has them; once they are told, they are old."""
    for _ in range(3):
        roll_back(intruder, WRONG)
    assert commit(intruder, WRONG) == "badge_refused"
    assert intruder.value(statement, values)["failures_since"] == TRIES - 1
    assert intruder.value(statement, values)["failures_since"] == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT auth.count_pin_try(gen_random_uuid())",
        "SELECT auth.pin_tries(gen_random_uuid())",
        "SELECT auth.forget_pin_tries(gen_random_uuid())",
        "UPDATE public.pins SET forgotten_tries = 99",
        "SELECT forgotten_tries FROM public.pins",
    ],
)
def test_that_no_workstation_reaches_the_count(badge, hospital, intruder, statement):
    intruder.assert_refused(statement, token=hospital.nora)
