"""`wardctl browse`: the rows of a table that a person may see, on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.sign_in import LoginOption, PasswordOption, signed_in
from ward_app.operations.upkeep.table_rows import rows_of


def browse(
    table: Annotated[str, typer.Argument(help="Such as room.beds.")],
    login: LoginOption,
    password_fd: PasswordOption = None,
    station_passphrase_fd: StationOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many rows at most.")] = 20,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show rows of a table, read only, with the rights of a person at this workstation.

    That they looked stands in the audit trail before anything is shown. What row security hides
    is not there.
    """
    with signed_in(login, password_fd, station_passphrase_fd) as (database, actor):
        found = rows_of(database, actor, table, limit=limit)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for line in _lines(found):
        typer.echo(line)


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    for number, row in enumerate(found, 1):
        yield f"-- {number}"
        width = max(len(name) for name in row)
        yield from (
            f"{name:{width}}  {'' if value is None else value}" for name, value in row.items()
        )
    yield f"{len(found)} rows that this person may see."
