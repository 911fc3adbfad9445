"""The accounts in the rail, and one's own sign-ins by key from everywhere."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

PANEL = "accounts"


def _accounts_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.staff.accounts_panel import AccountsPanel

    return AccountsPanel(context, place, parent)


ACCOUNTS_SPEC = PanelSpec(
    key=PANEL,
    word="Accounts",
    icon="accounts",
    make=_accounts_panel,
    permission=Permission.STAFF_ASSIST,
)


class StaffJoint(QObject):
    """One for each person signed in."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        workplace.sign_ins_asked.connect(self.show_sign_ins)

    def show_sign_ins(self) -> None:
        """Show the person's own sign-ins, good and bad."""
        from ui.staff.account_history_sheets import MySignInsSheet

        workplace = self._workplace
        workplace.open_sheet(MySignInsSheet(workplace.context, workplace.place.zone))
