"""`wardctl health`: whether the ward database answers, and how fast."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ward_app.cli.passphrase import StationOption
from ward_app.cli.station_database import station_database
from ward_app.cli.target import DsnOption
from ward_app.core.health import Health, HealthStatus
from ward_app.operations.server_facts import ServerFacts, server_facts

_EXIT = {HealthStatus.HEALTHY: 0, HealthStatus.DEGRADED: 1, HealthStatus.DOWN: 2}


def health(
    dsn: DsnOption = None,
    station_passphrase_fd: StationOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
    db: Annotated[bool, typer.Option("--db", help="Also what the server counts.")] = False,
) -> None:
    """Look once; the exit status is 1 when the database is slow or busy, 2 when it is down."""
    with station_database(dsn, station_passphrase_fd) as database:
        found = database.look()
        wanted = db and found.status is not HealthStatus.DOWN
        facts = database.read(None, server_facts) if wanted else None
    if as_json:
        typer.echo(json.dumps(document(found, facts), indent=2))
    else:
        for line in _lines(found, facts):
            typer.echo(line)
    raise typer.Exit(_EXIT[found.status])


def document(found: Health, facts: ServerFacts | None) -> dict[str, Any]:
    """Return a look as other programs read it; latencies in ms."""
    made: dict[str, Any] = {
        "healthy": found.status is HealthStatus.HEALTHY,
        "status": found.status.value,
        "latency": found.latency_ms,
        "problem": found.problem,
        "pool": asdict(found.pool),
    }
    return made if facts is None else made | {"database": asdict(facts)}


def _lines(found: Health, facts: ServerFacts | None) -> list[str]:
    pool = found.pool
    answered = f" Answered in {found.latency_ms:.1f} ms." if found.latency_ms is not None else ""
    lines = [
        f"Status: {found.status}.{answered}" + (f" {found.problem}" if found.problem else ""),
        f"Connections of this command: {pool.total} of {pool.max}, {pool.in_use} in use.",
    ]
    if facts is not None:
        lines += [f"{name}: {value}" for name, value in asdict(facts).items() if value is not None]
    return lines
