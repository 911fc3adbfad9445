"""`wardctl ward`: wards, where they are and how many people work on them."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.office import By, FacilityOption, Reason, counted, office, tell
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.building import listing
from ward_app.operations.building.create import create_ward
from ward_app.operations.building.listing import ListedWard
from ward_app.operations.building.plan import HIGHEST, LOWEST, PlannedWard

app = typer.Typer(help="Wards.", no_args_is_help=True)


@app.command()
def create(  # noqa: PLR0913 - the options of the command
    code: Annotated[str, typer.Argument(help="Short, as commands name it later: 7A.")],
    *,
    name: Annotated[str, typer.Option(help="As people read it: Ward 7A.")],
    building: Annotated[str, typer.Option(help="Made where it is not there.")],
    floor: Annotated[str, typer.Option(help="Its name; made where it is not there.")],
    level: Annotated[
        int, typer.Option(help="Of the floor; 0 is the ground floor.", min=LOWEST, max=HIGHEST)
    ],
    by: By,
    reason: Reason,
    specialty: Annotated[str | None, typer.Option(help="Such as General medicine.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Where it is not that of the hospital.")
    ] = None,
    facility: FacilityOption = None,
    dsn: DsnOption = None,
) -> None:
    """Make a ward without rooms."""
    ward = PlannedWard(
        code=code,
        name=name,
        building=building,
        floor=floor,
        level=level,
        specialty=specialty,
        time_zone=time_zone,
    )
    create_ward(office(dsn, by, reason), ward, facility)
    typer.echo(f"The ward {code} was made. Its rooms: wardctl room create {code} …")


@app.command("list")
def list_(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List the wards: codes, where they are, how many beds, and people assigned to each."""
    target = target_dsn(dsn)
    found = listing.wards(target, database=database_name(target))
    nothing = "There is no ward yet: wardctl ward create, or wardctl hospital import."
    tell(found, _line, nothing, as_json=as_json)


def _line(ward: ListedWard) -> str:
    people, beds = counted(ward.people, "person", "people"), counted(ward.beds, "bed", "beds")
    where = f"{ward.building}, {ward.floor}"
    return f"{ward.code}  {ward.name}  {ward.facility}  {where}  {beds}, {people}"
