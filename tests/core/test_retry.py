"""What is tried again after which failure: every row of the table, on a clock that is made up."""

from __future__ import annotations

import threading

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.database_errors import NoneFreeError, ward_error
from ward_app.core.errors import OutcomeUnknownError
from ward_app.core.reading import Reading
from ward_app.core.retry import REMEDIES, Course, Remedy, RetryPolicy, remedy
from ward_app.core.settings_groups import RetrySettings


class MadeUpClock:
    """Stands still but for who sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds) -> None:
        self.slept.append(seconds)
        self.now += seconds


class NoConnections:
    def __init__(self) -> None:
        self.closing, self.checks = threading.Event(), 0

    def discard_dead(self) -> None:
        self.checks += 1


def driver_error(state):
    return psycopg.errors.lookup(state)() if state else psycopg.OperationalError("broken pipe")


def refusal(text="the database system is starting up"):
    error = PoolTimeout(text)
    error.__cause__ = psycopg.OperationalError(text)
    return error


class Case:
    """A use case that fails so often with one error, then comes to "done"."""

    def __init__(self, cause, failures=99, *, is_read=False, settings=None, **policy) -> None:
        self.clock, self.connections, self.tries = MadeUpClock(), NoConnections(), 1
        self._cause, self._failures = cause, failures
        policy = {"connect_within_s": 5} | policy
        made = RetryPolicy.of(settings or RetrySettings(), connect_within_s=1)
        known = {name: getattr(made, name) for name in made.__slots__} | policy
        known |= {"clock": self.clock, "sleep": self.clock.sleep}
        terms = Reading(float("inf")) if is_read else None
        self.course = Course(RetryPolicy(**known), terms, self.clock(), self.connections)

    def failure(self):
        told = ward_error(self._cause)
        told.__cause__ = self._cause
        return told

    def attempt(self):
        self.tries += 1
        if self.tries <= self._failures:
            raise self.failure()
        return "done"

    def run(self):
        try:
            return self.course.go_on(self.attempt, self.failure())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error


# the house's table: SQLSTATE -> tries of a change, tries of a read, pauses in whole seconds
TABLE = {
    "40001": (4, 4, False),
    "40P01": (4, 4, False),
    "55P03": (2, 2, False),
    "53300": (4, 4, True),
    "57P03": (4, 4, True),
    "57P01": (4, 4, False),
    "57P02": (4, 4, False),
    "08006": (4, 4, False),
    "08003": (4, 4, False),
    "08001": (4, 4, False),
    "25P03": (4, 4, False),
    "25006": (4, 4, False),
    "08007": (4, 4, False),
    "57014": (1, 2, False),
    "23505": (1, 1, False),
    "23503": (1, 1, False),
    "23514": (1, 1, False),
    "23P01": (1, 1, False),
    "42501": (1, 1, False),
    "28P01": (1, 1, False),
    "28000": (1, 1, False),
    "40002": (1, 1, False),
    "22003": (1, 1, False),
    "22P02": (1, 1, False),
    "P0001": (1, 1, False),
}


@pytest.mark.parametrize("is_read", [False, True])
@pytest.mark.parametrize("state", TABLE)
def test_that_each_failure_is_tried_again_as_often_as_the_table_says(state, is_read):
    """[Q08] [Q10] [Q11]"""
    changes, reads, pauses = TABLE[state]
    case = Case(driver_error(state), is_read=is_read, connect_within_s=60)
    assert isinstance(case.run(), Exception)
    assert case.tries == (reads if is_read else changes)
    grown = [1, 2, 4] if pauses else [0] * (case.tries - 1)
    for slept, wanted in zip(case.clock.slept, grown, strict=True):
        assert 0.8 * wanted <= slept <= 1.2 * wanted + 0.05


def test_that_the_table_of_the_program_has_nothing_that_is_not_tried_here():
    assert REMEDIES.keys() <= TABLE.keys()


@pytest.mark.parametrize("state", ["WA001", "WA401", "WA404", "P0003"])
def test_that_a_rule_of_the_ward_is_never_tried_again(state):
    error = psycopg.errors.lookup("P0001")()
    error.sqlstate = state
    assert remedy(error, is_read=True) is Remedy.NEVER


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), Remedy.ANEW),
        (psycopg.errors.ProtocolViolation("server conn crashed?"), Remedy.ANEW),
        (refusal(), Remedy.LATER),
        (refusal('password authentication failed for user "ws_a"'), Remedy.NEVER),
        (refusal("certificate verify failed"), Remedy.NEVER),
        (refusal("sorry, too many clients already"), Remedy.LATER),
        (NoneFreeError("4 in use"), Remedy.NEVER),
        (PoolTimeout("no answer at all"), Remedy.NEVER),
        (NoAnswerError("no answer within 60 s"), Remedy.NEVER),
        (psycopg.ProgrammingError("a bug"), Remedy.NEVER),
        (ZeroDivisionError(), Remedy.NEVER),
        (None, Remedy.NEVER),
    ],
)
def test_that_what_has_no_sqlstate_is_told_by_its_kind(error, wanted):
    assert remedy(error, is_read=False) is wanted


def test_that_what_helps_once_is_the_end_of_it():
    case = Case(driver_error("40001"), failures=2)
    assert case.run() == "done"
    assert case.tries == 3


def test_that_a_lost_connection_has_the_dead_thrown_out_before_each_try():
    case = Case(driver_error(None))
    case.run()
    assert case.connections.checks == 4  # the last time for who comes next


def test_that_a_connection_that_died_unseen_is_replaced_without_a_pause():
    """After a restart every connection is such a one, and somebody looks at an old board."""
    case = Case(driver_error(None), failures=1)
    assert case.run() == "done"
    assert case.clock.slept == [0]
    case = Case(driver_error("40P01"), failures=1)
    assert case.run() == "done"
    assert case.clock.slept[0] > 0, "two who met in a deadlock would meet again"


def test_that_a_server_out_of_reach_is_given_up_within_the_time_to_connect():
    """[L08]"""
    case = Case(refusal())
    case.run()
    assert case.tries == 3
    assert case.clock.now - 1_000 <= 5


def test_that_no_try_begins_after_the_deadline():
    case = Case(driver_error("53300"), connect_within_s=60, deadline_s=2)
    case.run()
    assert case.tries == 2


def test_that_tries_and_pauses_are_those_of_the_settings():
    settings = RetrySettings(max=2, delay_ms=500, backoff=3, jitter=0, deadline_s=60)
    case = Case(driver_error("57P03"), settings=settings, connect_within_s=60)
    case.run()
    assert case.clock.slept == [0.5, 1.5]


def test_that_nothing_is_tried_again_once_the_program_closes():
    case = Case(refusal())
    case.connections.closing.set()
    case.run()
    assert case.tries == 1


def test_that_an_unknown_outcome_is_remembered_whatever_comes_after():
    case = Case(refusal())
    lost = OutcomeUnknownError("not known")
    lost.__cause__ = driver_error(None)
    failures = [case.failure()]

    def attempt():
        raise failures[0]

    with pytest.raises(type(failures[0])):
        case.course.go_on(attempt, lost)
    assert case.course.unknown is lost
