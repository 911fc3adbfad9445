"""What revisions do to tables with many rows and people at work on them."""

import threading

import psycopg
import pytest

from tests.operations.revision_scripts import own_folder, write_calls, write_revision
from tests.resilience.server.waiting import until
from ward_app.core.errors import CodedError, ConfigurationError
from ward_app.operations import migrate

_INDEX = 'op.create_index_concurrently("ix_first_word", "public.first", "(word)"{more})'
_UNIQUE = _INDEX.format(more=", unique=True")
_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('public.ix_first_word')"
_LIMITS = (
    "INSERT INTO public.first SELECT current_setting(name)"
    " FROM unnest(ARRAY['statement_timeout', 'lock_timeout']) name"
)


@pytest.fixture
def scripts(tmp_path, monkeypatch, dsn):
    """One revision of our own, which is applied: a table."""
    folder = tmp_path / "alembic"
    folder.mkdir()
    own_folder(folder, monkeypatch)
    monkeypatch.setattr(migrate, "_PAUSE_S", 0)
    write_revision(folder, "0001", "CREATE TABLE public.first (word text)")
    migrate.upgrade(dsn)
    return folder


@pytest.fixture
def admin(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def test_that_people_write_while_an_index_is_made(dsn, scripts, admin):
    """[M15] It waits for one who is in the middle of something; nobody waits for it."""
    write_calls(scripts, "0002", _INDEX.format(more=""))
    with psycopg.connect(dsn) as slow, psycopg.connect(dsn, options="-c lock_timeout=1") as quick:
        slow.execute("INSERT INTO public.first VALUES ('slow')")
        making = threading.Thread(target=migrate.upgrade, args=(dsn,))
        making.start()
        until(lambda: admin.execute(_VALID).fetchone() == (False,))
        quick.execute("INSERT INTO public.first VALUES ('quick')")
        quick.commit()
        slow.commit()
        making.join()
    assert admin.execute(_VALID).fetchone() == (True,)
    assert migrate.status(dsn).current == "0002"


def test_that_an_index_left_unfinished_is_dropped_and_made_anew(dsn, scripts, admin):
    """[M14] [M15]"""
    admin.execute("INSERT INTO public.first VALUES ('same'), ('same')")
    write_calls(scripts, "0002", _UNIQUE)
    with pytest.raises(ConfigurationError, match="is unfinished; run it again"):
        migrate.upgrade(dsn)
    assert admin.execute(_VALID).fetchone() == (False,)
    assert migrate.status(dsn).current == "0001"
    admin.execute("DELETE FROM public.first WHERE ctid = (SELECT min(ctid) FROM public.first)")
    assert migrate.upgrade(dsn).current == "0002"
    assert admin.execute(_VALID).fetchone() == (True,)


def test_that_a_half_applied_revision_is_run_again(dsn, scripts, admin):
    """[M14] Up and down: killed after its index, before it was noted."""
    write_calls(
        scripts, "0002", _INDEX.format(more=""),
        undo='op.drop_index_concurrently("public", "ix_first_word")',
    )  # fmt: skip
    admin.execute("CREATE INDEX ix_first_word ON public.first (word)")
    assert migrate.upgrade(dsn).current == "0002"
    admin.execute("DROP INDEX public.ix_first_word")
    assert migrate.downgrade(dsn, "0001").current == "0001"
    migrate.upgrade(dsn)
    migrate.downgrade(dsn, "0001")
    assert admin.execute(_VALID).fetchone() is None


def test_that_rows_in_the_way_are_counted_before_anything_is_changed(dsn, scripts, admin, wardctl):
    """[M18] [D17] Also those that row security hides from the owner; none is shown."""
    admin.execute("GRANT SELECT ON public.first TO ward_definer")
    admin.execute("INSERT INTO public.first VALUES (NULL), (NULL), ('Quagmire')")
    admin.execute("ALTER TABLE public.first ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    write_calls(
        scripts, "0002",
        'op.require_none("public.first WHERE word IS NULL", what="words that are missing")'
        '; op.execute("ALTER TABLE public.first ALTER word SET NOT NULL")',
    )  # fmt: skip
    with pytest.raises(CodedError, match="changed nothing: there are 2 words that are") as refused:
        migrate.upgrade(dsn)
    assert refused.value.code == "WDB-204"
    assert "doctor --explain WDB-204" in wardctl("migrate", "run", "--dsn", dsn)[2]
    assert "there are 2 words" in wardctl("migrate", "status", "--dsn", dsn)[1]
    admin.execute("UPDATE public.first SET word = 'x' WHERE word IS NULL")
    assert migrate.upgrade(dsn).current == "0002"


def test_that_statements_have_their_limits_and_a_revision_may_raise_one(dsn, scripts, admin):
    """[M16] [M17]"""
    write_calls(scripts, "0002", f"op.execute({_LIMITS!r})")
    write_calls(scripts, "0003", f"op.allow_minutes(10); op.execute({_LIMITS!r})")
    write_calls(scripts, "0004", f"{_INDEX.format(more='')}; op.execute({_LIMITS!r})")
    found = []
    for number in ("0002", "0003", "0004"):
        migrate.upgrade(dsn, number)
        found.append([word for (word,) in admin.execute("SELECT word FROM public.first")])
        admin.execute("TRUNCATE public.first")
    assert found == [["30s", "10s"], ["10min", "10s"], ["30s", "10s"]]
