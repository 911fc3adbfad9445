"""Reads of accounts: the database decides whose are in sight."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.reading import may_lag, unhurried
from ward_app.staff.account_types import (
    Account,
    AccountEvent,
    AccountHistory,
    RoleInWords,
    SignInTry,
)

_ACCOUNTS = """
SELECT user_id, login, display_name AS name, profession, grade, is_active, valid_until,
    must_change_password, password_expires_at, locked_until, last_signed_in_at, badge_since,
    pin_since, roles, role_titles, wards, may_manage, may_reset, may_assign
FROM auth.accounts() LEFT JOIN auth.badge_holders() USING (user_id)
ORDER BY display_name, login
"""
_FIELDS = tuple(Account.__dataclass_fields__)
_EVENTS = """
SELECT e.recorded_at, e.action, e.detail, e.reason, u.display_name
FROM public.account_events e LEFT JOIN public.users u ON u.id = e.recorded_by
WHERE e.user_id = %s ORDER BY e.recorded_at DESC, e.id DESC LIMIT 200
"""
_SIGN_INS = "SELECT at, action, workstation, succeeded, reason FROM auth.sign_ins(%s)"
_ROLES = """
SELECT name, title, people, permissions, gives, may_give FROM auth.role_catalogue()
"""


def accounts(tx: Transaction) -> tuple[Account, ...]:
    """Return the accounts that the session may look at, by name.

    Raises:
        NotPermittedError: the role sees no accounts.
    """
    return tuple(tx.rows(_account, _ACCOUNTS))


@may_lag
@unhurried
def account_history(tx: Transaction, user_id: UUID) -> AccountHistory:
    """Return what was done to an account, and its sign-ins.

    Raises:
        NotPermittedError: the account is neither one's own nor in reach.
    """
    return AccountHistory(tuple(tx.rows(AccountEvent, _EVENTS, (user_id,))), sign_ins(tx, user_id))


@may_lag
@unhurried
def sign_ins(tx: Transaction, user_id: UUID) -> tuple[SignInTry, ...]:
    """Return a person's last 50 sign-ins, good and bad, the newest first.

    Raises:
        NotPermittedError: the account is neither one's own nor in reach.
    """
    return tuple(tx.rows(SignInTry, _SIGN_INS, (user_id,)))


def roles(tx: Transaction) -> tuple[RoleInWords, ...]:
    """Return every role, by title.

    Raises:
        NotPermittedError: the role sees no accounts.
    """
    return tuple(tx.rows(_role, _ROLES))


def _account(*columns: Any) -> Account:
    return Account(**dict(zip(_FIELDS, map(_frozen, columns), strict=True)))


def _role(*columns: Any) -> RoleInWords:
    return RoleInWords(*map(_frozen, columns))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
