"""`wardctl role`: what accounts are given."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.office import counted
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations import staff_accounts

app = typer.Typer(help="Roles and what they may do.", no_args_is_help=True)


@app.command("list")
def list_roles(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List the roles and how many people hold each."""
    target = target_dsn(dsn)
    found = staff_accounts.roles(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    for each in found:
        typer.echo(f"{each.name}  {each.title}  {counted(each.people, 'person', 'people')}")


@app.command("show")
def show_role(
    name: Annotated[str, typer.Argument(help="Name of the role, as `list` shows it.")],
    dsn: DsnOption = None,
) -> None:
    """Show what a role may do, and which roles its holders give to others."""
    target = target_dsn(dsn)
    for each in staff_accounts.roles(target, database=database_name(target)):
        if each.name == name:
            typer.echo(f"{each.name}  {each.title}  {counted(each.people, 'person', 'people')}")
            for permission in each.permissions:
                typer.echo(f"  {permission}")
            typer.echo(f"Gives and takes the roles: {', '.join(each.may_give) or 'none'}")
            return
    raise RuleBrokenError(f"There is no role {name}. `wardctl role list` names them.")
