"""Migrations as IT runs them; what each revision contains is tested with the database."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.operations.revision_scripts import own_folder, write_revision
from ward_app.core.environment import Environment
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    NotPermittedError,
    RuleBrokenError,
    SchemaMismatchError,
)
from ward_app.demo.seed import seed_demo
from ward_app.operations import installation, migrate, model_drift, revisions


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A history of our own, of two revisions that do nothing much."""
    own_folder(tmp_path, monkeypatch)
    write_revision(tmp_path, "0001", "CREATE TABLE public.first ()")
    write_revision(tmp_path, "0002", "CREATE TABLE public.second ()")
    return tmp_path


@pytest.fixture
def impatient(monkeypatch):
    options = migrate._AS_OWNER.replace("lock_timeout=10s", "lock_timeout=50ms")
    monkeypatch.setattr(migrate, "_AS_OWNER", options)
    monkeypatch.setattr(migrate, "_PAUSE_S", 0)


def tables(dsn):
    with psycopg.connect(dsn) as connection:
        question = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return {name for (name,) in connection.execute(question)} - {
            "alembic_version",
            "migration_log",
        }


def numbers(revisions):
    return [revision.number for revision in revisions]


def test_that_the_whole_history_goes_up_and_down_again(dsn):
    """[M13]"""
    known = migrate.history()
    done = []
    reached = migrate.upgrade(dsn, announce=done.append)
    assert tuple(done) == reached.applied == known
    assert reached.pending == ()
    undone = []
    assert migrate.downgrade(dsn, migrate.BASE, announce=undone.append).applied == ()
    assert tuple(undone) == known[::-1]
    assert tables(dsn) == set()
    assert migrate.upgrade(dsn).current == known[-1].number


def test_that_the_tables_in_the_code_are_those_of_the_database(dsn):
    migrate.upgrade(dsn)
    assert model_drift.differences(dsn) == ()


