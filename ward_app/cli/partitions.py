"""`wardctl maintenance partitions`: the months of the audit logs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations import log_months


def partitions(
    dsn: DsnOption = None,
    *,
    ahead: Annotated[
        int, typer.Option(min=1, max=12, help="So many months after this one.")
    ] = log_months.AHEAD,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Make the months of the audit logs that are missing, and drop those that are over and empty.

    A month is dropped only when `wardctl audit retention` archived and removed what was in it.
    """
    target = target_dsn(dsn)
    database = database_name(target)
    made = log_months.add_months(target, database=database, ahead=ahead)
    dropped = log_months.drop_emptied(target, database=database)
    if as_json:
        typer.echo(json.dumps({"made": made, "dropped": dropped}, indent=2))
        return
    for word, names in (("made", made), ("dropped", dropped)):
        for name in names:
            typer.echo(f"{word}  {name}")
    if not made and not dropped:
        typer.echo("Nothing to do.")
