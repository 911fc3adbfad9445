"""`wardctl migrate create | push`: for who changes the program itself."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError
from ward_app.operations import installation, model_drift

_FOR_TRIALS = frozenset({Environment.DEVELOPMENT, Environment.TEST})


def create(
    name: Annotated[str, typer.Argument(help="What the revision does, in a few words.")],
    dsn: DsnOption = None,
    *,
    autogenerate: Annotated[
        bool, typer.Option("--autogenerate", help="With what the tables in the code have more.")
    ] = False,
) -> None:
    """Write the next revision into the source tree; read it over before it is run."""
    file = model_drift.new_revision(name, target_dsn(dsn) if autogenerate else None)
    typer.echo(str(file))
    typer.echo("Raise REVISION in ward_app/core/schema_version.py along with it.")


def push(dsn: DsnOption = None) -> None:
    """Make the tables those in the code without a revision; for development and test alone."""
    target = target_dsn(dsn)
    named = installation.environment(target)
    if named not in _FOR_TRIALS:
        raise NotPermittedError(
            f"This drops what the code does not have, and the database is for "
            f"{named or 'an unnamed purpose'}. Elsewhere the tables change by revisions: "
            "wardctl migrate create, wardctl migrate deploy."
        )
    steps = model_drift.push(target, typer.echo)
    typer.echo(
        f"{steps} steps. Rights, policies and functions come with the revision: wardctl migrate "
        "create --autogenerate." if steps else "Nothing to do."
    )  # fmt: skip
