"""Signing in and out through the service: who comes in, and what everybody else is told."""

from __future__ import annotations

import pytest

from tests import world
from ward_app.core.database import Actor
from ward_app.core.errors import SchemaMismatchError, SignInRequiredError
from ward_app.core.schema_version import REVISION
from ward_app.staff.service import check_server, sign_in, sign_out, signed_in, touch
from ward_app.staff.types import (
    AccountLockedError,
    Permission,
    WorkstationRefusedError,
    WrongPasswordError,
)

WRONG = "another password"


def attempt(database, login="nora", password=world.PASSWORD):
    return database.run(None, sign_in, login, password)


def test_that_a_person_comes_in_with_name_rights_and_wards(database, admin):
    both = attempt(database, "both")
    assert (both.login, both.display_name) == ("both", "Bo Both")
    assert both.role_names == ("Charge nurse",)
    assert both.user_id == world.id_of("both")
    assert [ward.name for ward in both.wards] == ["Ward 3 West", "Ward 7 East"]
    assert both.wards[0].time_zone == world.TIME_ZONE
    assert (both.facility_name, both.environment) == ("Main Hospital", "test")
    assert both.idle_lock_minutes == 5
    assert both.may(Permission.CHART_OPEN)
    assert not both.may(Permission.STAFF_MANAGE)
    stored = admin.execute("SELECT id FROM public.sessions").fetchall()
    assert stored == [(both.session_id,)]


def test_that_the_proof_of_a_session_is_not_shown(database):
    person = attempt(database)
    assert person.token not in repr(person)


def test_that_a_person_without_a_ward_comes_in(database):
    ivan = attempt(database, "ivan")
    assert ivan.wards == ()
    assert ivan.permissions == {"staff.assist", "staff.manage", "system.operate"}


def test_that_the_last_visit_is_told_at_the_next(database):
    """[U03]"""
    first, second = attempt(database), attempt(database)
    assert first.last_signed_in_at is None
    assert second.last_signed_in_at is not None
    assert second.last_signed_in_at.tzinfo is not None


@pytest.mark.parametrize("login", ["nora", "  NORA ", "Nora"])
def test_that_a_user_name_is_read_as_it_is_meant(database, login):
    assert attempt(database, login).login == "nora"


@pytest.mark.parametrize(
    ("login", "password"),
    [("nora", WRONG), ("nobody", world.PASSWORD), ("nora", ""), ("", ""), ("nora", "x" * 5_000)],
)
def test_that_it_is_never_said_which_of_the_two_was_wrong(database, admin, login, password):
    with pytest.raises(WrongPasswordError) as refused:
        attempt(database, login, password)
    assert str(refused.value) == ("User name or password are not right. Check both and try again.")
    recorded = admin.execute("SELECT succeeded FROM audit.login_history").fetchall()
    assert recorded == [(False,)]  # committed, although an error was raised


def test_that_a_disabled_account_is_told_no_more_than_a_wrong_password(database, admin):
    admin.execute("UPDATE public.users SET is_active = false WHERE login = 'nora'")
    with pytest.raises(WrongPasswordError):
        attempt(database)


def test_that_a_locked_account_is_told_until_when(database):
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            attempt(database, password=WRONG)
    with pytest.raises(AccountLockedError) as refused:
        attempt(database)
    until = refused.value.until
    assert until is not None
    assert until.tzinfo is not None
    assert "locked after too many wrong passwords, until " in str(refused.value)
    assert "ask IT to reset it" in str(refused.value)
    assert attempt(database, "dora").login == "dora"


def test_that_a_workstation_of_too_many_attempts_is_told_so(database, admin):
    counter = "auth.tries_" + world.id_of("ws_alpha").hex
    admin.execute(
        f"SELECT setval('{counter}', extract(epoch FROM clock_timestamp())::bigint * 1000 + 100)"
    )
    with pytest.raises(
        AccountLockedError, match="too many attempts to sign in at this"
    ) as refused:
        attempt(database)
    assert refused.value.until is not None


def test_that_a_revoked_workstation_is_told_so(database, admin):
    admin.execute("UPDATE public.workstations SET revoked_at = now()")
    for entrance in (attempt, lambda at: at.run(None, check_server)):
        with pytest.raises(WorkstationRefusedError, match="revoked or never enrolled"):
            entrance(database)


def test_that_a_workstation_revoked_between_the_questions_is_told_so(database, admin):
    def overtaken(tx):
        admin.execute("UPDATE public.workstations SET revoked_at = now()")
        return tx.value("SELECT auth.sign_in('nora', %s)", (world.PASSWORD,))

    with pytest.raises(WorkstationRefusedError):
        signed_in(database.run(None, overtaken))


def test_that_an_older_schema_is_named(database, admin):
    admin.execute("UPDATE public.alembic_version SET version_num = '0001'")
    for entrance in (attempt, lambda at: at.run(None, check_server)):
        with pytest.raises(SchemaMismatchError) as refused:
            entrance(database)
        assert f"older schema (0001) than this program needs ({REVISION})" in str(refused.value)
        assert "wardctl migrate run" in str(refused.value)


def test_that_a_newer_schema_is_named_when_it_no_longer_fits(database, admin):
    admin.execute("UPDATE public.alembic_version SET version_num = '9999'")
    assert attempt(database).login == "nora"  # it says itself that older programs still may
    admin.execute("UPDATE public.installation SET oldest_client_revision = '9999'")
    with pytest.raises(SchemaMismatchError) as refused:
        attempt(database)
    assert f"newer schema (9999) than this program knows ({REVISION})" in str(refused.value)
    assert "update the program" in str(refused.value)


def test_that_a_database_nobody_prepared_is_said_to_be_so(database, admin):
    admin.execute("DROP FUNCTION auth.server_info()")
    with pytest.raises(SchemaMismatchError, match="not prepared for the program"):
        attempt(database)


def test_that_a_database_without_a_hospital_is_said_to_be_so(database, admin):
    admin.execute("DELETE FROM public.installation")
    with pytest.raises(SchemaMismatchError, match="not set up yet"):
        attempt(database)


def test_that_signing_out_ends_the_session(database):
    actor = Actor(attempt(database).token)
    database.run(actor, touch)
    database.run(actor, sign_out)
    with pytest.raises(SignInRequiredError):
        database.run(actor, touch)


def test_that_activity_is_noted(database, admin):
    actor = Actor(attempt(database).token)
    admin.execute("UPDATE public.sessions SET last_seen_at = now() - interval '10 minutes'")
    database.run(actor, touch)
    fresh = "SELECT last_seen_at > now() - interval '1 minute' FROM public.sessions"
    assert admin.execute(fresh).fetchone() == (True,)


def test_that_unlocking_is_a_sign_in_that_ends_the_old_session(database, admin):
    old, new = attempt(database), attempt(database)
    database.run(Actor(old.token), sign_out)
    with pytest.raises(SignInRequiredError):
        database.run(Actor(old.token), touch)
    database.run(Actor(new.token), touch)
