"""`wardctl maintenance`: statistics, dead rows and the months of the logs, by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.partitions import partitions
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.sizes import size_text
from ward_app.operations.upkeep import maintenance
from ward_app.operations.upkeep.maintenance import Tidied, Work

app = typer.Typer(
    help="Tidy tables by hand; the server does it by itself, later.", no_args_is_help=True
)
app.command()(partitions)

TableOption = Annotated[
    str | None, typer.Option(help="One table, such as report.vital_signs; usually all.")
]


@app.command()
def analyze(
    dsn: DsnOption = None, table: TableOption = None, *, as_json: JsonOption = False
) -> None:
    """Bring the planner's statistics up to date; nobody waits for it."""
    _tidy(dsn, Work.ANALYZE, table, as_json=as_json)


@app.command()
def vacuum(
    dsn: DsnOption = None,
    table: TableOption = None,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Write one table anew; nobody can use it meanwhile.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take dead rows away, bring statistics up to date; nobody waits, except with --full."""
    if full and table is not None and not yes:
        typer.confirm(
            f"VACUUM FULL locks {table}: nobody reads or saves there until it is done, and it "
            "needs as much free disk as the table has. Go on?",
            abort=True,
            err=as_json,
        )
    _tidy(dsn, Work.FULL if full else Work.VACUUM, table, as_json=as_json)


def _tidy(dsn: str | None, work: Work, table: str | None, *, as_json: bool) -> None:
    target = target_dsn(dsn)
    database, say = database_name(target), _say_nothing if as_json else _say
    done = maintenance.tidy(target, work, table, database=database, done=say)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in done], indent=2))
        return
    typer.echo(f"{len(done)} tables, {sum(one.seconds for one in done):.1f} s.")


def _say_nothing(_: Tidied) -> None:
    return


def _say(one: Tidied) -> None:
    before, after = size_text(one.bytes_before), size_text(one.bytes_after)
    sizes = before if before == after else f"{before}, now {after}"
    typer.echo(f"{one.table}: {one.seconds:.1f} s, {sizes}")
