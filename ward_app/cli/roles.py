"""`wardctl roles`: the roles of the database server; those of people are `wardctl role`."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.upkeep.role_list import ServerRole, server_roles

app = typer.Typer(help="The roles of the database server.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Keep the command's name, though it is the only one."""


@app.command("list")
def list_(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List our roles, whoever belongs to one, and whoever may do everything; no secret is told."""
    target = target_dsn(dsn)
    found = server_roles(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
        return
    for one in found:
        typer.echo(_line(one))


def _line(one: ServerRole) -> str:
    parts = ["signs in" if one.can_sign_in else "group", *one.powers]
    if one.member_of:
        parts.append(f"member of {', '.join(one.member_of)}")
    if one.most_connections is not None:
        parts.append(f"{one.connections} of {one.most_connections} connections")
    elif one.connections:
        parts.append(f"{one.connections} connections")
    if one.valid_until is not None:
        parts.append(f"until {one.valid_until:%d-%b-%Y}")
    return f"{one.name}: {', '.join(parts)}." + (f" {one.about}" if one.about else "")
