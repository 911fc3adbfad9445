"""`wardctl health` and `wardctl metrics`: what they print is exact, safe and true."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.error import HTTPError

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from tests.patience import PATIENCE_S
from ward_app.cli.main import _application
from ward_app.core.errors import DatabaseUnavailableError, RuleBrokenError
from ward_app.operations.metrics_server import Address, make_server
from ward_app.operations.prometheus import exposition
from ward_app.operations.server_facts import server_facts
from ward_app.operations.station_figures import keep_figures, kept_figures


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    monkeypatch.setenv("WARD_ENVIRONMENT", "test")
    return tmp_path


@pytest.fixture
def wardctl(admin_dsn):
    """Run wardctl on this test's database; return exit status and output."""

    def run(command, *words, dsn=admin_dsn):
        done = CliRunner().invoke(_application([command]), [command, *words, "--dsn", dsn])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


def samples(text):
    """Return {(name, labels): value} as Prometheus' own parser reads it."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type in {"gauge", "counter"}
        for sample in family.samples:
            found[sample.name, tuple(sample.labels.items())] = sample.value
    return found


def test_that_health_has_the_keys_other_programs_know(wardctl):
    """[H02] [H03]"""
    status, output = wardctl("health", "--json")
    document = json.loads(output)
    assert status == 0
    assert document["healthy"] is True
    assert document["status"] == "healthy"
    assert document["latency"] > 0
    assert document["pool"].keys() == {"total", "idle", "in_use", "waiting", "max", "errors"}


def test_that_health_tells_what_the_server_counts(wardctl):
    """[H05]"""
    status, output = wardctl("health", "--db", "--json")
    counted = json.loads(output)["database"]
    assert status == 0
    for name in (
        "active_connections", "total_commits", "total_rollbacks", "blocks_read", "cache_hits",
    ):  # fmt: skip
        assert isinstance(counted[name], int)
    assert counted["active_connections"] >= 1
    _, words = wardctl("health", "--db")
    assert "Status: healthy. Answered in" in words
    assert "cache_hits:" in words


def test_that_health_exits_with_two_when_nobody_answers(wardctl):
    status, output = wardctl("health", dsn="host=/nowhere user=it dbname=ward")
    assert status == 2
    assert output.startswith("Status: down. The ward database cannot be reached.")
    status, output = wardctl("health", "--json", "--db", dsn="host=/nowhere user=it dbname=ward")
    assert status == 2
    assert json.loads(output)["healthy"] is False


def test_that_health_exits_with_two_and_the_reason_where_there_is_no_database():
    status, output = _health_here()
    assert status == 2
    assert output.startswith("Status: down. The private cluster is ")
    status, output = _health_here("--json", "--db")
    assert status == 2
    document = json.loads(output)
    assert (document["healthy"], document["status"]) == (False, "down")
    assert "wardctl cluster start" in document["problem"]


def _health_here(*words):
    """Run `wardctl health` where nobody named a database; return exit status and output."""
    done = CliRunner().invoke(_application(["health"]), ["health", *words])
    return done.exit_code, done.output


def test_that_health_exits_with_one_when_it_is_slow(wardctl, monkeypatch):
    monkeypatch.setattr("ward_app.core.health.SLOW_MS", 0)
    assert wardctl("health")[0] == 1


def test_that_a_workstation_may_read_every_figure(database):
    facts = database.read(None, server_facts)
    assert facts.size_bytes > 1_000_000
    assert 0 < facts.cache_hit_percent <= 100
    assert facts.replication_lag_s is None  # a primary is not behind anybody


def test_that_prometheus_reads_the_figures_by_their_exact_names(wardctl, home, database):
    """[H07] [H08] [H11] [H12]"""
    database.read(None, server_facts)
    keep_figures(home, database.metrics)
    status, text = wardctl("metrics")
    found = samples(text)
    name = database.read(None, lambda tx: tx.value("SELECT current_database()"))
    of = (("database", name),)
    assert status == 0
    assert found["pg_connections", of] >= 1
    assert found["pg_database_size", of] > 1_000_000
    assert 0 < found["pg_cache_hit_ratio", of] <= 100
    assert found["pg_lock_waits", of] == 0
    assert found["pg_commits_total", of] > 0
    assert found["ward_pool_connections_max", ()] == 4
    assert found["ward_failed_queries_total", ()] == 0
    assert found["ward_spared_queries_total", ()] == 0
    assert "# TYPE pg_replication_lag_seconds gauge" in text
    for quantile in ("0.5", "0.95", "0.99"):
        assert found["ward_query_latency_ms", (("quantile", quantile),)] > 0
    assert {"ward_pool_utilization", "ward_query_error_rate"} <= {key[0] for key in found}


def test_that_a_name_of_a_database_is_escaped(database):
    facts = database.read(None, server_facts)
    odd = 'a"b\\c\nd'
    named = type(facts)(odd, *(getattr(facts, name) for name in facts.__slots__[1:]))
    assert ("pg_connections", (("database", odd),)) in samples(exposition(named, None))


def test_that_json_keeps_the_names_of_the_figures(wardctl, home, database):
    """[H06]"""
    keep_figures(home, database.metrics)
    document = json.loads(wardctl("metrics", "--json")[1])
    assert document["workstation"].keys() >= {
        "totalConnections", "activeConnections", "idleConnections", "waitingRequests",
        "totalQueries", "slowQueries", "failedQueries", "averageQueryTime",
    }  # fmt: skip


def test_that_figures_of_a_program_that_ended_are_not_told(home, database):
    now = datetime.now(UTC)
    assert kept_figures(home, now) is None
    keep_figures(home, database.metrics)
    assert kept_figures(home, now) == database.metrics
    assert kept_figures(home, now + timedelta(minutes=3)) is None
    (home / "metrics.json").write_text("{")
    assert kept_figures(home, now) is None


def test_that_the_file_for_the_collector_is_whole(wardctl, tmp_path):
    """[H10]"""
    folder = tmp_path / "collector"
    folder.mkdir()
    status, output = wardctl("metrics", "--textfile", str(folder))
    assert status == 0
    assert "ward_app.prom" in output
    assert samples((folder / "ward_app.prom").read_text())
    assert [file.name for file in folder.iterdir()] == ["ward_app.prom"]


def test_that_a_folder_that_is_not_there_is_told(wardctl, tmp_path):
    with pytest.raises(Exception, match="cannot be written to"):
        wardctl("metrics", "--textfile", str(tmp_path / "none"))


@pytest.mark.parametrize("address", ["0.0.0.0:9187", "192.168.1.2:9187", "[::]:9187"])
def test_that_the_server_refuses_to_answer_other_computers(address):
    """[H10]"""
    with pytest.raises(RuleBrokenError, match="--allow-network"):
        Address.of(address, allow_network=False)
    assert Address.of(address, allow_network=True).port == 9187


@pytest.mark.parametrize("address", ["localhost", "9187", "127.0.0.1:x", "127.0.0.1:99999", ":1"])
def test_that_an_address_is_one_or_refused(address):
    with pytest.raises(RuleBrokenError, match="is no address and port"):
        Address.of(address, allow_network=True)


@pytest.fixture
def answers():
    """Return what a server on loopback answers to a path, its figures being made by a function."""
    servers = []

    def ask(figures, path="/metrics"):
        server = make_server(Address("127.0.0.1", 0), figures)
        thread = Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        url = f"http://127.0.0.1:{server.server_address[1]}{path}"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.headers["Content-Type"], answer.read().decode()

    yield ask
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_S)


def test_that_prometheus_is_answered_with_what_was_just_seen(answers, database):
    kind, text = answers(lambda: exposition(database.read(None, server_facts), None))
    assert kind.startswith("text/plain")
    assert any(name == "pg_connections" for name, _ in samples(text))


def test_that_nothing_else_is_answered_and_a_server_that_is_down_says_so(answers):
    def fail():
        raise DatabaseUnavailableError("The ward database cannot be reached.")

    for figures, path, code in ((str, "/", 404), (fail, "/metrics", 503)):
        with pytest.raises(HTTPError) as refused:
            answers(figures, path)
        assert refused.value.code == code
        refused.value.close()


def test_that_a_port_that_is_taken_is_told():
    first = make_server(Address("127.0.0.1", 0), str)
    with pytest.raises(RuleBrokenError, match="Nothing can listen on"):
        make_server(Address("127.0.0.1", first.server_address[1]), str)
    first.server_close()
