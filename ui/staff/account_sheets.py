"""Sheets that change somebody's account: each asks why, and names whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, ClassVar

from typing_extensions import override

from ui.context import Context
from ui.staff.account_words import TOPIC, day_text, wards_text
from ui.staff.one_time_sheet import OneTimePasswordSheet
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Day, Field, Form, OneOf, Text
from ui.widgets.inputs import Choice
from ward_app.staff.account_service import (
    change_role,
    change_ward,
    create_account,
    require_new_password,
    reset_password,
    set_active,
    set_end,
    unlock,
)
from ward_app.staff.account_types import Account, NewAccount, RoleInWords

Offered = Sequence[tuple[Any, str]]
_NEW = ("New member of staff", "Agency or bank staff", "Student", "Back from leave")
_LEFT = ("Left the hospital", "On long leave", "Suspected misuse", "Made by mistake")
_BACK = ("Back from leave", "Works here again", "Disabled by mistake")
_MOVED = ("New on the ward", "Left the ward", "Covers for a while", "Job changed")


class AccountSheet(EntrySheet):
    """Asks why, then changes the account; a one-time password it answers with is shown once."""

    def __init__(
        self,
        context: Context,
        account: Account,
        words: tuple[str, str],
        *,
        told: str,
        run: Callable[..., str | None],
        **values: Any,
    ) -> None:
        """`words`: title and save button; `run(tx, user_id, reason, **values)` changes it."""
        title, save_text = words
        super().__init__(context, title=title, save_text=save_text, patient_name=account.name)
        self._account, self._told, self._run, self._values = account, told, run, values

    def values(self) -> dict[str, Any]:
        """Return what is handed on besides the person and the reason."""
        return self._values

    @override
    def save(self) -> None:
        if self.check():
            reason = self.value("reason")
            self.send(TOPIC, self._changed, self._run, self._account.user_id, reason,
                      **self.values())  # fmt: skip

    def _changed(self, password: str | None) -> None:
        if password is None:
            self.finish(self._told)
        else:
            show_password(self, self._account.name, self._account.login, password)


def show_password(sheet: EntrySheet, name: str, login: str, password: str) -> None:
    """Put the sheet that shows a one-time password in the place of the one that made it."""
    for form in sheet.forms:
        form.set_clean()
    sheet.context.drafts.forget(sheet.draft_key)
    sheet.sheet_requested.emit(OneTimePasswordSheet(sheet.context, name, login, password))


def reset_sheet(context: Context, account: Account) -> AccountSheet:
    """Return the sheet that gives a one-time password."""
    sheet = AccountSheet(
        context,
        account,
        ("New password", "Give a one-time password"),
        told="",
        run=reset_password,
    )
    sheet.add_words(
        "Make sure who asks: see them, or call back a number that you know. "
        f"{account.name} is signed out everywhere, and the old password is of no use any more."
    )
    sheet.ask_why(("Forgot it", "Somebody may know it", "Locked out", "Back from leave"))
    return sheet


def unlock_sheet(context: Context, account: Account) -> AccountSheet:
    """Return the sheet that ends a lock after wrong passwords."""
    sheet = AccountSheet(
        context,
        account,
        ("End the lock", "End the lock"),
        told=f"{account.name} may sign in again with the old password.",
        run=unlock,
    )
    sheet.add_words("The password stays. Were the wrong ones not typed by its owner, tell IT.")
    sheet.ask_why(("Mistyped it", "Caps Lock was on", "Typed an old one"))
    return sheet


def active_sheet(context: Context, account: Account) -> AccountSheet:
    """Return the sheet that disables an account, or enables a disabled one."""
    is_on = account.is_active
    told = "is disabled and signed out everywhere" if is_on else "may sign in again"
    sheet = AccountSheet(
        context,
        account,
        ("Disable the account", "Disable it") if is_on else ("Enable the account", "Enable it"),
        told=f"{account.name} {told}.",
        run=set_active,
        active=not is_on,
    )
    if is_on:
        sheet.add_words("Sessions end at once; what is typed and not saved there is lost.")
    sheet.ask_why(_LEFT if is_on else _BACK)
    return sheet


def due_sheet(context: Context, account: Account) -> AccountSheet:
    """Return the sheet that has a new password chosen."""
    sheet = AccountSheet(
        context,
        account,
        ("Ask for a new password", "Ask for it"),
        told=f"{account.name} is signed out and chooses a new password at the next sign-in.",
        run=require_new_password,
    )
    sheet.add_words("Sessions end at once. The old password is good for choosing a new one alone.")
    sheet.ask_why(("Somebody may know it", "It was shared", "It is old"))
    return sheet


class EndSheet(AccountSheet):
    """Sets the last day of an account; an empty day takes the end away."""

    def __init__(self, context: Context, account: Account, zone: tzinfo) -> None:
        super().__init__(
            context, account, ("End of the account", "Set the end"), told="", run=set_end
        )
        self._zone = zone
        day = account.valid_until.astimezone(zone).date() if account.valid_until else None
        field = Field(
            name="day",
            label="Last day",
            kind=Day(zone),
            value=day,
            hint="The account ends with this day. Empty: it has no end.",
        )
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.ask_why(("Contract ends", "Placement ends", "Contract goes on"))

    @override
    def values(self) -> dict[str, Any]:
        valid_until = self._valid_until()
        name = self._account.name
        self._told = (
            f"The account of {name} has no end."
            if valid_until is None
            else f"The account of {name} is good until {day_text(valid_until, self._zone)}."
        )
        return {"valid_until": valid_until}

    def _valid_until(self) -> datetime | None:
        """Return the last second of the day on the hospital's clock."""
        day = self.value("day")
        if day is None:
            return None
        following = datetime.combine(day + timedelta(days=1), time(), self._zone)
        return following - timedelta(seconds=1)


