"""`wardctl support` and `wardctl ping`: what to send for help, and whether the server answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import ProgrammingError, conninfo, pq

from ward_app.cli.monitor import machine_of, server
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, own_cluster, target_dsn
from ward_app.core.errors import ConfigurationError, WardError
from ward_app.core.places import places
from ward_app.core.progress import Report
from ward_app.core.settings import load_settings
from ward_app.operations import support
from ward_app.operations.bootstrap import DATABASE
from ward_app.operations.doctor import examine
from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.reading import read_figures
from ward_app.operations.monitor.report import document, report
from ward_app.operations.support import Looked

app = typer.Typer(help="What to send to who maintains the program.", no_args_is_help=True)
_WAIT_S = 3
# findings, numbers, monitor, the file
_STEPS = 4
_WORDS = {
    pq.Ping.OK: "accepts connections",
    pq.Ping.REJECT: "is there, and lets nobody in yet: it starts, or recovers",
    pq.Ping.NO_RESPONSE: "does not answer",
    pq.Ping.NO_ATTEMPT: "was not asked: the address is wrong",
}


@app.command()
def bundle(
    to: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    dsn: DsnOption = None,
) -> None:
    """Write settings, the doctor's findings and logs into a zip file: no patient, no secret."""
    file = to or Path(f"ward-support-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip")
    with progress("Looking", counts=True) as tell:
        looked = _looked(dsn, tell)
        support.keep(support.bundle(places(), os.environ, looked), file)
        tell(_STEPS, _STEPS)
    typer.echo(
        f"Written: {file}. It has no patient's data and no secret; look into it if in doubt."
    )


def ping(dsn: DsnOption = None) -> None:
    """Say whether the server answers, without signing in; the exit status is that of pg_isready.

    0: it accepts connections. 1: it is there and lets nobody in yet. 2: it does not answer.
    3: it was not asked, because the address is wrong.
    """
    try:
        address = _address(dsn)
        answer = pq.Ping(pq.PGconn.ping(conninfo.make_conninfo(address).encode()))
        parts = conninfo.conninfo_to_dict(address)
    except (ProgrammingError, ConfigurationError) as error:
        typer.echo(str(error).strip(), err=True)
        raise typer.Exit(pq.Ping.NO_ATTEMPT) from None
    typer.echo(f"{parts.get('host')}:{parts.get('port', 5432)} {_WORDS[answer]}.")
    raise typer.Exit(answer)


def _looked(dsn: str | None, tell: Report) -> Looked:
    tell(0, _STEPS)
    try:
        target = target_dsn(dsn)
    except WardError as error:
        return Looked([Finding("Connection", Level.INFO, str(error))], {})
    name = database_name(target)
    findings = examine(target, database=name)
    tell(1, _STEPS)
    numbers = support.numbers(target, name)
    tell(2, _STEPS)
    monitored = _monitored(dsn)
    tell(3, _STEPS)
    return Looked(findings, numbers | {"monitor": monitored})


def _monitored(dsn: str | None) -> Mapping[str, Any]:
    """Return the report of `wardctl monitor`, or why there is none."""
    try:
        with server(dsn) as (database, is_local):
            machine = machine_of(database) if is_local else None
            return document(
                report(database.read(None, read_figures), load_settings().alerts, machine)
            )
    except WardError as error:
        return {"not known": str(error)}


def _address(dsn: str | None) -> str:
    """Return where the server is: that of --dsn, of the settings, or the private one."""
    wait = {"connect_timeout": _WAIT_S}
    if dsn is not None:
        return conninfo.make_conninfo(dsn, **wait)
    database = load_settings().database
    if database.host:
        where = {"host": database.host, "port": str(database.port), "dbname": database.name}
        return conninfo.make_conninfo("", **where, **wait)
    return conninfo.make_conninfo(own_cluster().dsn(DATABASE), **wait)
