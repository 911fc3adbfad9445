"""Statements of the documents that are wrong: each shown to fail, beside the form that is right.

What the program makes of them is what is proven right, on the real server.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.server_files import append
from tests.steps import admit
from ward_app.core.errors import CodedError, ConfigurationError
from ward_app.operations.backup.container import BackupWriter, content, keys_of, new_keys
from ward_app.operations.prometheus import exposition
from ward_app.operations.replication import replication
from ward_app.operations.server_config import PROTECTING, pitr_conf
from ward_app.operations.server_config_check import check
from ward_app.operations.server_facts import ServerFacts
from ward_app.operations.upkeep.maintenance import Work, tidy

SECRET = "plum lantern gravel oboe"  # noqa: S105 - of a throw-away file
ROUNDS = 10_000
LIBRARIES = "pg_stat_statements, auto_explain"


@pytest.fixture
def admin_of(cluster):
    """Start the test's own server and return how its administrator connects."""
    cluster.start()
    return lambda: psycopg.connect(cluster.dsn("postgres"), autocommit=True)


def test_that_connections_are_logged_by_the_file_not_by_the_database(cluster, admin_of):
    """[W1]"""
    with admin_of() as admin, pytest.raises(psycopg.errors.CantChangeRuntimeParam):
        admin.execute("ALTER DATABASE postgres SET log_connections = on")
    for name in ("log_connections", "log_disconnections"):
        append(cluster.data_dir, "postgresql.conf", f"{name} = {PROTECTING[name]}\n")
    cluster.stop()
    cluster.start()
    with admin_of() as admin:
        assert admin.execute("SHOW log_connections").fetchone() == ("on",)
        assert admin.execute("SHOW log_disconnections").fetchone() == ("on",)


def test_that_libraries_come_from_a_file_not_from_alter_system(cluster, admin_of, tmp_path):
    """[W10] The server would not start any more; the file is refused before it is installed."""
    with admin_of() as admin:
        admin.execute(f"ALTER SYSTEM SET shared_preload_libraries = '{LIBRARIES}'")
    cluster.stop()
    stored = cluster.data_dir / "postgresql.auto.conf"
    assert f"'\"{LIBRARIES}\"'" in stored.read_text()
    with pytest.raises(ConfigurationError, match="does not start"):
        cluster.start()
    stored.write_text("")
    ours = tmp_path / "ward.conf"
    ours.write_text(f"shared_preload_libraries = '{LIBRARIES}'\n")
    check(ours)
    append(cluster.data_dir, "postgresql.conf", ours.read_text())
    cluster.start()
    with admin_of() as admin:
        assert admin.execute("SHOW shared_preload_libraries").fetchone() == (LIBRARIES,)


def test_that_an_archive_is_cleaned_by_the_program_not_by_a_function(dsn, cluster, tmp_path):
    """[W2] There is no such function; what the program cleans is older than what is kept."""
    with psycopg.connect(dsn) as admin, pytest.raises(psycopg.errors.UndefinedFunction):
        admin.execute("SELECT pg_archivecleanup('/archive', '000000010000000000000002')")
    names = [f"00000001000000000000000{number}" for number in range(1, 5)]
    for name in names:
        (tmp_path / name).touch()
    subprocess.run([cluster.bin_dir / "pg_archivecleanup", tmp_path, names[2]], check=True)
    assert sorted(file.name for file in tmp_path.iterdir() if file.name in names) == names[2:]


def test_that_a_share_of_nothing_is_unknown_not_an_error(dsn):
    """[W3]"""
    wrong = "SELECT heap_blks_hit::float / (heap_blks_hit + heap_blks_read) FROM"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("CREATE TABLE public.unread ()")
        with pytest.raises(psycopg.errors.DivisionByZero):
            admin.execute(f"{wrong} pg_statio_user_tables WHERE relname = 'unread'")
    assert facts(hits=0, reads=0).cache_hit_percent is None
    assert facts(hits=99, reads=1).cache_hit_percent == 99


def facts(*, hits, reads):
    return ServerFacts("ward", 1, 1, 0, reads, hits, 0, 1, 0, None)


def test_that_a_table_with_an_odd_name_has_a_size(dsn, empty_database):
    """[W4]"""
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute('CREATE TABLE public."Odd Name" AS SELECT 1 AS id')
        with pytest.raises(psycopg.errors.InvalidName):
            admin.execute(
                "SELECT pg_total_relation_size(schemaname || '.' || tablename)"
                " FROM pg_tables WHERE tablename = 'Odd Name'"
            )
    [found] = tidy(dsn, Work.ANALYZE, "public.Odd Name", database=empty_database)
    assert found.bytes_after > 0


