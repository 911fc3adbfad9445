"""Accounts of the staff: an administrator finds a newcomer, everybody sees their own sign-ins."""

from __future__ import annotations

from ui.demo.signing_in import sign_in_as
from ui.demo.walk import Walk
from ui.staff.account_badge_sheets import GiveBadgeSheet
from ui.staff.account_history_sheets import AccountHistorySheet, MySignInsSheet
from ui.staff.account_sheets import AccountSheet, NewAccountSheet
from ui.staff.accounts_panel import AccountsPanel
from ui.staff.badge_overlay import BadgeOverlay
from ui.staff.joint import PANEL
from ui.staff.one_time_sheet import OneTimePasswordSheet
from ward_app.demo.account_rows import NEWCOMER

MANAGER = "manager"
ADMINISTRATOR = "admin"
# whose badge is lost; nobody else of the tour
SOMEBODY = "nurse5n"


def look_at_my_sign_ins(walk: Walk) -> None:
    """One key from anywhere; the wrong password of before is there."""
    walk.hands.press("Ctrl+Shift+I")
    sheet = walk.sheet(MySignInsSheet)
    walk.until(lambda: sheet.model.rows, "no sign-in is shown")
    walk.expect("refused" in sheet.words.text(), f"it says: {sheet.words.text()}")
    walk.picture("my-sign-ins")
    walk.hands.press("Esc")


def help_somebody_in(walk: Walk) -> None:
    """A ward manager gives a newcomer another one-time password, shown once."""
    panel = accounts(walk, MANAGER)
    walk.hands.press("/")
    walk.hands.type(NEWCOMER)
    walk.hands.press("Return")
    walk.expect([row.login for row in panel.model.rows] == [NEWCOMER], "the newcomer is not found")
    walk.hands.press("P")
    walk.sheet(AccountSheet)
    walk.hands.press("1")
    walk.picture("account-new-password")
    walk.hands.press("Ctrl+Return")
    walk.until(
        lambda: isinstance(walk.workplace.sheets.sheet, OneTimePasswordSheet),
        "no one-time password was shown",
    )
    walk.picture("one-time-password")
    walk.hands.press("Ctrl+Return")


def take_a_badge(walk: Walk) -> None:
    """An administrator sees who has a badge, and makes the one that was lost good no more."""
    panel = accounts(walk, ADMINISTRATOR)
    _go_to(panel, SOMEBODY)
    holder = panel.chosen
    has_one = holder is not None and holder.badge_since is not None
    walk.expect(has_one, "nobody is seen to have a badge")
    walk.hands.press("B")
    walk.sheet(GiveBadgeSheet)
    walk.picture("account-badge")
    walk.hands.press("Esc")
    walk.hands.press("Shift+B")
    walk.sheet(AccountSheet)
    walk.hands.press("1")
    walk.hands.press("Ctrl+Return")
    walk.until(
        lambda: panel.chosen is not None and panel.chosen.badge_since is None,
        "the badge is still good",
    )
    walk.picture("account-badge-taken")


def accounts(walk: Walk, login: str) -> AccountsPanel:
    """Sign somebody in and return the accounts once they are read."""
    sign_in_as(walk, login)
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = place.panel_of(PANEL)
    assert isinstance(panel, AccountsPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.model.rows, "no account is listed")
    return panel


def list_screen(walk: Walk) -> None:
    """All accounts, before the administrator."""
    accounts(walk, ADMINISTRATOR)


def narrow_list_screen(walk: Walk) -> None:
    """The accounts of a ward manager's staff."""
    accounts(walk, MANAGER)


def new_screen(walk: Walk) -> None:
    """An account is made."""
    accounts(walk, ADMINISTRATOR)
    walk.hands.press("N")
    walk.sheet(NewAccountSheet)


def reset_screen(walk: Walk) -> None:
    """A one-time password is about to be given."""
    _chosen(walk, "P")


def roles_screen(walk: Walk) -> None:
    """A role is about to be given."""
    _chosen(walk, "R")


def end_screen(walk: Walk) -> None:
    """An account is about to end with a day."""
    _chosen(walk, "E")


def history_screen(walk: Walk) -> None:
    """What was done to the newcomer's account."""
    _chosen(walk, "H")
    sheet = walk.sheet(AccountHistorySheet)
    walk.until(lambda: sheet.events.rows, "nothing was done")


def badge_screen(walk: Walk) -> None:
    """A badge is about to be given."""
    _chosen(walk, "B")
    walk.sheet(GiveBadgeSheet)


def take_badge_screen(walk: Walk) -> None:
    """A badge is about to be made good no more."""
    _chosen(walk, "Shift+B")


def my_badge_screen(walk: Walk) -> None:
    """One's own badge and PIN."""
    walk.hands.press("Ctrl+Shift+B")
    walk.until(lambda: walk.workplace.findChildren(BadgeOverlay), "no card for the badge")


def overview_screen(walk: Walk) -> None:
    """What roles may do."""
    _chosen(walk, "Alt+R")


def password_screen(walk: Walk) -> None:
    """A one-time password, shown once."""
    _chosen(walk, "P")
    walk.hands.press("1")
    walk.hands.press("Ctrl+Return")
    walk.until(
        lambda: isinstance(walk.workplace.sheets.sheet, OneTimePasswordSheet),
        "no one-time password was shown",
    )


def _chosen(walk: Walk, keys: str) -> None:
    """Press keys with the newcomer chosen."""
    _go_to(accounts(walk, ADMINISTRATOR), NEWCOMER)
    walk.hands.press(keys)


def _go_to(panel: AccountsPanel, login: str) -> None:
    panel.go_to(next(row for row in panel.model.rows if row.login == login).user_id)


SCREENS = (
    ("accounts-manager", narrow_list_screen),
    ("accounts", list_screen),
    ("account-new", new_screen),
    ("account-reset", reset_screen),
    ("account-roles", roles_screen),
    ("account-end", end_screen),
    ("account-badge", badge_screen),
    ("account-badge-taken", take_badge_screen),
    ("my-badge", my_badge_screen),
    ("account-history", history_screen),
    ("roles", overview_screen),
    ("one-time-password", password_screen),
)
