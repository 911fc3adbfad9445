"""What the server itself offers to anybody who may log in: nothing that leads anywhere."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.security.intruder import REFUSED
from ward_app.core.database import Actor
from ward_app.core.locks import AdvisoryLock
from ward_app.staff.service import sign_in

# an extension or language that is not installed on the server
NOT_EVEN_THERE = ("58P01", "0A000")
BECOMING_SOMEBODY = (
    "SET ROLE ward_definer",
    "SET ROLE ward_loader",
    "SET ROLE ward_owner",
    "SET ROLE ward_backup",
    "SET ROLE ward_admin",
    "SET ROLE ws_beta",
    "SET SESSION AUTHORIZATION ward_definer",
    "SET SESSION AUTHORIZATION ws_beta",
    "SELECT set_config('role', 'ward_loader', false)",
    "SELECT set_config('session_authorization', 'ws_beta', false)",
)
FILES_AND_PROGRAMS = (
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/ward-attack'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_read_binary_file('global/pg_control')",
    "SELECT * FROM pg_ls_dir('.')",
    "SELECT * FROM pg_ls_logdir()",
    "SELECT pg_stat_file('postgresql.conf')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/ward-attack')",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT pg_current_logfile()",
    "LOAD 'auto_explain'",
)
SERVER = (
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_switch_wal()",
    "SELECT pg_create_restore_point('x')",
    "SELECT * FROM pg_create_physical_replication_slot('x')",
    "SELECT pg_stat_reset()",
    "ALTER SYSTEM SET log_statement = 'all'",
    "ALTER DATABASE postgres SET row_security = off",
    "SET log_min_messages = 'debug5'",
    "SET log_statement = 'all'",
    "SET lc_messages = 'C'",
    "SET session_preload_libraries = 'x'",
    "CHECKPOINT",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_user_mapping",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE LANGUAGE plperlu",
)


@pytest.mark.parametrize(
    "attacks", [BECOMING_SOMEBODY, FILES_AND_PROGRAMS, SERVER], ids=["roles", "files", "server"]
)
def test_that_the_server_refuses(hospital, intruder, attacks):
    for attack in attacks:
        state = intruder.state_outside_transaction(attack)
        assert state in {REFUSED, *NOT_EVEN_THERE}, attack


OBJECTS = (
    "CREATE TABLE {}.loot ()",
    "CREATE VIEW {}.loot AS SELECT 1",
    "CREATE FUNCTION {}.loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TYPE {}.loot AS (a int)",
    "CREATE DOMAIN {}.loot AS text",
    "CREATE SEQUENCE {}.loot",
    "CREATE OPERATOR {}.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
)
SCHEMAS = """
SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
UNION ALL SELECT 'pg_temp'
"""


def test_that_no_schema_takes_anything_from_a_workstation(hospital, intruder, admin):
    """Not even the temporary one: an object there could be found before the real one."""
    schemas = [name for (name,) in admin.execute(SCHEMAS)]
    assert {"public", "auth", "pg_catalog", "pg_temp"} <= set(schemas)
    with intruder.connection(hospital.nora) as connection:
        for schema in schemas:
            for creation in OBJECTS:
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(creation.format(schema))
        for other in (
            "CREATE SCHEMA loot",
            "CREATE TEMPORARY TABLE loot ()",
            "SELECT 1 AS x INTO loot",
            "CREATE PUBLICATION loot",
            "CREATE EVENT TRIGGER loot ON ddl_command_end EXECUTE FUNCTION auth.prove()",
            "COMMENT ON TABLE patient.patients IS 'mine'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(other)


HIJACK = """
CREATE DOMAIN pg_temp.{name} AS {base} CHECK (pg_temp.steal())
"""
STEAL = """
CREATE FUNCTION pg_temp.steal() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pg_temp.loot SELECT current_user::text;
    RETURN true;
