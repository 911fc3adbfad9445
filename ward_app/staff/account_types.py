"""Words of accounts: who signs in, what was done about it, and what roles permit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AccountState(StrEnum):
    """What keeps a person out, or what they meet at the next sign-in."""

    ACTIVE = "active"
    DISABLED = "disabled"
    ENDED = "ended"
    LOCKED = "locked"
    ONE_TIME = "one_time"
    ONE_TIME_OVER = "one_time_over"
    MUST_CHANGE = "must_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in, and what the session may do with the account.

    Attributes:
        grade: title of the grade ("Registered nurse").
        valid_until: the account is of no use after; None = without end.
        password_expires_at: set: a one-time password, not used yet.
        locked_until: after too many wrong passwords; None = not locked.
        last_signed_in_at: None = never.
        badge_since: when the badge was given; None = no badge. pin_since: when the PIN was set.
        roles: names; role_titles: their words in the same order. wards: codes.
        may_manage: every step. may_reset: a new password, the end of a lock. may_assign: wards.
    """

    user_id: UUID
    login: str
    name: str
    profession: str | None
    grade: str | None
    is_active: bool
    valid_until: datetime | None
    must_change_password: bool
    password_expires_at: datetime | None
    locked_until: datetime | None
    last_signed_in_at: datetime | None
    badge_since: datetime | None
    pin_since: datetime | None
    roles: tuple[str, ...]
    role_titles: tuple[str, ...]
    wards: tuple[str, ...]
    may_manage: bool
    may_reset: bool
    may_assign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made.

    Attributes:
        role: name of its first role, None for none yet.
        ward: code of its first ward, None for none yet.
    """

    id: UUID
    login: str
    name: str
    profession: str | None = None
    role: str | None = None
    ward: str | None = None


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What was done to an account.

    Attributes:
        detail: name of a role, code of a ward, or an end.
        by: name of who did it; None = IT, as administrator of the database.
    """

    at: datetime
    action: str
    detail: str | None
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True)
class SignInTry:
    """A sign-in, good or bad, or a sign-out (`action` LOGIN or LOGOUT)."""

    at: datetime
    action: str
    workstation: str
    succeeded: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """What was done to an account and who tried to sign in with it, the newest first."""

    events: tuple[AccountEvent, ...]
    sign_ins: tuple[SignInTry, ...]


@dataclass(frozen=True, slots=True)
class RoleInWords:
    """A role and what it may do.

    Attributes:
        people: how many of the hospital hold it.
        permissions: what it permits, in words.
        gives: titles of the roles that its holders give and take.
        may_give: whether the person signed in gives it.
    """

    name: str
    title: str
    people: int
    permissions: tuple[str, ...]
    gives: tuple[str, ...]
    may_give: bool
