"""`wardctl backup tidy`: remove what interrupted backups left."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ward_app.cli.backup_base import bases_folder
from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.cli.target import server_dsn
from ward_app.core.settings import load_settings
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.recovery import leftovers
from ward_app.operations.recovery.leftovers import Leftover
from ward_app.operations.rehearsal import drop_left_copies, left_copies
from ward_app.operations.sizes import size_text

_NOTHING = "There is nothing to remove."


def tidy(
    folder: BackupsOption = None,
    *,
    check_on: Annotated[
        str | None,
        typer.Option(
            help="Another server, as its administrator: what migrate deploy --check-on left "
            "there, instead."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove what interrupted backups left: half files and unpacked copies; no known backup.

    Files that have no manifest go too, once a newer backup has its own. It may have been lost:
    look first with --dry-run, and in the second place (wardctl backup offsite list).
    """
    if check_on is not None:
        _tidy_server(server_dsn(check_on), dry_run=dry_run, as_json=as_json)
        return
    settings = load_settings()
    places = (folder,) if folder else (backup_folder(settings), bases_folder(settings))
    work = leftovers.leftovers if dry_run else leftovers.remove
    found = [one for place in places for one in work(place)]
    if as_json:
        told = [_document(one) for one in found]
        typer.echo(json.dumps({"deleted": not dry_run, "leftovers": told}, indent=2))
        return
    for one in found:
        done = "would go" if dry_run else "deleted"
        bare = "  no manifest" if one.lacks_manifest else ""
        typer.echo(f"{done}  {one.path}  {size_text(one.size_bytes)}{bare}")
    if not found:
        typer.echo(_NOTHING)


def _document(one: Leftover) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "bytes": one.size_bytes,
        "lacks_manifest": one.lacks_manifest,
    }


def _tidy_server(server: str, *, dry_run: bool, as_json: bool) -> None:
    """Drop the copies of killed rehearsals."""
    found = (left_copies if dry_run else drop_left_copies)(server)
    if as_json:
        told = {"deleted": not dry_run, "databases": list(map(asdict, found))}
        typer.echo(json.dumps(told, indent=2))
        return
    for one in found:
        done = "would go" if dry_run else "deleted"
        typer.echo(f"{done}  {one.name}  {size_text(one.size_bytes)}")
    if not found:
        typer.echo(_NOTHING)
