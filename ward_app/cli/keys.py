"""`wardctl keys`: the keys that protected details are encrypted with."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import DescriptorOption, FileOption, RecoveryOption, passphrase
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.data_keys import Purpose
from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.core.given_keys import key_from
from ward_app.core.recovery import opened_copy
from ward_app.operations import data_keys
from ward_app.operations.data_keys import Vault
from ward_app.operations.recovery_file import read_copy, usual_file

app = typer.Typer(help="Keys of protected details.", no_args_is_help=True)

FromEnvironment = Annotated[
    bool,
    typer.Option(
        "--from-environment",
        help="Take over the key in DATABASE_ENCRYPTION_KEY or ENCRYPTION_KEY.",
    ),
]


@app.command()
def generate(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
    *,
    from_environment: FromEnvironment = False,
) -> None:
    """Make the first keys, once, and give them to every enrolled workstation."""
    brought = key_from(os.environ) if from_environment else None
    vault = vault_of(dsn, recovery_file)
    chosen = passphrase(passphrase_file, passphrase_fd, new=True)
    made = data_keys.generate(vault, chosen, first=brought)
    for key in made:
        typer.echo(f"Made the {key.purpose} key {key.number}.")
    _say_kept(vault)


@app.command()
def rotate(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
    purpose: Annotated[
        Purpose, typer.Option(help="Encrypts fields, or makes the index of national ids.")
    ] = Purpose.FIELD,
    *,
    from_environment: FromEnvironment = False,
) -> None:
    """Make a new key; what the old one encrypted stays readable until it is encrypted anew."""
    brought = key_from(os.environ) if from_environment else None
    vault = vault_of(dsn, recovery_file)
    opened_by = passphrase(passphrase_file, passphrase_fd)
    made = data_keys.rotate(vault, opened_by, purpose, brought=brought)
    typer.echo(f"The {made.purpose} key {made.number} is in use from now on.")
    _say_kept(vault)
    typer.echo("Encrypt what is there with it: wardctl encryption migrate.")


@app.command()
def wrap(
    role: Annotated[str | None, typer.Argument(help="One workstation; without: all.")] = None,
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
) -> None:
    """Give workstations enrolled since then the keys they lack."""
    vault = vault_of(dsn, recovery_file)
    made = data_keys.wrap(vault, passphrase(passphrase_file, passphrase_fd), role)
    typer.echo(f"Made {made} wraps." if made else "No workstation lacks a key.")


@app.command()
def export(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    *,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="The sealed copy, to be printed and locked away.")
    ] = False,
) -> None:
    """Print the recovery copy, once the passphrase has opened it: lines to print and type in."""
    if not recovery:
        raise RuleBrokenError("Only the sealed copy is ever given out: say --recovery.")
    copy = read_copy(recovery_file or usual_file())
    kept = opened_copy(copy, passphrase(passphrase_file, passphrase_fd))
    typer.echo(copy, nl=False)
    numbers = ", ".join(str(key.number) for key in kept.keys)
    typer.echo(
        f"Keys {numbers}. Keep it apart from the database's backups, and the passphrase apart "
        "from it.",
        err=True,
    )


@app.command()
def verify(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
) -> None:
    """Prove that recovery copy, database and every workstation's wraps are of the same keys."""
    vault = vault_of(dsn, recovery_file)
    wrong = data_keys.disagreements(vault, passphrase(passphrase_file, passphrase_fd))
    if wrong:
        raise WardError("\n".join(wrong))
    typer.echo("The recovery copy opens; every workstation's keys are those it keeps.")


@app.command("list")
def list_(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List keys and workstations; no key is shown."""
    target = target_dsn(dsn)
    keys, stations = data_keys.known(target, database=database_name(target))
    if as_json:
        told = {"keys": list(map(asdict, keys)), "stations": list(map(asdict, stations))}
        typer.echo(json.dumps(told, indent=2, default=str))
        return
    for key in keys:
        made = f"{key.created_at.astimezone():%d-%b-%Y %H:%M}"
        typer.echo(
            f"{key.number}  {key.purpose}  {key.state}  made {made}, {key.stations} stations"
        )
    for station in stations:
        lacks = f"lacks {station.missing} keys" if station.missing else "has every key"
        own = station.fingerprint or "no key of its own: enrol it again"
        typer.echo(f"{station.role_name}  {station.name}  {own}  {lacks}")
    if not keys:
        typer.echo("There are no data keys yet. Make them: wardctl keys generate.")


def vault_of(dsn: str | None, recovery_file: Path | None) -> Vault:
    """Return the database that a command is about, with its recovery copy."""
    target = target_dsn(dsn)
    return Vault(target, database_name(target), recovery_file or usual_file())


def _say_kept(vault: Vault) -> None:
    typer.echo(f"The recovery copy is {vault.file}. Print it and lock it away, apart from the")
    typer.echo("database's backups: wardctl keys export --recovery.")
