"""`wardctl init`: what a server's administrator makes once."""

from __future__ import annotations

import typer

from ward_app.cli.guard import guard_when_complete
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.bootstrap import initialise


def init(dsn: DsnOption = None) -> None:
    """Make roles, database, extensions and audit guard, whatever is missing (administrator).

    The guard needs the schema: `wardctl migrate run` installs it too where it may.
    """
    target = target_dsn(dsn)
    initialise(target, database_name(target))
    typer.echo(f"The database {database_name(target)} is ready for `wardctl migrate run`.")
    guard_when_complete(target)
