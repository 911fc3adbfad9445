"""`wardctl user badge`: badges that say who stands at a shared workstation."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.office import By, Reason, office
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.settings import load_settings
from ward_app.operations import staff_accounts

app = typer.Typer(help="Badges of people; a PIN is set by its owner alone.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="User name.")]


@app.command()
def enrol(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Register a badge: hold it to a reader when asked (it is not shown, nor in the history)."""
    place = office(dsn, by, reason)
    badge = typer.prompt("Hold the badge to the reader", hide_input=True)
    badge = badge.removeprefix(load_settings().badge.prefix)
    staff_accounts.give_badge(place, login, badge)
    typer.echo(f"The badge is registered. {login} sets the PIN in the program (Ctrl+Shift+B).")


@app.command()
def remove(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Make a person's badge good no more."""
    staff_accounts.take_badge(office(dsn, by, reason), login)
    typer.echo(f"The badge of {login} is good no more.")


@app.command()
def hours(
    hours: Annotated[int, typer.Argument(min=0, max=24, help="0: badges are not used.")],
    facility: Annotated[
        str | None, typer.Option(help="Code of the hospital, where there are several.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Say for how long after the password a badge and its PIN are enough."""
    target = target_dsn(dsn)
    staff_accounts.set_pin_hours(target, hours, database=database_name(target), facility=facility)
    typer.echo(f"Badge and PIN are enough for {hours} hours after the password was used.")
