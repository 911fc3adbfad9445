"""`wardctl report`: what the server says of itself, for IT."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import typer

from ward_app.cli import monitor
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.monitor.kinds import Kind
from ward_app.operations.replication import Replication, hints
from ward_app.operations.replication import replication as look_at
from ward_app.operations.sizes import size_text

app = typer.Typer(help="What the server says of itself.", no_args_is_help=True)


@app.command()
def vacuum(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell which tables have dead rows, when they were tidied, and when that comes by itself."""
    monitor.show(dsn, (Kind.BLOAT,), as_json=as_json)


@app.command()
def replication(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell who copies the server, how far behind, what is kept for whom, and what to do."""
    target = target_dsn(dsn)
    found = look_at(target, database=database_name(target))
    advice = list(hints(found))
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"hints": advice}, indent=2))
        return
    for line in _lines(found):
        typer.echo(line)
    for hint in advice:
        typer.echo(f"! {hint}")


def _lines(found: Replication) -> Iterator[str]:
    if found.is_standby:
        lag = "unknown" if found.lag_s is None else f"{found.lag_s:.1f} s"
        yield f"This server is a standby. Behind its primary: {lag}."
    else:
        yield "This server is a primary."
    for one in found.standbys:
        where = f" at {one.address}" if one.address else ""
        yield (
            f"Standby {one.name}{where}: {one.state}, {one.sync_state}, {one.replay_lag_s:.1f} s "
            f"and {size_text(one.behind_bytes)} behind."
        )
    for slot in found.slots:
        use = "in use" if slot.active else "not in use"
        yield f"Slot {slot.name}: {use}, keeps {size_text(slot.retained_bytes)}."
    for name, value in found.settings.items():
        yield f"{name} = {value or '(empty)'}"
