"""How an account reads: its state, what was done to it, its sign-ins. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

from ui.formats import date_text, moment_text
from ui.matching import match_rank
from ui.widgets.rows_table import RowColumn
from ward_app.staff.account_types import (
    Account,
    AccountEvent,
    AccountState,
    RoleInWords,
    SignInTry,
)
from ward_app.staff.rules import account_state

TOPIC = "staff"
READING = "The accounts are being read…"
NOBODY_FITS = "No account fits this. Escape in the search line shows all."
ONLY_OTHERS = "Nobody changes their own account. Ask another administrator."
WIDER = (
    "You may not do this: the person has rights that you do not have, or works on wards that "
    "are not yours. Ask an administrator."
)
BY_IT = "IT, in the database"
_GLYPHS = {
    AccountState.ACTIVE: ("●", None),
    AccountState.DISABLED: ("■", "dim"),
    AccountState.ENDED: ("■", "dim"),
    AccountState.LOCKED: ("◆", "problem"),
    AccountState.ONE_TIME: ("▲", "caution"),
    AccountState.ONE_TIME_OVER: ("▲", "problem"),
    AccountState.MUST_CHANGE: ("▲", "caution"),
}
# what the counts of the top line count, by their key
FILTERS: Mapping[str, tuple[str, frozenset[AccountState]]] = {
    "active": ("active", frozenset({AccountState.ACTIVE})),
    "locked": ("locked", frozenset({AccountState.LOCKED})),
    "due": (
        "new password due",
        frozenset({AccountState.ONE_TIME, AccountState.ONE_TIME_OVER, AccountState.MUST_CHANGE}),
    ),
    "out": ("disabled or ended", frozenset({AccountState.DISABLED, AccountState.ENDED})),
}
_ACTIONS = {
    "created": "Account made",
    "password_changed": "Password changed by its owner",
    "password_reset": "One-time password given",
    "password_expired": "New password asked for",
    "disabled": "Disabled",
    "enabled": "Enabled",
    "end_set": "End set",
    "role_given": "Role given",
    "role_taken": "Role taken",
    "ward_given": "Ward assigned",
    "ward_taken": "Ward taken",
    "unlocked": "Lock ended",
    "badge_given": "Badge given",
    "badge_taken": "Badge taken",
    "pin_set": "PIN set by its owner",
}
_REASONS = {
    "to choose a new password": "to choose a new password",
    "wrong password": "wrong password",
    "locked": "locked after wrong passwords",
    "workstation locked": "workstation locked after many tries",
    "account disabled": "the account was disabled",
    "account expired": "the account had ended",
    "one-time password expired": "the one-time password had run out",
    "wrong old password": "wrong old password, when changing it",
}


def state_text(account: Account, zone: tzinfo, now: datetime) -> str:
    """Return the state with its glyph, and until when."""
    state = account_state(account, now)
    glyph = _GLYPHS[state][0]
    return f"{glyph} {_state_words(account, state, zone, now)}"


def _state_words(account: Account, state: AccountState, zone: tzinfo, now: datetime) -> str:
    if state is AccountState.ACTIVE and account.valid_until is not None:
        return f"Active until {day_text(account.valid_until, zone)}"
    return {
        AccountState.ACTIVE: "Active",
        AccountState.DISABLED: "Disabled",
        AccountState.ENDED: f"Ended {day_text(account.valid_until, zone)}",
        AccountState.LOCKED: f"Locked until {moment_text(account.locked_until, zone, now)}",
        AccountState.ONE_TIME: (
            f"One-time password until {moment_text(account.password_expires_at, zone, now)}"
        ),
        AccountState.ONE_TIME_OVER: "One-time password ran out",
        AccountState.MUST_CHANGE: "New password due",
    }[state]


def day_text(at: datetime | None, zone: tzinfo) -> str:
    """Return "20-Nov-2026", the day of a moment in the zone."""
    return date_text(None if at is None else at.astimezone(zone).date())


def account_columns(
    zone: tzinfo, clock: Callable[[], datetime], wards: Mapping[str, str]
) -> tuple[RowColumn[Account], ...]:
    """Return the columns of the list; `wards`: names by code."""
    return (
        RowColumn("Name", 160, lambda a: a.name),
        RowColumn("User name", 105, lambda a: a.login),
        # in view beside a sheet too
        RowColumn(
            "State",
            272,
            lambda a: state_text(a, zone, clock()),
            colour=lambda a: _GLYPHS[account_state(a, clock())][1],
        ),
        RowColumn("Roles", 160, lambda a: ", ".join(a.role_titles) or "none"),
        RowColumn("Wards", 190, lambda a: wards_text(a, wards)),
        RowColumn("Badge", 142, lambda a: badge_text(a, zone)),
        RowColumn("Profession", 150, profession_text),
        RowColumn("Last signed in", 120, lambda a: last_text(a, zone, clock())),
    )


def profession_text(account: Account) -> str:
    """Return the profession, else the grade; empty when neither is known."""
    return account.profession or account.grade or ""


def wards_text(account: Account, wards: Mapping[str, str]) -> str:
    """Return the names of the wards assigned."""
    return ", ".join(wards.get(code, code) for code in account.wards) or "none"


def badge_text(account: Account, zone: tzinfo) -> str:
    """Return whether the person takes over workstations by badge, and since when the badge is."""
    if account.badge_since is None:
        return "○ none"
    since = day_text(account.badge_since, zone)
    return f"● {since}" if account.pin_since else f"▲ {since}, no PIN yet"


def last_text(account: Account, zone: tzinfo, now: datetime) -> str:
    """Return when the person signed in last."""
    last = account.last_signed_in_at
    return "never" if last is None else moment_text(last, zone, now)


def finds(account: Account, typed: str, wards: Mapping[str, str]) -> bool:
    """Whether an account fits the letters typed: name, user name, profession, role or ward."""
    words = (account.name, account.login, profession_text(account), *account.role_titles,
             *account.wards, wards_text(account, wards))  # fmt: skip
    return match_rank(typed, " ".join(words)) is not None


def event_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[AccountEvent], ...]:
    """Return the columns of what was done to an account."""
    return (
        RowColumn("When", 110, lambda e: moment_text(e.at, zone, now)),
        RowColumn("What", 220, event_text),
        RowColumn("By", 150, lambda e: e.by or BY_IT),
        RowColumn("Why", 190, lambda e: e.reason),
    )


def event_text(event: AccountEvent) -> str:
    """Return what was done, with the role, ward or end meant."""
    words = _ACTIONS[event.action]
    detail = (event.detail or "").replace("_", " ")
    return f"{words}: {detail}" if detail else words


def sign_in_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[SignInTry], ...]:
    """Return the columns of sign-ins; those that failed stand out."""
    return (
        RowColumn("When", 110, lambda t: moment_text(t.at, zone, now)),
        RowColumn("What", 380, sign_in_text, colour=lambda t: None if t.succeeded else "problem"),
        RowColumn("Where", 180, lambda t: t.workstation),
    )


def sign_in_text(each: SignInTry) -> str:
    """Return "● Signed in", "▲ Refused: wrong password" or "○ Signed out"."""
    why = _REASONS.get(each.reason or "", each.reason or "")
    if each.action == "LOGOUT":
        return "○ Signed out"
    if each.succeeded:
        return f"● Signed in {why}".rstrip()
    return f"▲ Refused: {why}"


def sign_ins_text(tries: Sequence[SignInTry]) -> str:
    """Return how many are shown and how many of them failed."""
    failed = sum(not each.succeeded for each in tries)
    words = f"The last {len(tries)}" if len(tries) > 1 else f"{len(tries)} so far"
    if not failed:
        return f"{words}, none refused."
    return f"{words}, {failed} refused. Tell IT if they were not yours."


def role_lines(role: RoleInWords) -> tuple[str, str]:
    """Return a role's heading, and what it may do."""
    people = "1 person" if role.people == 1 else f"{role.people} people"
    lines = [f"• {words}" for words in role.permissions] or ["• Nothing"]
    if role.gives:
        lines.append(f"Gives and takes the roles: {', '.join(role.gives)}")
    return f"{role.title} ({people})", "\n".join(lines)
