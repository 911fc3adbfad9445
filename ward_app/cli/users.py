"""`wardctl user`: accounts of people. A one-time password is shown once and kept nowhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated

import typer

from ward_app.cli import badges
from ward_app.cli.office import By, Reason, WardCode, office
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations import staff_accounts
from ward_app.operations.staff_accounts import Account, NewAccount

app = typer.Typer(help="Accounts of people.", no_args_is_help=True)
app.add_typer(badges.app, name="badge")

NEVER = "never"
Login = Annotated[str, typer.Argument(help="User name.")]
RoleName = Annotated[str, typer.Argument(help="Role, as `wardctl role list` names it.")]


@app.command()
def create(  # noqa: PLR0913, PLR0917 - the options of the command
    login: Login,
    name: Annotated[str, typer.Option(help="Name of the person, as colleagues read it.")],
    by: By,
    reason: Reason,
    role: Annotated[list[str] | None, typer.Option(help="A role; may be repeated.")] = None,
    ward: Annotated[list[str] | None, typer.Option(help="Code of a ward; repeated.")] = None,
    profession: Annotated[str | None, typer.Option(help="Such as 'Registered nurse'.")] = None,
    facility: Annotated[
        str | None, typer.Option(help="Code of the hospital, where there are several.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Make an account; its one-time password is shown once."""
    new = NewAccount(
        login=login,
        name=name,
        profession=profession,
        facility=facility,
        roles=role or (),
        wards=ward or (),
    )
    _show_once(login, staff_accounts.create_account(office(dsn, by, reason), new))


@app.command("list")
def list_(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List accounts with their state, roles and wards."""
    target = target_dsn(dsn)
    found = staff_accounts.accounts(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps([_facts(each) for each in found], indent=2))
        return
    for each in found:
        typer.echo(_line(each))
    if not found:
        typer.echo("There are no accounts yet: wardctl user create.")


@app.command()
def show(login: Login, dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """Show an account, what was done to it and why, and its latest sign-ins."""
    target = target_dsn(dsn)
    found, events, tries = staff_accounts.account(target, login, database=database_name(target))
    if as_json:
        told = _facts(found) | {
            "events": [asdict(each) for each in events],
            "sign_ins": [asdict(each) for each in tries],
        }
        typer.echo(json.dumps(told, indent=2, default=str))
        return
    typer.echo(_line(found))
    if found.valid_until:
        typer.echo(f"Valid until {_moment(found.valid_until)}.")
    for event in events:
        what = event.action.replace("_", " ") + (f" {event.detail}" if event.detail else "")
        typer.echo(f"  {_moment(event.at)}  {what}, by {event.by}: {event.reason}")
    for each in tries:
        outcome = "" if each.succeeded else "failed"
        why = ", ".join(word for word in (outcome, each.reason or "") if word)
        typer.echo(
            f"  {_moment(each.at)}  {each.action.lower()} at {each.workstation}"
            f"{f' ({why})' if why else ''}"
        )


@app.command()
def disable(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Disable an account; its sessions end at once."""
    staff_accounts.set_active(office(dsn, by, reason), login, active=False)
    typer.echo(f"{login} is disabled and signed out everywhere.")


@app.command()
def enable(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Enable a disabled account again."""
    staff_accounts.set_active(office(dsn, by, reason), login, active=True)
    typer.echo(f"{login} may sign in again.")


@app.command()
def reset(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Give a new one-time password, shown once; also ends a lock after wrong passwords."""
    _show_once(login, staff_accounts.reset_password(office(dsn, by, reason), login))


@app.command()
def unlock(login: Login, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """End a lock after wrong passwords; the password stays."""
    staff_accounts.unlock(office(dsn, by, reason), login)
    typer.echo(f"{login} may sign in again with the old password.")


@app.command()
def expire(
    login: Login,
    by: By,
    reason: Reason,
    until: Annotated[
        str | None, typer.Option(help="Last day of the account, such as 2027-01-31; or never.")
    ] = None,
    *,
    password: Annotated[
        bool, typer.Option("--password", help="A new password at the next sign-in.")
    ] = False,
    dsn: DsnOption = None,
) -> None:
    """Set the end of an account, or have its password changed at the next sign-in."""
    if password == (until is not None):
        raise RuleBrokenError("Say one of --until and --password.")
    place = office(dsn, by, reason)
    if until is None:
        staff_accounts.expire_password(place, login)
        typer.echo(f"{login} is signed out and chooses a new password at the next sign-in.")
        return
    end = _end(until)
    staff_accounts.set_end(place, login, end)
    typer.echo(f"{login} may sign in {f'until {_moment(end)}' if end else 'without end'}.")


@app.command()
def give_role(login: Login, role: RoleName, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Give a person a role."""
    staff_accounts.change_role(office(dsn, by, reason), login, role, given=True)
    typer.echo(f"{login} has the role {role}.")


@app.command()
def take_role(login: Login, role: RoleName, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Take a role from a person; it is gone at once, also where they are signed in."""
    staff_accounts.change_role(office(dsn, by, reason), login, role, given=False)
    typer.echo(f"{login} does not have the role {role}.")


@app.command()
def give_ward(login: Login, ward: WardCode, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """Assign a person to a ward."""
    staff_accounts.change_ward(office(dsn, by, reason), login, ward, given=True)
    typer.echo(f"{login} works on {ward}.")


@app.command()
def take_ward(login: Login, ward: WardCode, by: By, reason: Reason, dsn: DsnOption = None) -> None:
    """End a person's assignment to a ward."""
    staff_accounts.change_ward(office(dsn, by, reason), login, ward, given=False)
    typer.echo(f"{login} does not work on {ward}.")


def _show_once(login: str, password: str) -> None:
    typer.echo(f"One-time password of {login}: {password}")
    typer.echo("It is shown only now, is good for 24 hours, and is changed at the first sign-in.")


def _end(until: str) -> datetime | None:
    """Return the end of the day by this computer's clock; None for never."""
    if until == NEVER:
        return None
    try:
        day = datetime.strptime(until, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise RuleBrokenError("--until is a day such as 2027-01-31, or never.") from None
    return datetime.combine(day, time(23, 59, 59)).astimezone()


def _line(each: Account) -> str:
    last = (
        f"last here {_moment(each.last_signed_in_at)}" if each.last_signed_in_at else "never here"
    )
    roles, wards = ", ".join(each.roles) or "no role", ", ".join(each.wards) or "no ward"
    return f"{each.login}  {each.name}  {each.state}  {roles}; {wards}; {_badge(each)}; {last}"


def _badge(each: Account) -> str:
    if each.badge_since is None:
        return "no badge"
    return "badge and PIN" if each.pin_since else "badge without PIN"


def _facts(each: Account) -> dict[str, object]:
    told = asdict(each) | {"state": each.state}
    return {
        name: fact.astimezone(UTC).isoformat() if isinstance(fact, datetime) else fact
        for name, fact in told.items()
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d-%b-%Y %H:%M %Z}"
