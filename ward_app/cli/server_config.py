"""`wardctl server-config`: the files of a hospital's PostgreSQL server, to review and install."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ward_app.core.settings import load_settings
from ward_app.operations import pgbackrest_config as pgbackrest_config_file
from ward_app.operations import server_config, server_config_check
from ward_app.operations.bootstrap import DATABASE
from ward_app.operations.pgbackrest_config import Server
from ward_app.operations.pool_plan import Fleet
from ward_app.operations.server_config import ServerSize, read_memory

app = typer.Typer(
    help="Configuration of a hospital's PostgreSQL server, printed to be reviewed.",
    no_args_is_help=True,
)


@app.command()
def postgresql(
    ram: Annotated[str, typer.Option(help="Memory for PostgreSQL, such as 16GB.")],
    certificate: Annotated[
        str, typer.Option(help="The server's certificate, in its data folder.")
    ] = "server.crt",
    key: Annotated[str, typer.Option(help="The certificate's private key.")] = "server.key",
    ca: Annotated[
        str, typer.Option(help="Who signs the workstations' certificates, where they have any.")
    ] = "",
    workstations: Annotated[
        int | None, typer.Option(min=1, help="Connections enough for so many at once.")
    ] = None,
    *,
    ssd: Annotated[bool, typer.Option(help="Whether the data lie on solid-state disks.")] = True,
) -> None:
    """Print the settings for a server of this size."""
    size = ServerSize(read_memory(ram), ssd)
    if workstations is not None:
        size = replace(size, max_connections=max(size.max_connections, _advised(workstations)))
    text = server_config.postgresql_conf(size, certificate=certificate, key=key, ca=ca)
    typer.echo(text, nl=False)


@app.command()
def pg_hba(
    network: Annotated[
        list[str] | None, typer.Option(help="Of workstations, such as 10.20.0.0/16; repeated.")
    ] = None,
    database: Annotated[str, typer.Option(help="The ward database.")] = DATABASE,
    *,
    certificates: Annotated[
        bool, typer.Option("--certificates", help="Each workstation shows a certificate too.")
    ] = False,
) -> None:
    """Print who may connect: workstations of these networks, encrypted, and nobody else."""
    typer.echo(
        server_config.pg_hba(network or [], database=database, certificates=certificates), nl=False
    )


@app.command()
def pitr(
    archive: Annotated[
        str, typer.Option(help="Folder that keeps every change.")
    ] = "/var/lib/ward-archive",
    key_file: Annotated[
        str,
        typer.Option(help="Encrypt each file with the key of the backups, which is in this file."),
    ] = "",
    stanza: Annotated[
        str, typer.Option(help="Of pgBackRest, which keeps them instead of a folder.")
    ] = "",
    pgbackrest_config: Annotated[
        str, typer.Option(help="File of pgBackRest; usually where it looks itself.")
    ] = "",
) -> None:
    """Print the settings that keep every change, to go back to any moment."""
    if stanza:
        typer.echo(pgbackrest_config_file.log_conf(stanza, pgbackrest_config), nl=False)
    else:
        typer.echo(server_config.pitr_conf(archive, key_file), nl=False)


@app.command()
def pgbackrest(
    data: Annotated[str, typer.Option(help="The server's data folder.")],
    repository: Annotated[
        str, typer.Option(help="Folder of the copies, best on another computer's disk.")
    ] = "/var/lib/pgbackrest",
    socket: Annotated[
        str, typer.Option(help="Folder of the server's socket; usually PostgreSQL's own.")
    ] = "",
    user: Annotated[str, typer.Option(help="The server's administrator.")] = "postgres",
) -> None:
    """Print the file of pgBackRest for backup.stanza; its key is to be added."""
    backup = load_settings().backup
    server = Server(stanza=backup.stanza, data=data, user=user, socket=socket)
    text = pgbackrest_config_file.pgbackrest_conf(
        server, repository=repository, days=backup.retention_days
    )
    typer.echo(text, nl=False)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="As `server-config postgresql` printed it.")],
) -> None:
    """Have the PostgreSQL of this computer read a file, before it is installed."""
    server_config_check.check(file)
    typer.echo(f"PostgreSQL reads {file}.")


def _advised(workstations: int) -> int:
    pool = load_settings().database.pool
    fleet = Fleet(
        cores=1,
        spindles=1,
        workstations=workstations,
        pool_max=pool.max,
        budget=pool.fleet_budget,
        max_connections=1,
    )
    return fleet.advised
