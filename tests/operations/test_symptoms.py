"""Every illness is known by the error of a real server that has it, and each has its remedies."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import STATION_PASSWORD
from tests.resilience.server.waiting import until
from tests.server_files import append
from ward_app.core.database import Database
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.core.settings import DatabaseSettings, PoolSettings
from ward_app.operations import live_looks, migrate
from ward_app.operations.accounts import is_root, system_folder_for
from ward_app.operations.cluster import private_cluster
from ward_app.operations.findings import Level
from ward_app.operations.symptoms import SYMPTOMS, of_error

_PLACES = 9
_RESERVED = 3


class Sick:
    """A server with few places, on a port of this computer, without encryption."""

    def __init__(self, folder):
        self.cluster = private_cluster(folder / "cluster", fast_unsafe=True)
        self.cluster.start()
        self.cluster.stop()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        append(
            self.cluster.data_dir,
            "postgresql.conf",
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\nmax_connections = {_PLACES}\n"
            f"superuser_reserved_connections = {_RESERVED}\nmax_wal_senders = 0\n",
        )
        self.cluster.start()
        append(self.cluster.data_dir, "pg_hba.conf", "host all all 127.0.0.1/32 scram-sha-256\n")
        self.admin_dsn = f"{self.cluster.dsn('postgres')} port={self.port}"
        with self.admin() as admin:
            admin.execute("SELECT pg_reload_conf()")

    def admin(self):
        return psycopg.connect(self.admin_dsn, autocommit=True)

    def role(self, words=""):
        """Return a new role that may sign in."""
        name = f"sick_{uuid4().hex[:10]}"
        with self.admin() as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{STATION_PASSWORD}' {words}")
        return name

    def settings(self, role, **more):
        return DatabaseSettings(
            host=str(self.cluster.socket_dir), port=self.port, name="postgres", user=role, **more
        )


@pytest.fixture(scope="module")
def sick(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sick")
    folder.chmod(0o711)
    sick = Sick(folder)
    with sick.admin():
        pass
    yield sick
    sick.cluster.destroy()
    shutil.rmtree(system_folder_for(folder / "cluster"), ignore_errors=True)


def code_of(work, *arguments, migrating=False, **named):
    """Return the code of the error that the work ends with."""
    with pytest.raises((psycopg.Error, WardError)) as failed:
        work(*arguments, **named)
    symptom = of_error(failed.value, migrating=migrating)
    return symptom and symptom.code


@contextmanager
def a_port_where(*, somebody_listens):
    """Yield a port where nobody listens, or where somebody does and never answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        if somebody_listens:
            found.listen()
        yield found.getsockname()[1]


def test_that_a_server_that_is_not_there_is_known(tmp_path):
    """[D01] On a port, through a socket, and through the program."""
    with a_port_where(somebody_listens=False) as port:
        assert code_of(psycopg.connect, f"host=127.0.0.1 port={port} user=a") == "WDB-101"
    assert code_of(psycopg.connect, f"host={tmp_path} user=a") == "WDB-101"
    gone = DatabaseSettings(host=str(tmp_path), user="a", connect_timeout_s=1)
    assert code_of(through_the_program, gone) == "WDB-101"


def through_the_program(settings):
    database = Database.connect(settings, STATION_PASSWORD)
    try:
        with database.transaction(None) as tx:
            tx.value("SELECT 1")
    finally:
        database.close()


def test_that_who_is_not_let_in_is_known(sick):
    """[D02]"""
    role = sick.role()
    there = f"host=127.0.0.1 port={sick.port} sslmode=disable"
    assert code_of(psycopg.connect, f"{there} dbname=postgres user={role} password=x") == "WDB-102"
    nobody = f"{there} dbname=postgres user=nobody password=x"
    assert code_of(psycopg.connect, nobody) == "WDB-102"
    nowhere = f"{there} dbname=nowhere user={role} password={STATION_PASSWORD}"
    assert code_of(psycopg.connect, nowhere) == "WDB-102"
    wrong = replace(sick.settings(role), name="nowhere")
    assert code_of(through_the_program, wrong) == "WDB-102"


def test_that_a_connection_that_cannot_be_encrypted_is_known(sick, tmp_path):
    """[D06]"""
    there = f"host=127.0.0.1 port={sick.port} user=a"
    assert code_of(psycopg.connect, f"{there} sslmode=require") == "WDB-103"
    missing = f"{there} sslmode=verify-full sslrootcert={tmp_path}/none.pem"
    assert code_of(psycopg.connect, missing) == "WDB-103"


