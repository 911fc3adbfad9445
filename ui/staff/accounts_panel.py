"""Accounts of the staff: who signs in, as what, where, and whether they can; by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.board.search_bar import SearchField
from ui.context import Context, Place
from ui.plain_text import PlainLabel
from ui.staff.account_badge_sheets import GiveBadgeSheet, take_badge_sheet
from ui.staff.account_history_sheets import AccountHistorySheet, RolesOverviewSheet
from ui.staff.account_sheets import (
    EndSheet,
    NewAccountSheet,
    active_sheet,
    due_sheet,
    reset_sheet,
    roles_sheet,
    unlock_sheet,
    wards_sheet,
)
from ui.staff.account_words import (
    FILTERS,
    NOBODY_FITS,
    ONLY_OTHERS,
    READING,
    TOPIC,
    WIDER,
    account_columns,
    finds,
)
from ui.widgets.flow import Flow
from ui.widgets.panel import Count, Found, Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.core.errors import WardError
from ward_app.staff.account_types import Account, RoleInWords
from ward_app.staff.queries import accounts, roles
from ward_app.staff.rules import account_state
from ward_app.staff.types import Permission

CHOOSE = "Choose an account first: arrow keys."
_SEARCH_WIDTH_PX = 340
_FOUND = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to the chosen account: words, key, who may, and its sheet."""

    words: str
    keys: str
    permission: Permission
    is_allowed: Callable[[Account], bool]
    sheet: Callable[[Account], Sheet]


