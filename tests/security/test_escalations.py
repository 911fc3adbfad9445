"""Escalations against somebody with any SQL: not skipped, not forged, not read, not removed."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.scored import scored
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

EAST, WEST, NORTH = (world.id_of(code) for code in ("east", "west", "north"))
_COLUMNS, _VALUES = scored(respiratory_rate_per_min=30, spo2_percent=90, on_oxygen=True)
SET = (
    f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {_COLUMNS})"
    f" VALUES (%s, %s, now(), {_VALUES})"
)
OPEN = "SELECT id, level FROM report.open_escalations(%s)"
ANSWER = (
    "SELECT outcome FROM report.answer_escalation(%s, %s, %s, now(), NULL, NULL, NULL, %s, 'x')"
)
STORED = "SELECT count(*) FROM report.escalations"
TABLES = ("report.escalations", "report.escalation_events", "report.escalation_rules")


@pytest.fixture
def theirs(hospital, at_beta):
    """An open escalation of Wes's patient on West; returns its id."""
    at_beta.rows(SET, (new_id(), hospital.theirs), token=hospital.wes)
    [(found, level)] = at_beta.rows(OPEN, ([WEST],), token=hospital.wes)
    assert level == "high"
    return found


def test_that_no_client_skips_the_trigger(hospital, intruder, admin):
    with intruder.connection(hospital.nora) as connection:
        for attack in (
            "SET session_replication_role = replica",
            "ALTER TABLE report.vital_signs DISABLE TRIGGER follow",
            "DROP TRIGGER follow ON report.vital_signs",
        ):
            connection.execute("SAVEPOINT before")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attack)
            connection.execute("ROLLBACK TO before")
        connection.execute(SET, (new_id(), hospital.mine))
        connection.commit()
    assert admin.execute(STORED).fetchone() == (1,)


def test_that_an_undone_set_leaves_no_escalation_and_shows_none(hospital, intruder, admin):
    with intruder.connection(hospital.nora) as connection:
        connection.execute(SET, (new_id(), hospital.mine))
        connection.execute("ROLLBACK")
    assert admin.execute(STORED).fetchone() == (0,)


def test_that_an_escalation_of_another_ward_is_not_there(hospital, intruder, theirs, admin):
    wards = [EAST, WEST, NORTH]
    assert intruder.rows(OPEN, (wards,), token=hospital.nora) == []
    for table in TABLES[:2]:
        assert intruder.rows(f"SELECT * FROM {table}", token=hospital.nora) == []
    for kind, code in (("acknowledged", None), ("not_escalated", "end_of_life")):
        values = (new_id(), theirs, kind, code)
        assert intruder.value(ANSWER, values, token=hospital.nora) == "not_in_reach"
        values = (new_id(), new_id(), kind, code)
        assert intruder.value(ANSWER, values, token=hospital.nora) == "not_in_reach"
    concern = "SELECT outcome FROM report.raise_concern(%s, %s, 'x')"
    for stay in (hospital.theirs, hospital.gone_stay, hospital.strangers_stay, new_id()):
        assert intruder.value(concern, (new_id(), stay), token=hospital.nora) == "not_in_reach"
        found = "SELECT * FROM report.colleagues(%s)"
        assert intruder.rows(found, (stay,), token=hospital.nora) == []
    assert admin.execute("SELECT count(*) FROM report.escalation_events").fetchone() == (0,)


def test_that_nobody_ticks_or_silences_another_ward(hospital, intruder, theirs, admin):
    admin.execute("ALTER TABLE report.escalations DISABLE TRIGGER append_only")
    admin.execute("UPDATE report.escalations SET opened_at = now() - interval '1 hour'")
    wards = [EAST, WEST, NORTH]
    tick = "SELECT report.tick_escalations(%s)"
    assert intruder.value(tick, (wards,), token=hospital.nora) == 0
    silence = "SELECT report.silence_escalations(%s, %s, 5::smallint)"
    intruder.rows(silence, (new_id(), wards), token=hospital.nora)
    assert admin.execute("SELECT count(*) FROM report.escalation_events").fetchone() == (0,)


