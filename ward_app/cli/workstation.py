"""`wardctl workstation`: which computers may connect."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places
from ward_app.core.secret_store import own_secrets
from ward_app.operations import workstations

app = typer.Typer(help="The computers that may connect.", no_args_is_help=True)


@app.command()
def enrol(
    name: Annotated[str, typer.Argument(help="What people call it, such as 'Ward 7A desk'.")],
    dsn: DsnOption = None,
    facility: Annotated[str | None, typer.Option(help="Code of its hospital.")] = None,
) -> None:
    """Enrol this computer; its password goes into your keyring and is shown to nobody."""
    store = own_secrets()
    if not store.lasting:
        raise ConfigurationError(f"{store.note} Nothing was enrolled.")
    target = target_dsn(dsn)
    database = database_name(target)
    made = workstations.enrol(target, name, database=database, facility_code=facility)
    if not store.put(made.role_name, made.password):
        workstations.revoke(target, made.role_name, database=database)
        raise ConfigurationError(f"{store.note} The enrolment was taken back.")
    typer.echo(f"Enrolled. In {places().config_file}, section [database]:")
    typer.echo(f'user = "{made.role_name}"')


@app.command()
def revoke(role: str, dsn: DsnOption = None) -> None:
    """Shut the workstation with this role out; its connections are cut."""
    target = target_dsn(dsn)
    workstations.revoke(target, role, database=database_name(target))
    own_secrets().remove(role)
    typer.echo(f"{role} may not connect any more.")


@app.command("list")
def show(dsn: DsnOption = None) -> None:
    """List the workstations that may connect, with their connections now."""
    target = target_dsn(dsn)
    for found in workstations.enrolled(target, database=database_name(target)):
        typer.echo(f"{found.role_name}  {found.name}  {found.connections} connections")
