"""`wardctl backup tidy`: remove what interrupted backups left."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ward_app.cli.backup_base import bases_folder
from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.core.settings import load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.recovery import leftovers
from ward_app.operations.sizes import size_text


def tidy(
    folder: BackupsOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove what interrupted backups left: half files, unpacked copies; never a backup."""
    settings = load_settings()
    places = (folder,) if folder else (backup_folder(settings), bases_folder(settings))
    work = leftovers.leftovers if dry_run else leftovers.remove
    found = [one for place in places for one in work(place)]
    if as_json:
        told = [{"path": str(one.path), "bytes": one.size_bytes} for one in found]
        typer.echo(json.dumps({"deleted": not dry_run, "leftovers": told}, indent=2))
        return
    for one in found:
        done = "would go" if dry_run else "deleted"
        typer.echo(f"{done}  {one.path}  {size_text(one.size_bytes)}")
    if not found:
        typer.echo("There is nothing to remove.")
