"""`wardctl workstation`: which computers may connect."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import (
    DescriptorOption,
    FileOption,
    RecoveryOption,
    StationOption,
    passphrase,
)
from ward_app.cli.station_secrets import opened
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import ConfigurationError, WardError
from ward_app.core.places import places
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import Secrets, own_secrets, sealed_file
from ward_app.core.settings import load_settings
from ward_app.core.station_keys import StationKeys, secret_name
from ward_app.core.station_password import keep_next, next_name, next_password, promote
from ward_app.operations import data_keys, workstations
from ward_app.operations.data_keys import Vault
from ward_app.operations.workstations import Enrolment

app = typer.Typer(help="The computers that may connect.", no_args_is_help=True)


SealedOption = Annotated[
    bool,
    typer.Option(
        "--sealed-file",
        help="Keep them in a file sealed by a passphrase, where no keyring can be used.",
    ),
]


@app.command()
def enrol(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[str, typer.Argument(help="What people call it, such as 'Ward 7A desk'.")],
    dsn: DsnOption = None,
    facility: Annotated[str | None, typer.Option(help="Code of its hospital.")] = None,
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    station_passphrase_fd: StationOption = None,
    *,
    in_file: SealedOption = False,
) -> None:
    """Enrol this computer; its password and its key go into your keyring, shown to nobody.

    With a recovery copy (--recovery-file) it gets the keys of protected details at once.
    """
    chosen = SealedStore(sealed_file()) if in_file else own_secrets()
    store = _opened(chosen, station_passphrase_fd, "Nothing was enrolled.")
    target = target_dsn(dsn)
    database = database_name(target)
    give = _giving(target, recovery_file, passphrase_file, passphrase_fd)
    made = workstations.enrol(target, name, database=database, facility_code=facility)
    try:
        _keep(store, made)
    except WardError as error:
        workstations.revoke(target, made.role_name, database=database)
        raise ConfigurationError(f"{error} The enrolment was taken back.") from None
    typer.echo(f"Enrolled. In {places().config_file}, section [database]:")
    typer.echo(f'user = "{made.role_name}"')
    give(made.role_name)


@app.command()
def revoke(role: str, dsn: DsnOption = None) -> None:
    """Shut the workstation with this role out; its connections are cut."""
    target = target_dsn(dsn)
    workstations.revoke(target, role, database=database_name(target))
    store = own_secrets()
    if isinstance(store, SealedStore):
        # what is sealed for a role that is gone is of no use to anybody
        if load_settings().database.user == role:
            store.destroy()
    else:
        for secret in (role, secret_name(role), next_name(role)):
            store.remove(secret)
    typer.echo(f"{role} may not connect any more.")


@app.command()
def rotate(
    dsn: DsnOption = None,
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
    station_passphrase_fd: StationOption = None,
) -> None:
    """Give this computer a new password in the place of the old, which is refused at once.

    Interrupted at any moment, the workstation goes on working; run it again to finish. One that
    was enrolled before workstations had keys of their own gets one too.
    """
    role = load_settings().database.user
    if not role:
        raise ConfigurationError(
            "This computer is no enrolled workstation: database.user is empty in "
            f"{places().config_file}. Run it where the workstation is."
        )
    store = _opened(own_secrets(), station_passphrase_fd, "Nothing was changed.")
    target = target_dsn(dsn)
    give = _giving(target, recovery_file, passphrase_file, passphrase_fd)
    password = next_password(store, role) or workstations.new_password()
    if not keep_next(store, role, password):
        store.remove(next_name(role))
        raise ConfigurationError(f"{store.note} Nothing was changed.")
    workstations.set_password(target, role, password, database=database_name(target))
    promote(store, role)
    typer.echo(f"{role} has a new password; the old one is refused. Start the program again.")
    if _lacks_key(store, role):
        _give_key(store, role, target)
        give(role)


@app.command("list")
def show(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List the workstations that may connect: connections now, last use, credential."""
    target = target_dsn(dsn)
    enrolled = workstations.enrolled(target, database=database_name(target))
    if as_json:
        told = [asdict(found) for found in enrolled]
        typer.echo(json.dumps(told, default=datetime.isoformat, indent=2))
        return
    for found in enrolled:
        used = f"last used {_moment(found.last_used_at)}" if found.last_used_at else "never used"
        typer.echo(
            f"{found.role_name}  {found.name}  {found.connections} connections, {used}, "
            f"credential of {_moment(found.credential_since)}"
        )
    if not enrolled:
        typer.echo("There are none yet: wardctl workstation enrol.")


def _opened(store: Secrets, descriptor: int | None, undone: str) -> Secrets:
    """Return the secrets, ready for use; `undone` says what did not happen where they are not."""
    try:
        return opened(store, descriptor)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error} {undone}") from None


def _keep(store: Secrets, made: Enrolment) -> None:
    """Keep what an enrolment made, both or neither.

    Raises:
        WardError: it cannot be kept.
    """
    kept = store.put(made.role_name, made.password)
    if not (kept and store.put(secret_name(made.role_name), made.private_key)):
        why = store.note
        store.remove(made.role_name)
        raise ConfigurationError(str(why))


def _lacks_key(store: Secrets, role: str) -> bool:
    """Whether a workstation has no key of its own, and not only a keyring that does not tell."""
    found = store.get(secret_name(role))
    return store.note is None and not StationKeys(role, found).is_set_up


def _give_key(store: Secrets, role: str, target: str) -> None:
    made = workstations.give_private_key(target, role, database=database_name(target))
    if not store.put(secret_name(role), made):
        raise ConfigurationError(
            f"{store.note} The new password is kept, a key of its own is not: run it again."
        )
    typer.echo("It has a key of its own now.")


def _giving(
    target: str, recovery_file: Path | None, file: Path | None, descriptor: int | None
) -> Callable[[str], None]:
    """Return what gives a workstation the data keys, or says how IT does it.

    Raises:
        RuleBrokenError: the passphrase does not open the recovery copy; nothing was done yet.
    """
    if recovery_file is None:
        return _say_keys_are_missing
    vault = Vault(target, database_name(target), recovery_file)
    opened_by = passphrase(file, descriptor)
    data_keys.opened(vault, opened_by)

    def wrap(role: str) -> None:
        data_keys.wrap(vault, opened_by, role)

    return wrap


def _say_keys_are_missing(role: str) -> None:
    typer.echo("It reads no protected details yet. Where the recovery copy is, run:")
    typer.echo(f"wardctl keys wrap {role}")


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d-%b-%Y %H:%M %Z}"