def test_that_a_table_only_the_database_has_is_found(dsn):
    migrate.upgrade(dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE patient.forgotten ()")
        connection.execute("ALTER TABLE patient.forgotten OWNER TO ward_owner")
    assert model_drift.differences(dsn) == ("remove table patient.forgotten",)


def test_that_a_second_run_has_nothing_to_do(dsn, scripts):
    """[M01]"""
    migrate.upgrade(dsn)
    done = []
    assert migrate.upgrade(dsn, announce=done.append).current == "0002"
    assert done == []


def test_that_one_revision_can_be_asked_for(dsn, scripts):
    """[M03]"""
    assert migrate.upgrade(dsn, "0001").current == "0001"
    assert numbers(migrate.status(dsn).pending) == ["0002"]
    assert tables(dsn) == {"first"}
    migrate.upgrade(dsn)
    assert migrate.upgrade(dsn, "0001").current == "0002"


def test_that_undoing_stops_at_the_revision_that_is_named(dsn, scripts):
    """[M04]"""
    migrate.upgrade(dsn)
    undone = []
    assert migrate.downgrade(dsn, "0001", announce=undone.append).current == "0001"
    assert numbers(undone) == ["0002"]


def test_that_an_unknown_revision_is_refused(dsn, scripts):
    """[M03]"""
    with pytest.raises(RuleBrokenError, match="no revision 0003; there are 0001 to 0002"):
        migrate.upgrade(dsn, "0003")
    with pytest.raises(RuleBrokenError, match="no revision first"):
        migrate.downgrade(dsn, "first")


def test_that_a_failing_revision_changes_nothing_and_keeps_those_before(dsn, scripts):
    """[M11]"""
    write_revision(scripts, "0002", "CREATE TABLE public.second (); SELECT 1/0")
    with pytest.raises(ConfigurationError, match=r"Revision 0002 .* division by zero"):
        migrate.upgrade(dsn)
    assert migrate.status(dsn).current == "0001"
    assert tables(dsn) == {"first"}


def test_that_a_table_in_use_is_left_alone(dsn, scripts, impatient):
    """[M17]"""
    migrate.upgrade(dsn, "0001")
    write_revision(scripts, "0002", "ALTER TABLE public.first ADD x int")
    with psycopg.connect(dsn) as user:
        user.execute("SELECT FROM public.first")
        with pytest.raises(ConflictError, match="in use"):
            migrate.upgrade(dsn)
    assert migrate.upgrade(dsn).current == "0002"


def test_that_two_migrations_do_not_run_at_once(dsn, scripts, impatient):
    """[M23]"""
    with (
        migrate.migrating(dsn),
        pytest.raises(ConflictError, match="Another migration"),
    ):
        migrate.upgrade(dsn)
    assert tables(dsn) == set()


def test_that_a_database_of_a_newer_program_is_refused(dsn, scripts):
    migrate.upgrade(dsn)
    (scripts / "versions" / "0002_test.py").unlink()
    revisions._read.cache_clear()
    for attempt in (migrate.status, migrate.upgrade):
        with pytest.raises(SchemaMismatchError, match="has schema 0002"):
            attempt(dsn)


def test_that_what_migrations_make_belongs_to_the_owner(dsn, scripts):
    migrate.upgrade(dsn)
    with psycopg.connect(dsn) as connection:
        question = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(question).fetchall() == [("ward_owner",)]


def test_that_a_migrator_needs_no_administrator(dsn):
    """[P04]"""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS it_person")
        connection.execute("CREATE ROLE it_person LOGIN PASSWORD 'known' IN ROLE ward_migrator")
    person = make_conninfo(dsn, user="it_person", password="known")
    assert migrate.upgrade(person).pending == ()
    installation.name_environment(person, Environment.TEST)
    assert installation.environment(person) is Environment.TEST
    assert migrate.downgrade(person, migrate.BASE).applied == ()


def test_that_a_server_that_is_not_there_is_said_to_be_away(tmp_path):
    nowhere = make_conninfo(host=str(tmp_path), user="ward_admin", dbname="ward")
    for attempt in (migrate.status, migrate.upgrade, installation.environment):
        with pytest.raises(DatabaseUnavailableError, match="does not answer"):
            attempt(nowhere)


def test_that_a_database_says_once_and_for_all_what_it_is_for(dsn):
    assert installation.environment(dsn) is None
    migrate.upgrade(dsn)
    assert installation.environment(dsn) is None
    installation.name_environment(dsn, Environment.PRODUCTION)
    installation.name_environment(dsn, Environment.DEVELOPMENT)
    assert installation.environment(dsn) is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("named", "disposable"),
    [
        (Environment.DEVELOPMENT, True),
        (Environment.DEMO, True),
        (Environment.TEST, True),
        (Environment.TRAINING, False),
        (Environment.STAGING, False),
        (Environment.PRODUCTION, False),
        (None, False),
    ],
)
def test_that_only_development_demo_and_test_may_be_destroyed(monkeypatch, named, disposable):
    """[C21]"""
    revision = migrate.Revision("0001", "")
    applied = migrate.SchemaStatus(applied=(revision,), pending=())
    monkeypatch.setattr(migrate, "status", lambda _: applied)
    monkeypatch.setattr(installation, "environment", lambda _: named)
    if disposable:
        installation.require_disposable("")
    else:
        with pytest.raises(NotPermittedError, match="destroy data"):
            installation.require_disposable("")
    installation.require_disposable("", anyway=True)


def test_that_a_database_before_its_first_revision_has_nothing_to_lose(dsn):
    installation.require_disposable(dsn)


def test_that_every_revision_tells_what_the_database_is_for(dsn):
    migrate.upgrade(dsn)
    installation.name_environment(dsn, Environment.DEMO)
    for revision in migrate.history()[:0:-1]:
        migrate.downgrade(dsn, revision.number)
        assert installation.environment(dsn) is Environment.DEMO, revision


@pytest.mark.long
def test_that_a_reset_database_is_empty_and_still_for_the_same(dsn):
    migrate.upgrade(dsn)
    installation.name_environment(dsn, Environment.DEMO)
    seed_demo(dsn)
    assert installation.reset(dsn).pending == ()
    assert installation.environment(dsn) is Environment.DEMO
    assert model_drift.differences(dsn) == ()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT FROM public.facilities").fetchall() == []


def test_that_a_cleared_database_has_nothing_of_ours_but_the_extensions(dsn):
    migrate.upgrade(dsn)
    migrate.clear(dsn)
    assert tables(dsn) == set()
    with psycopg.connect(dsn) as connection:
        ours = "nspowner = 'ward_owner'::regrole AND nspname <> 'public'"
        assert not connection.execute(f"SELECT FROM pg_namespace WHERE {ours}").fetchall()
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert ("pgcrypto",) in extensions
    migrate.clear(dsn)


def test_that_a_database_in_use_is_not_cleared(dsn, impatient):
    migrate.upgrade(dsn)
    with psycopg.connect(dsn) as user:
        user.execute("SELECT FROM public.facilities")
        with pytest.raises(ConflictError, match="nothing was dropped"):
            migrate.clear(dsn)
    assert migrate.status(dsn).pending == ()
