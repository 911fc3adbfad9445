"""`wardctl backup offsite`: the second copy, in another place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import offsite
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.remotes import Remote, remote_of
from ward_app.operations.backup.shelf import found, on_shelf
from ward_app.operations.sizes import size_text

app = typer.Typer(help="The second copy of each backup.", no_args_is_help=True)

NameArgument = Annotated[
    str | None, typer.Argument(metavar="ID", help="One backup; see the command for without.")
]


@app.command()
def push(name: NameArgument = None, *, as_json: JsonOption = False) -> None:
    """Copy a backup, without ID all that lack a copy, and read each copy back."""
    folder, remote = _places()
    for one in _chosen(folder, name) or offsite.missing(on_shelf(folder).backups, remote):
        offsite.push(folder, one, remote)
        _say(one, "copied, and read back", as_json=as_json)


@app.command()
def check(
    name: NameArgument = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every good backup.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read the second copy of a backup back, without ID of the newest good one."""
    folder, remote = _places()
    for one in _chosen(folder, name) or _good(folder, everything=everything):
        offsite.check(folder, one, remote)
        _say(one, "its second copy is the same", as_json=as_json)


@app.command("list")
def list_(*, as_json: JsonOption = False) -> None:
    """List the files in the second place."""
    there = _places()[1].names()
    if as_json:
        typer.echo(json.dumps(there, indent=2))
        return
    for name in sorted(there, reverse=True):
        typer.echo(f"{name}  {size_text(there[name])}")
    if not there:
        typer.echo("There is nothing in the second place: wardctl backup offsite push.")


def _places() -> tuple[Path, Remote]:
    settings: Settings = load_settings()
    return backup_folder(settings), remote_of(settings.backup.offsite)


def _chosen(folder: Path, name: str | None) -> tuple[Manifest, ...]:
    return () if name is None else (found(folder, name)[1],)


def _good(folder: Path, *, everything: bool) -> tuple[Manifest, ...]:
    good = tuple(one for one in on_shelf(folder).backups if one.is_good)
    if not good:
        raise RuleBrokenError(f"There is no good backup in {folder}: wardctl backup create.")
    return good if everything else good[:1]


def _say(one: Manifest, words: str, *, as_json: bool) -> None:
    typer.echo(json.dumps({"id": one.id, "good": True}) if as_json else f"{one.id}: {words}.")
