"""`wardctl monitor`: the report on the server in ten parts, for people, programs and browsers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from ward_app.cli.station_database import station_database
from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.database import Database, Transaction
from ward_app.core.settings import load_settings
from ward_app.operations.monitor.kinds import Kind, Machine
from ward_app.operations.monitor.machine import is_here, this_machine
from ward_app.operations.monitor.reading import read_figures
from ward_app.operations.monitor.report import Report, document, report
from ward_app.operations.monitor.text import lines_of

app = typer.Typer(
    help="What the server counts about itself, and what to do.", invoke_without_command=True
)


@app.callback()
def monitor(
    context: typer.Context,
    dsn: DsnOption = None,
    only: Annotated[
        list[Kind] | None, typer.Option(help="This part alone; may be said again.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """Look at the server and change nothing."""
    if context.invoked_subcommand is not None:
        return
    with server(dsn) as (database, is_local):
        made = looked(database, tuple(only or Kind), is_local=is_local)
    if as_json:
        typer.echo(json.dumps(document(made), indent=2, default=str))
    else:
        for line in lines_of(made):
            typer.echo(line)


@contextmanager
def server(dsn: str | None) -> Iterator[tuple[Database, bool]]:
    """Yield the database as a monitoring role reaches it, and whether it is on this computer."""
    target = target_dsn(dsn)
    parts = conninfo_to_dict(target)
    with station_database(target, None) as database:
        yield database, is_here(str(parts.get("host") or parts.get("hostaddr") or ""))


def looked(database: Database, kinds: tuple[Kind, ...], *, is_local: bool) -> Report:
    """Return the report of these kinds."""
    found = database.read(None, read_figures, kinds)
    machine = machine_of(database) if is_local and Kind.HOST in kinds else None
    return report(found, load_settings().alerts, machine)


def machine_of(database: Database) -> Machine:
    """Return what this computer tells, which the server runs on."""
    return this_machine(database.read(None, _data_dir))


def _data_dir(tx: Transaction) -> Path | None:
    told = tx.value("SELECT current_setting('data_directory', true)")
    return Path(told) if told else None
