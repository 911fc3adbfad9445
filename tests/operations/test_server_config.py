"""The files for a hospital's server: as documented, and a real server starts with them."""

from __future__ import annotations

import psycopg
import pytest

from tests.resilience.server.waiting import until
from tests.security.authority import Authority
from tests.server_files import append, put
from ward_app.core.errors import RuleBrokenError
from ward_app.operations.accounts import private_folder
from ward_app.operations.server_config import (
    ServerSize,
    pg_hba,
    pitr_conf,
    postgresql_conf,
    read_memory,
    sections,
)

SMALL = ServerSize(1024)


def settings_of(size):
    return {name: value for section in sections(size) for name, value in section.settings.items()}


def test_that_one_gigabyte_is_shared_out_as_documented():
    """[F02] [U05] [G01] [G02] [G03] [G04] [G05] [G06] [G07] [G08]

    The numbers of the requirements for 1 GB, word for word.
    """
    assert settings_of(SMALL) == {
        "shared_buffers": "256MB",
        "effective_cache_size": "768MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "100",
        "superuser_reserved_connections": "3",
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "wal_level": "replica",
        "max_wal_size": "1GB",
        "min_wal_size": "80MB",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "autovacuum": "on",
        "autovacuum_max_workers": "3",
        "autovacuum_naptime": "1min",
        "log_min_duration_statement": "1000",
        "log_line_prefix": "'%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h '",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
        "ssl": "on",
        "password_encryption": "scram-sha-256",
        "log_statement": "mod",
        "log_connections": "on",
        "log_disconnections": "on",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "idle_in_transaction_session_timeout": "60s",
    }


@pytest.mark.parametrize(
    ("ram_mb", "shared", "work", "maintenance"),
    [
        (256, "64MB", "4MB", "32MB"),
        (16 * 1024, "4096MB", "64MB", "2048MB"),
        (1024**2, "262144MB", "64MB", "2048MB"),
    ],
)
def test_that_sizes_grow_with_the_memory_and_those_of_one_sort_stop(
    ram_mb, shared, work, maintenance
):
    found = settings_of(ServerSize(ram_mb))
    assert found["shared_buffers"] == shared
    assert (found["work_mem"], found["maintenance_work_mem"]) == (work, maintenance)


def test_that_a_spinning_disk_is_planned_for_as_one():
    found = settings_of(ServerSize(1024, ssd=False))
    assert (found["random_page_cost"], found["effective_io_concurrency"]) == ("4.0", "2")


@pytest.mark.parametrize(
    ("text", "ram_mb"), [("1GB", 1024), (" 512 mb ", 512), ("2TB", 2 * 1024 * 1024)]
)
def test_that_memory_is_read_with_its_unit(text, ram_mb):
    assert read_memory(text) == ram_mb


@pytest.mark.parametrize("text", ["", "16", "GB", "1.5GB", "-1GB", "128MB", "0GB"])
def test_that_no_memory_is_guessed(text):
    with pytest.raises(RuleBrokenError, match="memory"):
        read_memory(text)


def test_that_workstations_come_encrypted_from_their_networks_alone():
    """[A07]"""
    assert pg_hba(["10.20.0.0/16", "fd00:1::/64"], database="ward", certificates=True) == (
        "# Below the administrator's own lines, above every other: the first that fits counts.\n"
        "# TYPE  DATABASE  USER  ADDRESS  METHOD\n"
        "hostssl ward +ward_client 10.20.0.0/16 scram-sha-256 clientcert=verify-full\n"
        "hostssl ward +ward_client fd00:1::/64 scram-sha-256 clientcert=verify-full\n"
        "host all all 0.0.0.0/0 reject\n"
        "host all all ::/0 reject\n"
    )
    assert "clientcert" not in pg_hba(["10.20.0.0/16"], database="ward")


@pytest.mark.parametrize(
    ("networks", "database", "words"),
    [
        ([], "ward", "Say from which networks"),
        (["0.0.0.0/0"], "ward", "every computer"),
        (["::/0"], "ward", "every computer"),
        (["10.20.1.5/16"], "ward", "is no network"),
        (["ward.example"], "ward", "is no network"),
        (["10.20.0.0/16"], "ward all", "letters, digits"),
    ],
)
def test_that_what_would_let_everybody_in_is_refused(networks, database, words):
    with pytest.raises(RuleBrokenError, match=words):
        pg_hba(networks, database=database)


def test_that_a_file_with_a_line_break_cannot_add_settings():
    with pytest.raises(RuleBrokenError, match="line break"):
        postgresql_conf(SMALL, certificate="a\nfsync = off")
    assert "ssl_key_file = 'it''s'\n" in postgresql_conf(SMALL, key="it's")


