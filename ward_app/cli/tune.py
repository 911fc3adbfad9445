"""`wardctl tune`: what the server's settings should be; nothing is changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.pool_plan import RESERVED
from ward_app.operations.server_config import ServerSize, read_memory
from ward_app.operations.upkeep import tuning

_PER_STATION = 5


def tune(
    ram: Annotated[str, typer.Option(help="Memory for PostgreSQL, such as 16GB.")],
    cores: Annotated[int, typer.Option(min=1, help="Of the server's processors.")] = 4,
    workstations: Annotated[int | None, typer.Option(min=1, help="That run at once.")] = None,
    dsn: DsnOption = None,
    *,
    ssd: Annotated[bool, typer.Option(help="Whether the data lie on solid-state disks.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Compare the server's settings with what is advised for its computer; change nothing."""
    target = target_dsn(dsn)
    size = ServerSize(read_memory(ram), ssd, _connections(workstations))
    advised = tuning.proposals(size, cores)
    found = tuning.deviations(target, advised, database=database_name(target))
    roles = tuning.of_roles(size)
    if as_json:
        told = {"settings": [asdict(one) for one in found], "roles": list(roles.values())}
        typer.echo(json.dumps(told, indent=2))
        return
    for one in found:
        when = "restart" if one.restarts else "reload"
        typer.echo(f"{one.name} = {one.advised}    # is {one.is_so}; needs a {when}")
    if not found:
        typer.echo("The settings are as advised.")
    typer.echo("For roles, once, as administrator:")
    for statement in roles.values():
        typer.echo(f"{statement};")
    typer.echo(
        "Put settings into ward.conf beside postgresql.conf (wardctl server-config postgresql), "
        "not into ALTER SYSTEM, which keeps a list of names as one name; then "
        "wardctl server-config check."
    )


def _connections(workstations: int | None) -> int:
    least = ServerSize(1024).max_connections
    return least if workstations is None else max(least, workstations * _PER_STATION + RESERVED)
