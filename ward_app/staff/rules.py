"""What a new password must be, as far as it can be told while it is typed; states of accounts."""

from __future__ import annotations

import re
from datetime import datetime

from ward_app.staff.types import Account, AccountState

SHORTEST = 12
# what of a password is not the user name or the name
_SHORTEST_REST = 8
_FEWEST_CHARACTERS = 5
_SHORTEST_WORD = 3


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


def _is_made_of(password: str, names: tuple[str, ...]) -> bool:
    words = re.split(r"[\W_]+", " ".join(names).lower())
    rest = password
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    return rest != password and len(re.sub(r"[\W_]", "", rest)) < _SHORTEST_REST
