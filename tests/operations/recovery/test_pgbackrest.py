"""[K19] [O17] pgBackRest, driven: copies, its kept log, and recovery to a second, for real."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.conftest import fast_folder
from tests.operations.recovery.logged_server import LoggedServer
from tests.patience import until
from tests.server_files import append
from ward_app.core.environment import Environment
from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupEngine, BackupSettings, BaseEngine
from ward_app.operations import migrate
from ward_app.operations.accounts import private_folder
from ward_app.operations.backup import pgbackrest, preflight
from ward_app.operations.backup.pgbackrest import Kind, Stanza
from ward_app.operations.cluster_files import server_pid
from ward_app.operations.pgbackrest_config import Server, log_conf, pgbackrest_conf
from ward_app.operations.recovery import pgbackrest_copy, pgbackrest_recovery
from ward_app.operations.recovery.checklist import checklist
from ward_app.operations.recovery.point_in_time import Target, chosen
from ward_app.operations.recovery.readiness import kept
from ward_app.operations.server_programs import run_as

pytestmark = pytest.mark.skipif(
    shutil.which(pgbackrest.PROGRAM) is None, reason="pgBackRest is not installed"
)
PASSPHRASE = "of these tests alone"  # noqa: S105 - of a throw-away repository
# what a trial beside the real one has of its own
_ASIDE = """\
repo1-cipher-pass={passphrase}
log-path={folder}/log
lock-path={folder}/lock
spool-path={folder}/spool
archive-timeout=30
"""


class Hospital(LoggedServer):
    """A server whose log pgBackRest keeps, in a repository of its own."""

    def __init__(self, folder):
        super().__init__(folder)
        for name in ("repository", "log", "lock", "spool"):
            private_folder(folder / name, self.cluster.account)
        self.config = folder / "pgbackrest.conf"
        server = Server(
            stanza="ward",
            data=str(self.cluster.data_dir),
            user="ward_admin",
            socket=str(self.cluster.socket_dir),
        )
        text = pgbackrest_conf(server, repository=str(folder / "repository"), days=30)
        self.config.write_text(text + _ASIDE.format(folder=folder, passphrase=PASSPHRASE))
        self.config.chmod(0o644)
        append(self.cluster.data_dir, "postgresql.conf", log_conf("ward", str(self.config)))
        self.stanza = Stanza("ward", str(self.config))
        self.begin()

    def has(self, name):
        return self.repository().last_log >= name

    def repository(self):
        return pgbackrest.repository(self.stanza)

    def copied(self, **more):
        job = {"dsn": self.cluster.dsn("postgres"), "database": "ward", "stanza": self.stanza}
        return pgbackrest_copy.take(pgbackrest_copy.Job(**job | more))

    def recovered(self, into, target, **more):
        job = {
            "stanza": self.stanza,
            "copy": chosen(self.repository().copies, target),
            "into": self.folder / into,
            "target": target,
            "database": "ward",
        }
        return pgbackrest_recovery.recover(pgbackrest_recovery.Job(**job | more))


@pytest.fixture(scope="module")
def hospital():
    folder = Path(tempfile.mkdtemp(prefix="ward-pgbackrest-", dir=fast_folder()))
    folder.chmod(0o711)  # the server may run as another account
    hospital = Hospital(folder)
    hospital.save("before the copy")
    pgbackrest.said_by(hospital.stanza, "stanza-create")
    # of an earlier recovery, as it stays behind in postgresql.auto.conf
    hospital.ask("ALTER SYSTEM SET recovery_target_xid = '1'")
    hospital.ask("ALTER SYSTEM SET archive_mode = 'on'")
    hospital.full = hospital.copied()
    # a whole second, which is what pgBackRest counts in
    until(lambda: datetime.now(UTC) >= hospital.full.finished_at)
    hospital.save("first")
    hospital.save("second")
    hospital.save("third")
    hospital.hand_over()
    yield hospital
    hospital.cluster.destroy()
    shutil.rmtree(folder)


def test_that_a_recovery_to_a_second_keeps_what_was_before_and_drops_what_was_after(hospital):
    """[O17] What the old server was told by ALTER SYSTEM neither stops it nor reaches the log."""
    found = hospital.recovered("to-a-second", Target(time=hospital.at["second"]),
                               leave_running=True)  # fmt: skip
    try:
        with psycopg.connect(found.dsn, autocommit=True) as admin:
            words = [word for (word,) in admin.execute("SELECT word FROM public.work")]
            open_ones = admin.execute(
                "SELECT count(*) FROM public.sessions WHERE ended_at IS NULL"
            ).fetchone()
            archives = admin.execute("SHOW archive_mode").fetchone()
    finally:
        run_as(hospital.cluster.account, hospital.cluster.bin_dir / "pg_ctl",
               "stop", "-D", str(found.data_dir), "-m", "fast")  # fmt: skip
    assert words == ["before the copy", "first", "second"]
    assert (open_ones, archives, found.sessions_ended) == ((0,), ("off",), 1)
    assert found.base == hospital.full.id
    assert found.last_transaction.startswith(f"{hospital.at['second'].astimezone(UTC):%Y-%m-%d}")


def test_that_the_new_folder_is_a_stopped_server_and_the_old_one_runs_on(hospital):
    before = hospital.repository().last_log
    found = hospital.recovered("stopped", Target(time=hospital.at["first"]))
    assert (server_pid(found.data_dir), found.dsn) == (None, "")
    assert not (hospital.folder / "stopped.recovery").exists()
    assert not (found.data_dir / "recovery.signal").exists()
    assert ("third",) in hospital.ask("SELECT word FROM public.work")
    assert hospital.repository().last_log == before
    with pytest.raises(RuleBrokenError, match="not empty"):
        hospital.recovered("stopped", Target(time=hospital.at["first"]))
    with pytest.raises(RuleBrokenError, match="not empty"):
        hospital.recovered("cluster/data", Target(time=hospital.at["first"]))
    assert ("third",) in hospital.ask("SELECT word FROM public.work")


def test_that_a_moment_outside_the_kept_log_is_refused(hospital):
    hospital.save("the last")
    hospital.hand_over()
    [(late,)] = hospital.ask("SELECT clock_timestamp()")
    with pytest.raises(CodedError, match="does not reach") as refused:
        hospital.recovered("too-late", Target(time=late))
    assert (refused.value.code, "--latest" in str(refused.value)) == ("WDB-609", True)
    with pytest.raises(CodedError, match="before the oldest base backup was complete"):
        hospital.recovered("too-early", Target(time=hospital.at["before the copy"]))
    with pytest.raises(RuleBrokenError, match="has not come yet"):
        hospital.recovered("too-early", Target(time=datetime.now(UTC) + timedelta(hours=1)))
    assert not (hospital.folder / "too-early").exists()


def test_that_everything_is_made_once_a_week_and_what_changed_between(hospital):
    copies, now = hospital.repository().copies, datetime.now(UTC)
    assert pgbackrest.kind_due((), now) is Kind.FULL
    assert pgbackrest.kind_due(copies, now) is Kind.DIFF
    assert pgbackrest.kind_due(copies, now + timedelta(days=7)) is Kind.FULL
    faulty = [replace(one, is_good=False) for one in copies]
    assert pgbackrest.kind_due(faulty, now) is Kind.FULL


def test_that_a_copy_says_what_a_recovery_wants_to_know(hospital):
    full = hospital.full
    assert (full.kind, full.is_good, full.administrator, full.database) == (
        Kind.FULL, True, "ward_admin", "ward",
    )  # fmt: skip
    assert full.major == int(hospital.cluster.bin_dir.parent.name)
    found = hospital.repository()
    assert (found.problem, found.is_encrypted, found.places) == ("", True, 1)
    assert found.first_log <= found.last_log


def test_that_a_damaged_file_of_the_repository_is_found_and_named(hospital):
    stored = next((hospital.folder / "repository" / "backup").rglob("PG_VERSION.zst"))
    content = stored.read_bytes()
    stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        with pytest.raises(CodedError, match=rf"{hospital.full.id}: missing: 0, checksum") as said:
            pgbackrest.verify(hospital.stanza)
        assert said.value.code == "WDB-507"
    finally:
        stored.write_bytes(content)
    pgbackrest.verify(hospital.stanza)


def test_that_a_repository_in_the_clear_is_refused_for_patients(hospital, monkeypatch):
    """[K07] As with our own copies: refused before anything is written."""
    plain = replace(hospital.repository(), is_encrypted=False)
    monkeypatch.setattr(pgbackrest, "repository", lambda _: plain)
    monkeypatch.setattr(preflight, "environment", lambda _: Environment.PRODUCTION)
    with pytest.raises(CodedError, match="would not be encrypted") as refused:
        hospital.copied()
    assert refused.value.code == "WDB-510"


def test_that_a_stanza_of_another_server_is_refused(hospital, server):
    with pytest.raises(CodedError, match="another server") as refused:
        hospital.copied(dsn=server.dsn("postgres"))
    assert refused.value.code == "WDB-515"
    with pytest.raises(CodedError, match="missing stanza path"):
        hospital.copied(stanza=replace(hospital.stanza, name="never-made"))


def test_that_what_pgbackrest_refuses_is_told_with_its_words_and_without_the_key(hospital):
    missing = replace(hospital.stanza, config=str(hospital.folder / "none.conf"))
    with pytest.raises(CodedError, match="unable to open missing file") as refused:
        pgbackrest.repository(missing)
    assert refused.value.code == "WDB-515"
    with pytest.raises(CodedError, match=r"pgBackRest failed \(backup\)") as refused:
        pgbackrest.make(replace(hospital.stanza, name="never-made"), Kind.FULL)
    assert PASSPHRASE not in str(refused.value)


def test_that_a_gap_in_the_kept_log_is_told(hospital):
    for word in ("fourth", "fifth"):
        hospital.save(word)
        hospital.hand_over()
    kept = sorted((hospital.folder / "repository" / "archive").rglob("0000000*.zst"))
    aside = hospital.folder / "aside"
    kept[-2].rename(aside)
    try:
        found = hospital.recovered("until-gap", Target())
    finally:
        aside.rename(kept[-2])
    assert hospital.repository().last_log in found.missing[0]
    assert hospital.recovered("to-the-end", Target()).missing == ()


@pytest.fixture
def settings(hospital, monkeypatch, tmp_path):
    """The settings of IT, who named pgBackRest's file and nothing else of it."""
    monkeypatch.setenv("WARD_BACKUP__DIR", str(tmp_path / "backups"))
    monkeypatch.setenv("WARD_BACKUP__PGBACKREST_CONFIG", str(hospital.config))
    return BackupSettings(dir=str(tmp_path), pgbackrest_config=str(hospital.config))


