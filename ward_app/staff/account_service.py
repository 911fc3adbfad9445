"""Changing accounts of others. The database decides who may, and keeps who did it and why."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.requires import requires
from ward_app.staff.account_types import NewAccount
from ward_app.staff.types import Permission


@requires(Permission.STAFF_MANAGE)
def create_account(tx: Transaction, new: NewAccount, reason: str) -> str:
    """Make an account with its first role and ward; return its one-time password.

    Sent again with the same id it is the same account, with another one-time password.

    Raises:
        NotPermittedError: the session makes no accounts, or does not give that role.
        RuleBrokenError: the user name is taken or cannot be used.
    """
    facts = {"login": new.login, "name": new.name, "profession": new.profession}
    password = tx.value(
        "SELECT auth.create_account(%s, %s, %s)", (new.id, json.dumps(facts), reason)
    )
    if new.role is not None:
        change_role(tx, new.id, reason, new.role, given=True)
    if new.ward is not None:
        change_ward(tx, new.id, reason, new.ward, given=True)
    return str(password)


@requires(Permission.STAFF_ASSIST)
def reset_password(tx: Transaction, user_id: UUID, reason: str) -> str:
    """Return a new one-time password; the person's sessions end, and a lock with them.

    Raises:
        NotPermittedError: the account is not one that the session may change.
        RuleBrokenError: it is one's own, or that of the last administrator.
    """
    return str(tx.value("SELECT auth.reset_password(%s, %s)", (user_id, reason)))


@requires(Permission.STAFF_ASSIST)
def unlock(tx: Transaction, user_id: UUID, reason: str) -> None:
    """End a lock after wrong passwords; the password stays.

    Raises:
        NotPermittedError: the account is not one that the session may change.
    """
    tx.execute("SELECT auth.unlock_account(%s, %s)", (user_id, reason))


@requires(Permission.STAFF_MANAGE)
def set_active(tx: Transaction, user_id: UUID, reason: str, *, active: bool) -> None:
    """Disable an account, ending its sessions at once, or enable it again.

    Raises:
        NotPermittedError: the account is not one that the session may change.
        RuleBrokenError: it is one's own, or that of the last administrator.
    """
    tx.execute("SELECT auth.set_account_active(%s, %s, %s)", (user_id, active, reason))


@requires(Permission.STAFF_MANAGE)
def require_new_password(tx: Transaction, user_id: UUID, reason: str) -> None:
    """Have the person choose a new password; sessions that run end at once.

    Raises:
        NotPermittedError: the account is not one that the session may change.
    """
    tx.execute("SELECT auth.expire_password(%s, %s)", (user_id, reason))


@requires(Permission.STAFF_MANAGE)
def set_end(tx: Transaction, user_id: UUID, reason: str, valid_until: datetime | None) -> None:
    """Set until when an account is good; None = without end.

    Raises:
        NotPermittedError: the account is not one that the session may change.
        RuleBrokenError: it is one's own, or that of the last administrator.
    """
    tx.execute("SELECT auth.set_account_end(%s, %s, %s)", (user_id, valid_until, reason))


@requires(Permission.STAFF_MANAGE)
def change_role(tx: Transaction, user_id: UUID, reason: str, role: str, *, given: bool) -> None:
    """Give a role, or take it.

    Raises:
        NotPermittedError: account or role are not ones that the session may change.
        RuleBrokenError: the roles do not go together, or it is the last administrator's.
    """
    call = "give_role" if given else "take_role"
    tx.execute(f"SELECT auth.{call}(%s, %s, %s)", (user_id, role, reason))


@requires(Permission.STAFF_ASSIST)
def change_ward(tx: Transaction, user_id: UUID, reason: str, ward: str, *, given: bool) -> None:
    """Assign a person to a ward by its code, or end that.

    Raises:
        NotPermittedError: account or ward are not ones that the session may change.
    """
    call = "give_ward" if given else "take_ward"
    tx.execute(f"SELECT auth.{call}(%s, %s, %s)", (user_id, ward, reason))
