"""`wardctl metrics`: figures of server and workstation, for people, programs and Prometheus."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import CollectorRegistry

from ward_app.cli.monitor import machine_of
from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.station_database import station_database
from ward_app.cli.target import DsnOption
from ward_app.core.database import Database, Transaction
from ward_app.core.errors import ConfigurationError
from ward_app.core.metrics import Metrics
from ward_app.core.places import places
from ward_app.core.settings import load_settings
from ward_app.operations.backup.good import GoodBackup
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.metrics_server import Address, serve_until_ended
from ward_app.operations.monitor.machine import is_here
from ward_app.operations.monitor.reading import Found, read_figures, with_machine_in
from ward_app.operations.prometheus import Watched, exposition, registry, write_textfile
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.server_facts import ServerFacts, server_facts
from ward_app.operations.station_figures import kept_figures

app = typer.Typer(help="Figures of server and workstation.", invoke_without_command=True)

LISTEN = "127.0.0.1:9187"


@app.callback()
def metrics(
    context: typer.Context,
    dsn: DsnOption = None,
    station_passphrase_fd: StationOption = None,
    textfile: Annotated[
        Path | None,
        typer.Option(help="Write them to a file in this folder, for node_exporter to collect."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print the figures in Prometheus' text format.

    Those of the workstation are the running program's, at most two minutes old.
    """
    if context.invoked_subcommand is not None:
        return
    with station_database(dsn, station_passphrase_fd) as database:
        facts, station, watched, backups = _figures(database)
    if textfile is not None:
        figures = registry(facts, station, watched, backups)
        typer.echo(f"Written: {_written(textfile, figures)}")
    elif as_json:
        known = None if station is None else station.document()
        typer.echo(json.dumps({"database": asdict(facts), "workstation": known}, indent=2))
    else:
        typer.echo(exposition(facts, station, watched, backups), nl=False)


@app.command()
def serve(
    dsn: DsnOption = None,
    station_passphrase_fd: StationOption = None,
    listen: Annotated[str, typer.Option(help="Address and port, this computer's own.")] = LISTEN,
    *,
    allow_network: Annotated[
        bool,
        typer.Option(help="Answer other computers too: anybody who reaches the port reads it."),
    ] = False,
) -> None:
    """Answer Prometheus at /metrics until ended by Ctrl+C; each answer looks anew."""
    address = Address.of(listen, allow_network=allow_network)
    with station_database(dsn, station_passphrase_fd) as database:
        typer.echo(f"Listening on http://{listen}/metrics")
        serve_until_ended(address, lambda: exposition(*_figures(database)))


def _figures(
    database: Database,
) -> tuple[ServerFacts, Metrics | None, Watched | None, tuple[GoodBackup, ...]]:
    now = datetime.now(UTC)
    station = kept_figures(places().data_dir, now)
    settings, facts = load_settings(), database.read(None, server_facts)
    backups = last_good(backup_folder(settings), facts.database, settings.backup, now).newest
    return facts, station, _watched(database), backups


def _watched(database: Database) -> Watched | None:
    """Return what a monitoring role sees besides; None for a workstation."""
    found = database.read(None, _figures_if_allowed)
    if found is None:
        return None
    machine = machine_of(database) if database.read(None, _is_here) else None
    return with_machine_in(found, machine).figures


def _figures_if_allowed(tx: Transaction) -> Found | None:
    if not tx.value("SELECT pg_has_role(session_user, 'pg_monitor', 'MEMBER')"):
        return None
    return read_figures(tx)


def _is_here(tx: Transaction) -> bool:
    """Whether the server is reached without leaving this computer."""
    address = tx.value("SELECT host(inet_server_addr())")
    return is_here(address or "")


def _written(folder: Path, figures: CollectorRegistry) -> Path:
    try:
        return write_textfile(folder, figures)
    except OSError as error:
        raise ConfigurationError(
            f"The figures cannot be written to {folder}: {error.strerror}."
        ) from error
