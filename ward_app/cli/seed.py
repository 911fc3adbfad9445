"""`wardctl seed`: invented patients for trying the program out."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, own_cluster, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.demo.keys import demo_cipher
from ward_app.demo.seed import seed_demo


def seed(
    dsn: DsnOption = None,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="The simulated hospital.")] = False,
) -> None:
    """Fill the database with a simulated hospital; refused where care is given."""
    if not demo:
        raise RuleBrokenError("Say what to fill the database with: wardctl seed --demo.")
    target = target_dsn(dsn)
    cipher = None
    if dsn is None:
        cipher = partial(demo_cipher, own_cluster(), database_name(target))
    with progress("Adding rows", counts=True) as report:
        done = seed_demo(target, cipher=cipher, report=report)
    typer.echo(done.sentence)
