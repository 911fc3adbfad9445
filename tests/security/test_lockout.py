"""Guessing passwords: five tries, whatever the guesser undoes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import psycopg
import pytest

from tests import world
from tests.security.intruder import Intruder

TRIES = 5
TRIES_AT_A_WORKSTATION = 100
GUESS = "SELECT auth.sign_in(%s, %s) ->> 'outcome'"
COUNTER = "auth.tries_" + world.id_of("nora").hex


def guess_committed(intruder, login="nora", guess="wrong"):
    return intruder.value(GUESS, (login, guess))


def guess_rolled_back(intruder):
    with intruder.connection() as connection:
        outcome = connection.execute(GUESS, ("nora", "wrong")).fetchone()[0]
        connection.execute("ROLLBACK")
    return outcome


def guess_in_savepoint(intruder):
    with intruder.connection() as connection:
        connection.execute("SAVEPOINT before")
        outcome = connection.execute(GUESS, ("nora", "wrong")).fetchone()[0]
        connection.execute("ROLLBACK TO before")
    return outcome


def guess_caught(intruder):
    """Undo the guess inside a block that catches its own error."""
    block = """
    DO $$ BEGIN
        PERFORM auth.sign_in('nora', 'wrong');
        RAISE EXCEPTION 'undo';
    EXCEPTION WHEN raise_exception THEN NULL;
    END $$
    """
    with intruder.connection() as connection:
        connection.execute(block)
        return connection.execute(GUESS, ("nora", "wrong")).fetchone()[0]


@pytest.mark.parametrize("guess", [guess_committed, guess_rolled_back, guess_in_savepoint])
def test_that_five_wrong_passwords_lock_the_account(hospital, intruder, guess):
    """[U03] Also when each try is undone; then the right password is refused too."""
    assert [guess(intruder) for _ in range(TRIES)] == ["refused"] * TRIES
    assert guess(intruder) == "locked"
    assert guess_committed(intruder, guess=world.PASSWORD) == "locked"
    assert intruder.sign_in("nora")["locked_until"] > "2026"


def test_that_guesses_in_caught_errors_count(hospital, intruder):
    assert [guess_caught(intruder) for _ in range(4)] == ["refused"] * 2 + ["locked"] * 2


def test_that_all_guesses_of_one_transaction_count(hospital, intruder):
    with intruder.connection() as connection:
        many = connection.execute(
            "SELECT auth.sign_in('nora', 'guess ' || n) ->> 'outcome' FROM generate_series(1, 8) n"
        ).fetchall()
        connection.execute("ROLLBACK")
    assert [row[0] for row in many] == ["refused"] * 5 + ["locked"] * 3
    assert guess_committed(intruder, guess=world.PASSWORD) == "locked"


def test_that_parallel_guesses_are_bounded_by_the_connections(
    hospital, station_settings, admin, database_name
):
    """Six connections, all at once, each guess undone: at most one more than allowed each."""
    intruders = [Intruder(station_settings("ws_alpha")) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(
            pool.map(lambda who: [guess_rolled_back(who) for _ in range(5)], intruders)
        )
    flat = [outcome for each in outcomes for outcome in each]
    assert flat.count("refused") <= TRIES + len(intruders)
    assert guess_committed(intruders[0], guess=world.PASSWORD) == "locked"


def test_that_the_lock_is_one_persons_own(hospital, intruder):
    for _ in range(TRIES + 1):
        guess_rolled_back(intruder)
    assert guess_committed(intruder, "dora", world.PASSWORD) == "signed_in"


def test_that_the_lock_ends_a_quarter_of_an_hour_after_the_first_try(hospital, intruder, admin):
    for _ in range(TRIES + 3):
        guess_committed(intruder)
    began = admin.execute(f"SELECT last_value / 1000 FROM {COUNTER}").fetchone()[0]
    until = intruder.value("SELECT (auth.sign_in('nora', 'x') ->> 'locked_until')::timestamptz")
    assert until.timestamp() == began + 900
    past = began - 901
    admin.execute(f"SELECT setval('{COUNTER}', {past * 1000 + TRIES + 3})")
    assert guess_committed(intruder, guess=world.PASSWORD) == "signed_in"


def test_that_a_right_password_forgets_the_wrong_ones(hospital, intruder):
    for _ in range(2):
        for _ in range(TRIES - 1):
            assert guess_committed(intruder) == "refused"
        assert guess_committed(intruder, guess=world.PASSWORD) == "signed_in"


def test_that_the_count_does_not_run_over_into_another_window(hospital, intruder, admin):
    began = admin.execute("SELECT extract(epoch FROM clock_timestamp())::bigint").fetchone()[0]
    admin.execute(f"SELECT setval('{COUNTER}', {began * 1000 + 899})")
    for _ in range(4):
        assert guess_committed(intruder) == "locked"
    assert admin.execute(f"SELECT last_value FROM {COUNTER}").fetchone()[0] <= began * 1000 + 901


def test_that_one_password_is_not_tried_on_everybody(hospital, intruder, admin):
    """A workstation has a count of its own, which also covers names that do not exist."""
    counter = "auth.tries_" + world.id_of("ws_alpha").hex
    began = admin.execute("SELECT extract(epoch FROM clock_timestamp())::bigint").fetchone()[0]
    admin.execute(f"SELECT setval('{counter}', {began * 1000 + TRIES_AT_A_WORKSTATION - 2})")
    assert guess_committed(intruder, "nobody") == "refused"
    assert guess_committed(intruder, "dora") == "refused"
    for login, password in (("nobody", "x"), ("dora", "x"), ("dora", world.PASSWORD)):
        assert guess_committed(intruder, login, password) == "workstation_locked"
    reasons = admin.execute("SELECT DISTINCT reason FROM audit.login_history WHERE NOT succeeded")
    assert {row[0] for row in reasons} == {"unknown login", "wrong password", "workstation locked"}


def test_that_another_workstation_goes_on_when_one_is_locked(hospital, intruder, at_beta, admin):
    counter = "auth.tries_" + world.id_of("ws_alpha").hex
    now = admin.execute("SELECT extract(epoch FROM clock_timestamp())::bigint").fetchone()[0]
    admin.execute(f"SELECT setval('{counter}', {now * 1000 + TRIES_AT_A_WORKSTATION})")
    assert guess_committed(intruder, guess=world.PASSWORD) == "workstation_locked"
    assert guess_committed(at_beta, guess=world.PASSWORD) == "signed_in"


def test_that_every_committed_attempt_is_on_record_without_the_password(hospital, intruder, admin):
    admin.execute("UPDATE public.users SET is_active = false WHERE login = 'hal'")
    before = admin.execute("SELECT max(id) FROM audit.login_history").fetchone()[0]
    attempts = (
        ("NORA ", world.PASSWORD, "signed_in", ("nora", True, None)),
        ("nora", "Hunter2!", "refused", ("nora", False, "wrong password")),
        ("hal", world.PASSWORD, "refused", ("hal", False, "account disabled")),
        ("no such person", "Hunter2!", "refused", ("no such person", False, "unknown login")),
        (None, None, "refused", ("", False, "unknown login")),
    )
    for login, password, outcome, _ in attempts:
        assert guess_committed(intruder, login, password) == outcome
    rows = admin.execute(
        "SELECT login, succeeded, reason FROM audit.login_history WHERE id > %s ORDER BY id",
        (before,),
    )
    assert rows.fetchall() == [row for *_, row in attempts]
    everything = admin.execute("SELECT h::text FROM audit.login_history h").fetchall()
    assert "Hunter2!" not in str(everything)


def test_that_an_unknown_name_costs_what_a_wrong_password_costs(hospital, intruder, admin):
    """Told apart by nothing: not by the answer and not by the time."""
    admin.execute(
        "UPDATE public.users SET password_hash = auth.password_hash('x', 12) WHERE login = 'dora'"
    )
    answers, times = {}, {"dora": [], "nobody": []}
    with intruder.connection() as connection:
        for login in 4 * tuple(times):
            began = perf_counter()
            answers[login] = connection.execute(
                "SELECT auth.sign_in(%s, 'wrong')", (login,)
            ).fetchone()[0]
            times[login].append(perf_counter() - began)
    # the quickest of each: what else the computer does adds to any, and takes from none
    seconds = {login: min(each) for login, each in times.items()}
    assert answers["dora"] == answers["nobody"] == {"outcome": "refused"}
    assert 0.6 < seconds["dora"] / seconds["nobody"] < 1.7


def test_that_a_password_counts_beyond_72_bytes(hospital, intruder, admin):
    """bcrypt alone would stop reading there."""
    long = "a" * 72
    admin.execute(
        "UPDATE public.users SET password_hash = auth.password_hash(%s, 4) WHERE login = 'dora'",
        (long + "right",),
    )
    assert guess_committed(intruder, "dora", long + "wrong") == "refused"
    assert guess_committed(intruder, "dora", long + "right") == "signed_in"


def test_that_new_passwords_are_stored_at_the_full_cost(admin):
    assert admin.execute("SELECT auth.password_hash('x')").fetchone()[0].startswith("$2a$12$")


def test_that_a_statement_cut_short_still_counts(hospital, intruder, admin):
    """A time limit that ends the statement while the password is being compared."""
    admin.execute(
        "UPDATE public.users SET password_hash = auth.password_hash('x', 12) WHERE login = 'nora'"
    )
    with intruder.connection() as connection:
        connection.execute(GUESS, ("nora", "first"))  # from now on the functions are compiled
        connection.execute("SET statement_timeout = '120ms'")
        for _ in range(TRIES - 1):
            with pytest.raises(psycopg.errors.QueryCanceled), connection.transaction():
                connection.execute(GUESS, ("nora", "wrong"))
        connection.execute("SET statement_timeout = 0")
        assert connection.execute(GUESS, ("nora", "x")).fetchone() == ("locked",)