def test_that_a_refused_answer_holds_no_lock_on_another_wards_patient(
    hospital, intruder, at_beta, theirs
):
    with intruder.connection(hospital.nora) as connection:
        connection.execute(ANSWER, (new_id(), theirs, "acknowledged", None))
        with at_beta.connection(hospital.wes) as other:
            other.execute("SET lock_timeout = '1s'")
            mine = other.execute(ANSWER, (new_id(), theirs, "acknowledged", None))
            assert mine.fetchone() == ("done",)


def test_that_nobody_writes_changes_or_removes_a_row(hospital, intruder, theirs):
    attacks = [
        "INSERT INTO report.escalations (id) VALUES (public.gen_random_uuid())",
        "INSERT INTO report.escalation_events (id, kind) VALUES (public.gen_random_uuid(), 'x')",
        "INSERT INTO report.escalation_rules (id, level) VALUES (public.gen_random_uuid(), 'low')",
        *(f"DELETE FROM {table}" for table in TABLES),
        *(f"TRUNCATE {table}" for table in TABLES),
        "UPDATE report.escalations SET level = 'low'",
        "UPDATE report.escalation_events SET kind = 'closed'",
        "UPDATE report.escalation_rules SET arrive_minutes = 1440",
        "SELECT report.change_level(NULL, NULL, NULL)",
        "SELECT report.escalations_of_ward(NULL)",
        "SELECT report.escalation_as_of(NULL, now())",
    ]
    for attack in attacks:
        assert intruder.state(attack, token=hospital.nora) == REFUSED, attack


@pytest.mark.parametrize("kind", ["closed", "raised", "cascaded", "re_notified", "silenced", "x"])
def test_that_no_client_forges_what_the_database_writes(hospital, at_beta, theirs, kind):
    values = (new_id(), theirs, kind, None)
    assert at_beta.state(ANSWER, values, token=hospital.wes) == "22023"


@pytest.mark.parametrize("table", TABLES)
def test_that_no_row_is_changed_or_removed_even_by_the_owner(admin, theirs, table):
    for attack in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(attack)


def test_that_what_was_planned_is_read_with_the_chart_open_alone(hospital, at_beta, theirs):
    wes = at_beta.token("wes")  # a session that opened no chart yet
    at_beta.rows(ANSWER, (new_id(), theirs, "planned", None), token=wes)
    history = "SELECT count(*) FROM report.escalation_events"
    assert at_beta.value(history, token=wes) == 0
    opened = "SELECT auth.open_chart(%s, 'ward', NULL)"
    at_beta.rows(opened, (hospital.their_patient,), token=wes)
    assert at_beta.value(history, token=wes) == 1


def test_that_the_other_hospital_sees_no_rule_of_ours(hospital, intruder, at_other, admin):
    admin.execute(
        "INSERT INTO report.escalation_rules (id, facility_id, level, step, role,"
        " acknowledge_minutes, arrive_minutes, renotify_minutes, source, set_by)"
        " VALUES (gen_random_uuid(), %s, 'high', 4, 'consultant', 5, 5, 5, 'ours', 'Dr X')",
        (world.id_of("main"),),
    )
    rules = "SELECT count(*) FROM report.escalation_rules WHERE source = 'ours'"
    assert intruder.value(rules, token=hospital.nora) == 1
    assert at_other.value(rules, token=hospital.olga) == 0
    assert at_other.value("SELECT count(*) FROM report.escalation_rules") == 0


def test_that_a_bulk_load_calls_nobody(hospital, admin_dsn, admin):
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as loader:
        loader.execute(SET, (new_id(), hospital.mine))
    assert admin.execute(STORED).fetchone() == (0,)
