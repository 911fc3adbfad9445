"""`wardctl messages`: to whom urgent messages are passed on when nobody answers, and when."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.message_settings import set_step, step_history, steps_in_force

app = typer.Typer(help="Messages: when urgent ones are passed on.", no_args_is_help=True)


@app.command()
def show(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """Show the steps in force, with their source."""
    target = target_dsn(dsn)
    versions = step_history(target, database=database_name(target))
    for each in versions if history else steps_in_force(versions):
        told = each.role or "nobody"
        typer.echo(f"Step {each.step}: after {each.after_minutes} min, {told} of the ward is told")
        typer.echo(f"  Since {each.since:%d-%b-%Y %H:%M %Z}. {each.source}")


@app.command("set")
def set_(
    step: Annotated[int, typer.Argument(help="Number of the step, 1 first.")],
    after: Annotated[int, typer.Option(help="Minutes since the message was sent.")],
    role: Annotated[str, typer.Option(help="Role that is told; nobody = leave the step out.")],
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    source: Annotated[str, typer.Option(help="Where the number comes from.")],
    dsn: DsnOption = None,
) -> None:
    """Set one step from now on; what was in force before stays on record."""
    target = target_dsn(dsn)
    set_step(
        target,
        step,
        after_minutes=after,
        role=role,
        database=database_name(target),
        set_by=by,
        source=source,
    )
    typer.echo(f"In force from now on for step {step}.")
