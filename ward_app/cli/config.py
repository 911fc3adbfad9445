"""`wardctl config`: the settings of this computer, checked and explained."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.passphrase import StationOption
from ward_app.cli.station_secrets import opened
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.places import places
from ward_app.core.secret_store import own_secrets
from ward_app.operations import config_files, settings_reference

app = typer.Typer(help="The settings of this computer.", no_args_is_help=True)
_WRONG = 1

FileOption = Annotated[
    Path | None, typer.Option("--file", help="Another settings file than this computer's own.")
]


@app.command()
def example() -> None:
    """Print a config.toml with every setting and what holds without it."""
    typer.echo(settings_reference.example(), nl=False)


@app.command()
def docs() -> None:
    """Print the reference of all settings, in Markdown."""
    typer.echo(settings_reference.reference(), nl=False)


@app.command()
def check(file: FileOption = None) -> None:
    """Tell everything that is wrong with the settings at once; the exit status is then 1."""
    chosen = file or places().config_file
    if file is not None and not file.exists():
        raise ConfigurationError(f"There is no file {file}.")
    settings, problems = config_files.examine(chosen, os.environ)
    typer.echo(f"File: {chosen}" + ("" if chosen.exists() else " (there is none)"))
    for problem in problems:
        typer.echo(f"WRONG   {problem}")
    if problems:
        raise typer.Exit(_WRONG)
    database = settings.database
    typer.echo(
        f"The settings are in order: {settings.environment}, {database.user} at {database.host}, "
        f"database {database.name}."
    )


@app.command("import-url")
def import_url(
    file: FileOption = None,
    env: Annotated[
        str | None,
        typer.Option(help="Read the address from this variable, such as DATABASE_URL."),
    ] = None,
    station_passphrase_fd: StationOption = None,
) -> None:
    """Take an address with a password apart: settings into config.toml, password into the keyring.

    The address is read from the standard input, or from a variable. It is never an argument,
    which everybody on this computer could read.
    """
    url = _address(env)
    chosen = file or places().config_file
    text, role, password = config_files.from_url(chosen, url)
    store = opened(own_secrets(), station_passphrase_fd)
    if not store.put(role, password):
        raise ConfigurationError(f"{store.note} Nothing was changed.")
    old = config_files.replace_file(chosen, text)
    typer.echo(f"The settings are in {chosen}, the password of {role} is in its keyring.")
    if old is not None:
        typer.echo(f"What the file was before, with its remarks, is in {old}.")
    if env is not None:
        typer.echo(f"Now remove {env} from the environment: a password in it is refused.")


def _address(env: str | None) -> str:
    if env is not None:
        url = os.environ.get(env, "")
        where = env
    else:
        url, where = sys.stdin.readline(), "the standard input"
    if not url.strip():
        raise RuleBrokenError(f"There is no address in {where}.")
    return url
