"""Retention: six years at least, archived before anything goes, and the chain stays whole."""

from __future__ import annotations

import gzip
import json

import psycopg
import pytest

from tests.commands import said_by
from tests.steps import admit
from ward_app.audit.service import open_directory
from ward_app.cli.audit import app
from ward_app.cli.retention import app as retention_app
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations.audit_retention import archive, remove, retention, set_years
from ward_app.operations.audit_seals import LOGS, seal
from ward_app.operations.audit_verify import verify
from ward_app.operations.retention_job import run


@pytest.fixture
def sealed(here, passed, database, nurse, admin):
    """Three seals: everything in the first two is seven years old."""
    database.run(nurse, open_directory)
    for label in ("1", "2"):
        admit(database, nurse, f"Okafor {label}", label=label)
        age(admin, "7 years")
        passed()
        here(seal)
    admit(database, nurse, "Okafor", label="3")
    passed()
    here(seal)


def age(admin, interval):
    """Make every row as old as that which is not sealed yet."""
    admin.execute("SET session_replication_role = replica")
    for log in LOGS:
        admin.execute(
            f"UPDATE audit.{log} SET at = at - %s::interval WHERE xact >= coalesce("
            "(SELECT max(until_xact) FROM audit.seals), 0)",
            (interval,),
        )
    admin.execute("RESET session_replication_role")


def rows_of(admin):
    return [admin.execute(f"SELECT count(*) FROM audit.{log}").fetchone()[0] for log in LOGS]


def test_that_it_says_what_is_kept_and_what_is_older(sealed, here):
    """[U09]"""
    found = here(retention)
    assert found.years == 6
    assert [each.k for each in found.old] == [1, 2]
    assert found.rows == sum(each.rows for each in found.old)
    assert found.oldest_at == found.old[0].first_at
    here(set_years, 8, set_by="Dr Mensah, records", source="House rule 7.")
    assert here(retention).old == ()
    assert here(retention).source == "House rule 7. Decided by Dr Mensah, records."


@pytest.mark.parametrize("years", [5, 0, 101])
def test_that_no_less_than_six_years_can_be_set(here, years):
    """[U09]"""
    with pytest.raises(RuleBrokenError, match="6 to 100 years"):
        here(set_years, years, set_by="Dr Mensah", source="x")
    with pytest.raises(RuleBrokenError, match="who decided"):
        here(set_years, 7, set_by=" ", source="x")


def test_that_what_is_old_is_archived_removed_and_the_chain_stays_whole(
    sealed, here, admin, tmp_path, passed
):
    """[U08] [U09] Verify stays true across the cut."""
    before, old = here(verify), here(retention).old
    path = tmp_path / "audit.gz"
    held = here(archive, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (held.seals, held.rows) == ((1, 2), sum(each.rows for each in old))
    counted = rows_of(admin)
    cut = here(remove, path)
    assert (cut.k, cut.cut_k, cut.digest) == (4, 2, held.digest)
    assert sum(counted) - sum(rows_of(admin)) == held.rows
    after = here(verify)
    assert after.problems == ()
    assert (after.archived, after.rows) == (held.rows, before.rows - held.rows)
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("DELETE FROM audit.change_logs")
    passed()
    here(seal)
    assert here(verify).problems == ()
    with pytest.raises(RuleBrokenError, match="not one that may go"):
        here(remove, path)
    assert here(retention).old == ()


def test_that_an_archive_holds_every_row_as_it_was_sealed(sealed, here, tmp_path):
    path = tmp_path / "audit.gz"
    held = here(archive, path)
    with gzip.open(path, "rt") as text:
        first, *entries = map(json.loads, text)
    assert first["columns"] == {log: list(names) for log, names in LOGS.items()}
    assert sum("log" in entry for entry in entries) == held.rows
    assert sum("k" in entry for entry in entries) == 2


def test_that_rows_that_come_back_are_reported(sealed, here, admin, tmp_path):
    """[U08]"""
    admin.execute("CREATE TABLE public.kept AS SELECT * FROM audit.access_logs")
    here(archive, tmp_path / "audit.gz")
    here(remove, tmp_path / "audit.gz")
    names = ", ".join(LOGS["access_logs"])
    admin.execute(
        f"INSERT INTO audit.access_logs ({names}) OVERRIDING SYSTEM VALUE"
        f" SELECT {names} FROM public.kept WHERE xact < (SELECT until_xact FROM audit.seals"
        " WHERE k = 1)"
    )
    assert here(verify).problems == ("Rows of seal 1 are here again, though they were archived.",)


def test_that_nothing_young_is_archived(here, passed, tmp_path):
    """[U09]"""
    passed()
    here(seal)
    with pytest.raises(RuleBrokenError, match="Nothing in the audit trail is older"):
        here(archive, tmp_path / "audit.gz")
    assert not (tmp_path / "audit.gz").exists()


def test_that_nothing_is_done_to_a_trail_that_was_changed(sealed, here, admin, tmp_path):
    path = tmp_path / "audit.gz"
    here(archive, path)
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE audit.login_history SET login = 'x'")
    for act in (archive, remove):
        with pytest.raises(ConflictError, match="not as it was sealed"):
            here(act, path)


def rewritten(path, change):
    """Write an archive anew with its lines changed."""
    with gzip.open(path, "rt") as text:
        lines = text.readlines()
    with gzip.open(path, "wt") as text:
        text.writelines(change(lines))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[:-1], "not whole"),
        (lambda lines: [lines[0], *lines[2:]], "does not begin with the oldest"),
        (lambda lines: [line.replace("Okafor", "Smith") for line in lines], "not whole"),
        (lambda lines: lines[:1], "does not begin with the oldest"),
        (lambda _lines: ["{}\n"], "no archive"),
        (lambda _lines: [], "no archive"),
    ],
    ids=["row gone", "seal gone", "edited", "empty", "other", "nothing"],
)
def test_that_an_archive_that_is_not_whole_removes_nothing(
    sealed, here, admin, tmp_path, change, told
):  # fmt: skip
    path = tmp_path / "audit.gz"
    here(archive, path)
    rewritten(path, change)
    before = rows_of(admin)
    with pytest.raises(RuleBrokenError, match=told):
        here(remove, path)
    assert rows_of(admin) == before


