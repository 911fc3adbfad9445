"""`wardctl activity`: who is connected and what they do; ending what runs away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.upkeep import activity
from ward_app.operations.upkeep.activity import Session

app = typer.Typer(help="Who is connected, and what they do.", no_args_is_help=True)
_SHOWN_SIGNS = 120


@app.command("list")
def list_(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the connections: who works first, the longest first; statements without values."""
    target = target_dsn(dsn)
    found = activity.sessions(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    if not found:
        typer.echo("Nobody else is connected.")
    for one in found:
        typer.echo("\n".join(_lines(one)))


@app.command()
def cancel(
    pid: Annotated[int, typer.Argument(help="Process, as `wardctl activity list` tells it.")],
    dsn: DsnOption = None,
    *,
    terminate: Annotated[
        bool, typer.Option("--terminate", help="End its connection, not only its statement.")
    ] = False,
) -> None:
    """Cancel what a process does; what it had not saved is undone.

    The server's log says who did it. A workstation connects again by itself.
    """
    target = target_dsn(dsn)
    role = activity.end(target, pid, database=database_name(target), whole=terminate)
    what = "The connection" if terminate else "The statement"
    typer.echo(f"{what} of process {pid} ({role}) is ended.")


def _lines(one: Session) -> Iterator[str]:
    where = one.address or "this computer"
    program = f", {one.program}" if one.program else ""
    who = f"{one.pid}  {one.role} in {one.database} from {where}{program}"
    yield f"{who}: {one.state}, {one.for_s:.0f} s"
    if one.held_by:
        holders = ", ".join(str(pid) for pid in one.held_by)
        yield f"    waits for a lock that process {holders} holds"
    elif one.waits_for:
        yield f"    waits for {one.waits_for}"
    if one.statement:
        yield f"    {one.statement[:_SHOWN_SIGNS]}"