@pytest.mark.usefixtures("settings")
def test_that_wardctl_drives_it_where_its_file_names_the_server(hospital, wardctl):
    """[K19] Copies are made, listed and verified, the log is told of; folders of ours are ours."""
    to = ("--dsn", hospital.cluster.dsn("ward"))
    [made] = json.loads(wardctl("backup", "base", *to, "--type", "incr", "--json")[1])
    assert (made["kind"], made["database"]) == ("incr", "ward")
    listed = json.loads(wardctl("backup", "base", "--list", "--json")[1])
    assert [listed[0]["id"], listed[-1]["id"]] == [made["id"], hospital.full.id]
    assert json.loads(wardctl("backup", "list", "--json")[1])["others"][0]["id"] == made["id"]
    assert f"{hospital.full.id}  full" in wardctl("backup", "base", "--list")[1]
    assert "is good" in wardctl("backup", "verify", made["id"])[1]
    assert "has no 20200101-010101F" in wardctl("backup", "verify", "20200101-010101F")[2]
    status, said, _ = wardctl("backup", "wal", "status", *to, "--json")
    told = json.loads(said)
    assert (status, told["hints"], told["server"]["archive_mode"]) == (0, [], "on")
    assert told["pgbackrest"]["last"] >= told["pgbackrest"]["first"]
    ours = wardctl("backup", "base", *to, "--bases", str(hospital.folder), "--type", "diff")
    assert (ours[0], "Only pgBackRest makes" in ours[2]) == (2, True)


