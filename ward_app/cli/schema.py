"""`wardctl schema`: whether the tables of a database are those of this program."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.errors import CodedError
from ward_app.operations import migrate, model_drift

app = typer.Typer(help="The tables of the ward database.", no_args_is_help=True)

_DRIFT = "WDB-205"


@app.callback()
def about() -> None:
    """Compare the tables of the ward database with those of this program."""


@app.command()
def check(
    dsn: DsnOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare tables, columns, indexes and keys; the exit status is 1 where they differ."""
    target = target_dsn(dsn)
    current = migrate.status(target).current
    found = model_drift.differences(target)
    if as_json:
        typer.echo(json.dumps({"current": current, "differences": found}, indent=2))
        raise typer.Exit(1 if found else 0)
    if found:
        lines = "\n".join(f"  {words}" for words in found)
        raise CodedError(
            _DRIFT, f"The tables at {current} differ from the program's. They want:\n{lines}"
        )
    typer.echo(f"The tables at {current} are those of this program.")
