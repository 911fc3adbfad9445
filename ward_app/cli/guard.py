"""The audit guard and the logs' months, put in place by the commands that make the schema."""

from __future__ import annotations

import typer

from ward_app.cli.target import database_name
from ward_app.core.errors import ConfigurationError
from ward_app.operations import log_months, migrate
from ward_app.operations.audit_guard import ensure_guard
from ward_app.operations.bootstrap import administrator
from ward_app.operations.roles import create_roles


def guard_when_complete(target: str, *, for_programs: bool = False) -> None:
    """Once the schema is the newest, make the logs' months and install the audit guard.

    Where the guard cannot be installed, it is said how.

    Roles get the memberships that a newer program gives them, too.

    Args:
        target: how the command connects, perhaps not as the server's administrator.
        for_programs: what the command says is JSON, and nothing is added to it.
    """
    if migrate.status(target).pending:
        return
    log_months.add_months(target, database=database_name(target))
    try:
        with administrator(target) as connection:
            create_roles(connection)
        is_new = ensure_guard(target, database=database_name(target))
    except ConfigurationError:
        typer.echo(
            "What is done to the tables themselves is not on record: that needs a superuser of "
            "the server, who runs wardctl init.",
            err=True,
        )
        return
    if is_new and not for_programs:
        typer.echo("What is done to the tables themselves is on record from now on.")
