"""`wardctl monitor`: ten kinds, right on an empty database, and each illness provoked and told."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from tests import world
from tests.operations.test_metrics import samples
from tests.patience import PATIENCE_S, until
from ward_app.cli import monitor as cli_monitor
from ward_app.cli.main import _application
from ward_app.core.database import Actor, Database
from ward_app.core.errors import ConfigurationError, NotPermittedError, RuleBrokenError, WardError
from ward_app.core.ids import new_id
from ward_app.core.settings import DatabaseSettings, PoolSettings
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.backup.good import MOVE_AWAY
from ward_app.operations.findings import Level
from ward_app.operations.monitor.advice import advice
from ward_app.operations.monitor.kinds import Activity, Kind, Slot, Standby
from ward_app.operations.monitor.locks import Blocked, Locks
from ward_app.operations.monitor.parts import parts_of
from ward_app.operations.monitor.reading import read_figures, with_machine_in
from ward_app.operations.monitor.report import report
from ward_app.operations.monitor.signals import Severity, signals
from ward_app.operations.monitor.snapshots import keep_snapshot, period_of, read_snapshots
from ward_app.operations.prometheus import exposition
from ward_app.operations.recovery.readiness import Kept
from ward_app.operations.server_facts import server_facts


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    monkeypatch.setenv("WARD_ENVIRONMENT", "test")


@pytest.fixture
def wardctl(admin_dsn):
    """Run wardctl on this test's database; return exit status and output."""

    def run(command, *words):
        done = CliRunner().invoke(_application([command]), [command, *words, "--dsn", admin_dsn])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def watched(server, database_name):
    """The database as the server's administrator reaches it."""
    settings = DatabaseSettings(
        host=str(server.socket_dir),
        port=server.port,
        name=database_name,
        user=str(conninfo_to_dict(server.dsn(database_name))["user"]),
        pool=PoolSettings(min=0, max=1),
    )
    database = Database.connect(settings, None)
    yield database
    database.close()


@pytest.fixture
def look(watched):
    """Return the section of a kind, found now."""

    def find(kind, **limits):
        found = watched.read(None, read_figures, (kind,))
        return report(found, AlertSettings(**limits)).of(kind)

    return find


def said(section):
    return "\n".join(f"{one.level}: {one.says} {one.remedy}" for one in section.findings)


def test_that_an_empty_database_has_all_ten_kinds(wardctl):
    """[N01] [N02] [N03] [N04] [N05] [N06] [N07] [N08] [N09] [N10] [W3] Nothing is divided by
    nothing, and no table has to be there."""
    status, output = wardctl("monitor", "--json")
    told = json.loads(output)
    assert status == 0
    assert {kind.value for kind in Kind} <= told.keys()
    for kind in Kind:
        assert told[kind.value]["findings"], kind


def test_that_people_read_what_was_found_and_what_to_do(wardctl):
    """[N04] [X08]"""
    status, text = wardctl("monitor", "--only", "bloat", "--only", "cache")
    assert status == 0
    assert "ok      No table is full of them." in text
    assert "autovacuum_analyze_threshold" in text
    assert "Too little was asked for to judge" in text
    assert "CONNECTIONS" not in text


@contextmanager
def session(dsn, *statements, name="monitored"):
    """Keep a transaction open in which these statements ran."""
    with psycopg.connect(dsn, application_name=name) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection
        connection.rollback()


@pytest.fixture
def table(admin):
    """A table of this test's own that has nothing to do with patients."""
    admin.execute("CREATE TABLE public.pile (id int PRIMARY KEY, word text)")
    admin.execute("INSERT INTO public.pile SELECT n, 'w' FROM generate_series(1, 30000) n")
    return "public.pile"


def waits(admin):
    """Whether somebody waits for a lock."""
    found = admin.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    return found.fetchone()[0] > 0


@pytest.fixture
def blocked(admin_dsn, admin, table):
    """One holds a row, another waits for it; return the process ids of both."""
    change = "UPDATE public.pile SET word = 'Okafor' WHERE id = 1"
    ended = []

    def wait(connection):
        try:
            connection.execute(change)
        except psycopg.errors.QueryCanceled:
            ended.append(True)

    with session(admin_dsn, change) as holder, psycopg.connect(admin_dsn) as waiter:
        thread = Thread(target=wait, args=(waiter,))
        thread.start()
        until(lambda: waits(admin))
        yield waiter.info.backend_pid, holder.info.backend_pid
        waiter.cancel_safe()
        thread.join(PATIENCE_S)
    assert ended == [True]


