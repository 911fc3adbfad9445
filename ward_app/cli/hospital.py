"""`wardctl hospital`: hospitals, and a whole building from a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.office import By, Reason, counted, office, tell
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.building import listing
from ward_app.operations.building.create import create, create_hospital
from ward_app.operations.building.listing import ListedHospital
from ward_app.operations.building.plan import Hospital
from ward_app.operations.building.reading import read_plan

app = typer.Typer(help="Hospitals, and a whole building from a file.", no_args_is_help=True)

_TRIED = "a trial"


@app.command("create")
def create_(
    code: Annotated[str, typer.Argument(help="Short, as commands name it later: GH.")],
    name: Annotated[str, typer.Option(help="As people read it.")],
    time_zone: Annotated[str, typer.Option(help="Of its clocks, such as Europe/London.")],
    by: By,
    reason: Reason,
    dsn: DsnOption = None,
) -> None:
    """Make a hospital without wards."""
    create_hospital(office(dsn, by, reason), Hospital(code, name, time_zone))
    typer.echo(f"The hospital {code} was made. Its wards: wardctl ward create.")


@app.command("list")
def list_(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List the hospitals with how many wards and beds they have."""
    target = target_dsn(dsn)
    found = listing.hospitals(target, database=database_name(target))
    nothing = "There is no hospital yet: wardctl hospital create, or hospital import."
    tell(found, _line, nothing, as_json=as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .csv with a line for each bed, or a .toml.")],
    dsn: DsnOption = None,
    *,
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")] = "",
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look whether it would go; nothing is changed.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the wards, rooms and beds of a file, all of them or nothing.

    Hospital, building and floor may be there already; a ward may not.
    """
    plan = read_plan(file)
    place = office(dsn, by or _TRIED, reason or _TRIED) if dry_run else office(dsn, by, reason)
    made = create(place, plan, dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, "made": asdict(made)}, indent=2))
        return
    wards = counted(made.wards, "ward", "wards")
    rooms, beds = counted(made.rooms, "room", "rooms"), counted(made.beds, "bed", "beds")
    outcome = "would be made; nothing was changed." if dry_run else "were made."
    new = " (new)" if made.hospitals else ""
    typer.echo(f"{plan.hospital.name}{new}: {wards}, {rooms} and {beds} {outcome}")


def _line(hospital: ListedHospital) -> str:
    wards = counted(hospital.wards, "ward", "wards")
    beds = counted(hospital.beds, "bed", "beds")
    return f"{hospital.code}  {hospital.name}  {hospital.time_zone}  {wards}, {beds}"
