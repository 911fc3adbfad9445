"""The private cluster: made, started, killed, refused, removed."""

import os
import pwd
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from ward_app.core.errors import ConfigurationError
from ward_app.operations import accounts, binaries, cluster_files
from ward_app.operations.cluster import ClusterState, private_cluster, whereabouts

as_root = pytest.mark.skipif(not accounts.is_root(), reason="needs a root shell")


def ask(cluster, question):
    with psycopg.connect(cluster.dsn("postgres")) as connection:
        return connection.execute(question).fetchone()[0]


def setting(cluster, name):
    return ask(cluster, f"SELECT current_setting('{name}')")


@retry(retry=retry_if_result(bool), stop=stop_after_delay(10), wait=wait_fixed(0.01))
def wait_for_the_end_of(cluster):
    return cluster_files.server_pid(cluster.data_dir)


def kill(cluster):
    os.kill(cluster_files.server_pid(cluster.data_dir), signal.SIGKILL)
    wait_for_the_end_of(cluster)


def test_that_a_cluster_is_made_started_stopped_and_removed(cluster):
    assert cluster.status() is ClusterState.MISSING
    cluster.create()
    assert cluster.status() is ClusterState.STOPPED
    cluster.start()
    assert cluster.status() is ClusterState.RUNNING
    cluster.stop()
    assert cluster.status() is ClusterState.STOPPED
    cluster.destroy()
    assert cluster.status() is ClusterState.MISSING
    assert not cluster.data_dir.parent.exists()
    assert not cluster.socket_dir.exists()


def test_that_every_step_may_be_repeated(cluster):
    for step in (cluster.stop, cluster.destroy, cluster.create, cluster.create):
        step()
    cluster.start()
    started_at = ask(cluster, "SELECT pg_postmaster_start_time()")
    cluster.start()
    assert ask(cluster, "SELECT pg_postmaster_start_time()") == started_at
    for step in (cluster.stop, cluster.stop, cluster.destroy, cluster.destroy):
        step()


def test_that_starting_twice_at_once_makes_one_cluster(folder):
    clusters = [private_cluster(folder, fast_unsafe=True) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda cluster: cluster.start(), clusters))
    assert {ask(each, "SELECT system_identifier FROM pg_control_system()") for each in clusters}
    clusters[0].destroy()


def test_that_a_killed_server_starts_again_with_what_was_committed(folder):
    cluster = private_cluster(folder)
    cluster.start()
    with psycopg.connect(cluster.dsn("postgres")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(cluster)
    assert cluster.status() is ClusterState.STOPPED
    cluster.start()
    assert ask(cluster, "SELECT answer FROM kept") == 42
    cluster.destroy()


def test_that_another_program_with_the_number_of_a_dead_server_is_left_alone(cluster):
    cluster.start()
    kill(cluster)
    note = cluster.data_dir / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert cluster.status() is ClusterState.STOPPED
    cluster.start()
    assert cluster.status() is ClusterState.RUNNING


def test_that_an_interrupted_creation_is_done_over(cluster):
    unfinished = cluster.data_dir.with_suffix(".new")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("15\n")
    cluster.start()
    assert cluster.status() is ClusterState.RUNNING
    assert not unfinished.exists()


def test_that_the_server_is_private_and_careful(spare_server):
    expected = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "lc_messages": "C",
        "password_encryption": "scram-sha-256",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_duration_statement": "1s",
        "idle_in_transaction_session_timeout": "1min",
        "max_connections": "100",
    }
    assert {name: setting(spare_server, name) for name in expected} == expected


def test_that_the_names_are_sorted_alike_on_every_computer(spare_server):
    in_order = "SELECT string_agg(name, '' ORDER BY name) FROM unnest('{a,B,Ä,b}'::text[]) name"
    assert ask(spare_server, in_order) == "BabÄ"


def test_that_only_the_account_may_enter_the_folders(spare_server):
    for folder in (spare_server.data_dir, spare_server.socket_dir, spare_server.data_dir.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == pwd.getpwnam(spare_server.account).pw_uid


def test_that_everybody_but_the_administrator_needs_a_password(spare_server):
    with psycopg.connect(spare_server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE somebody LOGIN PASSWORD 'known'")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(spare_server.dsn("postgres", user="somebody"))
    with psycopg.connect(
        spare_server.dsn("postgres", user="somebody"), password="known"
    ) as entered:
        assert entered.info.user == "somebody"


def test_that_the_data_are_forced_to_disk_outside_tests(folder):
    text = cluster_files.settings_text(socket_dir=folder, port=5432, fast_unsafe=False)
    assert "fsync" not in text
    assert "full_page_writes" not in text


def test_that_the_server_of_a_root_shell_is_not_root(spare_server):
    pid = cluster_files.server_pid(spare_server.data_dir)
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@as_root
def test_that_a_folder_only_root_reaches_is_replaced_and_named(folder):
    folder.parent.chmod(0o700)
    cluster = private_cluster(folder)
    assert cluster.data_dir.is_relative_to(accounts.SYSTEM_FOLDER)
    assert str(cluster.data_dir) in whereabouts(cluster)
    assert cluster.account in whereabouts(cluster)


@as_root
def test_that_a_folder_the_account_reaches_is_used(monkeypatch):
    cluster = private_cluster(Path("/srv/ward"))
    assert cluster.data_dir == Path("/srv/ward/data")


def test_that_a_socket_with_too_long_a_path_goes_to_a_short_one(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts, "reachable", lambda *_: True)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    cluster = private_cluster(tmp_path / ("long" * 30))
    assert len(str(cluster.socket_dir / ".s.PGSQL.5432")) < 50
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    cluster = private_cluster(tmp_path / ("long" * 30))
    assert cluster.socket_dir.parent == tmp_path


def test_that_a_link_in_place_of_the_socket_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is a link"):
        accounts.private_folder(tmp_path / "socket", accounts.server_account())


@as_root
def test_that_a_socket_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "socket").mkdir()
    os.chown(tmp_path / "socket", pwd.getpwnam("daemon").pw_uid, 0)
    with pytest.raises(ConfigurationError, match="belongs to another account"):
        accounts.private_folder(tmp_path / "socket", accounts.server_account())


def test_that_a_folder_open_to_others_is_closed(tmp_path):
    (tmp_path / "socket").mkdir(mode=0o777)
    accounts.private_folder(tmp_path / "socket", accounts.server_account())
    assert stat.S_IMODE((tmp_path / "socket").stat().st_mode) == 0o700


def test_that_a_name_the_programs_cannot_quote_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="WARD_HOME"):
        private_cluster(tmp_path / "$(reboot)")


def test_that_missing_binaries_are_answered_with_the_apt_line(folder, monkeypatch):
    monkeypatch.setattr(binaries, "_candidates", list)
    with pytest.raises(ConfigurationError, match=r"apt-get install -y .*postgresql"):
        private_cluster(folder)


def test_that_data_of_another_version_are_not_touched(folder, monkeypatch):
    monkeypatch.setattr(accounts, "reachable", lambda *_: True)
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("13\n")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 13.*postgresql-13"):
        private_cluster(folder)


def test_that_a_server_that_cannot_start_says_where_its_log_is(cluster):
    cluster.create()
    with (cluster.data_dir / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(ConfigurationError, match=r"startup\.log says: .*no_such_setting"):
        cluster.start()
