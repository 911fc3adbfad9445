"""Who ran which revision, when and how it ended, and what a right that is missing is called."""

import json
import threading
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.operations.revision_scripts import own_folder, write_revision
from tests.resilience.server.waiting import until
from ward_app.core.errors import ConfigurationError, ConflictError
from ward_app.core.locks import AdvisoryLock
from ward_app.operations import migrate, revisions
from ward_app.operations.migration_log import Outcome

_KEPT = "SELECT revision, is_upgrade, outcome FROM public.migration_log ORDER BY id"


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """Two revisions of our own; a table in use is tried again at once."""
    folder = tmp_path / "alembic"
    folder.mkdir()
    own_folder(folder, monkeypatch)
    monkeypatch.setattr(migrate, "_PAUSE_S", 0)
    write_revision(folder, "0001", "CREATE TABLE public.first (word text)")
    write_revision(
        folder, "0002", "CREATE TABLE public.second ()", undo="DROP TABLE public.second"
    )
    return folder


@pytest.fixture
def person(dsn):
    """A role that may sign in, and nothing else, and how it connects."""
    name = f"it_{uuid4().hex[:10]}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'known' IN ROLE ward_readonly")
    yield name, make_conninfo(dsn, user=name, password="known")
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(f"DROP ROLE {name}")


