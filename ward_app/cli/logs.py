"""`wardctl logs`: what the server's log says that matters."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.monitor.snapshots import period_of
from ward_app.operations.upkeep import slow_log
from ward_app.operations.upkeep.slow_log import SlowStatements

app = typer.Typer(help="What the server's log says that matters.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Keep the command's name, though it is the only one."""


@app.command()
def slow(
    dsn: DsnOption = None,
    file: Annotated[
        Path | None, typer.Option(help="A log file of the server; no server is asked then.")
    ] = None,
    over_ms: Annotated[float, typer.Option(min=0, help="Slower than so many ms.")] = 1000,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only the last hours or days, such as 24h or 7d; of a file: before its last line."
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List slow statements, the costliest first, without values.

    From the end of the server's log, which has what log_min_duration_statement lets it write;
    where it has none, from pg_stat_statements: then those that are slow on average.
    """
    found = _found(dsn, file, over_ms, None if since is None else period_of(since))
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    typer.echo(f"Slower than {over_ms:.0f} ms, from {found.source}:")
    if not found.statements:
        typer.echo("None.")
    for one in found.statements:
        last = f", last at {one.last_at}" if one.last_at else ""
        typer.echo(
            f"{one.times} times, {one.total_ms:.0f} ms together, longest {one.longest_ms:.0f} ms"
            f"{last}"
        )
        typer.echo(f"    {one.statement}")


def _found(
    dsn: str | None, file: Path | None, over_ms: float, within: timedelta | None
) -> SlowStatements:
    if file is not None:
        return slow_log.in_file(file, over_ms=over_ms, within=within)
    target = target_dsn(dsn)
    return slow_log.on_server(
        target, database=database_name(target), over_ms=over_ms, within=within
    )
