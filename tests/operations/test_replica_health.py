"""What `wardctl health` says of the replica: apart from the primary, never better than known."""

from __future__ import annotations

import pytest

from ward_app.cli.health import document, words
from ward_app.core.connections import PoolStats
from ward_app.core.health import Health, HealthStatus
from ward_app.core.replica_state import UNKNOWN_LAG, UNREACHABLE
from ward_app.core.replicas import ReplicaHealth

POOL = PoolStats(total=1, idle=1, in_use=0, waiting=0, max=1, errors=0)
WELL = ReplicaHealth(healthy=True, latency_ms=1.5, lag_s=0.0, reason="")
AWAY = ReplicaHealth(healthy=False, latency_ms=None, lag_s=None, reason=UNREACHABLE)
CUT_OFF = ReplicaHealth(healthy=False, latency_ms=2.0, lag_s=None, reason=UNKNOWN_LAG)


def look(status):
    answered = None if status is HealthStatus.DOWN else 3.0
    return Health(status=status, latency_ms=answered, pool=POOL)


def test_that_the_replica_is_told_apart_with_its_own_latency():
    """[R03] [H02]"""
    told = document(look(HealthStatus.HEALTHY), None, WELL)
    assert (told["healthy"], told["latency"]) == (True, 3.0)
    assert told["replica"] == {"healthy": True, "latency": 1.5, "lag_s": 0.0, "problem": ""}


def test_that_without_a_replica_none_is_told():
    assert document(look(HealthStatus.HEALTHY), None)["replica"] is None
    assert not any("Replica" in line for line in words(look(HealthStatus.HEALTHY), None))


@pytest.mark.parametrize("replica", [AWAY, CUT_OFF])
@pytest.mark.parametrize(
    ("primary", "both"),
    [
        (HealthStatus.HEALTHY, "degraded"),
        (HealthStatus.DEGRADED, "degraded"),
        (HealthStatus.DOWN, "down"),
    ],
)
def test_that_a_database_whose_replica_is_not_read_is_degraded(replica, primary, both):
    """[H03]"""
    told = document(look(primary), None, replica)
    assert (told["status"], told["healthy"]) == (both, False)
    assert told["replica"]["lag_s"] is None


def test_that_the_words_say_how_far_it_is_behind_or_why_it_is_not_read():
    healthy = look(HealthStatus.HEALTHY)
    assert "Replica: answered in 1.5 ms, 0.0 s behind." in words(healthy, None, WELL)
    assert f"Replica: not read. {UNKNOWN_LAG}" in words(healthy, None, CUT_OFF)
    assert words(healthy, None, AWAY)[0].startswith("Status: degraded.")
