"""The audit trail against whoever holds a workstation, and what it tells an auditor."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.security.conftest import SECRETS

TRAIL = (
    "SELECT t::text FROM audit.trail('everything', now() - interval '1 day',"
    " now() + interval '1 day', NULL, NULL, NULL, NULL, NULL, NULL, 10000) t"
)
VIEW = "SELECT l::text FROM audit.audit_log l"
NAMES = {"Quagmire", "Xylophone", "Saxophone"}
OPEN = "SELECT auth.open_trail('everything')"


def auditor_at(admin, login, facility):
    """Make an auditor of a hospital."""
    admin.execute(
        "INSERT INTO public.users (id, facility_id, login, display_name, password_hash)"
        " VALUES (%s, %s, %s, 'Other Auditor', auth.password_hash(%s, 4))",
        (world.id_of(login), world.id_of(facility), login, world.PASSWORD),
    )
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles WHERE name = 'auditor'",
        (world.id_of(login),),
    )


def text_of(intruder, token, statement):
    return "\n".join(row[0] for row in intruder.rows(statement, token=token))


@pytest.mark.parametrize("login", ["nora", "both", "dora", "ada", "ivan", "col", "wall"])
def test_that_nobody_else_reads_the_trail(hospital, intruder, login):
    """[U08]"""
    token = intruder.token(login)
    intruder.assert_refused(OPEN, token=token)
    intruder.assert_refused(TRAIL, token=token)
    assert intruder.rows(VIEW, token=token) == []


def test_that_the_trail_opens_only_by_a_record_that_stays(hospital, intruder, admin):
    """[U01] Opened in the same transaction, undone afterwards: nothing is read."""
    token = intruder.token("audrey")
    with intruder.connection(token) as connection:
        connection.execute(OPEN)
        assert connection.execute(VIEW).fetchall() == []
        with pytest.raises(psycopg.Error):
            connection.execute(TRAIL)
        connection.rollback()
    assert intruder.rows(VIEW, token=token) == []
    counted = "SELECT count(*) FROM audit.access_logs WHERE kind = 'audit'"
    assert admin.execute(counted).fetchone() == (0,)
    intruder.rows(OPEN, token=token)
    assert intruder.rows(VIEW, token=token)
    assert admin.execute(counted).fetchone() == (1,)


def test_that_a_trail_opened_elsewhere_stays_closed_here(hospital, intruder, at_beta):
    at_beta.rows(OPEN, token=at_beta.token("audrey"))
    assert intruder.rows(VIEW, token=intruder.token("audrey")) == []


def test_that_the_auditor_sees_no_clinical_value(hospital, intruder):
    """[A08] Names of patients, so that a complaint can be followed; nothing that was charted."""
    token = intruder.token("audrey")
    intruder.rows(OPEN, token=token)
    charted = [word for word in SECRETS if word not in NAMES]
    for statement in (TRAIL, VIEW):
        text = text_of(intruder, token, statement)
        assert "Quagmire" in text
        assert [word for word in charted if word in text] == []


def test_that_an_auditor_sees_the_own_hospital_alone(hospital, intruder, admin, at_other):
    """[A04]"""
    auditor_at(admin, "otto", "other")
    token = at_other.token("otto")
    at_other.rows(OPEN, token=token)
    for statement in (TRAIL, VIEW):
        text = text_of(at_other, token, statement)
        assert "otto" in text
        for foreign in ("nora", "Nora", "Okafor", "Quagmire", "ws_alpha"):
            assert foreign not in text
    mine = intruder.token("audrey")
    intruder.rows(OPEN, token=mine)
    for statement in (TRAIL, VIEW):
        text = text_of(intruder, mine, statement)
        assert "olga" not in text
        assert "otto" not in text


def test_that_words_of_a_filter_are_never_run(hospital, intruder):
    """[B04]"""
    token = intruder.token("audrey")
    intruder.rows(OPEN, token=token)
    ask = (
        "SELECT count(*) FROM audit.trail(%s, now() - interval '1 day', now() + interval '1 day',"
        " %s, %s, %s, NULL, NULL, NULL, 10)"
    )
    for attack in ("' OR true --", "'; DROP TABLE audit.seals --", "%s", "$1", "\\", "){"):
        assert intruder.value(ask, ("everything", attack, None, None), token=token) == 0
        assert intruder.value(ask, ("everything", None, attack, None), token=token) == 0
        assert intruder.value(ask, ("everything", None, None, attack), token=token) == 0
        assert intruder.state(ask, (attack, None, None, None), token=token) == "22023"


def test_that_clients_neither_seal_nor_read_seals(hospital, intruder):
    """[U08] [U09]"""
    for token in (hospital.nora, intruder.token("audrey")):
        for attack in (
            "SELECT * FROM audit.seals",
            "DELETE FROM audit.seals",
            "INSERT INTO audit.rules (id, retention_years) VALUES (gen_random_uuid(), 1)",
            "UPDATE audit.eras SET era = 2",
            "SELECT audit.mass_sessions(now(), now())",
            "SELECT audit.patients_named(NULL, 'Okafor')",
        ):
            intruder.assert_refused(attack, token=token)


@pytest.mark.parametrize("years", [5, 0, -1, 101])
def test_that_the_trail_is_never_kept_for_less_than_six_years(admin, years):
    """[U09]"""
    with pytest.raises(psycopg.errors.CheckViolation):
        admin.execute(
            "INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes,"
            " off_hours_from, off_hours_until, source)"
            " VALUES (gen_random_uuid(), %s, 60, 10, '22:00', '06:00', 'x')",
            (years,),
        )
