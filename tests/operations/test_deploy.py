"""A migration where care is given: never without a backup, rehearsed on a copy of it if wanted."""

import json
from uuid import uuid4

import psycopg
import pytest

from tests.operations.backup.test_container import FEW, SECRET
from tests.operations.revision_scripts import own_folder, write_revision
from ward_app.core.errors import CodedError, RuleBrokenError, SchemaMismatchError, WardError
from ward_app.operations import migrate, revisions
from ward_app.operations.backup.create import Job
from ward_app.operations.backup.manifest import Purpose
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.bootstrap import drop_database
from ward_app.operations.deploy import Plan, deploy
from ward_app.operations.rehearsal import _rehearsing

_REHEARSALS = "SELECT count(*) FROM pg_database WHERE datname LIKE 'ward_rehearsal%'"
_SHUT = (
    "DO $$ BEGIN ASSERT NOT has_database_privilege('ward_client', current_database(), 'CONNECT')"
    " OR current_database() !~ 'rehearsal'; END $$"
)


@pytest.fixture
def scripts(tmp_path, monkeypatch, dsn):
    """Two revisions of our own, the first of which is applied and has rows."""
    folder = tmp_path / "alembic"
    folder.mkdir()
    own_folder(folder, monkeypatch)
    monkeypatch.setattr(migrate, "_PAUSE_S", 0)
    write_revision(folder, "0001", "CREATE TABLE public.first (word text)")
    migrate.upgrade(dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO public.first VALUES ('same'), ('same')")
    write_revision(
        folder, "0002", f"{_SHUT}; CREATE TABLE public.second ()", undo="DROP TABLE public.second"
    )
    return folder


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def plan(dsn, shelf, scripts):
    """Return a plan with an encrypted backup."""

    def make(*, check_on=None, without=False):
        job = Job(
            dsn=dsn, folder=shelf, secret=SECRET, rounds=FEW, purpose=Purpose.BEFORE_MIGRATION
        )
        return Plan(dsn=dsn, job=None if without else job, check_on=check_on)

    return make


def say_nothing(_):
    pass


def rehearsals(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute(_REHEARSALS).fetchone()[0]


def test_that_a_backup_of_the_old_schema_comes_first(dsn, plan, shelf):
    """[M05] [M09]"""
    said = []
    done = deploy(plan(), said.append)
    assert (done.before.current, done.after.current) == ("0001", "0002")
    [kept] = on_shelf(shelf).backups
    assert (kept.id, kept.purpose) == (done.backup.id, Purpose.BEFORE_MIGRATION)
    assert (kept.alembic_revision, kept.tables["public.first"]) == ("0001", 2)
    assert [words.split()[0] for words in said] == ["backup", "applying"]
    assert [timing.what for timing in done.revisions] == ["0002"]
    again = deploy(plan(), said.append)
    assert (again.backup, len(on_shelf(shelf).backups)) == (None, 1)


def test_that_nothing_is_migrated_when_the_backup_fails(dsn, plan, shelf):
    """[M09]"""
    shelf.write_text("no folder")
    with pytest.raises(CodedError):
        deploy(plan(), say_nothing)
    assert migrate.status(dsn).current == "0001"


def test_that_a_migration_is_tried_up_down_and_up_on_a_copy_first(dsn, plan):
    """[M10] Which nobody is let into, and which is gone afterwards."""
    seen = []

    def watch(words):
        seen.append((words.split(",")[0], migrate.status(dsn).current, rehearsals(dsn)))

    done = deploy(plan(check_on=dsn), watch)
    rehearsed = ("restoring the copy", "migrating up", "migrating down", "migrating up again")
    assert tuple(timing.what for timing in done.rehearsal) == rehearsed
    assert seen[1:5] == [(f"rehearsed: {what}", "0001", 1) for what in rehearsed]
    assert (migrate.status(dsn).current, rehearsals(dsn)) == ("0002", 0)


@pytest.mark.parametrize(
    ("statement", "undo"),
    [
        # only the rows of the real database are in its way
        ("ALTER TABLE public.first ADD UNIQUE (word)", "SELECT 1"),
        ("CREATE TABLE public.second ()", "SELECT 1/0"),
    ],
    ids=["up", "down"],
)
def test_that_what_fails_on_the_copy_never_touches_the_database(
    dsn, plan, scripts, statement, undo
):
    """[M10]"""
    write_revision(scripts, "0002", statement, undo=undo)
    with pytest.raises(WardError, match="rehearsal failed, and the database itself was not touch"):
        deploy(plan(check_on=dsn), say_nothing)
    assert migrate.status(dsn).current == "0001"
    assert migrate.standings(dsn)[1].last is None
    assert rehearsals(dsn) == 0


@pytest.mark.parametrize(
    ("statement", "undo", "said"),
    [
        ("CREATE TABLE public.second ()", "SELECT 1", "Going down led to another .*public.second"),
        (
            # as a revision that does not clear away what it comes upon
            "DO $$ BEGIN EXECUTE format('CREATE TABLE public.t%s ()', txid_current()); END $$",
            (
                "DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE public.' || tablename FROM pg_tables"
                " WHERE tablename ~ '^t[0-9]+$'); END $$"
            ),
            "Going up again led to another schema",
        ),
    ],
    ids=["down", "up again"],
)
def test_that_a_migration_that_does_not_come_back_to_the_same_schema_is_refused(
    dsn, plan, scripts, statement, undo, said
):
    """[M10] [M13] The revision's number alone would be the same."""
    write_revision(scripts, "0002", statement, undo=undo)
    with pytest.raises(WardError, match=said):
        deploy(plan(check_on=dsn), say_nothing)
    assert migrate.status(dsn).current == "0001"
    assert rehearsals(dsn) == 0


def test_that_what_a_killed_rehearsal_left_is_listed_and_dropped_where_it_is(dsn, wardctl):
    """Never while one runs, nor another's database."""
    left, other = f"ward_rehearsal_{uuid4().hex[:12]}", f"ward_rehearsal_of_{uuid4().hex[:6]}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        for name in (left, other):
            admin.execute(f"CREATE DATABASE {name}")
    tidy = ("backup", "tidy", "--check-on", dsn)
    with _rehearsing(dsn):
        status, _, complaint = wardctl(*tidy)
        assert (status, "is rehearsed on that server" in complaint) == (1, True)
    assert f"would go  {left}" in wardctl(*tidy, "--dry-run")[1]
    [found] = json.loads(wardctl(*tidy, "--json")[1])["databases"]
    assert (found["name"], found["size_bytes"] > 0) == (left, True)
    assert wardctl(*tidy)[1] == "There is nothing to remove.\n"
    assert rehearsals(dsn) == 1
    drop_database(dsn, other)


def test_that_a_rehearsal_needs_the_backup(dsn, plan):
    with pytest.raises(RuleBrokenError, match="restores the backup"):
        deploy(plan(check_on=dsn, without=True), say_nothing)


def test_that_a_newer_database_is_refused_before_anything_is_done(dsn, plan, scripts, shelf):
    """[M05]"""
    migrate.upgrade(dsn)
    (scripts / "versions" / "0002_test.py").unlink()
    revisions._read.cache_clear()
    with pytest.raises(SchemaMismatchError, match="has schema 0002"):
        deploy(plan(), say_nothing)
    assert on_shelf(shelf).backups == ()


def test_that_leaving_the_backup_out_is_said_twice(dsn, scripts, wardctl):
    """[M09]"""
    words = ("migrate", "deploy", "--dsn", dsn, "--no-backup")
    status, _, complaint = wardctl(*words)
    assert (status, "--yes-i-know" in complaint) == (2, True)
    assert migrate.status(dsn).current == "0001"
    status, said, _ = wardctl(*words, "--yes-i-know")
    assert (status, "went from 0001 to 0002" in said) == (0, True)
    assert wardctl(*words, "--yes-i-know")[1] == "Nothing to do: the schema is at 0002.\n"


def test_that_programs_are_told_in_one_document(dsn, scripts, shelf, wardctl, monkeypatch):
    """[M05] The rows of this one may be of patients, so it wants a key; then it has one."""
    monkeypatch.setenv("WARD_BACKUP__DIR", str(shelf))
    words = ("migrate", "deploy", "--dsn", dsn, "--check-on", dsn, "--json")
    assert wardctl(*words)[0] == 1
    key = shelf.parent / "key"
    key.write_text(f"{SECRET}\n")
    key.chmod(0o600)
    monkeypatch.setenv("WARD_BACKUP__KEY", str(key))
    status, said, _ = wardctl(*words)
    assert status == 0
    told = json.loads(said)
    assert (told["before"], told["after"], len(told["rehearsal"])) == ("0001", "0002", 4)
    assert told["backup"]["id"] == on_shelf(shelf).backups[0].id
    assert [one["what"] for one in told["revisions"]] == ["0002"]


def test_that_a_new_database_has_nothing_to_back_up(dsn, plan, scripts, shelf):
    migrate.clear(dsn)
    done = deploy(plan(), say_nothing)
    assert (done.backup, done.after.current) == (None, "0002")
    assert not shelf.exists()