def test_that_who_waits_for_whom_is_told(blocked, look):
    """[N05] [N09] With how long, for what, and never with what stands in the statement."""
    waiter, holder = blocked
    found = look(Kind.LOCKS, lock_s=1)
    [pair] = [one for one in found.figures.blocked if one.pid == waiter]
    assert pair.holder_pid == holder
    assert pair.holder_state == "idle in transaction"
    assert pair.waits_s >= 0
    assert pair.shape == "UPDATE public.pile"
    assert pair.relation == "public.pile"
    assert f"{waiter} waits" in said(found)
    assert "for a row of public.pile" in said(found)
    assert f"end it: wardctl activity cancel {holder} --terminate" in said(found)
    busy = look(Kind.ACTIVITY)
    assert {waiter, holder} <= {one.pid for one in busy.figures.sessions}
    assert "Okafor" not in str(found) + str(busy)


def test_that_a_transaction_left_open_is_told(blocked, look):
    """[N01] [N09] [V11]"""
    _waiter, holder = blocked
    limits = {"idle_in_transaction_s": 0}
    assert "is open and idle for" in said(look(Kind.CONNECTIONS, **limits))
    assert f"Process {holder} (" in said(look(Kind.ACTIVITY, **limits))
    assert "is open and idle" not in said(look(Kind.CONNECTIONS))


def test_that_a_statement_that_runs_long_is_told(blocked, look):
    """[V06] [V09] One that waits runs too; not it is to be ended, but who holds it up."""
    waiter, _holder = blocked
    found = look(Kind.ACTIVITY, query_s=0, query_critical_s=3_600)
    [one] = [line for line in found.findings if f"Process {waiter} " in line.says]
    assert (one.level, one.code) == (Level.WARNING, "WDB-302")
    assert "waits for a lock for" in one.says
    assert "activity cancel" not in one.remedy
    worse = look(Kind.ACTIVITY, query_s=0, query_critical_s=0)
    [one] = [line for line in worse.findings if f"Process {waiter} " in line.says]
    assert one.level is Level.ERROR
    [busy] = [each for each in found.figures.sessions if each.pid == waiter]
    alone = Activity((replace(busy, waits_for=None),))
    [one, _sum] = advice(Kind.ACTIVITY, alone, AlertSettings(query_s=0))
    assert (one.code, "runs for" in one.says) == ("WDB-304", True)
    assert one.remedy.endswith(f"wardctl activity cancel {waiter}.")


def test_that_the_report_comes_while_a_table_is_locked(admin_dsn, table, look):
    """Also sizes: who asks the server for one waits for the table."""
    with session(admin_dsn, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"):
        found = {kind: look(kind) for kind in Kind}
    [size] = [one for one in found[Kind.SIZE].figures.tables if one.name == table]
    assert size.bytes > 0
    assert found[Kind.LOCKS].figures.held


def test_that_one_who_holds_up_many_is_told_once():
    """[N05] With the one that waits longest; those in between are not to be ended."""

    def pair(pid, holder, waits_s, state="active"):
        return Blocked(pid, "ws_x", "relation", "ShareLock", "room.beds", waits_s,
                       "UPDATE room.beds", holder, "ws_y", state, 9.0, "SELECT")  # fmt: skip

    idle = "idle in transaction"
    pairs = (pair(2, 1, 50.0, idle), pair(3, 2, 40.0), pair(3, 1, 40.0, idle), pair(9, 8, 3.0))
    first, second = advice(Kind.LOCKS, Locks((), pairs), AlertSettings(lock_s=30))
    assert first.says == (
        "Process 1 (idle in transaction) holds up 2 processes: 2 waits 50 s for room.beds."
    )
    assert first.remedy == "Ask who it is; then end it: wardctl activity cancel 1 --terminate."
    assert second.says == "Process 8 (active) holds up 1 process: 9 waits 3 s for room.beds."
    assert (first.level, second.level) == (Level.WARNING, Level.INFO)
    assert second.remedy.endswith("wardctl activity cancel 8.")
    ring = (pair(2, 1, 5.0), pair(1, 2, 4.0))
    [told] = advice(Kind.LOCKS, Locks((), ring), AlertSettings())
    assert told.says.startswith("Process 1 (active) holds up 1 process: 2 waits")


def test_that_connections_that_run_out_are_told(look):
    """[N01] [V04]"""
    assert look(Kind.CONNECTIONS).level is Level.GOOD
    found = look(Kind.CONNECTIONS, connections_percent=0)
    assert (found.level, found.findings[0].code) == (Level.ERROR, "WDB-104")
    assert found.figures.used >= 1


def test_that_indexes_nobody_reads_twice_made_or_broken_are_told(admin, table, look):
    """[N03] Those of keys are no waste, and what foreign keys need is not to be dropped."""
    admin.execute("CREATE INDEX pile_idle ON public.pile (word, id)")
    admin.execute("CREATE INDEX pile_twice ON public.pile (word, id)")
    admin.execute("CREATE INDEX pile_broken ON public.pile (id DESC)")
    admin.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pile_broken'::regclass"
    )
    found = look(Kind.INDEXES)
    assert [one.name for one in found.figures.invalid] == ["public.pile_broken"]
    assert [(one.name, one.same_as) for one in found.figures.duplicate] == [
        ("public.pile_twice", "public.pile_idle")
    ]
    unused = {one.name for one in found.figures.unused}
    assert {"public.pile_idle", "public.pile_twice"} <= unused
    assert not any("pk_" in name or "pile_pkey" in name for name in unused)
    assert "DROP INDEX CONCURRENTLY public.pile_broken" in said(found)
    assert found.level is Level.ERROR
    served = {one.name: one.serves_foreign_key for one in found.figures.unused}
    assert any(served.values())


