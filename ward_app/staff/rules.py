"""What a new password or PIN must be, as far as it can be told while typed; states of accounts."""

from __future__ import annotations

import re
from datetime import datetime

from ward_app.staff.account_types import Account, AccountState

SHORTEST = 12
# what of a password is not the user name or the name
_SHORTEST_REST = 8
_FEWEST_CHARACTERS = 5
_SHORTEST_WORD = 3
SHORTEST_PIN, LONGEST_PIN = 6, 12
_FEWEST_FIGURES = 3
_UPWARDS = "012345678901234567890"


def password_words(password: str, names: tuple[str, ...]) -> str:
    """Return what is still wrong with a new password, in plain words; empty when nothing is.

    The database decides: it also knows the passwords that are used most.

    Args:
        password: what was typed so far.
        names: user name and name of the person.
    """
    missing = SHORTEST - len(password)
    if missing > 0:
        more = "1 more character" if missing == 1 else f"{missing} more characters"
        return f"{more}: it needs {SHORTEST} or more."
    if len(set(password.lower())) < _FEWEST_CHARACTERS:
        return "Use different characters, not the same few."
    if _is_made_of(password.lower(), names):
        return "Do not make it of your user name or your name."
    return ""


def account_state(account: Account, now: datetime) -> AccountState:
    """Return what keeps the person out now, the strongest first, or ACTIVE."""
    if not account.is_active:
        return AccountState.DISABLED
    if account.valid_until is not None and account.valid_until <= now:
        return AccountState.ENDED
    if account.locked_until is not None and account.locked_until > now:
        return AccountState.LOCKED
    if not account.must_change_password:
        return AccountState.ACTIVE
    if account.password_expires_at is None:
        return AccountState.MUST_CHANGE
    is_over = account.password_expires_at <= now
    return AccountState.ONE_TIME_OVER if is_over else AccountState.ONE_TIME


def pin_words(pin: str) -> str:
    """Return what is still wrong with a new PIN, in plain words; empty when nothing is.

    The database decides: it also compares it with the badge.
    """
    missing = SHORTEST_PIN - len(pin)
    if not pin.isascii() or not pin.isdecimal():
        return f"A PIN has figures only, {SHORTEST_PIN} to {LONGEST_PIN} of them."
    if missing > 0:
        return f"{missing} more: it needs {SHORTEST_PIN} figures or more."
    if len(set(pin)) < _FEWEST_FIGURES or re.fullmatch(r"(\d{2,6})\1+", pin):
        return "Use different figures, not the same few."
    if pin in _UPWARDS or pin in _UPWARDS[::-1]:
        return "Do not only count up or down."
    if re.search(r"19[2-9]\d|20[0-2]\d", pin):
        return "Use no year: a date of birth is guessed first."
    return ""


def _is_made_of(password: str, names: tuple[str, ...]) -> bool:
    words = re.split(r"[\W_]+", " ".join(names).lower())
    rest = password
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    return rest != password and len(re.sub(r"[\W_]", "", rest)) < _SHORTEST_REST