def test_that_a_server_without_a_place_is_known_and_said(sick):
    """[D07] All three ways in which it says so."""
    role = sick.role()
    with ExitStack() as held, sick.admin() as admin:
        settings = sick.settings(role)
        login = settings.conninfo() | {"password": STATION_PASSWORD}
        for _ in range(_PLACES - _RESERVED - 1):
            held.enter_context(psycopg.connect(**login))
        assert code_of(psycopg.connect, **login) == "WDB-104"
        [full] = live_looks.connections(admin, PoolSettings())
        assert (full.level, full.code) == (Level.ERROR, "WDB-104")
        for _ in range(_RESERVED):
            held.enter_context(sick.admin())
        assert code_of(sick.admin) == "WDB-104"
        assert code_of(psycopg.connect, **login) == "WDB-104"
        with pytest.raises(DatabaseUnavailableError, match="no place for another connection"):
            through_the_program(replace(settings, connect_timeout_s=2))
    limited = sick.settings(sick.role("CONNECTION LIMIT 0"), connect_timeout_s=2)
    assert code_of(through_the_program, limited) == "WDB-104"


def test_that_a_program_that_uses_all_its_connections_is_known(sick):
    """[D08]"""
    one = PoolSettings(min=1, max=1, timeout_s=1)
    database = Database.connect(
        sick.settings(sick.role(), pool=one, connect_timeout_s=1), STATION_PASSWORD
    )
    with database.transaction(None):
        assert code_of(database.run, None, lambda tx: tx.value("SELECT 1")) == "WDB-105"
    database.close()


def test_that_a_server_that_says_nothing_is_known():
    """[D09] libpq waits two seconds at the least."""
    with a_port_where(somebody_listens=True) as port:
        there = f"host=127.0.0.1 port={port} user=a connect_timeout=2"
        assert code_of(psycopg.connect, there) == "WDB-106"


def test_that_statements_that_fail_are_known(sick):
    """[D03] [D05] [D10] No schema, too slow, locked."""
    with sick.admin() as one, sick.admin() as other:
        assert code_of(one.execute, "SELECT FROM patient.patients") == "WDB-201"
        one.execute("SET statement_timeout = 20")
        assert code_of(one.execute, "SELECT pg_sleep(20)") == "WDB-301"
        one.execute("CREATE TABLE locked ()")
        other.execute("SET lock_timeout = 20")
        with one.transaction():
            one.execute("LOCK TABLE locked")
            assert code_of(other.execute, "SELECT FROM locked") == "WDB-302"
            assert code_of(other.execute, "SELECT FROM locked", migrating=True) == "WDB-203"


def test_that_migrations_that_fail_are_known(dsn, sick, monkeypatch):
    """[D04] [D17] Half-way, waiting for a table, against rows that are there."""
    second = migrate.history()[1].number
    migrate.upgrade(dsn, "0001")
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("ALTER TABLE public.alembic_version RENAME COLUMN version_num TO other")
    assert code_of(migrate.upgrade, dsn, second, migrating=True) == "WDB-202"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("ALTER TABLE public.alembic_version RENAME COLUMN other TO version_num")
        hurry = migrate._AS_OWNER.replace("lock_timeout=10s", "lock_timeout=50ms")
        monkeypatch.setattr(migrate, "_AS_OWNER", hurry)
        monkeypatch.setattr(migrate, "_PAUSE_S", 0)
        with admin.transaction():
            admin.execute("LOCK TABLE public.alembic_version IN SHARE MODE")
            assert code_of(migrate.upgrade, dsn, second, migrating=True) == "WDB-203"
        admin.execute("UPDATE public.alembic_version SET version_num = '9999'")
        assert code_of(migrate.status, dsn, migrating=True) == "WDB-202"
        admin.execute("CREATE TABLE public.rows AS SELECT 1 AS id FROM generate_series(1, 2)")
        unique = "ALTER TABLE public.rows ADD UNIQUE (id)"
        assert code_of(admin.execute, unique, migrating=True) == "WDB-204"


