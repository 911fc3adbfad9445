"""What was done to an account, who signed in with it, and what roles may do: to read only."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.plain_text import PlainLabel
from ui.staff.account_words import (
    event_columns,
    role_lines,
    sign_in_columns,
    sign_ins_text,
    state_text,
)
from ui.widgets.rows_table import RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.staff.account_types import (
    Account,
    AccountEvent,
    AccountHistory,
    RoleInWords,
    SignInTry,
)
from ward_app.staff.queries import account_history, sign_ins

BEING_READ = "Being read…"
NOTHING_DONE = "Nothing was done to this account yet."


class ReadingSheet(Sheet):
    """A sheet with nothing to save; Escape leaves."""

    width_px: ClassVar[int] = 720

    def __init__(self, context: Context, *, title: str, name: str | None = None) -> None:
        super().__init__(context, title=title, patient_name=name)
        self.save_button.hide()
        self.words = PlainLabel(BEING_READ, self)
        self.words.setWordWrap(True)
        self.content.addWidget(self.words)

    @override
    def save(self) -> None:
        """Do nothing: there is nothing to save."""

    def add_table(self, model: RowsModel[Any], name: str, stretch: int = 1) -> RowsTable:
        """Put a table below what is there and return it."""
        table = RowsTable(model, name, self.page)
        table.horizontalHeader().setStretchLastSection(True)
        self.content.addWidget(table, stretch)
        return table

    def add_heading(self, text: str) -> None:
        """Put a heading below what is there."""
        label = PlainLabel(text, self)
        label.setFont(theme.font(theme.TITLE_PX - 2, QFont.Weight.DemiBold))
        self.content.addWidget(label)


class MySignInsSheet(ReadingSheet):
    """One's own last sign-ins, good and bad, so that a stranger's is noticed."""

    def __init__(self, context: Context, zone: tzinfo) -> None:
        super().__init__(context, title="My sign-ins")
        self.model = RowsModel[SignInTry](sign_in_columns(zone, context.clock()), self)
        self.table = self.add_table(self.model, "My sign-ins, the latest first")
        reply = Reply(self.show_tries, self.show_problem)
        context.work.query(self, reply, sign_ins, context.signed_in.user_id)

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_tries(self, tries: tuple[SignInTry, ...]) -> None:
        """Show what was read."""
        self.model.show_rows(tries)
        self.words.setText(sign_ins_text(tries))


class AccountHistorySheet(ReadingSheet):
    """What was done to an account and why, and its sign-ins below."""

    def __init__(self, context: Context, account: Account, zone: tzinfo) -> None:
        super().__init__(context, title="History of the account", name=account.name)
        now = context.clock()
        self._state = f"{account.login}: {state_text(account, zone, now)}"
        self.events = RowsModel[AccountEvent](event_columns(zone, now), self)
        self.tries = RowsModel[SignInTry](sign_in_columns(zone, now), self)
        self.table = self.add_table(self.events, "What was done to the account, the latest first")
        self.add_heading("Sign-ins")
        self.add_table(self.tries, "Sign-ins of the account, the latest first")
        reply = Reply(self.show_history, self.show_problem)
        context.work.query(self, reply, account_history, account.user_id)

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_history(self, history: AccountHistory) -> None:
        """Show what was read."""
        self.events.show_rows(history.events)
        self.tries.show_rows(history.sign_ins)
        self.words.setText(self._state if history.events else f"{self._state}. {NOTHING_DONE}")


class RolesOverviewSheet(ReadingSheet):
    """Which role may do what, in words."""

    width_px: ClassVar[int] = 560

    def __init__(self, context: Context, roles: tuple[RoleInWords, ...]) -> None:
        super().__init__(context, title="What roles may do")
        self.words.setText(
            "Roles come with the program. Each lets its holders do this on the wards assigned to "
            "them, and nowhere else."
        )
        for role in roles:
            heading, lines = role_lines(role)
            self.add_heading(heading)
            self.add_words(lines)
        self.content.addStretch(1)

    @override
    def focus_first(self) -> None:
        self.leave_button.setFocus(Qt.FocusReason.OtherFocusReason)