class GiveTakeSheet(AccountSheet):
    """Gives one of the things that the person does not have, or takes one that they have."""

    # what the service calls it
    name: ClassVar[str]

    def __init__(
        self,
        context: Context,
        account: Account,
        words: tuple[str, str],
        *,
        offered: tuple[Choice, ...],
        has: str,
        run: Callable[..., str | None],
    ) -> None:
        super().__init__(context, account, words, told="", run=run)
        self.add_words(has)
        label = "What to give or take"
        field = Field(name="what", label=label, kind=OneOf(offered), required=True)
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.ask_why(_MOVED)

    @override
    def values(self) -> dict[str, Any]:
        name, words, given = self.value("what")
        verb = "now has" if given else "has no longer"
        self._told = f"{self._account.name} {verb}: {words}."
        return {self.name: name, "given": given}


class RolesSheet(GiveTakeSheet):
    """Gives and takes roles."""

    name = "role"


class WardsSheet(GiveTakeSheet):
    """Assigns wards and takes them."""

    name = "ward"


def roles_sheet(context: Context, account: Account, roles: Sequence[RoleInWords]) -> RolesSheet:
    """Return the sheet that gives and takes roles."""
    mine = [(role.name, role.title) for role in roles if role.may_give]
    held = ", ".join(account.role_titles) or "none"
    return RolesSheet(
        context,
        account,
        ("Roles", "Change the roles"),
        offered=_give_or_take(mine, account.roles, ("Give", "Take")),
        has=f"Roles now: {held}. A change counts at once, also where the person is signed in.",
        run=change_role,
    )


def wards_sheet(context: Context, account: Account) -> WardsSheet:
    """Return the sheet that assigns wards: all of them, or those of a ward manager."""
    wards = context.wards if account.may_manage else context.signed_in.wards
    names = {ward.code: ward.name for ward in context.wards}
    return WardsSheet(
        context,
        account,
        ("Wards", "Change the wards"),
        offered=_give_or_take(
            [(ward.code, ward.name) for ward in wards], account.wards, ("Assign to", "Take from")
        ),
        has=f"Wards now: {wards_text(account, names)}. A change counts at once.",
        run=change_ward,
    )


class NewAccountSheet(EntrySheet):
    """Makes an account with its first role and ward, then shows its one-time password."""

    def __init__(self, context: Context, roles: Sequence[RoleInWords]) -> None:
        super().__init__(
            context, title="New account", save_text="Make the account", draft_key="account new"
        )
        self.form = self.add_form(Form(self._fields(roles), context.clock, self.page))
        self.ask_why(_NEW)

    @override
    def save(self) -> None:
        if not self.check():
            return
        entered = self.form.values()
        new = NewAccount(id=self.ids["account"], **entered)
        self.send(TOPIC, self._made, create_account, new, self.value("reason"))

    def _fields(self, roles: Sequence[RoleInWords]) -> tuple[Field, ...]:
        offered = tuple(Choice(role.name, role.title) for role in roles if role.may_give)
        wards = tuple(Choice(ward.code, ward.name) for ward in self.context.wards)
        return (
            Field(name="name", label="Name", kind=Text("Nora Nurse", 100), required=True),
            Field(name="login", label="User name", kind=Text("nnurse", 40), required=True,
                  hint="Letters a to z, figures and . _ - between them"),
            Field(name="profession", label="Profession", kind=Text("Registered nurse")),
            Field(name="role", label="First role", kind=OneOf(offered, "None yet"), half=True),
            Field(name="ward", label="First ward", kind=OneOf(wards, "None yet"), half=True),
        )  # fmt: skip

    def _made(self, password: str) -> None:
        name, login = self.value("name"), self.value("login")
        show_password(self, name, login.lower(), password)


def _give_or_take(
    offered: Offered, held: Sequence[str], verbs: tuple[str, str]
) -> tuple[Choice, ...]:
    """Return a choice for each thing offered: give what is not held, take what is."""
    give, take = verbs
    choices = []
    for name, words in offered:
        is_held = name in held
        text = f"{take if is_held else give}: {words}"
        choices.append(Choice((name, words, not is_held), text))
    return tuple(choices)
