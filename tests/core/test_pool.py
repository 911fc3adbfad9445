"""The pool of a workstation: warm, bounded, counted, recycled, healed and closed in good order."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S, until
from ward_app.core.database import Database
from ward_app.core.errors import DatabaseUnavailableError, PoolExhaustedError
from ward_app.core.lending import Loans
from ward_app.core.reading import unhurried
from ward_app.core.settings import PoolSettings
from ward_app.core.settings_groups import RetrySettings
from ward_app.core.tuning import Tuning

PID = "SELECT pg_backend_pid()"


def pid(tx):
    return tx.value(PID)


@pytest.fixture
def pooled(station_settings):
    """Return a database with a pool of these settings; closed after the test."""
    opened = []

    def make(**pool):
        settings = replace(station_settings(), pool=PoolSettings(**pool))
        opened.append(Database.connect(settings, STATION_PASSWORD))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def backends(admin):
    """Return how many connections of the station the server has."""
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ws_alpha'"
        " AND datname = current_database()"
    )
    return lambda: admin.execute(count).fetchone()[0]


def pool_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pool-")]


def test_that_the_least_number_of_connections_is_open_after_the_start(pooled, backends):
    """[L06]"""
    database = pooled(min=2, max=4)
    database.run(None, pid)  # the first thing the program does
    until(lambda: backends() >= 2)
    until(lambda: database.pool.idle >= 2)
    assert database.pool.idle + database.pool.in_use <= database.pool.total <= 4


def test_that_one_after_the_other_has_one_and_the_same_connection(pooled, backends):
    """[L01] Also the very first, for whom it is made."""
    database = pooled(min=1, max=4)
    assert len({database.run(None, pid) for _ in range(5)}) == 1
    assert backends() == 1
    assert database.pool.max == 4


def test_that_connections_nobody_needs_are_closed(pooled, backends):
    """[L07] [C15]"""
    database = pooled(min=1, max=3, idle_s=1)
    with database.transaction(None), database.transaction(None), database.transaction(None):
        assert backends() == 3
    until(lambda: backends() == 1)


def test_that_a_connection_is_replaced_after_so_many_uses(pooled):
    """[L09] [C15]"""
    database = pooled(min=1, max=1, max_uses=5)
    pids = [database.run(None, pid) for _ in range(11)]
    assert [pids.index(found) for found in pids] == [0] * 5 + [5] * 5 + [10]


def test_that_the_pool_is_counted(pooled):
    """[L12]"""
    database = pooled(min=1, max=2, timeout_s=1)
    assert database.pool.errors == 0

    def refused():
        with pytest.raises(PoolExhaustedError):
            database.run(None, pid)

    with database.transaction(None), database.transaction(None):
        assert (database.pool.total, database.pool.idle, database.pool.in_use) == (2, 0, 2)
        assert database.pool.utilisation == 1
        waiter = threading.Thread(target=refused)
        waiter.start()
        until(lambda: database.pool.waiting == 1)
        waiter.join(PATIENCE_S)
    assert (database.pool.in_use, database.pool.waiting, database.pool.errors) == (0, 0, 1)


def test_that_a_connection_kept_for_too_long_is_told_with_the_place_that_asked(caplog):
    """[L17]"""
    loans, connection = Loans(), object()
    loans.begin(connection)
    assert loans.tell_leaks() == []
    with caplog.at_level(logging.WARNING):
        sites = [loans.tell_leaks(after_s=0), loans.tell_leaks(after_s=0)]
    assert sites[0] == sites[1]
    assert sites[0][0].startswith("core/test_pool.py:")
    assert len(caplog.records) == 1  # once, however often one looks
    assert sites[0][0] in caplog.text
    loans.end(connection)
    assert loans.tell_leaks(after_s=0) == []


def test_that_closing_waits_for_the_work_that_runs(pooled, admin):
    """[L11]"""
    database = pooled(min=1, max=1)
    began, may_end, came_to = threading.Event(), threading.Event(), []

    def work(tx):
        began.set()
        may_end.wait(PATIENCE_S)
        return pid(tx)

    runner = threading.Thread(target=lambda: came_to.append(database.run(None, work)))
    runner.start()
    began.wait(PATIENCE_S)
    closer = threading.Thread(target=database.close)
    closer.start()
    assert database._connections.closing.wait(PATIENCE_S)
    may_end.set()
    closer.join(PATIENCE_S)
    runner.join(PATIENCE_S)
    assert len(came_to) == 1


def test_that_closing_ends_on_the_server_what_goes_on_for_too_long(station_settings, admin):
    """[L11] No thread and no statement is left."""
    before = set(pool_threads())
    database = Database.connect(station_settings(), STATION_PASSWORD)
    told, running = [], threading.Event()

    def work(tx):
        running.set()
        tx.execute("SELECT pg_sleep(60)")

    def run():
        try:
            database.run(None, work)
        except DatabaseUnavailableError as error:
            told.append(str(error))

    runner = threading.Thread(target=run)
    runner.start()
    running.wait(PATIENCE_S)
    until(lambda: "pg_sleep" in sleeping(admin))
    database._connections.close(within_s=0)
    runner.join(PATIENCE_S)
    assert told
    assert sleeping(admin) == ""
    assert set(pool_threads()) <= before


def sleeping(admin):
    shown = (
        "SELECT coalesce(string_agg(query, ';'), '') FROM pg_stat_activity WHERE state = 'active'"
        " AND usename = 'ws_alpha' AND datname = current_database() AND query LIKE '%pg_sleep%'"
    )
    return admin.execute(shown).fetchone()[0]


@pytest.mark.parametrize("exit_on_idle", [True, False])
def test_that_a_program_ends_with_connections_open(station_settings, exit_on_idle, backends):
    """[L10] [C15]"""
    own = station_settings()
    program = (
        "import sys\n"
        "from ward_app.core.database import Database\n"
        "from ward_app.core.settings import DatabaseSettings, PoolSettings\n"
        "host, port, name, user, password, idle = sys.argv[1:]\n"
        "pool = PoolSettings(exit_on_idle=idle == 'True')\n"
        "settings = DatabaseSettings(host=host, port=port, name=name, user=user, pool=pool)\n"
        "database = Database.connect(settings, password)\n"
        "print(database.run(None, lambda tx: tx.value('SELECT 1')))\n"
    )
    words = (own.host, own.port, own.name, own.user, STATION_PASSWORD, exit_on_idle)
    ended = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1\n", "")
    until(lambda: backends() == 0)


def test_that_a_read_nobody_waits_for_is_ended_on_the_server(pooled, admin):
    database = pooled(min=1, max=1)
    wanted, pids = threading.Event(), []
    wanted.set()

    def dawdle(tx):
        pids.append(pid(tx))
        tx.execute("SELECT pg_sleep(60)")

    def give_up():
        until(lambda: "pg_sleep" in sleeping(admin))
        wanted.clear()

    leaver = threading.Thread(target=give_up)
    leaver.start()
    with pytest.raises(DatabaseUnavailableError, match="took too long"):
        database.read_while(wanted.is_set, None, dawdle)
    leaver.join(PATIENCE_S)
    assert sleeping(admin) == ""
    assert pids == [database.run(None, pid)]  # its connection is as good as before


def test_that_a_read_ends_in_time_and_one_without_hurry_does_not(database, admin, monkeypatch):
    """[Z2]"""
    database.run(None, pid)  # the connecting is none of it
    monkeypatch.setattr("ward_app.core.reading.READ_WITHIN_S", 0.3)

    def dawdle(tx):
        return tx.value("SELECT count(*) FROM (SELECT pg_sleep(1)) s")

    with pytest.raises(DatabaseUnavailableError, match="took too long"):
        database.read(None, dawdle)
    assert sleeping(admin) == ""
    assert database.read(None, unhurried(dawdle)) == 1
    assert database.run(None, dawdle) == 1


def test_that_a_savepoint_undoes_what_is_inside_alone(database, admin):
    """[Q05]"""
    admin.execute("CREATE TABLE public.kept (n int)")
    admin.execute("GRANT INSERT ON public.kept TO ward_client")
    insert = "INSERT INTO public.kept VALUES (%s)"

    def nested(tx):
        tx.execute(insert, (1,))
        with suppress(ZeroDivisionError), tx.savepoint():
            tx.execute(insert, (2,))
            with tx.savepoint():
                tx.execute(insert, (3,))
            raise ZeroDivisionError
        with tx.savepoint():
            tx.execute(insert, (4,))

    database.run(None, nested)
    kept = admin.execute("SELECT array_agg(n ORDER BY n) FROM public.kept").fetchone()[0]
    assert kept == [1, 4]


def test_that_a_server_is_asked_once_for_each_try_of_whoever_waits(
    station_settings, tmp_path, monkeypatch
):
    """What is tried behind their backs would still be waited for when the server is back."""
    monkeypatch.setattr("ward_app.core.connections._SAME_REFUSAL_S", PATIENCE_S)
    door, asked = socket.socket(socket.AF_UNIX), []
    door.bind(str(tmp_path / ".s.PGSQL.5432"))
    door.listen()

    def refuse():
        with suppress(OSError):
            while True:
                asked.append(1)
                door.accept()[0].close()

    refusing = threading.Thread(target=refuse)
    refusing.start()
    pool = PoolSettings(min=1, max=4)
    settings = replace(station_settings(), host=str(tmp_path), port=5432, pool=pool)
    tuning = Tuning(retry=RetrySettings(max=0))
    database = Database.connect(settings, STATION_PASSWORD, tuning)
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        database.run(None, pid)
    until(lambda: database.pool.total == 0)  # the pool has given up
    database.close()
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    refusing.join(PATIENCE_S)
    assert len(asked) == 2  # one was answered, one waits


def test_that_every_lost_connection_is_replaced_by_the_first_who_asks(pooled, admin, backends):
    database = pooled(min=1, max=3)
    with database.transaction(None), database.transaction(None), database.transaction(None):
        pass
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'ws_alpha'"
        " AND datname = current_database()"
    )
    assert database.read(None, pid)
    until(lambda: backends() == 3)