def test_that_nobody_becomes_another_by_a_setting(admin, station_settings, database, nurse):
    """[W5] A policy by a setting believes whoever sets it; ours asks for the session's secret."""
    admin.execute("CREATE TABLE public.believing (owner uuid, word text)")
    admin.execute("ALTER TABLE public.believing ENABLE ROW LEVEL SECURITY")
    admin.execute(
        "CREATE POLICY own ON public.believing"
        " USING (owner = current_setting('app.current_user_id', true)::uuid)"
    )
    admin.execute("GRANT SELECT ON public.believing TO ward_client")
    admin.execute("INSERT INTO public.believing VALUES (%s, 'secret')", (world.id_of("wes"),))
    admit(database, nurse, "Okafor", label="1")
    settings = station_settings().conninfo() | {"password": STATION_PASSWORD}
    with psycopg.connect(**settings, autocommit=True) as tampered:
        for name in ("app.current_user_id", "ward.token"):
            for person in ("wes", "nora"):
                setting = (name, str(world.id_of(person)))
                tampered.execute("SELECT set_config(%s, %s, false)", setting)
                if (name, person) == ("app.current_user_id", "wes"):
                    read = tampered.execute("SELECT word FROM public.believing").fetchall()
                    assert read == [("secret",)]
                found = tampered.execute("SELECT count(*) FROM patient.patients").fetchone()
                assert found == (0,)


def test_that_a_changed_byte_is_noticed_though_openssl_sees_none(tmp_path):
    """[W6] AES-CBC alone decrypts it without a complaint."""
    file = tmp_path / "backup"
    keys = new_keys(SECRET, ROUNDS)
    with file.open("wb") as opened:
        writer = BackupWriter(opened, keys)
        writer.write(b"all patients of ward 7A " * 1_000)
        written = writer.finish()
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    opening = ["openssl", "enc", "-d", "-aes-256-cbc", "-pbkdf2", "-md", "sha256", "-iter",
               str(ROUNDS), "-pass", "stdin", "-in", str(file)]  # fmt: skip
    done = subprocess.run(
        [shutil.which("openssl"), *opening[1:]],
        input=SECRET.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout != b"all patients of ward 7A " * 1_000
    with pytest.raises(CodedError, match="is damaged and is not used"):
        list(content(file, keys_of(SECRET, keys.salt, ROUNDS), written))


def test_that_prometheus_is_told_of_a_file_of_figures_by_a_collector():
    """[W7] `file_sd_configs` wants lists of targets in JSON, and a file of figures is none."""
    figures = exposition(facts(hits=1, reads=0), None)
    with pytest.raises(json.JSONDecodeError):
        json.loads(figures)
    assert list(text_string_to_metric_families(figures))
    guide = Path("docs/monitoring.md").read_text(encoding="utf-8")
    assert ("textfile" in guide, "file_sd_configs" in guide) == (True, False)


def test_that_a_primary_is_behind_nobody(dsn, empty_database):
    """[W8] The documents' query answers nothing there; ours says that it is a primary."""
    with psycopg.connect(dsn) as admin:
        lag = admin.execute("SELECT now() - pg_last_xact_replay_timestamp()").fetchone()
    assert lag == (None,)
    found = replication(dsn, database=empty_database)
    assert (found.is_standby, found.lag_s) == (False, None)


def test_that_an_archive_keeps_what_is_there(tmp_path):
    """[W9] `cp` writes over it and says nothing; ours refuses, and takes the same file twice."""
    kept, new = tmp_path / "000000010000000000000001", tmp_path / "new"
    kept.write_text("of somebody else")
    new.write_text("of this server")
    assert archived(f"cp %p {tmp_path}/%f", new, kept.name) == 0
    assert kept.read_text() == "of this server"
    kept.write_text("of somebody else")
    [command] = re.findall(r"archive_command = '(.*)'", pitr_conf(str(tmp_path)))
    assert archived(command, new, kept.name) != 0
    assert kept.read_text() == "of somebody else"
    kept.unlink()
    assert [archived(command, new, kept.name) for _ in range(2)] == [0, 0]
    assert kept.read_text() == "of this server"


def archived(command, file, name):
    """Run an archive_command as the server does, and return its status."""
    done = command.replace("%p", str(file)).replace("%f", name)
    return subprocess.run([shutil.which("sh"), "-c", done], check=False).returncode
