"""`wardctl health`: whether the ward database answers, and how fast."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.station_database import station_database
from ward_app.cli.target import DsnOption
from ward_app.core.connections import PoolStats
from ward_app.core.errors import ConfigurationError
from ward_app.core.health import Health, HealthStatus
from ward_app.core.replicas import ReplicaHealth
from ward_app.operations.server_facts import ServerFacts, server_facts

_EXIT = {HealthStatus.HEALTHY: 0, HealthStatus.DEGRADED: 1, HealthStatus.DOWN: 2}


def health(
    dsn: DsnOption = None,
    station_passphrase_fd: StationOption = None,
    *,
    as_json: JsonOption = False,
    db: Annotated[bool, typer.Option("--db", help="Also what the server counts.")] = False,
) -> None:
    """Look once; the exit status is 1 when the database is slow or busy, 2 when it is down."""
    try:
        with station_database(dsn, station_passphrase_fd) as database:
            found = database.look()
            replica = database.replica.health() if database.replica else None
            wanted = db and found.status is not HealthStatus.DOWN
            facts = database.read(None, server_facts) if wanted else None
    except ConfigurationError as error:
        # whoever watches by the exit status is told that nobody can work, and why
        found, replica, facts = _without_way(error), None, None
    if as_json:
        typer.echo(json.dumps(document(found, facts, replica), indent=2))
    else:
        for line in words(found, facts, replica):
            typer.echo(line)
    raise typer.Exit(_EXIT[overall(found, replica)])


def _without_way(error: ConfigurationError) -> Health:
    """Return the look at a database that there is no way to: no connection was tried."""
    none = PoolStats(total=0, idle=0, in_use=0, waiting=0, max=0, errors=0)
    return Health(status=HealthStatus.DOWN, latency_ms=None, pool=none, problem=str(error))


def overall(found: Health, replica: ReplicaHealth | None) -> HealthStatus:
    """Return the status of both: without its replica a healthy database is degraded."""
    is_whole = replica is None or replica.healthy
    if found.status is HealthStatus.HEALTHY and not is_whole:
        return HealthStatus.DEGRADED
    return found.status


def document(
    found: Health, facts: ServerFacts | None, replica: ReplicaHealth | None = None
) -> dict[str, Any]:
    """Return a look as other programs read it; latencies in ms, None where there is no replica."""
    status = overall(found, replica)
    made: dict[str, Any] = {
        "healthy": status is HealthStatus.HEALTHY,
        "status": status.value,
        "latency": found.latency_ms,
        "problem": found.problem,
        "pool": asdict(found.pool),
        "replica": _replica(replica),
    }
    return made if facts is None else made | {"database": asdict(facts)}


def _replica(replica: ReplicaHealth | None) -> dict[str, Any] | None:
    if replica is None:
        return None
    return {
        "healthy": replica.healthy,
        "latency": replica.latency_ms,
        "lag_s": replica.lag_s,
        "problem": replica.reason,
    }


def words(
    found: Health, facts: ServerFacts | None, replica: ReplicaHealth | None = None
) -> list[str]:
    """Return a look as people read it, line by line."""
    pool = found.pool
    answered = f" Answered in {found.latency_ms:.1f} ms." if found.latency_ms is not None else ""
    lines = [
        f"Status: {overall(found, replica)}.{answered}"
        + (f" {found.problem}" if found.problem else ""),
        f"Connections of this command: {pool.total} of {pool.max}, {pool.in_use} in use.",
    ]
    if replica is not None:
        lines.append(_replica_line(replica))
    if facts is not None:
        lines += [f"{name}: {value}" for name, value in asdict(facts).items() if value is not None]
    return lines


def _replica_line(replica: ReplicaHealth) -> str:
    if replica.healthy:
        return f"Replica: answered in {replica.latency_ms:.1f} ms, {replica.lag_s:.1f} s behind."
    return f"Replica: not read. {replica.reason}"
