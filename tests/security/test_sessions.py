"""How long a proof of identity lasts: until anything at all ends it, and never longer."""

from __future__ import annotations

import pytest

from tests import world
from ward_app.core.ids import new_id

PROVE = "SELECT auth.prove(%s) IS NOT NULL"


def is_live(intruder, token):
    return intruder.value(PROVE, (token,))


def test_that_a_token_is_long_random_and_stored_only_as_a_digest(hospital, intruder, admin):
    """[T17]"""
    tokens = {intruder.token("dora") for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) == 64 and int(token, 16) for token in tokens)
    stored = admin.execute("SELECT s::text FROM public.sessions s").fetchall()
    logged = admin.execute("SELECT l::text FROM audit.change_logs l").fetchall()
    for token in tokens:
        assert token not in str(stored) + str(logged)


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE public.users SET is_active = false WHERE login = 'nora'",
        "UPDATE public.workstations SET revoked_at = now() WHERE role_name = 'ws_alpha'",
        # revoked and enrolled anew: whoever held the old credential stays out
        "UPDATE public.workstations SET enrolled_at = now() WHERE role_name = 'ws_alpha'",
        "UPDATE public.sessions SET expires_at = now()",
        "UPDATE public.sessions SET last_seen_at = now() - interval '720 minutes'",
        "UPDATE public.sessions SET ended_at = now(), end_reason = 'by IT'",
    ],
)
def test_that_what_ends_a_session_ends_it_at_once(hospital, intruder, admin, end):
    """Also in the middle of a transaction that began before."""
    with intruder.connection(hospital.nora) as connection:
        patients = "SELECT count(*) FROM patient.patients"
        assert connection.execute(patients).fetchone() == (1,)
        admin.execute(end)
        assert connection.execute(patients).fetchone() == (0,)
        assert connection.execute("SELECT auth.uid()").fetchone() == (None,)
    assert not is_live(intruder, hospital.nora)


@pytest.mark.parametrize(
    "loss",
    [
        "DELETE FROM public.user_wards",
        "DELETE FROM public.user_roles",
        "DELETE FROM public.role_permissions",
    ],
)
def test_that_a_lost_ward_or_role_is_lost_at_once(hospital, intruder, admin, loss):
    """[B03]"""
    with intruder.connection(hospital.nora) as connection:
        connection.execute("SELECT auth.open_chart(%s, 'ward', NULL)", (hospital.my_patient,))
        connection.commit()
        connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
        details = "SELECT count(*) FROM patient.patient_details"
        assert connection.execute(details).fetchone() == (1,)
        admin.execute(loss)
        assert connection.execute(details).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM patient.patients").fetchone() == (0,)
        board = "SELECT count(patient_id) FROM report.ward_board(%s)"
        if "user_wards" in loss:
            shown = connection.execute(board, ([world.id_of("east")],))
            assert shown.fetchone() == (0,)


def test_that_sign_out_ends_the_session_and_is_on_record(hospital, intruder, admin):
    token = intruder.token("dora")
    intruder.rows("SELECT auth.sign_out()", token=token)
    assert not is_live(intruder, token)
    last = admin.execute(
        "SELECT action, login, workstation FROM audit.login_history ORDER BY id DESC LIMIT 1"
    )
    assert last.fetchone() == ("LOGOUT", "dora", "ws_alpha")
    intruder.rows("SELECT auth.sign_out()", token=token)  # a repeat changes nothing
    assert is_live(intruder, hospital.nora)


def test_that_activity_keeps_a_session_alive_but_not_beyond_twelve_hours(
    hospital, intruder, admin
):
    token = intruder.token("dora")
    admin.execute("UPDATE public.users SET idle_minutes = 15")
    near = "UPDATE public.sessions SET last_seen_at = now() - interval '14 minutes'"
    for _ in range(2):
        admin.execute(near)
        intruder.rows("SELECT auth.touch()", token=token)
    admin.execute("UPDATE public.sessions SET last_seen_at = now() - interval '16 minutes'")
    assert not is_live(intruder, token)
    intruder.rows("SELECT auth.touch()", token=token)  # nobody wakes a session that has ended
    assert not is_live(intruder, token)
    longest = admin.execute("SELECT max(expires_at - created_at) FROM public.sessions")
    assert longest.fetchone()[0].total_seconds() == pytest.approx(12 * 3600, abs=5)


def test_that_only_the_own_session_is_ended_or_kept(hospital, intruder, at_beta, admin):
    admin.execute("UPDATE public.sessions SET last_seen_at = now() - interval '1 minute'")
    intruder.rows("SELECT auth.touch()", token=hospital.nora)
    touched = "SELECT user_id FROM public.sessions WHERE last_seen_at > now() - interval '30 s'"
    assert admin.execute(touched).fetchall() == [(world.id_of("nora"),)]
    intruder.rows("SELECT auth.sign_out()", token=hospital.nora)
    assert is_live(at_beta, hospital.wes)


def test_that_a_revoked_workstation_signs_nobody_in(hospital, intruder, admin):
    admin.execute("UPDATE public.workstations SET revoked_at = now()")
    assert intruder.sign_in("nora") == {"outcome": "workstation_refused"}
    assert intruder.value("SELECT workstation_accepted FROM auth.server_info()") is False
    last = admin.execute("SELECT reason FROM audit.login_history ORDER BY id DESC LIMIT 1")
    assert last.fetchone() == ("workstation refused",)


def test_that_a_role_without_enrolment_signs_nobody_in(hospital, intruder, admin):
    admin.execute(
        "UPDATE public.workstations SET role_name = 'ws_gone' WHERE role_name = 'ws_alpha'"
    )
    assert intruder.sign_in("nora") == {"outcome": "workstation_refused"}
    assert not is_live(intruder, hospital.nora)


def test_that_somebody_of_another_hospital_does_not_sign_in_here(hospital, intruder, at_other):
    assert intruder.sign_in("olga") == {"outcome": "refused"}
    assert at_other.sign_in("nora") == {"outcome": "refused"}
    assert at_other.sign_in("olga")["facility_name"] == "Other Hospital"


def test_that_two_people_at_one_workstation_do_not_mix(hospital, intruder):
    """Fast user switching on one connection: each transaction is of whom it proved."""
    hal = intruder.token("hal")
    flag = (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
        " VALUES (%s, %s, 'falls', true, now())"
    )
    with intruder.connection(hospital.nora) as connection:
        assert connection.execute("SELECT auth.may('patient.flag')").fetchone() == (True,)
        connection.commit()
        connection.execute("SELECT auth.prove(%s)", (hal,))
        assert connection.execute("SELECT auth.may('patient.flag')").fetchone() == (False,)
    assert intruder.state(flag, (new_id(), hospital.my_patient), token=hal) == "42501"
