"""`wardctl logs slow`: what took long, from the log or the server's counts, without values."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.patience import until
from ward_app.operations.upkeep.slow_log import of_lines

LOG = """\
2026-01-31 14:05:00 UTC [7]: [1-1] user=it,db=ward,app=psql,client=[local] LOG:  duration: 1500.5 ms  statement: SELECT *
\tFROM patient.patients WHERE family_name = 'Quackenbush'
2026-01-31 14:05:00 UTC [7]: [1-1] user=it,db=ward,app=psql,client=[local] DETAIL:  parameters: $1 = 'Zebulon
\tQuackenbush'
2026-01-31 14:06:00.123 UTC [8] ws_a@ward LOG:  duration: 2500.000 ms  execute <unnamed>: SELECT * FROM patient.patients WHERE family_name = 'Moe'
2026-01-31 14:07:00.123 UTC [8] ws_a@ward LOG:  duration: 12.000 ms  statement: SELECT 1
2026-01-31 14:08:00.123 UTC [8] ws_a@ward LOG:  duration: 9000.000 ms
2026-01-31 14:09:00.123 UTC [8] ws_a@ward ERROR:  no such thing: 'Quackenbush'
\tand more of Quackenbush
2026-01-31 14:10:00.123 UTC [8] ws_a@ward LOG:  duration: 1100.000 ms  parse S_1: SELECT 2
"""  # noqa: E501 - lines of a log


def test_that_slow_statements_are_gathered_without_their_values():
    """[V08] The same statement with other values is the same one."""
    [first, second] = of_lines(LOG.splitlines(), over_ms=1000)
    assert first.statement == "SELECT * FROM patient.patients WHERE family_name = ?"
    assert (first.times, first.total_ms, first.longest_ms) == (2, 4000.5, 2500)
    assert first.last_at == "2026-01-31 14:06:00"
    assert (second.statement, second.times) == ("SELECT ?", 1)


def test_that_a_log_file_is_read_without_a_server(wardctl, tmp_path):
    """[H17]"""
    log = tmp_path / "postgresql.log"
    log.write_text(LOG)
    status, said, complaint = wardctl("logs", "slow", "--file", str(log))
    assert (status, complaint) == (0, "")
    assert "2 times, 4000 ms together, longest 2500 ms, last at 2026-01-31 14:06:00" in said
    assert "Quackenbush" not in said
    assert wardctl("logs", "slow", "--file", str(log), "--over-ms", "9999")[1].endswith("None.\n")
    assert wardctl("logs", "slow", "--file", str(tmp_path / "none.log"))[0] == 1
    assert wardctl("logs", "slow", "--file", str(tmp_path / "log.csv"))[0] == 2


@pytest.mark.parametrize(("since", "times"), [("1h", 2), ("24h", 2), ("365d", 2)])
def test_that_a_log_file_is_read_back_from_its_last_line(wardctl, tmp_path, since, times):
    """[H17]"""
    older = "2024-12-31 23:00:00 UTC [7] LOG:  duration: 3000.0 ms  statement: SELECT 2\n"
    log = tmp_path / "postgresql.log"
    log.write_text(older + LOG)
    _, said, _ = wardctl("logs", "slow", "--file", str(log), "--since", since, "--json")
    found = {one["statement"]: one["times"] for one in json.loads(said)["statements"]}
    assert found == {"SELECT * FROM patient.patients WHERE family_name = ?": times, "SELECT ?": 1}
    _, said, _ = wardctl("logs", "slow", "--file", str(log), "--since", "700d", "--json")
    assert [one["times"] for one in json.loads(said)["statements"]] == [2, 2]


def test_that_a_log_without_times_cannot_be_asked_for_the_latest(wardctl, tmp_path):
    """[H17] What has no time is not taken for new, nor for old."""
    log = tmp_path / "postgresql.log"
    log.write_text("[8] LOG:  duration: 3000.0 ms  statement: SELECT 2\n")
    status, said, complaint = wardctl("logs", "slow", "--file", str(log), "--since", "24h")
    assert (status, said, "begin without a time" in complaint) == (2, "", True)
    status, _, complaint = wardctl("logs", "slow", "--file", str(log), "--since", "yesterday")
    assert (status, "such as 30d or 24h" in complaint) == (2, True)
    log.write_text("")
    status, said, _ = wardctl("logs", "slow", "--file", str(log), "--since", "24h")
    assert (status, said.splitlines()[-1]) == (0, "None.")


def test_that_the_servers_own_log_is_read_from_afar(wardctl, dsn):
    """[H17]"""
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("SET log_min_duration_statement = 0")
        admin.execute("SELECT 'Quackenbush' AS slow_on_purpose")

    def told():
        found = json.loads(
            wardctl("logs", "slow", "--over-ms", "0", "--since", "24h", "--json", "--dsn", dsn)[1]
        )
        return [one["statement"] for one in found["statements"]]

    until(lambda: "SELECT ? AS slow_on_purpose" in told())
    assert not any("Quackenbush" in one for one in told())


@pytest.fixture
def silent(cluster):
    """A server that writes no log of its own."""
    cluster.start()
    cluster.stop()
    with (cluster.data_dir / "postgresql.conf").open("a") as file:
        file.write("logging_collector = off\n")
    cluster.start()
    return cluster.dsn("postgres")


def test_that_a_server_without_log_and_counts_says_what_to_switch_on(wardctl, silent):
    """[P05]"""
    status, _, complaint = wardctl("logs", "slow", "--dsn", silent)
    assert (status, "shared_preload_libraries = 'pg_stat_statements'" in complaint) == (1, True)
    status, _, complaint = wardctl("logs", "slow", "--since", "24h", "--dsn", silent)
    assert (status, "has no times. Leave --since out" in complaint) == (2, True)
    with psycopg.connect(silent, autocommit=True) as admin:
        admin.execute("CREATE EXTENSION pg_stat_statements")
    status, _, complaint = wardctl("logs", "slow", "--dsn", silent)
    assert (status, "does not count" in complaint) == (1, True)
