"""`wardctl devices`: how often the sites of devices are looked at, and how long they stay."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.devices.pack import device_pack
from ward_app.operations.device_settings import (
    device_settings_history,
    in_force,
    set_device_setting,
)

app = typer.Typer(help="Cannulas and other devices: the hospital's numbers.", no_args_is_help=True)


@app.command()
def show(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """Show the numbers of each kind in force, with their source."""
    target = target_dsn(dsn)
    versions = device_settings_history(target, database=database_name(target))
    for each in versions if history else in_force(versions):
        stay = f", stays {each.stay_hours} h at most" if each.stay_hours else ""
        typer.echo(f"{each.kind}: looked at every {each.check_minutes} min{stay}")
        typer.echo(f"  Since {each.since:%d-%b-%Y %H:%M %Z}. {each.source}")
    typer.echo(f"To be signed off: {device_pack().needs_sign_off}")


@app.command("set")
def set_(
    kind: Annotated[str, typer.Argument(help="Kind of device, as `show` names it.")],
    check: Annotated[int, typer.Option(help="Minutes between looks at the site, at most.")],
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    source: Annotated[str, typer.Option(help="Where the numbers come from.")],
    stay: Annotated[
        int | None, typer.Option(help="Hours in place at most; without it: none set.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Set the numbers of one kind from now on; what was in force before stays on record."""
    target = target_dsn(dsn)
    set_device_setting(
        target,
        kind,
        check_minutes=check,
        stay_hours=stay,
        database=database_name(target),
        set_by=by,
        source=source,
    )
    typer.echo(f"In force from now on for {kind}.")
