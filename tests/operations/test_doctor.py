"""`wardctl doctor`: each illness is found on a real server, and a healthy one is called so."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg
import pytest

from ward_app.core.settings import PoolSettings
from ward_app.operations import migrate
from ward_app.operations.audit_guard import install_guard
from ward_app.operations.doctor import (
    examine,
    of_access_rule,
    of_environment,
    of_version,
)
from ward_app.operations.findings import Level
from ward_app.operations.live_looks import connections, provider

# what the private server of these tests logs less of than a hospital's, and does not wait for
LOGS = {"log_statement", "log_connections", "log_disconnections", "synchronous_commit"}


@pytest.fixture
def look(hospital, empty_database):
    """Return what examines the hospital: findings that are not good, by what they are about."""

    def examined():
        found = [one for one in examine(hospital, database=empty_database)
                 if one.level in {Level.WARNING, Level.ERROR}]  # fmt: skip
        return [
            one for one in found
            if one.about != "Server version" and one.says.split()[0] not in LOGS
        ]  # fmt: skip

    return examined


@pytest.fixture
def guarded(hospital, empty_database):
    install_guard(hospital, database=empty_database)


@pytest.mark.usefixtures("guarded")
def test_that_a_healthy_hospital_is_called_so(look):
    assert look() == []


def test_that_a_missing_guard_is_told(look):
    [found] = look()
    assert (found.about, found.level, found.remedy) == (
        "Audit guard", Level.WARNING, "Run: wardctl audit guard.")  # fmt: skip


def test_that_a_server_with_too_few_connections_for_its_workstations_is_told(dsn):
    """[L04] [L16] Live: of the workstations that are enrolled, before all of them work at once."""
    with psycopg.connect(dsn) as admin:
        admin.execute(f"CREATE ROLE ws_{uuid4().hex[:10]} LOGIN")
        [found] = connections(admin, PoolSettings(max=10_000))
        admin.rollback()
    assert (found.level, found.code) == (Level.WARNING, "WDB-104")
    assert "workstations may need" in found.says


@pytest.mark.usefixtures("guarded")
def test_that_a_table_without_row_security_is_told(look, hospital):
    """[B01] [D18]"""
    with psycopg.connect(hospital, autocommit=True) as admin:
        admin.execute("ALTER TABLE patient.allergies NO FORCE ROW LEVEL SECURITY")
    [found] = look()
    assert (found.level, found.code) == (Level.ERROR, "WDB-701")
    assert "patient.allergies" in found.says


@pytest.mark.usefixtures("guarded")
def test_that_a_table_changed_by_hand_is_told(look, hospital):
    """[D19]"""
    with psycopg.connect(hospital, autocommit=True) as admin:
        admin.execute("ALTER TABLE patient.allergies ADD COLUMN by_hand text")
    [found] = look()
    assert (found.code, "by_hand" in found.says) == ("WDB-205", True)


@pytest.mark.usefixtures("guarded")
def test_that_a_workstation_with_rights_of_its_own_is_told(look, hospital):
    with psycopg.connect(hospital, autocommit=True) as admin:
        admin.execute("CREATE ROLE ws_mighty LOGIN BYPASSRLS IN ROLE ward_client")
    [found] = look()
    assert (found.level, found.remedy) == (
        Level.ERROR, "Shut it out: wardctl workstation revoke ws_mighty.")  # fmt: skip


@pytest.mark.usefixtures("guarded")
def test_that_a_lacking_extension_is_told(look, hospital):
    with psycopg.connect(hospital, autocommit=True) as admin:
        admin.execute("DROP EXTENSION pgcrypto CASCADE")
    assert ("Extensions", Level.ERROR, "The database lacks pgcrypto.", "Run: wardctl init.") in [
        (one.about, one.level, one.says, one.remedy) for one in look()
    ]


def test_that_a_database_without_a_schema_is_told(dsn, empty_database):
    """[D03]"""
    [found] = [one for one in examine(dsn, database=empty_database) if one.about == "Schema"]
    assert (found.code, found.remedy) == ("WDB-201", "Run: wardctl migrate run.")


def test_that_a_schema_behind_the_program_is_told(dsn, empty_database):
    migrate.upgrade(dsn, "0001")
    [found] = [one for one in examine(dsn, database=empty_database) if one.about == "Schema"]
    assert (found.level, found.remedy) == (Level.ERROR, "Run: wardctl migrate run.")
    assert found.code == "WDB-202"


@pytest.mark.usefixtures("guarded")
def test_that_a_server_that_logs_values_of_patients_is_told(look, spare_server):
    with psycopg.connect(spare_server.dsn("postgres"), autocommit=True) as admin:
        admin.execute("ALTER ROLE ward_admin SET log_parameter_max_length = -1")
        try:
            [found] = look()
        finally:
            admin.execute("ALTER ROLE ward_admin RESET log_parameter_max_length")
    assert (found.level, found.says) == (
        Level.ERROR, "log_parameter_max_length is -1, not 0.")  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text", "levels"),
    [
        (130_022, "13.22", [Level.ERROR]),
        (140_021, "14.21", [Level.WARNING]),
        (150_014, "15.14", [Level.GOOD, Level.WARNING]),
        (150_015, "15.15", [Level.GOOD]),
        (160_011, "16.11", [Level.GOOD]),
        (190_000, "19.0", [Level.GOOD]),
    ],
)
def test_that_the_servers_version_is_judged(number, text, levels):
    """[P01] [A08]"""
    found = list(of_version(number, text))
    assert [one.level for one in found] == levels
    assert all(text in one.says for one in found)
    assert ("16 is recommended" in found[0].says) == (number // 10_000 == 15)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (("local", None, None, "trust", None), ""),
        (("host", "127.0.0.1", "255.255.255.255", "md5", None), ""),
        (("host", "all", None, "reject", None), ""),
        (("hostssl", "10.20.0.0", "255.255.0.0", "scram-sha-256", None), ""),
        (("hostssl", "10.20.0.0", "255.255.0.0", "trust", None), "no proof"),
        (("hostssl", "10.20.0.0", "255.255.0.0", "md5", None), "no proof"),
        (("host", "10.20.0.0", "255.255.0.0", "scram-sha-256", None), "without encryption"),
        (("hostssl", "0.0.0.0", "0.0.0.0", "scram-sha-256", None), "every computer"),  # noqa: S104 - an address of a rule
        (("hostssl", "::", "::", "scram-sha-256", None), "every computer"),
        (("hostssl", "all", None, "scram-sha-256", None), "every computer"),
        ((None, None, None, None, "invalid"), "cannot be read"),
    ],
)
def test_that_lines_that_let_too_many_in_are_told(rule, words):
    """[A07]"""
    assert (words in of_access_rule(*rule)) if words else of_access_rule(*rule) == ""


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, []),
        ({"PGPASSWORD": "plum-lantern"}, ["PGPASSWORD"]),
        ({"DATABASE_URL": "postgresql://it:plum-lantern@db/ward"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": "postgresql://it@db/ward"}, []),
        ({"DATABASE_URL": "http://[broken"}, []),
    ],
)
def test_that_secrets_in_the_environment_are_told_and_not_shown(environment, names):
    found = list(of_environment(environment))
    assert [one.says.rpartition(" ")[2].rstrip(".") for one in found] == names
    assert not any("plum" in one.says + one.remedy for one in found)


def test_that_the_command_says_it_by_line_json_and_status(running):
    status, said, _ = running("doctor")
    assert status == 2
    assert "ERROR   Schema: " in said
    assert "Run: wardctl migrate run." in said
    running("migrate", "run")
    running("audit", "guard")
    status, said, _ = running("doctor", "--json")
    assert status == 2  # it logs less than a hospital's, and its disk is not waited for
    found = json.loads(said)
    assert {one["level"] for one in found} == {"ok", "info", "warning", "error"}
    assert [one["about"] for one in found if one["level"] == "error"] == ["What is acknowledged"]


def test_that_a_server_that_does_not_answer_is_told(wardctl, tmp_path):
    """[D01] [P11] With how a service is started on each system."""
    status, said, _ = wardctl("doctor", "--server", "--dsn", f"host={tmp_path} user=it")
    assert (status, "The server cannot be reached." in said, "[WDB-101]" in said) == (
        2, True, True)  # fmt: skip
    for starts in ("systemctl start", "brew services start", "Start-Service", "docker ps"):
        assert starts in said


def test_that_the_server_alone_is_looked_at_when_asked_for(wardctl, dsn):
    """[P11] A server is looked at from a computer that keeps no backups."""
    told = [
        {one["about"] for one in json.loads(wardctl("doctor", *words, "--json", "--dsn", dsn)[1])}
        for words in ([], ["--server"])
    ]
    assert told[0] - told[1] >= {"Backup", "Restore drill"}
    assert {"Server version", "Schema"} <= told[1] < told[0]


def test_that_a_provider_is_told_apart_and_its_snapshots_are_not_enough(dsn):
    """[K15]"""
    with psycopg.connect(dsn) as admin:
        assert list(provider(admin)) == []
        admin.execute("CREATE ROLE rds_superuser")
        [found] = provider(admin)
        admin.rollback()
    assert (found.level, "run by Amazon RDS" in found.says) == (Level.INFO, True)
    assert "wardctl backup create" in found.remedy
