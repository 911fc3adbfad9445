"""`wardctl room`: bays and side rooms of wards."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.office import By, FacilityOption, Reason, WardCode, counted, office, tell
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.building import listing
from ward_app.operations.building.create import create_room
from ward_app.operations.building.listing import ListedRoom
from ward_app.rooms.types import RoomKind

app = typer.Typer(help="Bays and side rooms.", no_args_is_help=True)


@app.command()
def create(  # noqa: PLR0913 - the options of the command
    ward: WardCode,
    name: Annotated[str, typer.Argument(help="As people read it: Bay A.")],
    *,
    kind: Annotated[RoomKind, typer.Option(help="What kind of room it is.")] = RoomKind.BAY,
    by: By,
    reason: Reason,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Make a room without beds, after those of the ward."""
    create_room(office(dsn, by, reason), ward, name, kind, facility=facility)
    typer.echo(f'{name} was made. Its beds: wardctl bed create {ward} "{name}" …')


@app.command("list")
def list_(
    ward: Annotated[str | None, typer.Argument(help="Of this ward alone.")] = None,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the rooms in their order."""
    target = target_dsn(dsn)
    found = listing.rooms(target, database=database_name(target), ward=ward, facility=facility)
    tell(found, _line, "There is no room yet: wardctl room create.", as_json=as_json)


def _line(room: ListedRoom) -> str:
    kind = room.kind.replace("_", " ")
    return f"{room.ward}  {room.name}  {kind}  {counted(room.beds, 'bed', 'beds')}"
