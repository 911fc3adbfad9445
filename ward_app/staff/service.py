"""Signing in and out, and changing one's password. The password is verified inside PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import SchemaMismatchError
from ward_app.core.schema_version import check_revision
from ward_app.rooms.types import Ward
from ward_app.staff.types import (
    AccountLockedError,
    MustChangePasswordError,
    PasswordChange,
    SignedIn,
    WeakPasswordError,
    WorkstationRefusedError,
    WrongOldPasswordError,
    WrongPasswordError,
)


def check_server(tx: Transaction) -> None:
    """Accept the database this workstation reached, before anybody signs in.

    Raises:
        SchemaMismatchError: it is older or newer than this program can work with.
        WorkstationRefusedError: this workstation is revoked or was never enrolled.
    """
    if tx.value("SELECT to_regprocedure('auth.server_info()')") is None:
        raise SchemaMismatchError(
            "This database is not prepared for the program. IT must run: wardctl migrate run."
        )
    facts = tx.row(
        lambda *columns: columns,
        "SELECT revision, oldest_client_revision, workstation_accepted FROM auth.server_info()",
    )
    if facts is None:
        raise SchemaMismatchError(
            "The ward database is not set up yet. IT must run: wardctl seed --demo, or set up "
            "the hospital."
        )
    check_revision(facts[0], facts[1])
    if not facts[2]:
        raise _workstation_refused()


def sign_in(tx: Transaction, login: str, password: str) -> SignedIn:
    """Return the person signed in; the session is usable from the next transaction on.

    Raises:
        WrongPasswordError: user name or password are wrong, or the account is disabled.
        AccountLockedError: too many wrong passwords, or too many attempts at this workstation.
        MustChangePasswordError: the password is good for choosing a new one alone.
        WorkstationRefusedError: this workstation is revoked or was never enrolled.
        SchemaMismatchError: the database is older or newer than this program can work with.
    """
    check_server(tx)
    return signed_in(tx.value("SELECT auth.sign_in_v2(%s, %s)", (login, password)))


def change_password(tx: Transaction, token: str, old: str, new: str) -> None:
    """Change the password of the session's person, whose other sessions end.

    A session that is good for that alone (`MustChangePasswordError`) proves nobody, so the
    transaction is begun without an actor and the token shown here.

    Raises:
        WrongOldPasswordError: the old password is not right.
        WeakPasswordError: the new password cannot be used.
        AccountLockedError: too many wrong passwords.
        SignInRequiredError: the session has ended.
    """
    tx.execute("SELECT auth.prove(%s)", (token,))
    outcome = tx.value("SELECT auth.change_password(%s, %s)", (old, new))
    match outcome["outcome"]:
        case "wrong_old_password":
            raise WrongOldPasswordError("The old password is not right. Type it again.")
        case "weak":
            raise WeakPasswordError(outcome["problem"])
        case "locked":
            raise _account_locked(outcome)
        case "one_time_password_expired":
            raise _one_time_password_expired()


def sign_out(tx: Transaction) -> None:
    """End this session; its token is worthless from the commit on."""
    tx.execute("SELECT auth.sign_out()")


def touch(tx: Transaction) -> None:
    """Tell the server that the person is at the keyboard; at most once a minute."""
    tx.execute("SELECT auth.touch()")


def signed_in(outcome: dict[str, Any]) -> SignedIn:
    """Return the person of the database's answer to a sign-in.

    Raises:
        WardError: whatever the answer says keeps the person out.
    """
    match outcome["outcome"]:
        case "signed_in":
            return _person(outcome)
        case "must_change_password":
            raise _must_change(outcome)
        case "locked":
            raise _account_locked(outcome)
        case "workstation_locked":
            raise AccountLockedError(
                "There were too many attempts to sign in at this workstation. Wait until "
                f"{outcome['locked_until_text']}, and tell IT if they were not yours.",
                until=datetime.fromisoformat(outcome["locked_until"]),
            )
        case "workstation_refused":
            raise _workstation_refused()
        case "account_expired":
            raise WrongPasswordError(
                "This account is no longer valid: its time has run out. Ask IT to extend it."
            )
        case "one_time_password_expired":
            raise _one_time_password_expired()
    raise WrongPasswordError("User name or password are not right. Check both and try again.")


def _account_locked(outcome: dict[str, Any]) -> AccountLockedError:
    return AccountLockedError(
        "This account is locked after too many wrong passwords, until "
        f"{outcome['locked_until_text']}. Wait, or ask IT to reset it.",
        until=datetime.fromisoformat(outcome["locked_until"]),
    )


def _one_time_password_expired() -> WrongPasswordError:
    return WrongPasswordError(
        "This one-time password was good for 24 hours, which are over. Ask IT for another one."
    )


def _must_change(outcome: dict[str, Any]) -> MustChangePasswordError:
    change = PasswordChange(
        token=outcome["token"],
        login=outcome["login"],
        display_name=outcome["display_name"],
        is_one_time=outcome["is_one_time"],
    )
    return MustChangePasswordError("Choose a new password before you go on.", change)


def _workstation_refused() -> WorkstationRefusedError:
    return WorkstationRefusedError(
        "The ward database does not accept this workstation: it was revoked or never enrolled. "
        "IT can enrol it again (wardctl workstation enrol)."
    )


def _person(outcome: dict[str, Any]) -> SignedIn:
    last = outcome["last_signed_in_at"]
    return SignedIn(
        token=outcome["token"],
        session_id=UUID(outcome["session_id"]),
        user_id=UUID(outcome["user_id"]),
        login=outcome["login"],
        display_name=outcome["display_name"],
        role_names=tuple(outcome["role_names"]),
        permissions=frozenset(outcome["permissions"]),
        facility_id=UUID(outcome["facility_id"]),
        facility_name=outcome["facility_name"],
        environment=outcome["environment"],
        wards=tuple(_ward(ward) for ward in outcome["wards"]),
        last_signed_in_at=datetime.fromisoformat(last) if last else None,
        idle_lock_minutes=outcome["idle_lock_minutes"],
        last_workstation=outcome["last_workstation"],
        failures_since=outcome["failures_since"],
        signed_in_at=datetime.fromisoformat(outcome["signed_in_at"]),
        offline_key=bytes.fromhex(outcome["offline_key"]),
    )


def _ward(facts: dict[str, Any]) -> Ward:
    return Ward(**{**facts, "id": UUID(facts["id"])})