def test_that_work_that_takes_long_is_seen(sick, monkeypatch):
    """[D10] [D15] A statement that runs, one that waits, and who is idle in a transaction."""
    with sick.admin() as watching, sick.admin() as running, sick.admin() as holding:
        assert [one.level for one in live_looks.work(watching)] == [Level.GOOD]
        holding.execute("CREATE TABLE held ()")
        monkeypatch.setattr(live_looks, "LONG_S", 0)
        monkeypatch.setattr(live_looks, "_BUSY", -1)
        with holding.transaction():
            holding.execute("LOCK TABLE held")
            waiting = threading.Thread(target=_tried, args=(running, "LOCK TABLE held"))
            waiting.start()
            until(lambda: [one.code for one in live_looks.work(watching)]
                  == ["WDB-304", "WDB-301", "WDB-302", "WDB-302"])  # fmt: skip
            said = " ".join(one.says for one in live_looks.work(watching))
            assert f"held by process {holding.info.backend_pid}" in said
        waiting.join()


def _tried(connection, statement):
    with connection.transaction():
        connection.execute(statement)


def test_that_a_table_full_of_dead_rows_is_seen(sick):
    """[D11]"""
    with sick.admin() as admin:
        assert [one.level for one in live_looks.bloat(admin)] == [Level.GOOD]
        admin.execute("CREATE TABLE dead (id int) WITH (autovacuum_enabled = false)")
        admin.execute("INSERT INTO dead SELECT generate_series(1, 12000)")
        admin.execute("DELETE FROM dead WHERE id > 10")
        until(lambda: [one.code for one in live_looks.bloat(admin)] == ["WDB-303"])
        [found] = live_looks.bloat(admin)
        assert "dead has 11990 dead rows beside 10 live ones" in found.says
        admin.execute("DROP TABLE dead")


@pytest.fixture
def small_disk(tmp_path, sick):
    """A file system of two megabytes."""
    folder = Path(sick.cluster.data_dir).parent / f"disk_{uuid4().hex[:8]}"
    folder.mkdir()
    mount = [shutil.which("mount"), "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not is_root() or subprocess.run(mount, check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("a small disk can only be mounted by root")
    shutil.chown(folder, sick.cluster.account)
    yield folder
    subprocess.run([shutil.which("umount"), str(folder)], check=True)
    folder.rmdir()


def test_that_a_full_disk_is_known(sick, small_disk):
    """[D16]"""
    space = f"full_{uuid4().hex[:8]}"
    with sick.admin() as admin:
        admin.execute(f"CREATE TABLESPACE {space} LOCATION '{small_disk}'")
        try:
            admin.execute(f"CREATE TABLE filling (words text) TABLESPACE {space}")
            fill = "INSERT INTO filling SELECT repeat('x', 1000) FROM generate_series(1, 10000)"
            assert code_of(admin.execute, fill) == "WDB-305"
            admin.execute("DROP TABLE filling")
        finally:
            admin.execute(f"DROP TABLESPACE {space}")


def test_that_what_is_acknowledged_is_judged(sick):
    """[R07] Whether the disk is waited for, and whom a save waits for."""
    with sick.admin() as admin:
        [found] = live_looks.replicas(admin)
        assert (found.level, "synchronous_commit is off" in found.says) == (Level.ERROR, True)
        admin.execute("SET synchronous_commit = on")
        [found] = live_looks.replicas(admin)
        assert (found.level, "of this server alone" in found.says) == (Level.INFO, True)


def test_that_an_error_that_is_no_illness_has_no_code(sick):
    with sick.admin() as admin:
        assert code_of(admin.execute, "SELECT 1 / 0") is None
    assert of_error(WardError("Something of ours.")) is None


def test_that_every_symptom_has_its_remedies_and_is_told_by_its_code(wardctl):
    """[D01] to [D19]"""
    assert all(len(one.remedies) >= 2 for one in SYMPTOMS.values())
    assert all(text.endswith((".", ")")) for one in SYMPTOMS.values() for text in one.remedies)
    assert len(SYMPTOMS["WDB-104"].remedies) == 5
    status, said, _ = wardctl("doctor", "--explain", "wdb-104")
    assert (status, said.splitlines()[0]) == (
        0, "WDB-104  The server has no place for another connection")  # fmt: skip
    assert "5. Make the pools of the workstations smaller" in said
    status, _, complaint = wardctl("doctor", "--explain", "WDB-999")
    assert (status, "There are WDB-101, " in complaint) == (2, True)
