"""`wardctl bed`: beds of wards: made, closed, taken out of use, and the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.office import By, FacilityOption, Reason, WardCode, office, tell
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.building import listing
from ward_app.operations.building.beds import close_bed, reinstate_bed, reopen_bed, retire_bed
from ward_app.operations.building.create import create_beds
from ward_app.operations.building.listing import ListedBed
from ward_app.rooms.types import BlockReason

app = typer.Typer(help="Beds.", no_args_is_help=True)

Label = Annotated[str, typer.Argument(help="The bed, as `wardctl bed list` names it.")]


@app.command()
def create(  # noqa: PLR0913 - the options of the command
    ward: WardCode,
    room: Annotated[str, typer.Argument(help="Room, as `wardctl room list` names it.")],
    labels: Annotated[list[str], typer.Argument(help="What stands on the beds, in their order.")],
    *,
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Make beds in a room, after those of the ward; all of them or none."""
    create_beds(office(dsn, by, reason), ward, room, labels, facility=facility)
    typer.echo(f"Made in {room} of {ward}: {', '.join(labels)}.")


@app.command("list")
def list_(
    ward: Annotated[str | None, typer.Argument(help="Of this ward alone.")] = None,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
    *,
    retired: Annotated[
        bool, typer.Option("--retired", help="Those out of use, instead of all others.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the beds in their order; who lies in them is not said."""
    target = target_dsn(dsn)
    found = listing.beds(
        target, database=database_name(target), ward=ward, facility=facility, used=not retired
    )
    nothing = "No bed is out of use." if retired else "There is no bed yet: wardctl bed create."
    tell(found, _line, nothing, as_json=as_json)


@app.command()
def close(  # noqa: PLR0913 - the options of the command
    ward: WardCode,
    label: Label,
    *,
    why: Annotated[BlockReason, typer.Option(help="What boards show.")],
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Close a bed, if nobody lies in it; boards show it at once, and nobody is given it."""
    close_bed(office(dsn, by, reason), ward, label, why, facility=facility)
    typer.echo(f"Bed {label} of {ward} is closed.")


@app.command()
def reopen(
    ward: WardCode,
    label: Label,
    *,
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Open a closed bed again."""
    reopen_bed(office(dsn, by, reason), ward, label, facility=facility)
    typer.echo(f"Bed {label} of {ward} is open.")


@app.command()
def retire(
    ward: WardCode,
    label: Label,
    *,
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Take a bed that is gone out of use, if nobody lies in it; its history stays."""
    retire_bed(office(dsn, by, reason), ward, label, facility=facility)
    typer.echo(f"Bed {label} of {ward} is out of use.")


@app.command()
def reinstate(
    ward: WardCode,
    label: Label,
    *,
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Put a bed that was taken out of use into use again, as it was left."""
    reinstate_bed(office(dsn, by, reason), ward, label, facility=facility)
    typer.echo(f"Bed {label} of {ward} is in use again.")


def _line(bed: ListedBed) -> str:
    return f"{bed.ward}  {bed.label}  {bed.room}  {_state(bed)}"


def _state(bed: ListedBed) -> str:
    if bed.is_taken:
        return "somebody lies in it"
    if bed.why is None:
        return bed.availability
    return f"{bed.availability} ({bed.why.replace('_', ' ')}) {bed.note or ''}".rstrip()