END $$
"""
# Names that the definer functions use for types and relations without a schema.
BORROWED = {"uuid": "pg_catalog.uuid", "text": "pg_catalog.text", "jsonb": "pg_catalog.jsonb",
            "timestamptz": "pg_catalog.timestamptz", "boolean": "pg_catalog.bool",
            "bigint": "pg_catalog.int8", "interval": "pg_catalog.interval",
            "tstzrange": "pg_catalog.tstzrange", "record": "pg_catalog.text"}  # fmt: skip


def test_that_functions_of_the_definer_find_no_temporary_object_first(hospital, intruder, admin):
    """Even where somebody gave workstations the right to make temporary objects."""
    admin.execute(f"GRANT TEMPORARY ON DATABASE {admin.info.dbname} TO ward_client")
    with intruder.connection() as connection:
        connection.execute("CREATE TEMPORARY TABLE loot (who text)")
        connection.execute("GRANT INSERT ON pg_temp.loot TO PUBLIC")
        connection.execute(STEAL)
        for name, base in BORROWED.items():
            connection.execute(HIJACK.format(name=f'"{name}"', base=base))
        for table in ("users", "sessions", "pg_class", "workstations", "live_session"):
            connection.execute(f"CREATE TEMPORARY TABLE {table} (id int, token_sha256 bytea)")
        connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
        for call in (
            "auth.uid()",
            "auth.ward_ids()",
            "auth.admission_ids()",
            "auth.open_patients()",
            "auth.may('board.view')",
            "auth.server_info()",
            f"auth.sign_in('nora', '{world.PASSWORD}')",
            f"report.ward_board(ARRAY['{world.id_of('east')}']::pg_catalog.uuid[])",
            "admission.occupied_beds()",
            "auth.open_directory()",
            "auth.touch()",
        ):
            connection.execute(f"SELECT {call}")
        assert connection.execute("SELECT * FROM pg_temp.loot").fetchall() == []


def test_that_the_sibling_connections_of_a_workstation_show_no_secret(
    hospital, database, intruder
):
    """All connections of a role see each other's statements, so these carry no values."""
    seen = "SELECT query FROM pg_stat_activity WHERE usename = 'ws_alpha' AND pid <> %s"
    with intruder.connection() as spy:

        def look(tx):
            rows = spy.execute(seen, (spy.info.backend_pid,)).fetchall()
            return " ".join(row[0] for row in rows)

        person = database.run(None, sign_in, "nora", world.PASSWORD)
        texts = [look(None), database.run(Actor(person.token), look)]
    for text in texts:
        assert "auth." in text or "COMMIT" in text
        for secret in (person.token, hospital.nora, world.PASSWORD, STATION_PASSWORD):
            assert secret not in text


def test_that_a_workstation_sees_no_statement_of_another(hospital, intruder, at_beta):
    with at_beta.connection(hospital.wes) as other:
        other.execute("SELECT 'Quagmire is here'")
        shown = intruder.rows("SELECT query FROM pg_stat_activity WHERE usename = 'ws_beta'")
    assert shown
    assert {row[0] for row in shown} == {"<insufficient privilege>"}


def test_that_nothing_of_another_is_stopped(hospital, intruder, at_beta):
    with at_beta.connection(hospital.wes) as other:
        pid = other.info.backend_pid
        for stop in ("pg_terminate_backend", "pg_cancel_backend"):
            intruder.assert_refused(f"SELECT {stop}(%s)", (pid,))


def test_that_large_objects_store_nothing(hospital, intruder, admin):
    """They would break the backup, whose role may not read them, and outlive the workstation."""
    for attack in (
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        r"SELECT lo_from_bytea(0, '\x00')",
        "SELECT lo_import('/etc/hostname')",
    ):
        intruder.assert_refused(attack, token=hospital.nora)
    assert admin.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)


def test_that_an_anonymous_block_has_the_rights_of_its_sender(hospital, intruder):
    intruder.assert_refused(
        "DO $$ BEGIN PERFORM FROM audit.access_logs; END $$", token=hospital.nora
    )
    intruder.assert_refused(
        "DO $$ BEGIN EXECUTE 'SET ROLE ward_loader'; END $$", token=hospital.nora
    )


def test_that_locks_anybody_may_take_stop_nobody(hospital, intruder, at_beta, admin):
    """Advisory locks of every number a program of ours might use, and the lightest table lock."""
    with intruder.connection() as holder:
        for key in (0, 1, *AdvisoryLock, world.id_of("nora").int % 2**31):
            holder.execute("SELECT pg_advisory_lock(%s)", (key,))
        for table in ("patient.patients", "admission.bed_stays", "room.beds"):
            holder.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        assert at_beta.sign_in("wes")["outcome"] == "signed_in"
        move = (
            "SELECT outcome FROM admission.transfer(public.gen_random_uuid(), %s, %s, %s,"
            " clock_timestamp(), NULL, true)"
        )
        values = (hospital.theirs, world.id_of("west"), world.bed("west", "2"))
        assert at_beta.value(move, values, token=hospital.wes) == "done"


def test_that_the_code_of_functions_holds_no_secret(intruder, hospital):
    text = "".join(row[0] or "" for row in intruder.rows("SELECT prosrc FROM pg_proc"))
    assert "live_session" in text
    for secret in (hospital.nora, world.PASSWORD, "$2a$"):
        assert secret not in text


def test_that_a_role_that_is_no_workstation_may_not_even_name_a_table(server, database_name):
    role = "nobody_in_particular"
    with (
        psycopg.connect(server.dsn("postgres"), autocommit=True) as admin,
        suppress(psycopg.errors.DuplicateObject),
    ):
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'known'")
    dsn = f"{server.dsn(database_name, user=role)} password=known"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(dsn)
