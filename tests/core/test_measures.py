"""Statements are counted and timed; slow ones, failed ones and events are told without a value."""

from __future__ import annotations

import logging
from contextlib import closing
from random import Random

import psycopg
import pytest

from tests.conftest import STATION_PASSWORD
from ward_app.core.database import Database
from ward_app.core.events import Events, HealthRecovered, PoolExhausted, QuerySlow
from ward_app.core.measures import KEPT, Measures, percentile_ms, trace, words_of
from ward_app.core.reading import unhurried
from ward_app.core.settings_groups import MetricsSettings
from ward_app.core.tuning import Tuning


@pytest.fixture
def told():
    return []


@pytest.fixture
def events(told):
    events = Events()
    events.subscribe(told.append)
    return events


def test_that_every_statement_is_counted_and_timed(database, nurse):
    """[Q20] [H06]"""
    before = database.metrics.total_queries
    database.run(nurse, lambda tx: [tx.value("SELECT 1") for _ in range(3)])
    found = database.metrics
    assert found.total_queries - before == 4  # and the proof of the session
    assert found.failed_queries == 0
    assert 0 < found.latency_p50 <= found.latency_p95 <= found.latency_p99
    assert found.average_query_time > 0


def test_that_failed_statements_are_counted_and_logged_without_a_value(database, caplog):
    """[Q19] [H11]"""
    with (
        caplog.at_level(logging.INFO, "ward_app.core.measures"),
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        database.run(None, lambda tx: tx.execute("SELECT 'Okafor' FROM nowhere WHERE n = 4711"))
    assert database.metrics.failed_queries == 1
    assert database.metrics.error_rate == 1
    assert "42P01" in caplog.text
    assert "SELECT ? FROM nowhere WHERE n = ?" in caplog.text
    assert "Okafor" not in caplog.text
    assert "4711" not in caplog.text


def test_that_percentiles_are_those_of_the_latest_statements(events):
    """[H11] Against the definition: as many as the percentage says are not above it."""
    measures, random = Measures(events), Random(7)  # noqa: S311 - no secret
    durations = [random.uniform(0, 0.9) for _ in range(3 * KEPT)]
    for spent_s in durations:
        measures.note("SELECT", (), spent_s)
    found, latest = measures.stats(), sorted(durations[-KEPT:])
    for percent, value_ms in ((50, found.p50_ms), (95, found.p95_ms), (99, found.p99_ms)):
        not_above = sum(1000 * one <= value_ms for one in latest)
        assert not_above * 100 >= percent * KEPT
        assert (not_above - 1) * 100 < percent * KEPT


def test_that_percentiles_of_few_are_among_them():
    assert percentile_ms([], 95) is None
    assert percentile_ms([0.002], 50) == 2
    assert [percentile_ms([0.001, 0.002, 0.003, 0.004], p) for p in (1, 50, 99)] == [1, 2, 4]


@pytest.mark.parametrize(
    ("params", "ward_id"),
    [
        ({"ward_id": "w1"}, "w1"),
        ({"ward_ids": ["w1"]}, "w1"),
        ({"ward_ids": ["w1", "w2"]}, None),
        ({"patient": "p"}, None),
        (("w1",), None),
    ],
)
def test_that_a_slow_statement_is_an_event_with_its_ward(events, told, params, ward_id):
    """[H13]"""
    measures = Measures(events, slow_ms=100)
    measures.note("SELECT  1\n WHERE x = 'Okafor'", params, 0.099)
    measures.note("SELECT  1\n WHERE x = 'Okafor'", params, 0.1)
    [slow] = told
    assert (slow.query, slow.ward_id, slow.duration_ms) == ("SELECT ? WHERE x = ?", ward_id, 100)
    assert measures.stats().slow == 1


@pytest.mark.parametrize(
    ("duration_ms", "level"),
    [(1_000, logging.WARNING), (5_000, logging.ERROR), (30_000, logging.CRITICAL)],
)
def test_that_the_log_weighs_a_slow_statement_by_its_duration(events, caplog, duration_ms, level):
    """[C10] [Z6]"""
    with caplog.at_level(logging.INFO):
        events.tell(QuerySlow(query="SELECT", duration_ms=duration_ms, ward_id=None, trace="t"))
    [record] = caplog.records
    assert record.levelno == level
    assert "database.query.slow" in record.message


def test_that_a_statement_on_the_server_is_found_slow_under_the_trace_of_its_use_case(database):
    told = []
    database.events.subscribe(told.append)
    database._measures._slow_s = 0.01

    @unhurried
    def twice(tx):
        for _ in range(2):
            tx.execute("SELECT pg_sleep(0.02)")

    database.read(None, twice)
    database.read(None, twice)
    traces = [slow.trace for slow in told]
    assert len(traces) == 4
    assert traces[0] == traces[1] != traces[2] == traces[3]


@pytest.mark.parametrize("signed_in_as", ["nora", None])
def test_that_a_server_that_is_told_knows_the_trace_of_each_use_case(
    station_settings, nurse, signed_in_as
):
    """[H18] As long as the use case runs: whoever has the connection next has no name left."""
    name = "SELECT current_setting('application_name')"
    actor = nurse if signed_in_as else None
    tuning = Tuning(metrics=MetricsSettings(trace_on_server=True))
    with closing(Database.connect(station_settings(), STATION_PASSWORD, tuning)) as told:

        def asked(tx):
            return trace.get(), tx.value(name)

        traces = {told.run(actor, asked), told.read(actor, asked)}
        assert len(traces) == 2
        assert all(shown == f"ward-app {known}" for known, shown in traces)
        with told._connections.lent() as connection:
            assert connection.execute(name).fetchone() == ("ward-app",)


def test_that_a_server_is_told_no_trace_unless_it_is_wanted(database, nurse):
    """[H18]"""
    assert database.run(nurse, lambda tx: tx.value("SHOW application_name")) == "ward-app"


def test_that_a_subscriber_that_fails_disturbs_nobody(events, told, caplog):
    """[H16]"""

    def stumble(_event):
        raise KeyError("Okafor")

    late = []
    events.subscribe(stumble)
    leave = events.subscribe(late.append)
    happened = PoolExhausted(pool_size=4, active_connections=4)
    events.tell(happened)
    leave()
    events.tell(HealthRecovered(status="healthy", latency_ms=1))
    assert told[0] is happened
    assert late == [happened]
    assert len(told) == 2
    assert "KeyError" in caplog.text
    assert "Okafor" not in caplog.text


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 'it''s' , 4.5", "SELECT ? , ?"),
        ("SELECT  a\n\tFROM b2 WHERE c=%s", "SELECT a FROM b2 WHERE c=%s"),
    ],
)
def test_that_the_words_of_a_statement_have_no_value(sql, words):
    assert words_of(sql) == words
