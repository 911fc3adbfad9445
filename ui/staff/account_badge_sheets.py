"""Giving a badge to somebody, and taking it: a lost card is replaced or made good no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from ui.context import Context
from ui.staff.account_sheets import AccountSheet
from ui.staff.badge_reader import BadgeReader
from ui.widgets.form import Field, Form
from ui.widgets.inputs import Clock, Input, TextInput
from ward_app.staff.account_types import Account
from ward_app.staff.badge_service import give_badge, take_badge

LONGEST_BADGE = 100
ONE_BEFORE = "The badge given before is good no more, then."
PIN_IS_OWN = (
    "The PIN is the person's own: signed in, Ctrl+Shift+B sets it. Without one, a badge opens"
    " nothing."
)
_GIVEN = ("First badge", "Card was replaced", "Back from leave")
_TAKEN = ("Card is lost", "Left the hospital", "Suspected misuse", "Card was replaced")


@dataclass(frozen=True, slots=True)
class BadgeNumber:
    """A kind of form field: what a reader types for a badge."""

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return BadgeNumberInput()


class BadgeNumberInput(TextInput):
    """Takes what the reader types, or a hand; masked, and never kept as a draft."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_BADGE)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)

    @override
    def value(self) -> str | None:
        return (super().value() or "").removeprefix(BadgeReader.prefix) or None

    @override
    def typed(self) -> bool:
        return bool(self.line.text())

    @override
    def retype(self, typed: bool) -> None:
        """Keep the line empty: a badge is held to the reader again."""


class GiveBadgeSheet(AccountSheet):
    """Takes the badge from the reader, with the cursor in its line, and why."""

    def __init__(self, context: Context, account: Account) -> None:
        words = ("Give a badge", "Give the badge")
        told = f"The badge is registered for {account.name}."
        super().__init__(context, account, words, told=told, run=give_badge)
        if account.badge_since is not None:
            self.add_words(ONE_BEFORE)
        self.add_words(PIN_IS_OWN)
        field = Field(
            name="badge",
            label="Badge",
            kind=BadgeNumber(),
            required=True,
            hint="Hold it to the reader, or type its number as the reader would.",
        )
        self.form = self.add_form(Form((field,), context.clock, self.page))
        self.ask_why(_GIVEN)

    @override
    def values(self) -> dict[str, Any]:
        return {"badge": self.value("badge")}


def take_badge_sheet(context: Context, account: Account) -> AccountSheet:
    """Return the sheet that makes a badge good no more."""
    sheet = AccountSheet(
        context,
        account,
        ("Take the badge", "Take the badge"),
        told=f"The badge of {account.name} is good no more.",
        run=take_badge,
    )
    sheet.add_words(
        f"Nobody signs in with it from now on. The password of {account.name} stays good."
    )
    sheet.ask_why(_TAKEN)
    return sheet