@pytest.mark.usefixtures("settings")
def test_that_wardctl_recovers_from_its_repository(hospital, wardctl):
    """[O17]"""
    at, into = hospital.at["first"].isoformat(), hospital.folder / "by-command"
    words = ("restore", "pitr", "--target-time", at, "--into", str(into), "--json")
    status, said, steps = wardctl(*words)
    assert (status, json.loads(said)["base"]) == (0, hospital.full.id)
    assert (into / "PG_VERSION").exists()
    assert "Replaying the log" in steps
    none = wardctl(*words[:4], "--into", str(into) + "-2", "--base", "20200101-010101F")
    assert (none[0], "no base backup" in none[2]) == (1, True)


@pytest.mark.usefixtures("settings")
def test_that_its_newest_copy_is_recovered_for_a_drill_and_removed_again(
    hospital, wardctl, monkeypatch
):
    """[O18] [K19] By itself where it is the engine; the living repository stays as it is."""
    newest = migrate.history()[-1].number
    hospital.ask("CREATE TABLE public.alembic_version AS SELECT %s::text AS version_num", newest)
    hospital.hand_over()
    monkeypatch.setenv("WARD_BACKUP__ENGINE", "pgbackrest")
    inside, before = hospital.folder / "inside", hospital.repository()
    status, said, _ = wardctl("backup", "drill", "--inside", str(inside), "--json")
    told = json.loads(said)
    assert (status, told["kind"], told["problem"]) == (0, "pgbackrest", None)
    assert (told["backup"], told["rows"] > 3) == (before.copies[0].id, True)
    assert [path.name for path in inside.iterdir()] == [".ward_drill.lock"]
    assert hospital.repository().copies == before.copies
    hospital.ask("DROP TABLE public.alembic_version")


