"""`wardctl explain`: how the server answers what the program asks all day."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.sign_in import LoginOption, PasswordOption, signed_in
from ward_app.operations.upkeep import hot_queries


def explain(
    name: Annotated[
        str, typer.Argument(help="board, hospital, due, lane, rounds, chart or search.")
    ],
    login: LoginOption,
    password_fd: PasswordOption = None,
    station_passphrase_fd: StationOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show plan, blocks and time of a question of the program: EXPLAIN (ANALYZE, BUFFERS).

    Asked at a workstation with the rights of a person, about their own wards, and rolled back.
    """
    with signed_in(login, password_fd, station_passphrase_fd) as (database, actor):
        found = hot_queries.explain(database, actor, name)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for line in hot_queries.lines(found):
        typer.echo(line)
