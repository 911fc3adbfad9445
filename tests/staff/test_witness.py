"""A second person who stands by one act: once, soon, here, and never the same person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests import world
from tests.security.intruder import Intruder
from ward_app.core.database import Actor
from ward_app.core.errors import RuleBrokenError, SignInRequiredError
from ward_app.core.ids import new_id
from ward_app.staff.badge_service import keep_badge_and_pin, witness
from ward_app.staff.badges import ByBadge, ByPassword, PasswordNeededError, SamePersonError
from ward_app.staff.types import AccountLockedError, WrongPasswordError

DORA = ByPassword("dora", world.PASSWORD)
# what a command that needs a witness does in the database
ACT = """
CREATE FUNCTION public.act(p_id uuid, p_proof text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.use_witness(p_id, p_proof);
END $$;
ALTER FUNCTION public.act OWNER TO ward_definer;
GRANT EXECUTE ON FUNCTION public.act TO ward_client;
"""


@pytest.fixture
def act(database, admin, nurse):
    """Do what needs a witness; returns who it was."""
    admin.execute("GRANT CREATE ON SCHEMA public TO ward_definer")
    admin.execute(ACT)

    def act(command_id, proof, actor=nurse, at=database):
        return at.run(actor, lambda tx: tx.value("SELECT public.act(%s, %s)", (command_id, proof)))

    return act


def stand_by(database, actor, second=DORA, command_id=None):
    return database.run(actor, witness, command_id or new_id(), second)


def test_that_a_second_person_stands_by_one_act(database, nurse, act, admin):
    proof = stand_by(database, nurse)
    assert (proof.user_id, proof.display_name) == (world.id_of("dora"), "Dora Doctor")
    soon = proof.valid_until - datetime.now(UTC)
    assert timedelta(seconds=90) < soon <= timedelta(seconds=121)
    assert act(proof.command_id, proof.proof) == world.id_of("dora")
    used = admin.execute("SELECT witness_id, used_at IS NOT NULL FROM public.witness_proofs")
    assert used.fetchall() == [(world.id_of("dora"), True)]


def test_that_a_witness_proves_it_by_badge_too(database, nurse, act, signed_in):
    dora = Actor(signed_in("dora").token)
    database.run(dora, keep_badge_and_pin, world.PASSWORD, "04D0D0D0", "582047")
    proof = stand_by(database, nurse, ByBadge("04D0D0D0", "582047"))
    assert act(proof.command_id, proof.proof) == world.id_of("dora")
    with pytest.raises(WrongPasswordError, match="Badge or PIN"):
        stand_by(database, nurse, ByBadge("04D0D0D0", "100000"))


def test_that_proof_and_secrets_are_shown_and_stored_nowhere(database, nurse, admin):
    proof = stand_by(database, nurse)
    assert proof.proof not in repr(proof)
    assert world.PASSWORD not in repr(DORA)
    assert "582047" not in repr(ByBadge("x", "582047"))
    for table in ("public.witness_proofs", "audit.change_logs"):
        assert proof.proof not in str(admin.execute(f"SELECT t::text FROM {table} t").fetchall())


def refused(act, *args, **kwargs):
    with pytest.raises(RuleBrokenError, match="second person as witness"):
        act(*args, **kwargs)


def test_that_a_proof_is_used_once_and_for_its_own_act(database, nurse, act):
    proof = stand_by(database, nurse)
    refused(act, new_id(), proof.proof)
    act(proof.command_id, proof.proof)
    refused(act, proof.command_id, proof.proof)


def test_that_an_act_that_is_undone_gives_the_proof_back(database, nurse, act):
    proof = stand_by(database, nurse)

    def fail(tx):
        tx.value("SELECT public.act(%s, %s)", (proof.command_id, proof.proof))
        raise RuleBrokenError("undo")

    with pytest.raises(RuleBrokenError, match="undo"):
        database.run(nurse, fail)
    assert act(proof.command_id, proof.proof) == world.id_of("dora")


def test_that_a_proof_is_good_for_two_minutes(database, nurse, act, admin):
    proof = stand_by(database, nurse)
    admin.execute("UPDATE public.witness_proofs SET valid_until = clock_timestamp()")
    refused(act, proof.command_id, proof.proof)


@pytest.mark.parametrize("guess", ["", "0" * 64, "' OR true --"])
def test_that_a_guessed_proof_is_refused(database, nurse, act, guess):
    proof = stand_by(database, nurse)
    refused(act, proof.command_id, guess)


def test_that_no_other_session_or_workstation_uses_it(database, connect, nurse, act, signed_in):
    proof = stand_by(database, nurse)
    elsewhere = connect("ws_beta")
    again = Actor(signed_in("nora").token)
    there = Actor(signed_in("nora", at=elsewhere).token)
    refused(act, proof.command_id, proof.proof, again)
    refused(act, proof.command_id, proof.proof, there, elsewhere)
    with pytest.raises(SignInRequiredError):
        act(proof.command_id, proof.proof, nurse, elsewhere)
    assert act(proof.command_id, proof.proof) == world.id_of("dora")


def test_that_it_is_on_record_before_it_is_good(database, nurse, act):
    """A witness that is undone leaves no trace, so it is worth nothing."""

    def at_once(tx):
        proof = witness(tx, new_id(), DORA)
        tx.value("SELECT public.act(%s, %s)", (proof.command_id, proof.proof))

    with pytest.raises(RuleBrokenError, match="second person"):
        database.run(nurse, at_once)


def test_that_nobody_is_their_own_witness(database, nurse, signed_in, admin):
    with pytest.raises(SamePersonError, match="somebody else"):
        stand_by(database, nurse, ByPassword("nora", world.PASSWORD))
    database.run(nurse, keep_badge_and_pin, world.PASSWORD, "04A1B2C3", "582047")
    with pytest.raises(SamePersonError):
        stand_by(database, nurse, ByBadge("04A1B2C3", "582047"))
    assert admin.execute("SELECT count(*) FROM public.witness_proofs").fetchone() == (0,)


def test_that_a_wrong_password_is_counted_and_on_record(database, nurse, admin):
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            stand_by(database, nurse, ByPassword("dora", "guess"))
    with pytest.raises(AccountLockedError):
        stand_by(database, nurse)
    failed = admin.execute("SELECT count(*) FROM audit.login_history WHERE NOT succeeded")
    assert failed.fetchone() == (6,)


def test_that_a_witness_gets_no_session(database, nurse, admin):
    stand_by(database, nurse)
    ended = admin.execute(
        "SELECT ended_at IS NOT NULL, end_reason FROM public.sessions WHERE user_id = %s",
        (world.id_of("dora"),),
    )
    assert ended.fetchall() == [(True, "witness only")]
    assert database.run(nurse, lambda tx: tx.value("SELECT auth.uid()")) == world.id_of("nora")


def test_that_a_witness_with_a_one_time_password_signs_in_first(database, nurse, admin):
    admin.execute("UPDATE public.users SET must_change_password = true WHERE login = 'dora'")
    with pytest.raises(PasswordNeededError, match="new password first"):
        stand_by(database, nurse)
    live = admin.execute(
        "SELECT count(*) FROM public.sessions WHERE user_id = %s AND ended_at IS NULL",
        (world.id_of("dora"),),
    )
    assert live.fetchone() == (0,)


def test_that_a_witness_disabled_meanwhile_is_none(database, nurse, act, admin):
    proof = stand_by(database, nurse)
    admin.execute("UPDATE public.users SET is_active = false WHERE login = 'dora'")
    refused(act, proof.command_id, proof.proof)


def test_that_a_witness_stands_by_somebody_and_something(database, nurse):
    with pytest.raises(SignInRequiredError):
        stand_by(database, None)
    with pytest.raises(psycopg.errors.NullValueNotAllowed):
        database.run(nurse, witness, None, DORA)


def test_that_no_client_uses_a_proof_by_itself(database, nurse, station_settings):
    proof = stand_by(database, nurse)
    at_alpha = Intruder(station_settings("ws_alpha"))
    at_alpha.assert_refused(
        "SELECT auth.use_witness(%s, %s)", (proof.command_id, proof.proof), token=nurse.token
    )
    at_alpha.assert_refused("SELECT * FROM public.witness_proofs", token=nurse.token)
    at_alpha.assert_refused("SELECT * FROM public.badges", token=nurse.token)
    at_alpha.assert_refused("SELECT * FROM public.pins", token=nurse.token)