def test_that_its_backups_are_the_hospitals_where_it_is_set_up(hospital, settings, tmp_path):
    """[V10] [O22] What cannot be asked is not known, which is not the same as none."""
    engine = replace(settings, engine=BackupEngine.PGBACKREST)
    newest, now = hospital.repository().copies[0], datetime.now(UTC)
    assert kept(tmp_path, "ward", engine, now).last_backup_at == newest.finished_at
    assert kept(tmp_path, "ward", settings, now).last_backup_at == newest.finished_at
    ours = replace(settings, base_engine=BaseEngine.PG_BASEBACKUP)
    assert kept(tmp_path, "ward", ours, now).last_backup_at is None
    away = kept(tmp_path, "ward", replace(engine, pgbackrest_config="/none.conf"), now)
    assert (away.last_backup_at, "unable to open" in away.problem) == (None, True)
    items = checklist(hospital.cluster.dsn("ward"), "ward", Settings(backup=engine), tmp_path)
    assert [item.passed for item in items] == [True, True, False, False, False, True, True]
    assert "add repo2" in items[4].says


@pytest.mark.parametrize("path", ["", "data", "/a b", "/a\n[global]", "/a%f", "/a'"])
def test_that_its_files_take_plain_names_only(path):
    server = Server(stanza="ward", data=path, user="postgres")
    with pytest.raises(RuleBrokenError, match="in full"):
        pgbackrest_conf(server, repository="/var/lib/pgbackrest", days=30)
    with pytest.raises(RuleBrokenError, match="other signs"):
        log_conf(f"ward{path}'")
