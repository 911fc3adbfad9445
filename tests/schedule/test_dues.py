"""Every due time of random histories, held against the model; no set lost, none counted twice."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings

from tests import world
from tests.schedule.histories import LAST, START, Entered, at, histories
from tests.schedule.model import Event, schedule
from ward_app.operations.bootstrap import create_database, drop_database

DUES = """
SELECT ward_id, due_at, due_reason, outcome, deferral_reason, answer_id, minutes_late,
    first_due_at, first_reason
FROM report.dues(%s, NULL, %s)
"""
LATEST = "SELECT next_due_at, due_reason FROM report.latest_scores(%s) WHERE admission_id = %s"


@pytest.fixture(scope="module")
def books(server, template):
    """An administrator's connection to a database of this module; each history is rolled back."""
    name = f"ward_test_{uuid4().hex}"
    create_database(server.dsn("postgres"), name, template=template)
    with psycopg.connect(server.dsn(name)) as connection:
        connection.execute(f"SET timezone = '{world.TIME_ZONE}'")
        connection.execute("SET session_replication_role = origin")
        connection.commit()
        yield connection
    drop_database(server.dsn("postgres"), name)


@pytest.fixture
def entered(books):
    """Return a function that enters a history; the fixture's caller rolls back."""
    return lambda events: Entered(books, events)


def minute(moment):
    return None if moment is None else round((moment - START).total_seconds() / 60)


def rows_of(books, history):
    """Return the database's rows as the model writes them."""
    return [
        (
            history.wards.index(ward),
            minute(due_at),
            reason,
            outcome,
            why,
            history.minute_of.get(answer),
            late,
        )
        for ward, due_at, reason, outcome, why, answer, late, *_ in books.execute(
            DUES, (history.admission, at(LAST))
        )
    ]


def first_of(books, history):
    """Return when the schedule says that a set was first due and not measured since, and why."""
    for *_, outcome, _why, _answer, _late, due_at, reason in books.execute(
        DUES, (history.admission, at(LAST))
    ):
        if outcome == "open":
            return minute(due_at), reason
    return None, None


def wards_of(rows, history):
    """Return the model's rows with wards named as the database can: by their first place."""
    return [(history.wards.index(history.wards[row[0]]), *row[1:]) for row in rows]


many = settings(
    max_examples=250,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@many
@given(events=histories())
def test_that_every_due_time_is_that_of_the_model(books, entered, events):
    history = entered(events)
    try:
        expected = schedule(events, LAST)
        assert rows_of(books, history) == wards_of(expected.rows, history)
    finally:
        books.rollback()


# what the latest set and the last arrival ask for is the same minute
MEETING = [
    Event(0, "arrived"),
    Event(1, "measured"),
    Event(2, "arrived"),
    Event(226, "arrived"),
]

# between two moves it is planned to measure less often than the score asks
PLANNED_BETWEEN = [
    Event(0, "arrived"),
    Event(1, "measured", every=60),
    Event(2, "arrived"),
    Event(3, "planned", every=240, asked=60, until=500),
    Event(100, "arrived"),
]


@many
@example(events=MEETING)
@example(events=[*MEETING[:2], MEETING[3]])
@example(events=[*MEETING[:3], Event(227, "arrived")])
@example(events=[*MEETING[:3], Event(300, "arrived")])
@example(events=[*MEETING[:3], Event(3, "planned", asked=60), Event(300, "arrived")])
@example(events=PLANNED_BETWEEN)
@given(events=histories())
def test_that_the_board_shows_the_first_time_that_was_not_answered(books, entered, events):
    history = entered(events)
    try:
        expected = schedule(events, LAST)
        [(due_at, reason)] = books.execute(LATEST, (history.wards[-1], history.admission))
        assert (minute(due_at), reason) == (expected.since, expected.since_reason or "paused")
        assert first_of(books, history) == (expected.since, expected.since_reason)
    finally:
        books.rollback()


@many
@given(events=histories())
def test_that_each_set_answers_one_due_time_and_none_is_lost(books, entered, events):
    history = entered(events)
    try:
        rows = rows_of(books, history)
        answered = [row[5] for row in rows if row[3] in ("on_time", "late")]
        assert answered == [event.at for event in events if event.kind == "measured"]
        assert sum(row[3] == "open" for row in rows) <= 1
        missed = [row[1] for row in rows if row[3] == "missed"]
        assert missed == sorted(set(missed))
    finally:
        books.rollback()
