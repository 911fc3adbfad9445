"""Signing in and out. The password is verified inside PostgreSQL."""

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
    SignedIn,
    WorkstationRefusedError,
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
        WorkstationRefusedError: this workstation is revoked or was never enrolled.
        SchemaMismatchError: the database is older or newer than this program can work with.
    """
    check_server(tx)
    return _signed_in(tx.value("SELECT auth.sign_in(%s, %s)", (login, password)))


def sign_out(tx: Transaction) -> None:
    """End this session; its token is worthless from the commit on."""
    tx.execute("SELECT auth.sign_out()")


def touch(tx: Transaction) -> None:
    """Tell the server that the person is at the keyboard; at most once a minute."""
    tx.execute("SELECT auth.touch()")


def _signed_in(outcome: dict[str, Any]) -> SignedIn:
    match outcome["outcome"]:
        case "signed_in":
            return _person(outcome)
        case "locked":
            until = datetime.fromisoformat(outcome["locked_until"])
            raise AccountLockedError(
                "This account is locked after too many wrong passwords, until "
                f"{outcome['locked_until_text']}. Wait, or ask the ward manager to reset it.",
                until=until,
            )
        case "workstation_locked":
            raise AccountLockedError(
                "There were too many attempts to sign in at this workstation. Wait until "
                f"{outcome['locked_until_text']}, and tell IT if they were not yours.",
                until=datetime.fromisoformat(outcome["locked_until"]),
            )
        case "workstation_refused":
            raise _workstation_refused()
    raise WrongPasswordError("User name or password are not right. Check both and try again.")


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
    )


def _ward(facts: dict[str, Any]) -> Ward:
    return Ward(**{**facts, "id": UUID(facts["id"])})
