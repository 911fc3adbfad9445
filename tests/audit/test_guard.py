"""The guard: what is done to the tables themselves is on record."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.commands import said_by
from ward_app.cli.audit import app
from ward_app.core.errors import ConfigurationError
from ward_app.operations.audit_guard import install_guard, is_guarded
from ward_app.operations.audit_seals import seal
from ward_app.operations.audit_verify import verify
from ward_app.operations.migrate import clear

SEEN = "SELECT action, after ->> 'ddl' FROM audit.change_logs WHERE after ? 'ddl' ORDER BY id"


@pytest.fixture
def guarded(here, admin):
    here(install_guard)
    assert is_guarded(admin)
    return admin


def test_that_switching_a_trigger_off_is_on_record(guarded):
    """[U08] Also for who has every other trigger out of the way."""
    guarded.execute("SET session_replication_role = replica")
    guarded.execute("ALTER TABLE audit.change_logs DISABLE TRIGGER append_only")
    guarded.execute("DROP TRIGGER append_only ON audit.seals")
    guarded.execute("CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger"
                    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")  # fmt: skip
    told = guarded.execute(SEEN).fetchall()
    assert ("UPDATE", "ALTER TABLE audit.change_logs") in told
    assert ("DELETE", "DROP TRIGGER append_only on audit.seals") in told
    assert ("UPDATE", "CREATE FUNCTION audit.refuse_change()") in told


def test_that_what_is_no_part_of_the_product_is_left_out(guarded):
    guarded.execute("CREATE SCHEMA elsewhere")
    guarded.execute("CREATE TABLE elsewhere.notes (id int)")
    guarded.execute("DROP TABLE elsewhere.notes")
    assert guarded.execute(SEEN).fetchall() == []


def test_that_what_the_guard_wrote_is_sealed_and_verified(guarded, here, passed):
    guarded.execute("ALTER TABLE audit.seals DISABLE TRIGGER append_only")
    passed()
    assert here(seal)
    found = here(verify)
    assert found.problems == ()
    assert found.guarded


def test_that_it_may_be_installed_again_and_is_missed_where_it_is_not(here, admin, admin_dsn):
    assert "wardctl audit guard" in said_by(app, admin_dsn, "verify")
    for _ in range(2):
        assert "from now on" in said_by(app, admin_dsn, "guard")
    assert "wardctl audit guard" not in said_by(app, admin_dsn, "verify")
    assert json.loads(said_by(app, admin_dsn, "verify", "--json"))["guarded"]
    admin.execute("ALTER EVENT TRIGGER ward_audit_changed DISABLE")
    assert not here(verify).guarded


def test_that_it_keeps_the_rules_of_every_function(guarded):
    config, owner, public = guarded.execute(
        "SELECT proconfig, proowner::regrole::text, has_function_privilege('public', oid,"
        " 'EXECUTE') FROM pg_proc WHERE proname = 'note_ddl'"
    ).fetchone()
    assert (config, owner, public) == (["search_path=pg_catalog, pg_temp"], "ward_definer", False)


def test_that_a_database_with_a_guard_is_cleared_all_the_same(guarded, here, admin_dsn):
    clear(admin_dsn)
    assert guarded.execute("SELECT count(*) FROM pg_event_trigger").fetchone() == (0,)
    with pytest.raises(ConfigurationError, match="migrate run"):
        here(install_guard)


def test_that_only_a_superuser_installs_it(admin_dsn, database_name):
    dsn = psycopg.conninfo.make_conninfo(admin_dsn, options="-c role=ward_owner")
    with pytest.raises(ConfigurationError, match="not an administrator"):
        install_guard(dsn, database=database_name)
