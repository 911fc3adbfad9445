"""Reads on a real standby: what goes there, never older than one's own work, while it is fit."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.resilience.server.waiting import until
from tests.steps import a_set, admit, ago, open_first
from ward_app.audit.queries import trail_page
from ward_app.audit.service import open_trail
from ward_app.audit.types import Question, Wanted
from ward_app.core.database import Actor, Database
from ward_app.core.errors import DatabaseUnavailableError, SignInRequiredError
from ward_app.core.events import ReplicaBack, ReplicaLeft
from ward_app.core.reading import _MAY_LAG, may_lag
from ward_app.core.replica_state import UNKNOWN_LAG, UNREACHABLE
from ward_app.observations.service import record_observations
from ward_app.staff.queries import account_history, sign_ins
from ward_app.staff.service import sign_in, sign_out
from ward_app.timeliness.queries import dues
from ward_app.timeliness.types import Work

_PAUSE_STATE = "SELECT pg_get_wal_replay_pause_state()"


@may_lag
def whereabouts(tx):
    """Return whether a standby answered."""
    return tx.value("SELECT pg_is_in_recovery()")


@may_lag
def saved_sets(tx):
    """Return whether a standby answered, and the ids of all sets to be seen."""
    rows = tx.tuples("SELECT id FROM report.vital_signs")
    return whereabouts(tx), {row_id for (row_id,) in rows}


def not_marked(tx):
    return whereabouts(tx)


def on_standby(query):
    """Return the query, marked as it is, telling whether a standby answered it without a fault."""
    assert getattr(query, _MAY_LAG)

    def asked(tx, *args, **kwargs):
        query(tx, *args, **kwargs)
        return whereabouts(tx)

    return may_lag(asked)


@pytest.fixture
def station(shared_server, following):
    """A workstation that reads what may lag from the standby."""
    there = following.cluster
    settings = replace(
        shared_server.settings(),
        replica_url=f"host={there.socket_dir} port={there.port}",
        connect_timeout_s=2,
    )
    database = Database.connect(settings, STATION_PASSWORD)
    yield database
    database.close()


@pytest.fixture
def told(station):
    events = []
    station.events.subscribe(events.append)
    return events


@pytest.fixture
def nora(station):
    return Actor(station.run(None, sign_in, "nora", world.PASSWORD).token)


@pytest.fixture
def reads_there(station, nora):
    """Return after the first answer of the standby, which may have had to be connected to."""
    until(lambda: station.read(nora, whereabouts))


@pytest.mark.usefixtures("reads_there")
def test_that_only_marked_reads_go_to_the_standby(station, nora):
    """[R01] [Q06] [Q07]"""
    assert station.read(nora, whereabouts) is True
    assert station.read(nora, not_marked) is False
    assert station.run(nora, whereabouts) is False


@pytest.mark.usefixtures("reads_there")
def test_that_every_read_sees_what_was_saved_just_before(station, nora):
    """[R08] However far the standby is: it is waited for, or the primary is asked."""
    stay = admit(station, nora, label="1")
    open_first(station, nora)
    for _ in range(30):
        wish = a_set(stay)
        station.run(nora, record_observations, wish)
        _, seen = station.read(nora, saved_sets)
        assert wish.id in seen


@pytest.mark.usefixtures("reads_there")
def test_that_a_standby_that_does_not_get_on_is_not_waited_for(station, nora, following):
    """[R02]"""
    stay = admit(station, nora, label="2")
    open_first(station, nora)
    wish = a_set(stay)
    following.ask("postgres", "SELECT pg_wal_replay_pause()")
    try:
        until(lambda: following.ask("postgres", _PAUSE_STATE) == [("paused",)])
        station.run(nora, record_observations, wish)
        by_standby, seen = station.read(nora, saved_sets)
        assert (by_standby, wish.id in seen) == (False, True)
    finally:
        following.ask("postgres", "SELECT pg_wal_replay_resume()")
    until(lambda: station.read(nora, saved_sets)[0])
    assert wish.id in station.read(nora, saved_sets)[1]


@pytest.mark.usefixtures("reads_there")
@pytest.mark.parametrize("work", Work)
def test_that_the_timeliness_report_is_answered_by_the_standby(station, nora, work):
    """[R04]"""
    wards, day = (world.id_of("east"),), {"since": ago(600), "until": ago(0)}
    until(lambda: station.read(nora, on_standby(dues), work, wards, **day))


@pytest.mark.usefixtures("reads_there")
def test_that_reviews_of_audit_and_accounts_are_answered_by_the_standby(station):
    """[R04] What opens the trail was written a moment ago."""
    her = station.run(None, sign_in, "audrey", world.PASSWORD)
    auditor = Actor(her.token)
    station.run(auditor, open_trail, "Everything")
    wanted = Wanted(question=Question.EVERYTHING, since=ago(600), until=ago(-600))
    until(lambda: station.read(auditor, on_standby(trail_page), wanted))
    until(lambda: station.read(auditor, on_standby(sign_ins), her.user_id))
    admin = Actor(station.run(None, sign_in, "ada", world.PASSWORD).token)
    until(lambda: station.read(admin, on_standby(account_history), her.user_id))


def test_that_a_read_that_may_lag_can_change_nothing_on_the_primary_either(shared_server):
    """[R01] So a change that was marked by mistake shows with a single server too."""
    database, nora = shared_server.enter("nora", "ws_alpha")
    stay = may_lag(lambda tx: tx.execute("UPDATE report.vital_signs SET note = 'x'"))
    with pytest.raises(DatabaseUnavailableError) as refused:
        database.read(nora, stay)
    assert isinstance(refused.value.__cause__, psycopg.errors.ReadOnlySqlTransaction)


@pytest.mark.usefixtures("reads_there")
def test_that_a_session_that_was_signed_out_reads_nothing_on_the_standby(station, nora):
    station.run(nora, sign_out)
    with pytest.raises(SignInRequiredError):
        station.read(nora, whereabouts)


@pytest.mark.usefixtures("reads_there")
def test_that_a_standby_that_is_gone_is_left_and_used_again(station, nora, following, told):
    """[R02]"""
    following.cluster.stop()
    assert station.read(nora, whereabouts) is False
    until(lambda: ReplicaLeft(reason=UNREACHABLE) in told or station.read(nora, whereabouts))
    assert not station.replica.is_serving
    assert not station.replica.health().healthy
    following.cluster.start()
    until(lambda: station.read(nora, whereabouts))
    assert told == [ReplicaLeft(reason=UNREACHABLE), ReplicaBack()]


@pytest.mark.usefixtures("reads_there")
def test_that_a_standby_without_its_primary_is_not_read(station, nora, shared_server, told):
    """[R05]"""
    shared_server.kill()
    until(lambda: station.replica.health().lag_s is None)
    assert station.replica.health().reason == UNKNOWN_LAG
    with pytest.raises(DatabaseUnavailableError):
        station.read(nora, whereabouts)
    shared_server.start()
    until(lambda: station.read(nora, whereabouts))
    assert told[-1] == ReplicaBack()
    health = station.replica.health()
    assert (health.healthy, health.reason) == (True, "")
    assert health.latency_ms > 0
