"""Signing in by badge and PIN, keeping them, and proving a second person. PostgreSQL verifies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.requires import requires
from ward_app.staff.badges import (
    ByBadge,
    ByPassword,
    PasswordNeededError,
    SamePersonError,
    Witness,
)
from ward_app.staff.service import check_server, signed_in
from ward_app.staff.types import (
    Permission,
    SignedIn,
    WeakPasswordError,
    WrongOldPasswordError,
    WrongPasswordError,
)

PIN_LOCKED = (
    "The PIN was wrong five times, so it is not accepted any more. Sign in with your password; "
    "then it is again."
)
PROVE_FIRST = (
    "Sign in with your password first. After that your badge and PIN are enough for a shift."
)
BADGE_REFUSED = (
    "Badge or PIN are not right. Try again, or sign in with your password: there you can "
    "register both."
)


def sign_in_with_badge(tx: Transaction, badge: str, pin: str) -> SignedIn:
    """Return the person signed in; the session is usable from the next transaction on.

    Raises:
        WrongPasswordError: badge or PIN are wrong, or the account is disabled or over.
        PasswordNeededError: the password was not used lately, or the PIN was wrong too often.
        AccountLockedError: too many attempts at this workstation.
        WorkstationRefusedError: this workstation is revoked or was never enrolled.
        SchemaMismatchError: the database is older or newer than this program can work with.
    """
    check_server(tx)
    outcome = tx.value("SELECT auth.sign_in_with_badge(%s, %s)", (badge, pin))
    _refuse_badge(outcome["outcome"])
    return signed_in(outcome)


def keep_badge_and_pin(tx: Transaction, password: str, badge: str | None, pin: str | None) -> None:
    """Register the badge of who is signed in, set their PIN, or both (None: that stays).

    Raises:
        WrongOldPasswordError: the password is not right.
        WeakPasswordError: the badge or the PIN cannot be used; the text says why.
        AccountLockedError: too many wrong passwords.
        SignInRequiredError: the session has ended.
    """
    outcome = tx.value("SELECT auth.keep_badge_and_pin(%s, %s, %s)", (password, badge, pin))
    match outcome["outcome"]:
        case "wrong_password":
            raise WrongOldPasswordError("The password is not right. Type it again.")
        case "weak":
            raise WeakPasswordError(outcome["problem"])
        case "locked":
            signed_in(outcome)


def drop_badge(tx: Transaction) -> bool:
    """Make the own badge good no more; return whether there was one.

    Raises:
        SignInRequiredError: the session has ended.
    """
    dropped: bool = tx.value("SELECT auth.drop_badge()")
    return dropped


@requires(Permission.STAFF_MANAGE)
def give_badge(tx: Transaction, user_id: UUID, reason: str, badge: str) -> None:
    """Register a badge for somebody else; one they had before is good no more.

    Raises:
        NotPermittedError: the account is not one that the session may change.
        RuleBrokenError: it is one's own account, or the badge is somebody else's or unreadable.
    """
    tx.execute("SELECT auth.give_badge(%s, %s, %s)", (user_id, badge, reason))


@requires(Permission.STAFF_MANAGE)
def take_badge(tx: Transaction, user_id: UUID, reason: str) -> None:
    """Make somebody else's badge good no more; the PIN stays theirs.

    Raises:
        NotPermittedError: the account is not one that the session may change.
        RuleBrokenError: it is one's own account, or there is no badge.
    """
    tx.execute("SELECT auth.take_badge(%s, %s)", (user_id, reason))


def witness(tx: Transaction, command_id: UUID, second: ByPassword | ByBadge) -> Witness:
    """Return the proof that a second person stands by one act of who is signed in.

    It is good for the command of that id, from this session and workstation, from the next
    transaction on, for two minutes and once.

    Raises:
        SamePersonError: it is the person who acts.
        WardError: whatever would keep the second person from signing in, in words.
    """
    if isinstance(second, ByBadge):
        shown: tuple[object, ...] = (second.badge, second.pin, True)
    else:
        shown = (second.login, second.password, False)
    outcome = tx.value("SELECT auth.witness(%s, %s, %s, %s)", (command_id, *shown))
    if outcome["outcome"] != "witnessed":
        _refuse_witness(outcome["outcome"])
        signed_in(outcome)
    return Witness(
        command_id=command_id,
        user_id=UUID(outcome["witness_id"]),
        display_name=outcome["display_name"],
        proof=outcome["proof"],
        valid_until=datetime.fromisoformat(outcome["valid_until"]),
    )


def _refuse_badge(outcome: str) -> None:
    match outcome:
        case "badge_refused":
            raise WrongPasswordError(BADGE_REFUSED)
        case "pin_locked":
            raise PasswordNeededError(PIN_LOCKED)
        case "password_needed":
            raise PasswordNeededError(PROVE_FIRST)


def _refuse_witness(outcome: str) -> None:
    _refuse_badge(outcome)
    match outcome:
        case "same_person":
            raise SamePersonError(
                "The witness is somebody else than the one who acts. Ask a colleague."
            )
        case "must_change_password":
            raise PasswordNeededError(
                "The witness must choose a new password first, by signing in at a workstation."
            )