def test_that_a_table_read_as_a_whole_again_and_again_is_told(admin, table, look):
    """[N03]"""
    for _ in range(60):
        admin.execute("SELECT count(*) FROM public.pile WHERE word = 'none'")
    # what was counted before would otherwise be added to what ANALYZE counts
    admin.execute("SELECT pg_stat_force_next_flush()")
    admin.execute("ANALYZE public.pile")
    found = look(Kind.INDEXES)
    [one] = found.figures.missing
    assert (one.name, one.scans >= 60) == ("public.pile", True)
    assert "public.pile (30" in said(found)


def test_that_dead_rows_are_told(admin, table, look):
    """[N04] [W4] Of a table with an odd name too."""
    admin.execute('ALTER TABLE public.pile RENAME TO "Odd Pile"')
    admin.execute('ALTER TABLE public."Odd Pile" SET (autovacuum_enabled = false)')
    admin.execute('DELETE FROM public."Odd Pile" WHERE id > 9000')
    admin.execute("SELECT pg_stat_force_next_flush()")
    found = look(Kind.BLOAT)
    [one] = [each for each in found.figures.tables if each.name == 'public."Odd Pile"']
    assert (one.dead, one.live) == (21_000, 9_000)
    assert one.dead_percent == 70
    assert "VACUUM FULL gives the disk back, and locks the table" in said(found)
    sizes = look(Kind.SIZE)
    assert 'public."Odd Pile"' in [each.name for each in sizes.figures.tables]


def test_that_the_age_of_transactions_is_told(look):
    """[N10] Long before the server stops taking changes."""
    assert "Transaction numbers" in [one.about for one in look(Kind.HOST).findings]
    found = look(Kind.HOST, wraparound_age=1)
    [one] = [each for each in found.findings if each.about == "Transaction numbers"]
    assert one.level is Level.ERROR
    assert "VACUUM (FREEZE)" in one.remedy


def test_that_a_share_of_memory_counts_from_a_hundred_thousand_blocks_on(look):
    """[N06] [V07]"""
    found = look(Kind.CACHE)
    assert found.level is Level.INFO
    much = replace(found.figures, hits=90_000, reads=10_000, hit_percent=90.0)
    [told] = advice(Kind.CACHE, much, AlertSettings())
    assert (told.level, told.says) == (
        Level.WARNING,
        "90 % were found in memory; 99 % are wanted.",
    )
    assert "shared_buffers" in told.remedy
    nothing = replace(found.figures, hits=0, reads=0, hit_percent=None)
    [told] = advice(Kind.CACHE, nothing, AlertSettings())
    assert told.level is Level.INFO


def test_that_an_idle_primary_is_behind_nobody(look):
    """[N08] [W8]"""
    found = look(Kind.REPLICATION)
    assert (found.figures.lag_s, found.figures.worst_lag_s) == (None, None)
    assert found.level is Level.GOOD


