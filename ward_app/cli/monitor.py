"""`wardctl monitor`: the report on the server in ten parts, for people, programs and browsers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from ward_app.cli import monitor_schedule
from ward_app.cli.options import JsonOption
from ward_app.cli.station_database import station_database
from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.database import Database, Transaction
from ward_app.core.environment import Environment
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.core.settings import load_settings
from ward_app.core.settings_operations import BackupEngine
from ward_app.operations.backup.engines import is_foreign
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.monitor.kinds import Kind, Machine
from ward_app.operations.monitor.machine import is_here, this_machine
from ward_app.operations.monitor.page import page
from ward_app.operations.monitor.reading import read_figures, with_machine_in
from ward_app.operations.monitor.report import Report, document, report
from ward_app.operations.monitor.snapshots import (
    Trend,
    keep_snapshot,
    period_of,
    read_snapshots,
    trend,
)
from ward_app.operations.monitor.text import lines_of, trend_lines
from ward_app.operations.prometheus import keep_file
from ward_app.operations.recovery.readiness import kept
from ward_app.operations.server_facts import server_facts

app = typer.Typer(
    help="What the server counts about itself, and what to do.", invoke_without_command=True
)
app.add_typer(monitor_schedule.app, name="schedule")


@app.callback()
def monitor(  # noqa: PLR0913 - the options of the command
    context: typer.Context,
    dsn: DsnOption = None,
    only: Annotated[
        list[Kind] | None, typer.Option(help="This part alone; may be said again.")
    ] = None,
    trend_of: Annotated[
        str | None, typer.Option("--trend", help="Also what grew in so many days, such as 30d.")
    ] = None,
    prom_dir: Annotated[
        Path | None,
        typer.Option(
            help="Also keep the figures for Prometheus in this folder, a file each time."
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
    as_html: Annotated[bool, typer.Option("--html", help="As one file for a browser.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it in the database, for --trend.")
    ] = False,
) -> None:
    """Look at the server; nothing is changed, and nothing kept unless it is asked for."""
    if context.invoked_subcommand is not None:
        return
    if as_json and as_html:
        raise RuleBrokenError("Choose one of --json and --html.")
    period = None if trend_of is None else period_of(trend_of)
    with server(dsn) as (database, is_local):
        asks_it = keep or prom_dir is not None or Kind.HOST in (only or Kind)
        machine = machine_of(database) if is_local and asks_it else None
        if keep:
            database.run(None, keep_snapshot, new_id(), machine)
        found = database.read(None, read_figures, tuple(only or Kind))
        grown = None if period is None else trend(database.read(None, read_snapshots, period))
        if prom_dir is not None:
            typer.echo(f"Written: {_kept(database, prom_dir, machine)}", err=True)
    made = report(found, load_settings().alerts, machine)
    typer.echo(_shown(made, grown, as_json=as_json, as_html=as_html))


def show(dsn: str | None, kinds: tuple[Kind, ...], *, as_json: bool) -> None:
    """Print the report of these kinds, of the database alone."""
    with server(dsn) as (database, _):
        found = database.read(None, read_figures, kinds)
    made = report(found, load_settings().alerts)
    typer.echo(_shown(made, None, as_json=as_json, as_html=False))


def _shown(made: Report, grown: Trend | None, *, as_json: bool, as_html: bool) -> str:
    if as_html:
        return page(made, grown)
    if as_json:
        told = {} if grown is None else {"trend": asdict(grown)}
        return json.dumps({**document(made), **told}, indent=2, default=str)
    lines = [*lines_of(made), *(trend_lines(grown) if grown is not None else ())]
    return "\n".join(lines)


def _kept(database: Database, folder: Path, machine: Machine | None) -> Path:
    """Write the file for Prometheus and return where it is; always all kinds.

    Raises:
        ConfigurationError: it cannot be written.
    """
    found = database.read(None, read_figures)
    facts = database.read(None, server_facts)
    figures = with_machine_in(found, machine).figures
    try:
        return keep_file(folder, facts, figures, found.taken_at)
    except OSError as error:
        raise ConfigurationError(
            f"The figures cannot be written to {folder}: {error.strerror}."
        ) from error


@contextmanager
def server(dsn: str | None) -> Iterator[tuple[Database, bool]]:
    """Yield the database as a monitoring role reaches it, and whether it is on this computer."""
    target = target_dsn(dsn)
    parts = conninfo_to_dict(target)
    with station_database(target, None) as database:
        yield database, is_here(str(parts.get("host") or parts.get("hostaddr") or ""))


def machine_of(database: Database) -> Machine:
    """Return what this computer tells, which the server runs on, and of its backups."""
    settings, now = load_settings(), datetime.now(UTC)
    facts = database.read(None, server_facts)
    found = kept(backup_folder(settings), facts.database, settings.backup, now)
    machine = this_machine(database.read(None, _data_dir))
    is_needed = settings.environment is Environment.PRODUCTION
    is_none = found.last_backup_at is None and not found.ahead
    is_unknown = bool(found.problem) and is_foreign(settings.backup)
    return replace(
        machine,
        backup_h=_age(found.last_backup_at, now, timedelta(hours=1)),
        drill_d=_age(found.last_drill_at, now, timedelta(days=1)),
        # what makes the backups and cannot be asked is not known, which is not the same as none
        lacks_backup=is_needed and is_none and not is_unknown,
        backups_ahead=found.ahead,
        backup_problem=found.problem if is_none else "",
        # Barman's backups are tried where it runs
        lacks_drill=is_needed
        and found.last_drill_at is None
        and settings.backup.engine is not BackupEngine.BARMAN,
    )


def _age(at: datetime | None, now: datetime, unit: timedelta) -> float | None:
    return None if at is None else (now - at) / unit


def _data_dir(tx: Transaction) -> Path | None:
    told = tx.value("SELECT current_setting('data_directory', true)")
    return Path(told) if told else None