class AccountsPanel(Panel):
    """The list, narrowed by letters, by a count of the top line, and by the ward shown."""

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._all: tuple[Account, ...] = ()
        self._roles: tuple[RoleInWords, ...] = ()
        self._filter: str | None = None
        self._wards = {ward.code: ward.name for ward in context.wards}
        self.search = SearchField(self)
        self.search.setPlaceholderText("Name, user name, profession, role or ward (/)")
        self.summary = PlainLabel(parent=self)
        self.message = PlainLabel(READING, self)
        columns = account_columns(place.zone, context.clock, self._wards)
        self.model = RowsModel[Account](columns, self)
        self.table = RowsTable(self.model, "Accounts of the staff, by name", self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._add_commands()
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._show())
        self.search.left.connect(self.table.setFocus)
        self.search.escaped.connect(self.table.setFocus)
        self.table.activated.connect(lambda _index: self.open_history())
        self.load_failed.connect(self._go_stale)

    @property
    def chosen(self) -> Account | None:
        """The account the cursor is on."""
        return self.model.row(self.table.currentIndex())

    @property
    @override
    def counts(self) -> tuple[Count, ...]:
        shown = self._of_place()
        now = self.context.clock()
        return tuple(
            Count(
                key=key,
                text=f"{sum(account_state(a, now) in states for a in shown)} {words}",
                tooltip=f"Show only accounts that are {words} (Alt+{number})",
                chosen=self._filter == key,
            )
            for number, (key, (words, states)) in enumerate(FILTERS.items(), 1)
        )

    @override
    def load(self) -> None:
        self.read(self._show_accounts, accounts)
        self.read(self._show_roles, roles)

    @override
    def show_place(self, place: Place) -> None:
        super().show_place(place)
        self._show()

    @override
    def filter_by(self, key: str) -> None:
        self._filter = None if self._filter == key else key
        self._show()

    @override
    def found(self, text: str) -> Sequence[Found]:
        fitting = [account for account in self._all if finds(account, text, self._wards)]
        return [
            Found(
                text=account.name,
                detail=f"Account {account.login}",
                run=partial(self.go_to, account.user_id),
            )
            for account in fitting[:_FOUND]
        ]

    def go_to(self, user_id: UUID) -> None:
        """Show all and choose this account."""
        self._filter = None
        self.search.clear()
        self._show(user_id)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_history(self) -> None:
        """Show what was done to the chosen account."""
        account = self.chosen
        if account is None:
            self.told.emit(CHOOSE, None)
        elif account.may_assign or account.user_id == self.context.signed_in.user_id:
            sheet = AccountHistorySheet(self.context, account, self.place.zone)
            self.sheet_requested.emit(sheet)
        else:
            self.told.emit(WIDER, None)

    def make_account(self) -> None:
        """Open the sheet that makes an account."""
        self.sheet_requested.emit(NewAccountSheet(self.context, self._roles))

    def show_roles(self) -> None:
        """Show which role may do what."""
        self.sheet_requested.emit(RolesOverviewSheet(self.context, self._roles))

    def do(self, deed: Deed) -> None:
        """Open a sheet for the chosen account, or say why it cannot be."""
        account = self.chosen
        if account is None:
            self.told.emit(CHOOSE, None)
        elif account.user_id == self.context.signed_in.user_id:
            self.told.emit(ONLY_OTHERS, None)
        elif not deed.is_allowed(account):
            self.told.emit(WIDER, None)
        else:
            self.sheet_requested.emit(deed.sheet(account))

    def _deeds(self) -> tuple[Deed, ...]:
        context, zone = self.context, self.place.zone
        manage, assist = Permission.STAFF_MANAGE, Permission.STAFF_ASSIST

        def manages(account: Account) -> bool:
            return account.may_manage

        return (
            Deed("New password…", "P", assist, lambda a: a.may_reset,
                 lambda a: reset_sheet(context, a)),
            Deed("End a lock…", "U", assist, lambda a: a.may_reset,
                 lambda a: unlock_sheet(context, a)),
            Deed("Wards…", "W", assist, lambda a: a.may_assign,
                 lambda a: wards_sheet(context, a)),
            Deed("Roles…", "R", manage, manages, lambda a: roles_sheet(context, a, self._roles)),
            Deed("Ask for a new password…", "F", manage, manages, lambda a: due_sheet(context, a)),
            Deed("Ends on a day…", "E", manage, manages, lambda a: EndSheet(context, a, zone)),
            Deed("Give a badge…", "B", manage, manages, lambda a: GiveBadgeSheet(context, a)),
            Deed("Take the badge…", "Shift+B", manage, manages,
                 lambda a: take_badge_sheet(context, a)),
            Deed("Disable or enable…", "D", manage, manages, lambda a: active_sheet(context, a)),
        )  # fmt: skip

    def _add_commands(self) -> None:
        may = self.context.signed_in.may
        if may(Permission.STAFF_MANAGE):
            self._buttons.addWidget(self.add_button("New account…", "N", self.make_account))
        for deed in self._deeds():
            if may(deed.permission):
                run = partial(self.do, deed)
                self._buttons.addWidget(self.add_button(deed.words, deed.keys, run))
        self._buttons.addWidget(self.add_button("History", "H", self.open_history))
        self._buttons.addWidget(self.add_button("What roles may do", "Alt+R", self.show_roles))
        self.add_command("Search the accounts", "/", self._go_to_search)
        for number, (key, (words, _states)) in enumerate(FILTERS.items(), 1):
            self.add_command(f"Show only {words}", f"Alt+{number}", partial(self.filter_by, key))

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def _show_accounts(self, found: tuple[Account, ...]) -> None:
        self._all = found
        self.model.set_stale(stale=False)
        self._show()

    def _show_roles(self, found: tuple[RoleInWords, ...]) -> None:
        self._roles = found

    def _of_place(self) -> list[Account]:
        """Return the accounts of the ward shown; all of them for the whole hospital."""
        if self.place.whole_hospital or not self.place.wards:
            return list(self._all)
        codes = {ward.code for ward in self.place.wards}
        return [account for account in self._all if codes & set(account.wards)]

    def _show(self, wanted: UUID | None = None) -> None:
        chosen = self.chosen
        of_place, now = self._of_place(), self.context.clock()
        states = FILTERS[self._filter][1] if self._filter else None
        shown = [
            account
            for account in of_place
            if (states is None or account_state(account, now) in states)
            and finds(account, self.search.text(), self._wards)
        ]
        self.model.show_rows(shown)
        self._choose(wanted or (chosen.user_id if chosen else None))
        self.summary.setText(f"{len(shown)} of {len(of_place)} accounts")
        self.counts_changed.emit(self.counts)
        self._put_in_view(self.table if shown else self.message)
        self.message.setText(NOBODY_FITS if self._all else READING)

    def _choose(self, user_id: UUID | None) -> None:
        ids = [account.user_id for account in self.model.rows]
        row = ids.index(user_id) if user_id in ids else 0
        self.table.setCurrentIndex(self.model.index(row, 0) if ids else QModelIndex())

    def _put_in_view(self, widget: QWidget) -> None:
        self.put_in_view(self._stack, widget)

    def _go_stale(self, error: WardError) -> None:
        if not self._all:
            self.message.setText("The accounts could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.model.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self.place.zone)

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        theme.tint(self.summary, "dim")
        self.search.setFixedWidth(_SEARCH_WIDTH_PX)
        self.table.horizontalHeader().setStretchLastSection(True)
        for page in (self.message, self.table):
            self._stack.addWidget(page)
        head = QVBoxLayout()
        margin = theme.GRID_PX
        head.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        first = QHBoxLayout()
        first.addWidget(self.search)
        first.addSpacing(2 * margin)
        first.addWidget(self.summary, 1)
        head.addLayout(first)
        head.addLayout(self._buttons)
        self.content.addLayout(head)
        self.content.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)