def test_that_a_standby_behind_and_a_slot_nobody_reads_are_told(look):
    """[N08] [V05]"""
    found = look(Kind.REPLICATION).figures
    standby = Standby("second", "streaming", "async", lag_s=11.0, lag_bytes=5_000)
    slot = Slot("gone", is_active=False, state="reserved", kept_bytes=3 * 1024**3)
    ill = replace(found, standbys=(standby,), slots=(slot,))
    told = advice(Kind.REPLICATION, ill, AlertSettings())
    assert [one.code for one in told] == ["WDB-401", "WDB-305"]
    assert "second is 11 s behind." in [one.says for one in told]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("SELECT * FROM patient.patients WHERE family_name = 'Okafor'", "SELECT patient.patients"),
        ("UPDATE report.vital_signs SET note = 'from Smith'", "UPDATE report.vital_signs"),
        ("select * from users where login='x'", "SELECT public.users"),
        ("SELECT auth.sign_in_v2('nora', 'secret.word')", "SELECT auth.sign_in_v2"),
        ("SET ward.token = 'written-out'", "OTHER"),
        ("ALTER ROLE it PASSWORD 'x.y'", "ALTER"),
        ("Okafor, Ada", "OTHER"),
        ("", "OTHER"),
        ("/* Okafor */ SELECT 1", "OTHER"),
        ("WITH x AS (SELECT 1) SELECT 'Okafor.Ada' FROM room.beds b", "WITH room.beds"),
    ],
)
def test_that_of_a_statement_only_verb_and_known_names_are_told(admin, text, shape):
    """[D20] What stands in it may be a patient's."""
    assert admin.execute("SELECT public.statement_shape(%s)", (text,)).fetchone()[0] == shape


def test_that_it_alone_sees_the_server_from_a_workstation(database, nurse, signed_in):
    """[N15] A nurse is refused; so is a workstation without anybody."""
    sees = Actor(signed_in(it_person()).token)
    assert database.read(sees, read_figures).figures.keys() == set(Kind)
    with pytest.raises(NotPermittedError):
        database.read(nurse, read_figures)
    with pytest.raises(WardError):
        database.read(None, read_figures)


def it_person():
    """Return the login of somebody of IT."""
    return next(person.login for person in world.PEOPLE if person.role == "it")


def test_that_a_server_that_hides_what_others_do_says_so(admin, look, watched):
    """A membership may be missing after an upgrade by somebody who may not give it."""
    found = watched.read(None, read_figures, (Kind.SIZE,))
    assert report(found, AlertSettings()).remarks == ()
    hidden = report(replace(found, is_complete=False), AlertSettings())
    assert [one.remedy for one in hidden.remarks] == [
        "Run once as the server's administrator: wardctl init."
    ]


def test_that_what_is_kept_shows_what_grew(wardctl, admin, table):
    """[N07] [N12] Of less than two moments nothing is said."""
    wardctl("monitor", "--keep", "--only", "size")
    status, text = wardctl("monitor", "--trend", "30d", "--only", "size")
    assert (status, "nothing to compare yet" in text) == (0, True)
    admin.execute("INSERT INTO public.pile SELECT n, 'w' FROM generate_series(30001, 90000) n")
    status, text = wardctl("monitor", "--keep", "--trend", "30d", "--json")
    told = json.loads(text)["trend"]
    assert status == 0
    assert len(told["snapshots"]) == 2
    [pile] = [one for one in told["growth"] if one["name"] == "public.pile"]
    assert pile["to_bytes"] > pile["from_bytes"]
    assert pile["per_day_bytes"] > 0
    text = wardctl("monitor", "--trend", "7d", "--only", "size")[1]
    assert "WHAT GREW" in text
    assert "the whole database" in text


@pytest.mark.parametrize("period", ["30", "d", "0d", "30m", "99999d", "99999h", ""])
def test_that_a_time_is_days_or_hours_or_refused(period):
    with pytest.raises(RuleBrokenError, match="Say the time in days or hours, such as 30d or 24h"):
        period_of(period)


def test_that_a_snapshot_is_kept_by_a_monitoring_role_alone(database, signed_in, admin):
    """Neither IT in the program nor a workstation writes one."""
    sees = Actor(signed_in(it_person()).token)
    with pytest.raises(NotPermittedError):
        database.run(sees, keep_snapshot, new_id(), None)
    assert database.read(sees, read_snapshots, timedelta(days=1)) == ()


def test_that_a_snapshot_stays_as_it_was_kept(wardctl, admin):
    wardctl("monitor", "--keep", "--only", "size")
    for attack in ("DELETE FROM", "UPDATE", "TRUNCATE"):
        more = " SET taken_at = now()" if attack == "UPDATE" else ""
        with pytest.raises(psycopg.Error, match="keeps every row as it was written"):
            admin.execute(f"{attack} public.monitor_snapshots{more}")


