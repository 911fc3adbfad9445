"""Enrolling and shutting out workstations."""

import json
from datetime import datetime

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.commands import said_by
from tests.operations.conftest import add_hospital
from ward_app.cli.workstation import app
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.settings import DatabaseSettings
from ward_app.operations import migrate, workstations
from ward_app.operations.workstations import enrol, enrolled, revoke, role_name_for

REFUSED = "password authentication failed|not permitted to log in"


def connect(dsn, enrolment):
    return psycopg.connect(
        make_conninfo(dsn, user=enrolment.role_name, password=enrolment.password)
    )


def test_that_an_enrolled_workstation_connects_and_is_known(
    hospital, spare_server, empty_database
):
    made = enrol(hospital, "Ward 7A desk", database=empty_database)
    settings = DatabaseSettings(
        host=str(spare_server.socket_dir), name=empty_database, user=made.role_name
    )
    with psycopg.connect(**settings.conninfo(), password=made.password) as connection:
        question = "SELECT facility_name, workstation_accepted FROM auth.server_info()"
        assert connection.execute(question).fetchone() == ("Hospital A", True)
        [found] = enrolled(hospital, database=empty_database)
    [told] = json.loads(said_by(app, hospital, "list", "--json"))
    assert (told["role_name"], told["name"]) == (found.role_name, found.name)
    assert datetime.fromisoformat(told["credential_since"]) == found.credential_since
    assert told["last_used_at"] is None
    assert (found.role_name, found.name, found.connections) == (
        "ws_ward_7a_desk",
        "Ward 7A desk",
        1,
    )


def test_that_a_workstation_alone_reads_no_patient(hospital, empty_database):
    with connect(hospital, enrol(hospital, "Desk", database=empty_database)) as connection:
        assert connection.execute("SELECT FROM patient.patients").fetchall() == []
        assert connection.execute("SELECT FROM room.beds").fetchall() == []


def test_that_a_workstation_has_at_most_six_connections(hospital, empty_database):
    made = enrol(hospital, "Desk", database=empty_database)
    opened = [connect(hospital, made) for _ in range(6)]
    with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
        connect(hospital, made)
    for connection in opened:
        connection.close()


def test_that_the_password_is_new_each_time_and_shown_nowhere(
    hospital, empty_database, spare_server
):
    with psycopg.connect(hospital, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {empty_database} SET log_statement = 'all'")
    made = enrol(hospital, "Desk", database=empty_database)
    other = enrol(hospital, "Other desk", database=empty_database)
    assert made.password != other.password
    assert len(made.password) >= 32
    assert made.password not in repr(made)
    logged = "".join(log.read_text() for log in (spare_server.data_dir / "log").iterdir())
    assert "CREATE ROLE" in logged
    assert made.password not in logged


def test_that_a_name_in_use_is_refused_and_its_password_stays(hospital, empty_database):
    made = enrol(hospital, "Desk", database=empty_database)
    with pytest.raises(ConflictError, match="ws_desk"):
        enrol(hospital, "DESK!", database=empty_database)
    connect(hospital, made).close()


def test_that_a_failed_enrolment_leaves_no_role(hospital, empty_database, monkeypatch):
    monkeypatch.setattr(workstations, "_ENTER", "SELECT %s, %s, %s, %s, %s, 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        enrol(hospital, "Desk", database=empty_database)
    with psycopg.connect(hospital) as connection:
        roles = connection.execute("SELECT FROM pg_roles WHERE rolname = 'ws_desk'")
        assert roles.fetchall() == []


def test_that_a_revoked_workstation_is_cut_off_and_stays_in_the_register(hospital, empty_database):
    made = enrol(hospital, "Desk", database=empty_database)
    at_work = connect(hospital, made)
    revoke(hospital, made.role_name, database=empty_database)
    with pytest.raises(psycopg.errors.AdminShutdown):
        at_work.execute("SELECT 1")
    at_work.close()
    with pytest.raises(psycopg.OperationalError, match=REFUSED):
        connect(hospital, made)
    assert enrolled(hospital, database=empty_database) == []
    with psycopg.connect(hospital) as connection:
        kept = connection.execute("SELECT role_name, revoked_at > enrolled_at FROM workstations")
        assert kept.fetchall() == [("ws_desk", True)]


def test_that_a_revoked_workstation_can_be_enrolled_again(hospital, empty_database):
    first = enrol(hospital, "Desk", database=empty_database)
    revoke(hospital, first.role_name, database=empty_database)
    second = enrol(hospital, "Desk", database=empty_database)
    connect(hospital, second).close()
    with pytest.raises(psycopg.OperationalError, match=REFUSED):
        connect(hospital, first)


def test_that_revoking_what_is_not_enrolled_is_refused(hospital, empty_database):
    for role in ("ws_nowhere", "ward_admin"):
        with pytest.raises(RuleBrokenError, match=role):
            revoke(hospital, role, database=empty_database)


def test_that_one_of_several_hospitals_must_be_named(hospital, empty_database):
    add_hospital(hospital, "B")
    with pytest.raises(RuleBrokenError, match="A, B"):
        enrol(hospital, "Desk", database=empty_database)
    with pytest.raises(RuleBrokenError, match="A, B"):
        enrol(hospital, "Desk", database=empty_database, facility_code="C")
    made = enrol(hospital, "Desk", database=empty_database, facility_code="B")
    with connect(hospital, made) as connection:
        question = "SELECT facility_name FROM auth.server_info()"
        assert connection.execute(question).fetchone() == ("Hospital B",)


def test_that_a_workstation_needs_a_hospital(dsn, empty_database):
    migrate.upgrade(dsn)
    with pytest.raises(RuleBrokenError, match="no hospital yet"):
        enrol(dsn, "Desk", database=empty_database)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Ward 7A desk", "ws_ward_7a_desk"),
        ("  --Ward--7A-- ", "ws_ward_7a"),
        ("Großer Saal 3", "ws_gro_er_saal_3"),
        ("x; DROP ROLE ward_owner", "ws_x_drop_role_ward_owner"),
        ("a" * 60, "ws_" + "a" * 60),
    ],
)
def test_that_a_role_is_named_after_its_workstation(name, role):
    assert role_name_for(name) == role


@pytest.mark.parametrize("name", ["", "  ", "病房", "!?", "a" * 61])
def test_that_a_name_that_makes_no_role_is_refused(name):
    with pytest.raises(RuleBrokenError, match="letters or digits"):
        role_name_for(name)
