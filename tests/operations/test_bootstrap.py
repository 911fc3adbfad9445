"""What the administrator makes once: roles, database, extensions, grants."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError
from ward_app.operations import bootstrap
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.roles import ROLES, create_roles

MEMBERSHIPS = {
    ("ward_monitor", "pg_monitor"),
    ("ward_backup", "pg_read_all_data"),
    ("ward_definer", "pg_read_all_stats"),
    ("ward_owner", "ward_definer"),
    ("ward_migrator", "ward_owner"),
    ("ward_migrator", "ward_definer"),
    ("ward_migrator", "ward_loader"),
}


def rows(dsn, question, *parameters):
    with psycopg.connect(dsn) as connection:
        return set(connection.execute(question, parameters).fetchall())


def a_role(dsn, name, group):
    """A person's or program's login in the group, thrown away with the cluster."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {name}")
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'known' IN ROLE {group}")
    return make_conninfo(dsn, user=name, password="known")


def test_that_only_the_roles_that_need_it_pass_by_row_security(dsn):
    found = rows(dsn, "SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname ~ '^ward_'")
    assert found == {("ward_definer",), ("ward_loader",), ("ward_backup",), ("ward_admin",)}


def test_that_nobody_logs_in_as_a_group(dsn):
    found = rows(
        dsn,
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
        " AND NOT (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)",
        list(ROLES),
    )
    assert found == {(name,) for name in ROLES}


def test_that_the_memberships_are_exactly_these(dsn):
    found = rows(
        dsn,
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE member::regrole::text = ANY(%s)",
        list(ROLES),
    )
    assert found == MEMBERSHIPS


def test_that_running_it_again_changes_nothing(spare_server, empty_database, dsn):
    """[P04]"""
    shape = (
        "SELECT 'role', r.oid::text, r.xmin::text FROM pg_authid r WHERE rolname ~ '^ward_'"
        " UNION ALL SELECT 'member', m.member::text, m.xmin::text FROM pg_auth_members m"
        " UNION ALL SELECT 'extension', e.extname, e.xmin::text FROM pg_extension e"
        " UNION ALL SELECT 'rights', d.datname, d.datacl::text FROM pg_database d"
    )
    before = rows(dsn, shape)
    initialise(spare_server.dsn("postgres"), empty_database)
    assert rows(dsn, shape) == before


def test_that_what_counts_statements_is_made_where_the_server_loaded_it(
    spare_server, empty_database, dsn, monkeypatch
):
    """[P02] [P03] [P05] What is not offered is left out; what is needed is asked for always."""
    there = {name for (name,) in rows(dsn, "SELECT extname FROM pg_extension")}
    assert {*bootstrap.EXTENSIONS, "uuid-ossp"} <= there
    assert "pg_stat_statements" not in there
    # as in a server that loaded it: what it is made of need not be there for that
    preloaded = bootstrap._OFFERED.replace(
        "current_setting('shared_preload_libraries')", "'auto_explain, pg_stat_statements'"
    )
    monkeypatch.setattr(bootstrap, "_OFFERED", preloaded)
    initialise(spare_server.dsn("postgres"), empty_database)
    there = {name for (name,) in rows(dsn, "SELECT extname FROM pg_extension")}
    assert "pg_stat_statements" in there


def test_that_many_may_run_it_at_once(spare_server):
    names = [f"at_once_{number % 3}" for number in range(9)]
    with ThreadPoolExecutor(9) as threads:
        list(threads.map(lambda name: initialise(spare_server.dsn("postgres"), name), names))
    for name in set(names):
        drop_database(spare_server.dsn("postgres"), name)


def test_that_a_missing_role_and_membership_are_made_again(spare_server, dsn):
    with psycopg.connect(spare_server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("REVOKE pg_monitor FROM ward_monitor")
        create_roles(connection)
        question = "SELECT pg_has_role('ward_monitor', 'pg_monitor', 'member')"
        assert connection.execute(question).fetchone() == (True,)


def test_that_the_extensions_are_there(dsn):
    """[P02]"""
    found = rows(dsn, "SELECT extname FROM pg_extension")
    assert {("pgcrypto",), ("btree_gist",), ("pg_trgm",)} <= found


def test_that_an_extension_the_server_lacks_is_named(spare_server, monkeypatch):
    monkeypatch.setattr(bootstrap, "EXTENSIONS", ("no_such_thing",))
    with pytest.raises(ConfigurationError, match=r"no_such_thing.*postgresql-contrib"):
        initialise(spare_server.dsn("postgres"), "lacking")
    drop_database(spare_server.dsn("postgres"), "lacking")


def test_that_a_stranger_cannot_even_connect(spare_server, empty_database):
    stranger = a_role(spare_server.dsn(empty_database), "stranger", "pg_signal_backend")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


@pytest.mark.parametrize("statement", ["CREATE TEMP TABLE t ()", "CREATE TABLE public.t ()"])
def test_that_a_workstation_makes_no_tables_of_its_own(spare_server, empty_database, statement):
    workstation = a_role(spare_server.dsn(empty_database), "ws_test", "ward_client")
    with (
        psycopg.connect(workstation) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_that_a_loader_may_make_temporary_tables(spare_server, empty_database):
    with psycopg.connect(
        a_role(spare_server.dsn(empty_database), "load_test", "ward_loader")
    ) as connection:
        connection.execute("CREATE TEMP TABLE t ()")


def test_that_a_copy_of_a_database_is_closed_like_the_original(spare_server, empty_database):
    create_database(spare_server.dsn("postgres"), "a_copy", template=empty_database)
    rights = "SELECT has_database_privilege('ward_client', 'a_copy', 'TEMPORARY'), datacl::text"
    [(temporary, listed)] = rows(
        spare_server.dsn("postgres"), f"{rights} FROM pg_database WHERE datname = 'a_copy'"
    )
    assert not temporary
    assert "ward_client=c/ward_owner" in listed
    drop_database(spare_server.dsn("postgres"), "a_copy")


def test_that_somebody_who_is_no_administrator_is_told_so(spare_server, empty_database):
    helper = a_role(spare_server.dsn(empty_database), "helper", "ward_migrator")
    with pytest.raises(ConfigurationError, match="helper is not an administrator"):
        initialise(make_conninfo(helper, dbname=empty_database), "another")


def test_that_a_server_that_is_not_there_is_said_to_be_away(tmp_path):
    with pytest.raises(DatabaseUnavailableError, match="does not answer"):
        initialise(make_conninfo(host=str(tmp_path), user="ward_admin"))
