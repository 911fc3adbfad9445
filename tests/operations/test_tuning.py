"""`wardctl tune`: told, never applied; and what a file of settings does to a server."""

from __future__ import annotations

import json

import psycopg
import pytest

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.findings import Level
from ward_app.operations.server_config import ServerSize, postgresql_conf
from ward_app.operations.server_config_check import check
from ward_app.operations.upkeep import tuning


def settings(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name <> 'application_name' ORDER BY 1"
        ).fetchall()


def test_that_a_servers_settings_are_compared_and_left_as_they_are(wardctl, dsn):
    """[G01] [G02] [G03] [G04] [G05] [G06] [X09] [W10]"""
    before = settings(dsn)
    words = ("tune", "--ram", "16GB", "--cores", "8", "--workstations", "60", "--dsn", dsn)
    status, said, complaint = wardctl(*words)
    assert (status, complaint) == (0, "")
    lines = said.splitlines()
    assert "shared_buffers = 4096MB    # is 128MB; needs a restart" in lines
    assert "max_connections = 320    # is 100; needs a restart" in lines
    assert "log_checkpoints = on" not in said  # it is on already
    assert "max_wal_size" not in said  # 1GB, as advised
    assert "idle_in_transaction" not in said  # 1min, as the server writes 60s
    assert "ALTER ROLE ward_readonly SET work_mem = '256MB';" in lines
    assert "not into ALTER SYSTEM" in said
    told = {one["name"]: one for one in json.loads(wardctl(*words, "--json")[1])["settings"]}
    assert told["log_statement"] == {
        "name": "log_statement", "is_so": "none", "advised": "mod", "restarts": False}  # fmt: skip
    assert settings(dsn) == before


def test_that_the_role_of_reports_gets_its_memory_by_the_statement(spare_server, dsn):
    """[X09] What is told works as it stands."""
    [statement] = tuning.of_roles(ServerSize(4096)).values()
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(statement)
        found = admin.execute(
            "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'ward_readonly'::regrole"
        ).fetchone()
        admin.execute("ALTER ROLE ward_readonly RESET work_mem")
    assert found == (["work_mem=128MB"],)


@pytest.mark.parametrize(
    ("ram_mb", "cores", "parallel", "gather"),
    [(1024, 1, "2", "1"), (4096, 4, "4", "2"), (65536, 64, "8", "2")],
)
def test_that_few_cores_are_not_all_given_to_one_question(ram_mb, cores, parallel, gather):
    advised = tuning.proposals(ServerSize(ram_mb), cores)
    assert advised["max_parallel_workers"] == parallel
    assert advised["max_parallel_workers_per_gather"] == gather


def test_that_the_doctor_lists_what_is_not_as_advised(dsn):
    """[G09] Sizes written in another way are the same."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        [found] = tuning.look(admin)
        assert (found.level, found.about) == (Level.INFO, "Tuning")
        assert "effective_io_concurrency is 1, not 200" in found.says
        assert "autovacuum_naptime" not in found.says
        admin.execute("SET effective_io_concurrency = 200")
        admin.execute("SET random_page_cost = 4")
        [found] = tuning.look(admin)
        assert "random_page_cost is 4, not 1.1" in found.says
        assert "effective_io_concurrency" not in found.says


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("shared_buffers = lots", 'invalid value for parameter "shared_buffers": "lots"'),
        ("shared_bufers = 1GB", 'unrecognized configuration parameter "shared_bufers"'),
        ("shared_preload_libraries = '\"a,b\"'", "names a,b, which PostgreSQL has not"),
        ("shared_preload_libraries = 'pg_stat_statements, nothing'", "names nothing, which"),
    ],
)
def test_that_a_file_the_server_would_not_start_with_is_refused(tmp_path, line, words):
    """[W10] Before it is installed."""
    file = tmp_path / "ward.conf"
    file.write_text(f"{line}\n")
    with pytest.raises(RuleBrokenError, match=words):
        check(file)


def test_that_the_file_of_the_program_is_read(tmp_path, wardctl):
    """[G09]"""
    file = tmp_path / "ward.conf"
    libraries = "shared_preload_libraries = 'pg_stat_statements, auto_explain'\n"
    file.write_text(postgresql_conf(ServerSize(1024)) + libraries)
    assert wardctl("server-config", "check", str(file))[:2] == (
        0, f"PostgreSQL reads {file}.\n")  # fmt: skip
    assert wardctl("server-config", "check", str(tmp_path / "none"))[0] == 1