def test_that_files_that_are_there_or_cannot_be_written_are_told(sealed, here, tmp_path):
    path = tmp_path / "audit.gz"
    path.write_text("something else")
    with pytest.raises(RuleBrokenError, match="there already"):
        here(archive, path)
    with pytest.raises(ConfigurationError, match="could not be written"):
        here(archive, tmp_path / "none" / "audit.gz")
    with pytest.raises(RuleBrokenError, match="no archive"):
        here(remove, path)
    assert path.read_text() == "something else"


def test_that_the_commands_say_what_they_did(sealed, admin_dsn, tmp_path):
    def said(*words):
        return said_by(app, admin_dsn, "retention", *words)

    shown = said("show")
    assert shown.startswith("Kept for 6 years. As delivered")
    assert "2 seals with " in shown
    path = str(tmp_path / "audit.gz")
    assert "holds 2 seals with" in said("archive", "--out", path)
    assert "Removed through seal 2; seal 4 says so." in said("remove", path)
    told = said("set", "10", "--by", "Dr Mensah", "--source", "House rule.")
    assert told == "The audit trail is kept for 10 years.\n"
    assert "archived" in said_by(app, admin_dsn, "verify")


def test_that_the_job_archives_removes_and_says_what_waits(
    sealed, here, admin, admin_dsn, tmp_path
):
    """[U09] [X10] Nothing goes that is not in a file first."""
    waiting = here(retention).rows
    said = said_by(retention_app, admin_dsn, "run")
    assert said.startswith(f"{waiting} rows are old enough to go and stay")
    assert here(retention).rows == waiting
    with pytest.raises(ConfigurationError, match="no folder"):
        here(run, monitor_d=730, archives=tmp_path / "none")
    done = here(run, monitor_d=730, archives=tmp_path)
    assert (done.rows, done.waiting) == (waiting, 0)
    assert done.archive == tmp_path / "ward-audit-00000001-00000002.gz"
    assert here(retention).rows == 0
    assert here(verify).problems == ()
    assert (
        said_by(retention_app, admin_dsn, "run", "--archive-to", str(tmp_path))
        == "Nothing to do.\n"
    )


def test_that_old_reports_on_the_server_go_and_young_ones_stay(
    here, admin, admin_dsn, tmp_path, monkeypatch
):
    """They are removed by nobody else, and that they went stands in the trail."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    keep = "SELECT public.keep_monitor_snapshot(gen_random_uuid(), NULL)"
    for days in (0, 100, 200):
        admin.execute(keep)
        admin.execute("ALTER TABLE public.monitor_snapshots DISABLE TRIGGER append_only")
        admin.execute(
            "UPDATE public.monitor_snapshots SET taken_at = taken_at - make_interval(days => %s)"
            " WHERE taken_at > now() - interval '1 hour'",
            (days,),
        )
        admin.execute("ALTER TABLE public.monitor_snapshots ENABLE TRIGGER append_only")
    admin.execute(keep)
    monkeypatch.setenv("WARD_RETENTION__MONITOR_D", "150")
    assert "are kept for 150 days; 1 are older." in said_by(retention_app, admin_dsn, "status")
    said = said_by(retention_app, admin_dsn, "run")
    assert "1 old reports on the server were removed." in said
    assert here(run, monitor_d=150).reports == 0
    count = "SELECT count(*) FROM public.monitor_snapshots"
    assert admin.execute(count).fetchone()[0] == 3
    with pytest.raises(psycopg.Error, match="keeps every row as it was written"):
        admin.execute("DELETE FROM public.monitor_snapshots")
    gone = "SELECT count(*) FROM audit.change_logs WHERE action = 'DELETE' AND table_name = %s"
    assert admin.execute(gone, ("monitor_snapshots",)).fetchone()[0] == 1


def test_that_the_status_tells_of_rows_and_months(sealed, here, admin_dsn):
    rows = here(retention).rows
    told = said_by(retention_app, admin_dsn, "status").splitlines()
    assert told[0] == f"The audit trail is kept for 6 years; {rows} rows are older."
    assert told[1] == "change_logs: 5 parts, 3 months made ahead, 0 rows without a month."
    facts = json.loads(said_by(retention_app, admin_dsn, "status", "--json"))
    assert (facts["years"], facts["rows_old_enough"]) == (6, rows)
    assert facts["logs"]["access_logs"] == {"months_ahead": 3, "parts": 5, "rows_in_rest": 0}