def kept(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute(_KEPT).fetchall()


def test_that_each_attempt_is_on_record_with_who_when_and_how_long(dsn, scripts):
    """[M02] [T24]"""
    migrate.upgrade(dsn)
    migrate.downgrade(dsn, "0001")
    assert kept(dsn) == [("0001", True, "done"), ("0002", True, "done"), ("0002", False, "done")]
    first, second = migrate.standings(dsn)
    assert (first.is_applied, first.last.outcome, first.failure) == (True, Outcome.DONE, None)
    assert (first.last.database_role, len(first.last.checksum)) == ("ward_admin", 64)
    assert 0 <= first.last.duration_s < 60
    assert first.last.account
    assert first.last.computer
    assert (second.is_applied, second.last.is_upgrade) == (False, False)


def test_that_a_failed_revision_stays_on_record_with_its_reason(dsn, scripts):
    """[M11] [M19] Though what it did is undone."""
    write_revision(scripts, "0002", "CREATE TABLE public.second (); SELECT 1/0")
    with pytest.raises(ConfigurationError):
        migrate.upgrade(dsn)
    failed = migrate.standings(dsn)[1]
    assert not failed.is_applied
    assert failed.failure.outcome is Outcome.FAILED
    assert "division by zero" in failed.failure.reason
    write_revision(scripts, "0002", "CREATE TABLE public.second ()")
    migrate.upgrade(dsn)
    assert migrate.standings(dsn)[1].failure is None


def test_that_no_value_of_a_row_is_told_or_kept(dsn, scripts):
    migrate.upgrade(dsn, "0001")
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO public.first VALUES ('Quagmire'), ('Quagmire')")
    for statement in (
        "ALTER TABLE public.first ADD UNIQUE (word)",
        "ALTER TABLE public.first ALTER word TYPE int USING word::int",
    ):
        write_revision(scripts, "0002", statement)
        with pytest.raises(ConfigurationError) as refused:
            migrate.upgrade(dsn)
        assert "Quagmire" not in str(refused.value)
        assert "Quagmire" not in migrate.standings(dsn)[1].failure.reason


def test_that_a_table_in_use_is_tried_three_times_each_on_record(dsn, scripts, monkeypatch):
    """[M17]"""
    hurry = migrate._AS_OWNER.replace("lock_timeout=10s", "lock_timeout=50ms")
    monkeypatch.setattr(migrate, "_AS_OWNER", hurry)
    migrate.upgrade(dsn, "0001")
    write_revision(scripts, "0002", "ALTER TABLE public.first ADD x int")
    announced = []
    with psycopg.connect(dsn) as user:
        user.execute("SELECT FROM public.first")
        with pytest.raises(ConflictError, match="in use"):
            migrate.upgrade(dsn, announce=announced.append)
        assert len(announced) == 3
        announced.clear()

        def let_go_at_the_second(revision):
            announced.append(revision)
            if len(announced) == 2:
                user.rollback()

        assert migrate.upgrade(dsn, announce=let_go_at_the_second).current == "0002"
    assert [outcome for _, _, outcome in kept(dsn)] == ["done"] + ["failed"] * 4 + ["done"]


def test_that_what_was_killed_is_told_and_closed_by_the_next(dsn, scripts):
    migrate.upgrade(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE public.migration_log SET outcome = 'running'")
        connection.execute("SELECT pg_advisory_lock(%s)", (AdvisoryLock.MIGRATION,))
        assert migrate.standings(dsn)[1].last.outcome is Outcome.RUNNING
    assert migrate.standings(dsn)[1].last.outcome is Outcome.INTERRUPTED
    migrate.upgrade(dsn)
    assert {outcome for _, _, outcome in kept(dsn)} == {"interrupted"}


def test_that_a_database_from_before_the_log_is_told_and_migrated(dsn, scripts, wardctl):
    """[T24] Nothing is made by looking."""
    migrate.upgrade(dsn, "0001")
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP TABLE public.migration_log")
    assert [one.last for one in migrate.standings(dsn)] == [None, None]
    said = wardctl("migrate", "status", "--dsn", dsn)[1]
    assert said == "applied  0001  Change 0001\npending  0002  Change 0002\n"
    migrate.upgrade(dsn)
    assert kept(dsn) == [("0002", True, "done")]


def test_that_a_revision_that_was_altered_afterwards_is_told(dsn, scripts, wardctl):
    migrate.upgrade(dsn)
    write_revision(scripts, "0001", "CREATE TABLE public.first (word text, other text)")
    assert [one.is_altered for one in migrate.standings(dsn)] == [True, False]
    assert "its files are others now" in wardctl("migrate", "status", "--dsn", dsn)[1]


def test_that_the_checksum_covers_the_sql_files(scripts):
    (scripts / "sql").mkdir()
    file = scripts / "sql" / "a.sql"
    file.write_text("SELECT 1")
    source = scripts / "versions" / "0002_test.py"
    source.write_text(
        source.read_text().replace("op.execute", 'op.sql_file("a.sql")  # op.execute')
    )
    before = revisions.checksum(migrate.history()[1])
    file.write_text("SELECT 2")
    assert revisions.checksum(migrate.history()[1]) != before


def test_that_status_says_who_failed_when_and_why(dsn, scripts, wardctl):
    """[M02] [M19] For people and for programs."""
    write_revision(scripts, "0002", "SELECT 1/0")
    assert wardctl("migrate", "run", "--dsn", dsn)[0] == 1
    said = wardctl("migrate", "status", "--dsn", dsn)[1]
    assert "applying it failed" in said
    assert "by ward_admin" in said
    assert "division by zero" in said
    told = json.loads(wardctl("migrate", "status", "--dsn", dsn, "--json")[1])
    assert told["current"] == "0001"
    assert told["applied"][0]["last"]["by"] == "ward_admin"
    [pending] = told["pending"]
    assert (pending["number"], pending["last"]["outcome"]) == ("0002", "failed")


def test_that_nobody_else_reads_the_log(dsn, person):
    """Though an early revision of the real history lets loads read everything there is."""
    migrate.upgrade(dsn)
    for role in ("ward_loader", "ward_client", "ward_readonly", "ward_definer"):
        with (
            psycopg.connect(dsn, options=f"-c role={role}") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SELECT FROM public.migration_log")


def test_that_of_two_operators_one_works_and_the_other_finds_it_done(dsn, scripts):
    """[M23] With the lock's usual patience."""
    write_revision(scripts, "0002", "CREATE TABLE public.second ()")
    held = psycopg.connect(dsn)
    migrate.upgrade(dsn, "0001")
    held.execute("LOCK TABLE public.first")
    write_revision(scripts, "0002", "ALTER TABLE public.first ADD x int")
    announced = []
    workers = [
        threading.Thread(
            target=migrate.upgrade, args=(dsn,), kwargs={"announce": announced.append}
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(dsn, autocommit=True) as watching:
        until(lambda: watching.execute(waiting).fetchone() == (2,))
    held.close()
    for worker in workers:
        worker.join()
    assert len(announced) == 1
    assert migrate.status(dsn).pending == ()


def test_that_a_missing_right_is_named_with_the_role_and_the_grant(dsn, scripts, person):
    """[M24] [T24]"""
    name, connects = person
    with pytest.raises(ConfigurationError, match=f'GRANT ward_migrator TO "{name}";'):
        migrate.upgrade(connects)
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("ALTER SCHEMA public OWNER TO CURRENT_USER")
        admin.execute("GRANT USAGE ON SCHEMA public TO ward_owner")
        with pytest.raises(ConfigurationError, match="GRANT USAGE, CREATE ON SCHEMA public TO"):
            migrate.upgrade(dsn)
        admin.execute("ALTER SCHEMA public OWNER TO ward_owner")
        admin.execute("ALTER DATABASE " + admin.info.dbname + " OWNER TO CURRENT_USER")
    write_revision(scripts, "0002", "CREATE SCHEMA forbidden")
    with pytest.raises(ConfigurationError, match=r"GRANT CREATE ON DATABASE .* TO ward_owner;"):
        migrate.upgrade(dsn)
    assert "GRANT CREATE" in migrate.standings(dsn)[1].failure.reason


def test_that_a_server_that_was_never_prepared_is_said_to_want_it(cluster):
    cluster.start()
    with pytest.raises(ConfigurationError, match="wardctl init"):
        migrate.status(cluster.dsn("postgres"))
