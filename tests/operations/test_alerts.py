"""`wardctl alerts check`: each limit, each alert told once, and the exit status of Nagios."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from ward_app.cli.main import _application
from ward_app.core.errors import DatabaseUnavailableError, NotPermittedError
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.monitor.alerts import check
from ward_app.operations.monitor.episodes import followed, keep, read, told
from ward_app.operations.monitor.kinds import (
    Activity,
    Archive,
    Busy,
    Cache,
    Connections,
    Host,
    Kind,
    Machine,
    Replication,
    Slow,
    Standby,
    Statement,
    Wraparound,
)
from ward_app.operations.monitor.locks import Blocked, Locks
from ward_app.operations.monitor.reading import Found
from ward_app.operations.monitor.signals import Severity, Signal, signals

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LIMITS = AlertSettings()
WELL = {
    Kind.CONNECTIONS: Connections(9, 97, 1, 8, 0, None, 60.0, ()),
    Kind.SLOW: Slow(is_counted=True, statements=()),
    Kind.LOCKS: Locks((), ()),
    Kind.CACHE: Cache(1_000_000, 100, 99.9, 1, ()),
    Kind.REPLICATION: Replication(False, None, True, (), ()),  # noqa: FBT003 - as the server tells it
    Kind.ACTIVITY: Activity(()),
    Kind.HOST: Host(
        NOW,
        Archive(True, 5, 0, NOW, 60.0, False),  # noqa: FBT003 - the same
        Wraparound("ward", 100, 1, 200_000_000),
        Machine(20.0, 50.0, 50.0, 10, 20, backup_h=3.0, drill_d=2.0, is_read=True),
    ),
}


def busy(runs_s, state="active"):
    return Busy(7, "ws_x", "ward-app", "local", state, NOW, runs_s, None, "SELECT room.beds")


def with_machine(**figures):
    host = WELL[Kind.HOST]
    return replace(host, machine=replace(host.machine, **figures))


def statement(mean_ms):
    return Statement("77", "SELECT room.beds", 3, 3 * mean_ms, mean_ms, mean_ms, 3, 10.0)


def standby(lag_s):
    return Standby("second", "streaming", "async", lag_s, 0)


def blocked(waits_s):
    pair = Blocked(7, "ws_x", "tuple", "ExclusiveLock", "room.beds", waits_s, "UPDATE room.beds",
                   8, "ws_y", "active", 9.0, "UPDATE room.beds")  # fmt: skip
    return Locks((), (pair,))


def archived(**changes):
    host = WELL[Kind.HOST]
    return replace(host, archive=replace(host.archive, **changes))


CONNECTED = WELL[Kind.CONNECTIONS]
# row of the requirements: just within its limit, just beyond it, its key, how bad
LIMIT_OF = {
    "V01": (with_machine(cpu_percent=80.0), with_machine(cpu_percent=80.1), "processors", 1),
    "V02": (with_machine(memory_free_percent=10.0), with_machine(memory_free_percent=9.9),
            "memory of the computer", 1),
    "V03": (with_machine(disk_free_percent=20.0), with_machine(disk_free_percent=19.9), "disk", 1),
    "V03 half": (with_machine(disk_free_percent=20.0), with_machine(disk_free_percent=9.9),
                 "disk", 2),
    "V04": (replace(CONNECTED, used=87), replace(CONNECTED, used=88), "connections", 1),
    "V04 almost all": (CONNECTED, replace(CONNECTED, used=95), "connections", 2),
    "V05": (replace(WELL[Kind.REPLICATION], standbys=(standby(10.0),)),
            replace(WELL[Kind.REPLICATION], standbys=(standby(10.1),)), "lag of second", 1),
    "V06": (Activity((busy(5.0),)), Activity((busy(5.1),)), "statement", 1),
    "V07": (replace(WELL[Kind.CACHE], hit_percent=99.0),
            replace(WELL[Kind.CACHE], hit_percent=98.9), "memory of the server", 1),
    "V07 of few": (Cache(90, 10, 90.0, 1, ()), Cache(90_000, 10_000, 90.0, 1, ()),
                   "memory of the server", 1),
    "V08": (Slow(True, (statement(1_000.0),)), Slow(True, (statement(1_001.0),)), "slow 77", 1),  # noqa: FBT003 - counted
    "V09": (Activity((busy(60.0, "idle"),)), Activity((busy(30.1),)), "statement", 2),
    "V10 archive": (archived(archived_s=900.0), archived(archived_s=901.0), "archive is old", 1),
    "V10 not archived": (archived(is_on=False, archived_s=9e9), archived(fails=True),
                         "archive", 2),
    "V10 backup": (with_machine(backup_h=26.0), with_machine(backup_h=26.1), "backup", 1),
    "V10 two nights": (with_machine(backup_h=None), with_machine(backup_h=50.1), "backup", 2),
    "V10 none at all": (with_machine(backup_h=None),
                        with_machine(backup_h=None, lacks_backup=True), "backup", 2),
    "V10 to come": (with_machine(backup_h=-25.0),
                    with_machine(backup_h=None, backups_ahead=("backup_1",)), "backup", 2),
    "V10 one to come": (with_machine(), with_machine(backups_ahead=("backup_1",)),
                        "backup of a day to come", 1),
    "V10 drill": (with_machine(drill_d=31.0), with_machine(drill_d=31.1), "drill", 1),
    "V10 no drill at all": (with_machine(drill_d=None),
                            with_machine(drill_d=None, lacks_drill=True), "drill", 1),
    "V11 lock": (blocked(5.0), blocked(5.1), "lock", 1),
    "V11 open": (replace(CONNECTED, longest_idle_in_transaction_s=60.0),
                 replace(CONNECTED, longest_idle_in_transaction_s=60.1),
                 "idle in transaction", 1),
}  # fmt: skip


@pytest.mark.parametrize("row", LIMIT_OF)
def test_that_each_limit_is_where_it_says(row):
    """[V01] [V02] [V03] [V04] [V05] [V06] [V07] [V08] [V09] [V10] [V11]"""
    within, beyond, key, severity = LIMIT_OF[row]
    kind = next(kind for kind, figures in WELL.items() if type(figures) is type(within))
    assert signals(WELL | {kind: within}, LIMITS) == ()
    [found] = signals(WELL | {kind: beyond}, LIMITS)
    assert (found.key, found.severity) == (key, severity)
    assert found.says.endswith(".")
    assert found.does.endswith(".")


def test_that_nothing_is_wrong_with_what_is_not_known():
    """Unknown is not zero: no processor, disk or backup of a computer that was not asked."""
    assert signals(WELL, LIMITS) == ()
    assert signals(WELL | {Kind.HOST: replace(WELL[Kind.HOST], machine=Machine())}, LIMITS) == ()


HIGH = Signal("disk", Severity.WARNING, "The disk is full.", "Empty it.")
BUSY = Signal("processors", Severity.WARNING, "They are busy.", "Look.", holds_s=300)


def looks(*found, every_s=60):
    """Return what is told at each of these looks, one a minute."""
    going, messages = (), []
    for number, one in enumerate(found):
        at = NOW + timedelta(seconds=every_s * number)
        going = followed(going, one, at, clear_after_s=300)
        new = [episode.key for episode in going if episode.is_to_be_told]
        going = told(going, new)
        messages.append([(key, next(e.severity for e in going if e.key == key)) for key in new])
    return messages, going


def test_that_a_figure_around_its_limit_is_told_once():
    """[V03] To and fro for an hour: one episode, one notice."""
    messages, going = looks(*[[HIGH] if number % 2 else [] for number in range(60)])
    assert sum(map(len, messages)) == 1
    assert [episode.key for episode in going] == ["disk"]


def test_that_what_comes_again_after_a_while_is_told_again():
    messages, _ = looks([HIGH], *[[]] * 7, [HIGH])
    assert [len(message) for message in messages] == [1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_that_what_becomes_worse_is_told_once_more_and_not_when_it_eases():
    worse = replace(HIGH, severity=Severity.CRITICAL)
    messages, _ = looks([HIGH], [worse], [HIGH], [worse])
    assert [len(message) for message in messages] == [1, 1, 0, 0]


def test_that_a_busy_minute_is_no_alert():
    """[V01] Five minutes without a pause are."""
    assert sum(map(len, looks(*[[BUSY], [BUSY], [BUSY], []] * 5)[0])) == 0
    messages, _ = looks(*[[BUSY]] * 7)
    assert [len(message) for message in messages] == [0, 0, 0, 0, 0, 1, 0]


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_that_however_it_flaps_two_notices_are_five_minutes_of_health_apart(is_high):
    messages, _ = looks(*[[HIGH] if high else [] for high in is_high])
    at = [number for number, message in enumerate(messages) if message]
    for first, second in pairwise(at):
        well = [number for number in range(first, second) if not is_high[number]]
        # well from one look to another for five minutes on end
        assert any(all(n + step in well for step in range(6)) for n in well)


def a_look(figures=WELL, *, is_complete=True):
    return lambda: Found(NOW, "ward", "15", is_complete, figures)


FULL = WELL | {Kind.HOST: with_machine(disk_free_percent=5.0)}


def test_that_a_notice_that_was_not_sent_is_sent_at_the_next_look(tmp_path):
    """Its failure fails nothing."""
    sent = []

    def fails(episode):
        return [f"The notice on {episode.key} was not sent."]

    def works(episode):
        sent.append(episode.key)
        return []

    first = check(a_look(FULL), LIMITS, folder=tmp_path, now=NOW, tell=fails)
    assert (first.severity, len(first.problems)) == (Severity.CRITICAL, 1)
    for minutes in (1, 2):
        now = NOW + timedelta(minutes=minutes)
        assert check(a_look(FULL), LIMITS, folder=tmp_path, now=now, tell=works).problems == ()
    assert sent == ["disk"]


def test_that_a_server_that_is_down_is_critical_and_ends_no_other_alert(tmp_path):
    sent = []

    def tell(episode):
        sent.append(episode.key)
        return []

    def down():
        raise DatabaseUnavailableError("The ward database cannot be reached.")

    check(a_look(FULL), LIMITS, folder=tmp_path, now=NOW, tell=tell)
    for minutes in range(1, 20):
        now = NOW + timedelta(minutes=minutes)
        found = check(down, LIMITS, folder=tmp_path, now=now, tell=tell)
    assert found.severity is Severity.CRITICAL
    assert {one.key for one in found.alerts} == {"server", "disk"}
    assert sent == ["disk", "server"]


@pytest.mark.parametrize("is_refused", [True, False])
def test_that_what_may_not_be_seen_is_not_known(tmp_path, is_refused):
    def refused():
        raise NotPermittedError("This role may not see that.")

    look = refused if is_refused else a_look(is_complete=False)
    found = check(look, LIMITS, folder=tmp_path, now=NOW, tell=lambda _: [])
    assert found.severity is Severity.UNKNOWN
    assert found.unknown


def test_that_a_file_of_alerts_that_is_broken_begins_anew(tmp_path, caplog):
    file = tmp_path / "alerts.json"
    keep(file, followed((), [HIGH], NOW, clear_after_s=300))
    assert [episode.key for episode in read(file)] == ["disk"]
    file.write_text('[{"key": 1}]')
    assert read(file) == ()
    assert "cannot be read" in caplog.text
    assert read(tmp_path / "none.json") == ()


@pytest.fixture
def alerts(admin_dsn, monkeypatch, tmp_path):
    """Run wardctl alerts check; return exit status and output."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    monkeypatch.setenv("WARD_ENVIRONMENT", "test")
    for name, value in {"CPU_PERCENT": 100, "MEMORY_FREE_PERCENT": 0, "DISK_FREE_PERCENT": 0,
                        "CONNECTIONS_PERCENT": 100, "QUERY_S": 9_000, "LOCK_S": 9_000,
                        "QUERY_CRITICAL_S": 9_000, "IDLE_IN_TRANSACTION_S": 9_000,
                        "CACHE_HIT_PERCENT": 0, "WRAPAROUND_AGE": 2_000_000_000,
                        "SLOW_MS": 3_600_000}.items():  # fmt: skip
        monkeypatch.setenv(f"WARD_ALERTS__{name}", str(value))

    def run(*words, dsn=admin_dsn):
        words = ["alerts", "check", "--dsn", dsn, *words]
        done = CliRunner().invoke(_application(["alerts"]), words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


def test_that_a_real_server_is_well_warned_of_or_critical(alerts, monkeypatch):
    """[V04] Exit status 0, 1 and 2; an alert stays for a while when it is well again."""
    assert alerts() == (0, "OK: nothing is beyond its limit.\n")
    monkeypatch.setenv("WARD_ALERTS__CONNECTIONS_PERCENT", "1")
    with_one_more = [alerts() for _ in range(2)]
    assert [status for status, _ in with_one_more] == [1, 1]
    assert with_one_more[0][1].startswith("WARNING: ")
    status, text = alerts("--json", dsn="host=/nowhere user=it dbname=ward")
    told = json.loads(text)
    assert (status, told["severity"]) == (2, "critical")
    assert {one["key"] for one in told["alerts"]} == {"server", "connections"}
    monkeypatch.setenv("WARD_ALERTS__CONNECTIONS_PERCENT", "100")
    status, text = alerts()
    assert status == 2
    assert "Well since" in text
    monkeypatch.setenv("WARD_ALERTS__CLEAR_AFTER_S", "0")
    assert alerts()[0] == 0


def test_that_who_may_not_look_exits_with_three(alerts, admin, database_name, server, monkeypatch):
    role = f"stranger_{uuid4().hex}"
    admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x' IN ROLE ward_readonly")
    monkeypatch.setenv("PGPASSWORD", "x")
    try:
        stranger = make_conninfo(
            host=str(server.socket_dir), port=server.port, user=role, dbname=database_name
        )
        status, text = alerts(dsn=stranger)
    finally:
        admin.execute(f"DROP ROLE {role}")
    assert status == 3, text
    assert text.startswith("UNKNOWN: ")