def test_that_a_real_server_starts_with_them(cluster, tmp_path):
    """[F02] [G07] [G08] [G09] Every setting is known and holds; the access lines can be read."""
    cluster.start()
    cluster.stop()
    made = Authority(tmp_path / "authority")
    shown = made.certificate("localhost", is_server=True)
    files = {"server.crt": shown.cert, "server.key": shown.key, "ca.crt": made.ca}
    for name, file in files.items():
        put(cluster.data_dir, file, name)
    written = postgresql_conf(SMALL, ca="ca.crt")
    append(cluster.data_dir, "postgresql.conf", written)
    cluster.start()
    append(
        cluster.data_dir,
        "pg_hba.conf",
        pg_hba(["10.20.0.0/16"], database="ward", certificates=True),
    )
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as admin:
        rows = admin.execute(
            "SELECT name, error, applied FROM pg_file_settings"
            " WHERE sourcefile ~ 'postgresql.conf'"
        )
        told = {name: (error, applied) for name, error, applied in rows}
        assert {name for name in settings_of(SMALL) if told[name] != (None, True)} == set()
        assert admin.execute("SHOW shared_buffers").fetchone() == ("256MB",)
        assert admin.execute("SHOW ssl").fetchone() == ("on",)
        rules = admin.execute(
            "SELECT type, address, auth_method, error FROM pg_hba_file_rules WHERE type <> 'local'"
        ).fetchall()
        assert rules == [
            ("hostssl", "10.20.0.0", "scram-sha-256", None),
            ("host", "0.0.0.0", "reject", None),  # noqa: S104 - an address of a rule
            ("host", "::", "reject", None),
        ]


@pytest.mark.parametrize("folder", ["", "archive", "/a b", "/a'; id; '", "/a%f", "/a\n/b", "/"])
def test_that_an_archive_has_a_plain_name(folder):
    with pytest.raises(RuleBrokenError, match="in full"):
        pitr_conf(folder)
    if folder:
        with pytest.raises(RuleBrokenError, match="in full"):
            pitr_conf("/srv/archive", folder)


def test_that_a_real_server_keeps_every_change_and_writes_over_none(cluster):
    """[O16] [O20] [G07] [W9] A file that is there stays; the server keeps its own."""
    cluster.start()
    cluster.stop()
    archive = cluster.data_dir.parent / "archive"
    private_folder(archive, cluster.account)
    append(cluster.data_dir, "postgresql.conf", pitr_conf(str(archive)))
    cluster.start()
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as admin:
        assert admin.execute("SHOW archive_timeout").fetchone() == ("5min",)
        first = _switched(admin)
        until((archive / first).exists)
        assert sorted(file.name for file in archive.iterdir()) == [first]
        second = _current(admin)
        (archive / second).write_bytes(b"of somebody else")
        _switched(admin)
        failures = "SELECT last_failed_wal FROM pg_stat_archiver"
        until(lambda: admin.execute(failures).fetchone() == (second,))
        assert (archive / second).read_bytes() == b"of somebody else"
        (archive / second).unlink()
        until(lambda: (archive / second).stat().st_size > 16_000_000
                 if (archive / second).exists() else False)  # fmt: skip
        kept = cluster.data_dir / "pg_wal" / second
        assert not kept.exists() or kept.read_bytes() == (archive / second).read_bytes()


def _current(admin):
    return admin.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()[0]


def _switched(admin):
    """Write something, close the file of the log, and return its name."""
    admin.execute("SELECT pg_logical_emit_message(false, 'test', 'something')")
    name = _current(admin)
    admin.execute("SELECT pg_switch_wal()")
    return name


def test_that_connections_are_enough_for_the_workstations(wardctl):
    """[L04]"""
    words = ("server-config", "postgresql", "--ram", "16GB", "--workstations")
    assert "max_connections = 350\n" in wardctl(*words, "60")[1]
    assert "max_connections = 100\n" in wardctl(*words, "3")[1]
    status, said, _ = wardctl("server-config", "pitr", "--archive", "/srv/archive")
    assert (status, "test -f /srv/archive/%f" in said) == (0, True)


def test_that_an_encrypted_archive_has_commands_of_its_own(wardctl):
    """[K05] They name the file of the key, and never the key."""
    words = ("server-config", "pitr", "--archive", "/srv/archive", "--key-file", "/etc/ward.key")
    status, said, _ = wardctl(*words)
    where = "--archive /srv/archive --key-file /etc/ward.key"
    assert status == 0
    assert f"archive_command = 'wardctl backup wal push %p {where}'" in said
    assert f"restore_command = 'wardctl backup wal fetch %f %p {where}'" in said


def test_that_the_commands_print_them(wardctl):
    status, said, _ = wardctl("server-config", "postgresql", "--ram", "1GB", "--no-ssd")
    assert (status, "random_page_cost = 4.0\n" in said) == (0, True)
    status, said, _ = wardctl("server-config", "pg-hba", "--network", "10.20.0.0/16")
    assert (status, "hostssl ward +ward_client 10.20.0.0/16" in said) == (0, True)
    status, _, complaint = wardctl("server-config", "pg-hba")
    assert (status, "--network" in complaint) == (2, True)
    status, _, complaint = wardctl("server-config", "postgresql", "--ram", "lots")
    assert (status, "512MB" in complaint) == (2, True)
