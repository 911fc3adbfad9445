"""`kill -9` of the server and of its backends in the middle of saves.

Nothing that was acknowledged is missing, nothing is there twice, and whoever saves goes on in the
same process.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from tests.resilience.server.savers import Saver
from tests.soak import verdict
from ward_app.core.errors import DatabaseUnavailableError, OutcomeUnknownError

LONGEST_FAILURE_S = 8  # connect_timeout_s is 5; two busy cores
SENTENCES = {
    DatabaseUnavailableError: "cannot be reached. Nothing was saved; what you typed is kept",
    OutcomeUnknownError: "not known whether it was. Save again: nothing will be there twice",
}

WRITTEN = """
SELECT id, note FROM report.vital_signs
UNION ALL SELECT id, reason FROM admission.transfers
"""
LOGGED = """
SELECT row_id FROM audit.change_logs
WHERE action = 'CREATE' AND table_name IN ('vital_signs', 'transfers')
"""


@pytest.fixture
def savers(own_server):
    nora, bo = own_server.enter("nora", "ws_alpha"), own_server.enter("both", "ws_beta")
    return [
        Saver(*nora, "One", "east", ("1", "2")),
        Saver(*nora, "Two", "east", ("3", "4")),
        Saver(*bo, "Three", "east", ("9", "10")),
        Saver(*bo, "Four", "west", ("1", "2")),
    ]


@contextmanager
def at_work(savers):
    for saver in savers:
        saver.start()
    try:
        yield
    finally:
        for saver in savers:
            saver.enough.set()
        for saver in savers:
            saver.stop()
    assert [saver.leak for saver in savers if saver.leak] == []


def everybody_goes_on(savers, saves=10):
    """Wait until each of them was told "saved" so often more; somebody who gave up shows."""
    wanted = [len(saver.acknowledged) + saves for saver in savers]

    def some_behind():
        assert [saver.leak for saver in savers if saver.leak] == []
        return any(
            len(saver.acknowledged) < count for saver, count in zip(savers, wanted, strict=True)
        )

    Retrying(retry=retry_if_result(bool), stop=stop_after_delay(40), wait=wait_fixed(0.01))(
        some_behind
    )


def nothing_missing_nothing_twice(own_server, savers):
    acknowledged = [told for saver in savers for told in saver.acknowledged]
    assert Counter(own_server.ask(WRITTEN)) == Counter(acknowledged)
    assert Counter(own_server.ask(LOGGED)) == Counter((row_id,) for row_id, _ in acknowledged)
    with psycopg.connect(own_server.cluster.dsn(own_server.name), autocommit=True) as admin:
        assert verdict.double_occupancy(admin) == []
        assert verdict.lost_patients(admin) == []
        assert verdict.unlogged_rows(admin) == []


def some_were_hit(savers):
    """Whether the kill met somebody in the middle of a save, as it is meant to."""
    tries = sum(saver.tries for saver in savers)
    return tries > sum(len(saver.acknowledged) for saver in savers)


def told_clearly_and_soon(savers):
    for failure in [failure for saver in savers for failure in saver.failures]:
        assert SENTENCES[failure.kind] in failure.text
        assert failure.after_s < LONGEST_FAILURE_S


def test_that_killing_the_server_in_the_middle_of_saves_loses_and_doubles_nothing(
    own_server, savers
):
    assert own_server.ask("SHOW fsync") == [("on",)]
    with at_work(savers):
        everybody_goes_on(savers)
        for _ in range(3):
            own_server.kill()
            own_server.start()
            everybody_goes_on(savers)
    assert some_were_hit(savers)
    nothing_missing_nothing_twice(own_server, savers)
    told_clearly_and_soon(savers)


def test_that_killed_backends_lose_and_double_nothing(own_server, savers):
    """[P07] The server restarts by itself; the savers need not even notice."""
    with at_work(savers):
        everybody_goes_on(savers)
        for station in ("ws_alpha", "ws_beta", "ws_alpha"):
            own_server.kill_backends(station)
            everybody_goes_on(savers)
    assert some_were_hit(savers)
    nothing_missing_nothing_twice(own_server, savers)
    told_clearly_and_soon(savers)


def test_that_a_server_that_stays_away_is_told_soon_and_found_again(own_server, savers):
    one = savers[0]
    own_server.kill()
    with at_work([one]):
        Retrying(
            retry=retry_if_result(lambda found: not found),
            stop=stop_after_delay(40),
            wait=wait_fixed(0.01),
        )(lambda: one.failures)
        own_server.start()
        everybody_goes_on([one])
    assert {failure.kind for failure in one.failures} == {DatabaseUnavailableError}
    told_clearly_and_soon([one])
    nothing_missing_nothing_twice(own_server, [one])
