"""`wardctl workstation`: which computers may connect."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from ward_app.cli.passphrase import DescriptorOption, FileOption, RecoveryOption, passphrase
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places
from ward_app.core.secret_store import NOT_KEPT, own_secrets
from ward_app.core.settings import load_settings
from ward_app.core.station_keys import secret_name
from ward_app.core.station_password import keep_next, next_name, next_password, promote
from ward_app.operations import data_keys, workstations
from ward_app.operations.data_keys import Vault

app = typer.Typer(help="The computers that may connect.", no_args_is_help=True)


@app.command()
def enrol(
    name: Annotated[str, typer.Argument(help="What people call it, such as 'Ward 7A desk'.")],
    dsn: DsnOption = None,
    facility: Annotated[str | None, typer.Option(help="Code of its hospital.")] = None,
    recovery_file: RecoveryOption = None,
    passphrase_file: FileOption = None,
    passphrase_fd: DescriptorOption = None,
) -> None:
    """Enrol this computer; its password and its key go into your keyring, shown to nobody.

    With a recovery copy (--recovery-file) it gets the keys of protected details at once.
    """
    store = own_secrets()
    if not store.lasting:
        raise ConfigurationError(f"{store.note} Nothing was enrolled.")
    target = target_dsn(dsn)
    database = database_name(target)
    opened_by = passphrase(passphrase_file, passphrase_fd) if recovery_file else None
    if opened_by is not None and recovery_file is not None:
        # a wrong passphrase is told before anything is done
        data_keys.opened(Vault(target, database, recovery_file), opened_by)
    made = workstations.enrol(target, name, database=database, facility_code=facility)
    kept = store.put(made.role_name, made.password)
    if not (kept and store.put(secret_name(made.role_name), made.private_key)):
        store.remove(made.role_name)
        workstations.revoke(target, made.role_name, database=database)
        raise ConfigurationError(f"{store.note} The enrolment was taken back.")
    typer.echo(f"Enrolled. In {places().config_file}, section [database]:")
    typer.echo(f'user = "{made.role_name}"')
    if opened_by is None or recovery_file is None:
        typer.echo("It reads no protected details yet. Where the recovery copy is, run:")
        typer.echo(f"wardctl keys wrap {made.role_name}")
    else:
        data_keys.wrap(Vault(target, database, recovery_file), opened_by, made.role_name)


@app.command()
def revoke(role: str, dsn: DsnOption = None) -> None:
    """Shut the workstation with this role out; its connections are cut."""
    target = target_dsn(dsn)
    workstations.revoke(target, role, database=database_name(target))
    store = own_secrets()
    store.remove(role)
    store.remove(secret_name(role))
    store.remove(next_name(role))
    typer.echo(f"{role} may not connect any more.")


@app.command()
def rotate(dsn: DsnOption = None) -> None:
    """Give this computer a new password in the place of the old, which is refused at once.

    Interrupted at any moment, the workstation goes on working; run it again to finish.
    """
    store = own_secrets()
    role = load_settings().database.user
    if not role:
        raise ConfigurationError(
            "This computer is no enrolled workstation: database.user is empty in "
            f"{places().config_file}. Run it where the workstation is."
        )
    target = target_dsn(dsn)
    password = next_password(store, role) or workstations.new_password()
    if not keep_next(store, role, password):
        store.remove(next_name(role))
        raise ConfigurationError(f"{store.note or NOT_KEPT} Nothing was changed.")
    workstations.set_password(target, role, password, database=database_name(target))
    promote(store, role)
    typer.echo(f"{role} has a new password; the old one is refused. Start the program again.")


@app.command("list")
def show(dsn: DsnOption = None) -> None:
    """List the workstations that may connect: connections now, last use, credential."""
    target = target_dsn(dsn)
    for found in workstations.enrolled(target, database=database_name(target)):
        used = f"last used {_moment(found.last_used_at)}" if found.last_used_at else "never used"
        typer.echo(
            f"{found.role_name}  {found.name}  {found.connections} connections, {used}, "
            f"credential of {_moment(found.credential_since)}"
        )


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d-%b-%Y %H:%M %Z}"
