"""Tables that are other than the program's: said, pushed for trials, and drafted as a revision."""

import json
import shutil

import pytest
from psycopg.conninfo import conninfo_to_dict

from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations import migrate, model_drift, revisions
from ward_app.operations.audit_seals import begin_era

_ALTERED = """
DROP INDEX report.ix_nursing_notes_recorded_by;
ALTER TABLE public.grades ADD COLUMN shade text;
ALTER TABLE public.grades ALTER COLUMN title DROP NOT NULL;
CREATE TABLE public.forgotten (word text);
ALTER TABLE public.forgotten OWNER TO ward_owner
"""
_NAMED = "UPDATE public.installation SET environment = %s"


@pytest.fixture
def altered(admin, admin_dsn):
    """A database that somebody altered by hand."""
    admin.execute(_ALTERED)
    return admin_dsn


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A copy of the source tree's revisions."""
    folder = tmp_path / "alembic"
    shutil.copytree(revisions.SCRIPTS, folder)
    monkeypatch.setattr(revisions, "SCRIPTS", folder)
    yield folder
    revisions._read.cache_clear()


def test_that_what_differs_is_said_in_words(altered, wardctl):
    """[P18] [D19]"""
    found = model_drift.differences(altered)
    assert sorted(found) == [
        "add index report.nursing_notes.ix_nursing_notes_recorded_by",
        "modify nullable public.grades.title",
        "remove column public.grades.shade",
        "remove table public.forgotten",
    ]
    status, _, complaint = wardctl("schema", "check", "--dsn", altered)
    assert (status, "remove table public.forgotten" in complaint) == (1, True)
    assert "wardctl doctor --explain WDB-205" in complaint
    status, said, _ = wardctl("schema", "check", "--dsn", altered, "--json")
    assert (status, sorted(json.loads(said)["differences"])) == (1, sorted(found))


def test_that_a_database_of_this_program_is_said_to_be_one(admin_dsn, wardctl):
    """[P18]"""
    status, said, _ = wardctl("schema", "check", "--dsn", admin_dsn)
    assert (status, said.endswith("are those of this program.\n")) == (0, True)


def test_that_a_database_that_was_restored_is_still_the_programs(admin_dsn):
    """[P18] [O07] A restore raises the era of the logs, which is a default of theirs."""
    database = str(conninfo_to_dict(admin_dsn)["dbname"])
    assert begin_era(admin_dsn, "restored for a test", database=database, restored=True) == 2
    assert model_drift.differences(admin_dsn) == ()


def test_that_looking_makes_no_log(admin, admin_dsn):
    admin.execute("DROP TABLE public.migration_log")
    model_drift.differences(admin_dsn)
    assert admin.execute("SELECT to_regclass('public.migration_log')").fetchone() == (None,)


def test_that_a_push_makes_the_tables_those_of_the_code_where_that_is_allowed(
    altered, admin, wardctl
):
    """[M08] [C21]"""
    words = ("migrate", "push", "--dsn", altered)
    for environment in ("demo", "training", "staging", "production"):
        admin.execute(_NAMED, (environment,))
        status, _, complaint = wardctl(*words)
        assert (status, f"the database is for {environment}" in complaint) == (1, True)
    assert len(model_drift.differences(altered)) == 4
    admin.execute(_NAMED, ("development",))
    status, said, _ = wardctl(*words)
    assert (status, "4 steps." in said) == (0, True)
    assert model_drift.differences(altered) == ()
    assert wardctl(*words)[1] == "Nothing to do.\n"


def test_that_the_next_revision_is_written_with_what_differs(altered, source, wardctl):
    """[M07]"""
    before = migrate.history()[-1].number
    words = ("migrate", "create", "Forget the forgotten: é!", "--autogenerate", "--dsn", altered)
    status, said, _ = wardctl(*words)
    file = source / "versions" / f"{int(before) + 1:04d}_forget_the_forgotten_e.py"
    assert (status, said.splitlines()[0]) == (0, str(file))
    text = file.read_text(encoding="utf-8")
    assert 'op.drop_table("forgotten"' in text.replace("'", '"')
    assert f'down_revision = "{before}"' in text.replace("'", '"')
    revisions._read.cache_clear()
    assert migrate.history()[-1].title == "Forget the forgotten: é!"
    with pytest.raises(ConflictError, match="Revisions are pending"):
        model_drift.new_revision("Another", altered)
    with pytest.raises(ConflictError, match="Revisions are pending"):
        model_drift.push(altered, lambda _words: None)


def test_that_an_empty_revision_needs_no_database(source):
    """[M07]"""
    file = model_drift.new_revision("Add shades", None)
    assert file.name.endswith("_add_shades.py")
    assert "pass" in file.read_text(encoding="utf-8")
    with pytest.raises(RuleBrokenError, match="in words"):
        model_drift.new_revision("!?", None)
    (source / "script.py.mako").unlink()
    with pytest.raises(ConfigurationError, match="source tree"):
        model_drift.new_revision("Add shades", None)


def test_that_everything_is_only_undone_where_care_is_given_by_who_types_its_name(
    admin, admin_dsn, wardctl
):
    """[M04] [M06] Nobody can be asked here, so it is said after --confirm."""
    name = conninfo_to_dict(admin_dsn)["dbname"]
    admin.execute(_NAMED, ("production",))
    for words in (["rollback", "--all"], ["reset"]):
        asked = ("migrate", *words, "--dsn", admin_dsn, "--destroy-data")
        for more in ((), ("--confirm", "ward"), ("--confirm", "")):
            status, _, complaint = wardctl(*asked, *more)
            assert (status, f"Everything in {name}" in complaint) == (1, True)
    assert migrate.status(admin_dsn).pending == ()
    asked = ("migrate", "rollback", "--all", "--dsn", admin_dsn, "--destroy-data")
    assert wardctl(*asked, "--confirm", name)[0] == 0
    assert migrate.status(admin_dsn).applied == ()


def test_that_an_unknown_revision_is_a_wrong_argument(admin_dsn, wardctl):
    """[M03]"""
    assert wardctl("migrate", "specific", "first", "--dsn", admin_dsn)[0] == 2
