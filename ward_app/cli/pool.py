"""`wardctl pool` and `wardctl pgbouncer`: how many connections, and who shares them."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.core.settings import PoolSettings, load_settings
from ward_app.operations import pgbouncer_config, pool_plan
from ward_app.operations.bootstrap import DATABASE
from ward_app.operations.pgbouncer_config import PoolerPlace, PoolSizes
from ward_app.operations.pool_plan import Fleet

pool_app = typer.Typer(help="Connections of the hospital's workstations.", no_args_is_help=True)
pgbouncer_app = typer.Typer(
    help="PgBouncer between many workstations and the server.", no_args_is_help=True
)
_DOES_NOT_FIT = 2

CoresOption = Annotated[int, typer.Option(min=1, help="Cores of the server.")]
SpindlesOption = Annotated[int, typer.Option(min=0, help="Its disks; a solid-state disk is one.")]


@pool_app.command()
def plan(
    cores: CoresOption,
    workstations: Annotated[int, typer.Option(min=1, help="How many run at once.")],
    spindles: SpindlesOption = 1,
    max_connections: Annotated[int, typer.Option(min=1, help="Of the server.")] = 100,
    *,
    pooled: Annotated[bool, typer.Option("--pgbouncer", help="PgBouncer is between.")] = False,
) -> None:
    """Say how many connections the hospital needs; the exit status is 2 when they do not fit."""
    pool = _pool()
    fleet = Fleet(
        cores=cores,
        spindles=spindles,
        workstations=workstations,
        pool_max=pool.max,
        budget=pool.fleet_budget,
        max_connections=max_connections,
        pooled=pooled,
    )
    for line in (*pool_plan.lines(fleet), *pool_plan.advice(fleet)):
        typer.echo(line)
    wrong = list(pool_plan.problems(fleet))
    for line in wrong:
        typer.echo(line, err=True)
    raise typer.Exit(_DOES_NOT_FIT if wrong else 0)


@pgbouncer_app.command("config")
def config(
    workstations: Annotated[
        int | None, typer.Option(min=1, help="Sizes for so many, each with a role of its own.")
    ] = None,
    cores: CoresOption = 4,
    server: Annotated[
        str, typer.Option(help="Host or folder of the socket of PostgreSQL.")
    ] = "/run/postgresql",
    server_ca: Annotated[str, typer.Option(help="Who signs the server's certificate.")] = "",
    database: Annotated[str, typer.Option(help="The ward database.")] = DATABASE,
) -> None:
    """Print pgbouncer.ini, and how to make the list of its users."""
    pool = _pool()
    sizes = PoolSizes()
    if workstations is not None:
        active = cores * 2 + 1
        sizes = pgbouncer_config.sizes_for(
            workstations, pool.max, active=active, budget=pool.fleet_budget
        )
    place = PoolerPlace(database=database, server=server, server_ca=server_ca)
    typer.echo(pgbouncer_config.ini(place, sizes), nl=False)


def _pool() -> PoolSettings:
    return load_settings().database.pool
