"""`wardctl encryption`: protected details that are there, encrypted with the key of today."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from ward_app.cli.keys import vault_of
from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import DescriptorOption, FileOption, RecoveryOption, passphrase
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import WardError
from ward_app.core.given_keys import TEXT_NAME, text_key
from ward_app.core.settings import load_settings
from ward_app.operations import data_keys, encryption
from ward_app.operations.backup.create import create
from ward_app.operations.backup.jobs import job_for
from ward_app.operations.backup.manifest import Purpose
from ward_app.operations.encryption import Found, Stock

app = typer.Typer(help="Encryption of protected details.", no_args_is_help=True)


@app.command()
def migrate(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
    batch: Annotated[
        int, typer.Option(min=1, max=10_000, help="Rows in one transaction.")
    ] = encryption.BATCH,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="There is a backup of today; make none.")
    ] = False,
) -> None:
    """Back up, encrypt whatever is not encrypted with the active key, and read all of it again.

    May be killed and run again.

    Values that another system wrote with pgp_sym_encrypt are taken over where ENCRYPTION_KEY
    holds its key.
    """
    stock = _stock(dsn, recovery_file, passphrase(passphrase_file, passphrase_fd), batch=batch)
    typer.echo("The keys fit. Keep the recovery copy apart from the backups.")
    if not yes:
        _back_up(stock.dsn)
    done = encryption.migrate(stock, typer.echo)
    for was, count in sorted(done.encrypted.items()):
        typer.echo(f"{count} values {was}: encrypted anew.")
    for number in done.retired:
        typer.echo(f"The key {number} is out of use; the recovery copy keeps it.")
    if done.left:
        left = ", ".join(f"{count} of {name}" for name, count in sorted(done.left.items()))
        raise WardError(
            f"Left as they are, because they cannot be read: {left}. Where another system wrote "
            f"them, set {TEXT_NAME}; else see wardctl encryption verify."
        )
    _require_right(encryption.verify(stock))
    typer.echo("Everything is encrypted with the active key, and was read again.")
    typer.echo("What stood there before is in the table's file until: VACUUM FULL.")


@app.command()
def verify(
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    dsn: DsnOption = None,
) -> None:
    """Decrypt every value and say how many there are, and what is wrong; shows none of them."""
    stock = _stock(dsn, recovery_file, passphrase(passphrase_file, passphrase_fd))
    found = encryption.verify(stock)
    for name, count in sorted(found.values.items()):
        old = f", {found.old[name]} with an old key or engine" if found.old[name] else ""
        typer.echo(f"{name}: {count} values{old}")
    _require_right(found)
    typer.echo("All of them can be read, and none was changed outside the program.")


@app.command()
def status(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say how many values each key encrypted; needs no key."""
    target = target_dsn(dsn)
    told = encryption.status(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    for name, counts in told.items():
        of_key = ", ".join(f"{key}: {count}" for key, count in sorted(counts.items()))
        typer.echo(f"{name.replace('_', ' ')}  {of_key or 'none'}")


def _back_up(dsn: str) -> None:
    """Make a backup of what stands there in the clear or with an old key."""
    job = job_for(dsn, load_settings(), purpose=Purpose.BEFORE_ENCRYPTION)
    with progress("Backing up") as report:
        made = create(job, report)
    typer.echo(f"Backup {made.id}: {job.folder / made.file}")


def _require_right(found: Found) -> None:
    if found.wrong:
        raise WardError("\n".join(f"{what}: {count}" for what, count in found.wrong.items()))


def _stock(
    dsn: str | None,
    recovery_file: RecoveryOption,
    opened_by: str,
    *,
    batch: int = encryption.BATCH,
) -> Stock:
    vault = vault_of(dsn, recovery_file)
    return Stock(
        vault.dsn,
        vault.database,
        data_keys.opened(vault, opened_by),
        load_settings().encryption.engine,
        text_key(os.environ) if os.environ.get(TEXT_NAME) else None,
        batch,
    )