def test_that_the_page_comes_whole_and_runs_nothing(wardctl, admin, table):
    """[N01] One file: nothing in it is fetched, and a name cannot become part of it."""
    admin.execute('ALTER TABLE public.pile RENAME TO "<script>pile"')
    for _ in range(2):
        wardctl("monitor", "--keep", "--only", "size")
    status, text = wardctl("monitor", "--html", "--trend", "1d")
    assert status == 0
    assert text.startswith("<!doctype html>")
    assert "<script>" not in text
    assert "&lt;script&gt;pile" in text
    assert "http" not in text.replace('http-equiv="', "")
    assert "default-src 'none'" in text
    assert "<svg" in text
    assert "<polyline" in text
    for kind in Kind:
        assert f'id="{kind}"' in text


def test_that_a_file_for_prometheus_is_kept_each_time(wardctl, tmp_path, monkeypatch):
    """[H09] Whole, by its time, and only the latest of them."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setattr("ward_app.operations.prometheus.KEPT_FILES", 2)
    for day in ("20260101", "20260102"):
        (folder / f"metrics_{day}T000000Z.prom").write_text("old")
    (folder / "ward_app.prom").write_text("another's")
    status, _text = wardctl("monitor", "--prom-dir", str(folder), "--only", "size")
    assert status == 0
    names = sorted(file.name for file in folder.iterdir())
    assert names[0] == "metrics_20260102T000000Z.prom"
    assert names[2] == "ward_app.prom"
    assert len(names) == 3
    found = samples((folder / names[1]).read_text())
    assert found["pg_connections_used", ()] >= 1
    assert found["pg_connections_max", ()] > 1
    assert ("pg_table_bytes", (("table", "audit.change_logs"),)) in found
    assert 0 < found["ward_host_disk_free_percent", ()] <= 100
    assert not any(name == "ward_backup_age_hours" for name, _ in found)  # unknown is not zero
    assert (found["ward_backup_missing", ()], found["ward_restore_drill_missing", ()]) == (0, 0)
    monkeypatch.setenv("WARD_ENVIRONMENT", "production")
    wardctl("monitor", "--prom-dir", str(folder), "--only", "size")
    newest = max(folder.glob("metrics_*"))
    found = samples(newest.read_text())
    assert (found["ward_backup_missing", ()], found["ward_restore_drill_missing", ()]) == (1, 1)
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        wardctl("monitor", "--prom-dir", str(tmp_path / "none"))


def test_that_metrics_tell_a_monitoring_role_more_than_a_workstation(wardctl, database):
    """[H12]"""
    text = wardctl("metrics")[1]
    assert "pg_lock_wait_seconds_max 0.0" in text
    assert "\nward_host_disk_free_percent " in text
    assert "pg_lock_wait_seconds_max" not in exposition(database.read(None, server_facts), None)


def test_that_two_forms_at_once_are_refused(wardctl):
    with pytest.raises(RuleBrokenError, match="Choose one"):
        wardctl("monitor", "--json", "--html")


def test_that_who_waits_for_whom_is_a_tree():
    """[N05] The one that holds all up stands first; two that wait for each other end it."""

    def pair(pid, holder):
        return Blocked(pid, "ws_x", "tuple", "ShareLock", None, 5.0, "UPDATE room.beds",
                       holder, "ws_y", "active", 9.0, "SELECT")  # fmt: skip

    def lines(*pairs):
        table = parts_of(Kind.LOCKS, Locks((), pairs), AlertSettings()).tables[0]
        return [row[0].replace("\N{NO-BREAK SPACE}" * 4, ">") for row in table.rows]

    assert lines(pair(2, 1), pair(3, 2), pair(4, 1)) == [
        "1 ws_y", ">└ 2 ws_x", ">>└ 3 ws_x", ">└ 4 ws_x",
    ]  # fmt: skip
    assert lines(pair(2, 1), pair(1, 2))[0] == "1 ws_y"
    assert lines(pair(2, None))[0] == "nobody connected ws_y"


@pytest.mark.parametrize(
    ("kind", "file", "when"),
    [
        ("systemd", "ward-monitor.timer", "OnCalendar=Mon *-*-* 06:00:00"),
        ("cron", "ward-monitor.cron", "0 6 * * 1 "),
        ("windows", "ward-monitor.xml", "<Monday />"),
    ],
)
def test_that_the_weekly_report_wakes_by_itself(kind, file, when, tmp_path):
    """[N11] Beside the night's backup, and without a password."""
    there = tmp_path / "timers"
    words = ["monitor", "schedule", "install", "--weekly", "--kind", kind, "--dir", str(there)]
    done = CliRunner().invoke(_application(["monitor"]), words)
    assert done.exit_code == 0, done.output
    assert "Then: " in done.output
    text = (there / file).read_text(encoding="utf-16" if kind == "windows" else "utf-8")
    assert when in text
    all_of_them = "".join(path.read_bytes().decode(errors="ignore") for path in there.iterdir())
    assert "monitor --keep --trend 30d" in all_of_them.replace("\0", "")
    words[2] = "remove"
    words.remove("--weekly")
    assert CliRunner().invoke(_application(["monitor"]), words).exit_code == 0
    assert list(there.iterdir()) == []


def test_that_the_age_of_the_last_good_backup_is_told(watched, monkeypatch):
    """[V10] None is no age; it is a problem where care is given."""

    def told(backup_h, drill_d, **more):
        at = datetime.now(UTC)
        known = Kept(
            last_backup_at=backup_h and at - timedelta(hours=backup_h),
            last_drill_at=drill_d and at - timedelta(days=drill_d),
            projected_s=None,
            **more,
        )
        monkeypatch.setattr(cli_monitor, "kept", lambda *_: known)
        machine = cli_monitor.machine_of(watched)
        found = with_machine_in(watched.read(None, read_figures, (Kind.HOST,)), machine)
        made = report(found, AlertSettings())
        facts = {one.label: one.text for one in made.of(Kind.HOST).parts.facts}
        is_known = facts["Last good backup"] != "none known"
        assert is_known is (backup_h is not None)
        return [one for one in made.findings if one.about == "Backup"]

    assert [one.level for one in told(3.0, 2.0)] == [Level.GOOD]
    old, drilled = told(27.0, 32.0)
    assert (old.level, old.says) == (Level.ERROR, "The last good backup is 1 d 3 h old.")
    assert (drilled.level, drilled.says) == (Level.WARNING, "Restoring was last tried 32 d ago.")
    [ahead] = told(None, 2.0, ahead=("backup_1",))
    assert (ahead.level, ahead.says) == (
        Level.ERROR,
        "Nobody knows how old the last good backup is: backup_1 is of a day to come.",
    )
    named, good = told(3.0, 2.0, ahead=("backup_1",))
    assert (named.level, named.remedy) == (Level.WARNING, MOVE_AWAY)
    assert good.level is Level.GOOD
    assert {one.level for one in told(None, None)} == {Level.INFO}
    monkeypatch.setenv("WARD_ENVIRONMENT", "production")
    none, untried = told(None, None)
    assert (none.level, untried.level) == (Level.ERROR, Level.WARNING)
    assert none.says == "The server's computer knows no verified backup of this database."
    assert untried.says == "No backup of this database was ever restored to try it."


def test_that_backups_that_cannot_be_looked_at_are_unknown_and_not_none(
    watched, monkeypatch, tmp_path
):
    """[V10] An alarm all the same, in the words of what is the matter."""
    monkeypatch.setenv("WARD_ENVIRONMENT", "production")
    backups = tmp_path / "backups"
    backups.touch()  # root may list any folder
    monkeypatch.setenv("WARD_BACKUP__DIR", str(backups))
    machine = cli_monitor.machine_of(watched)
    found = with_machine_in(watched.read(None, read_figures, (Kind.HOST,)), machine)
    told = [one for one in report(found, AlertSettings()).findings if one.about == "Backup"]
    alarm = next(one for one in signals(found.figures, AlertSettings()) if one.key == "backup")
    assert (told[0].level, alarm.severity) == (Level.ERROR, Severity.CRITICAL)
    for says, does in ((told[0].says, told[0].remedy), (alarm.says, alarm.does)):
        assert f"{backups}, cannot be read" in says
        assert "backup create" not in does
    facts = watched.read(None, server_facts)
    shown = samples(exposition(facts, None, found.figures))
    assert ("ward_backup_missing", ()) not in shown
    assert shown["ward_backup_unknown", ()] == 1


def test_that_vacuum_has_a_report_of_its_own(wardctl):
    """[X08]"""
    status, text = wardctl("report", "vacuum")
    assert status == 0
    assert "autovacuum_analyze_threshold" in text
    assert json.loads(wardctl("report", "vacuum", "--json")[1])["bloat"]["settings"]
