"""Accounts of people, as IT manages them: the database checks each step and keeps who and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from ward_app.core.database_errors import ward_error
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.bootstrap import administrator
from ward_app.operations.decision import require_decider

_NO_SESSION = "WA401"

_ACCOUNTS = """
SELECT u.login, u.display_name, u.profession, f.code, u.is_active, u.valid_until,
    u.valid_until <= now(), auth.locked_until(u.id), u.must_change_password,
    u.password_expires_at, u.last_signed_in_at, b.given_at, p.set_at,
    coalesce((SELECT array_agg(r.name ORDER BY r.name) FROM public.user_roles ur
              JOIN public.roles r ON r.id = ur.role_id WHERE ur.user_id = u.id), '{}'),
    coalesce((SELECT array_agg(w.code ORDER BY w.code) FROM public.user_wards uw
              JOIN room.wards w ON w.id = uw.ward_id WHERE uw.user_id = u.id), '{}')
FROM public.users u JOIN public.facilities f ON f.id = u.facility_id
LEFT JOIN public.badges b ON b.user_id = u.id AND b.ended_at IS NULL
LEFT JOIN public.pins p ON p.user_id = u.id
WHERE u.login = coalesce(%s, u.login)
ORDER BY u.login
"""
_EVENTS = """
SELECT e.recorded_at, e.action, e.detail, e.reason, coalesce(b.login, e.database_role)
FROM public.account_events e JOIN public.users u ON u.id = e.user_id
LEFT JOIN public.users b ON b.id = e.recorded_by
WHERE u.login = %s ORDER BY e.recorded_at DESC LIMIT 20
"""
_SIGN_INS = """
SELECT h.at, h.action, coalesce(w.name, h.workstation), h.succeeded, h.reason
FROM audit.login_history h JOIN public.users u ON u.id = h.user_id
LEFT JOIN public.workstations w ON w.role_name = h.workstation
WHERE u.login = %s ORDER BY h.at DESC LIMIT 20
"""
_ROLES = """
SELECT r.name, r.title, (SELECT count(*) FROM public.user_roles ur WHERE ur.role_id = r.id),
    coalesce((SELECT array_agg(p.name || ': ' || p.description ORDER BY p.name)
              FROM public.role_permissions rp JOIN public.permissions p
              ON p.id = rp.permission_id WHERE rp.role_id = r.id), '{}'),
    coalesce((SELECT array_agg(g.name ORDER BY g.name) FROM public.role_grants rg
              JOIN public.roles g ON g.id = rg.granted_role_id WHERE rg.role_id = r.id), '{}')
FROM public.roles r ORDER BY r.name
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in.

    Attributes:
        has_ended: whether `valid_until` is over; None where there is no end.
        locked_until: after too many wrong passwords; None where it is not locked.
        password_expires_at: set: a one-time password, not used yet.
        badge_since: when the badge was given; None: no badge. pin_since: when the PIN was set.
        roles: names of roles. wards: codes of wards.
    """

    login: str
    name: str
    profession: str | None
    facility: str
    is_active: bool
    valid_until: datetime | None
    has_ended: bool | None
    locked_until: datetime | None
    must_change_password: bool
    password_expires_at: datetime | None
    last_signed_in_at: datetime | None
    badge_since: datetime | None
    pin_since: datetime | None
    roles: Sequence[str]
    wards: Sequence[str]

    @property
    def state(self) -> str:
        """What keeps the person out, or what they meet at the next sign-in."""
        if not self.is_active:
            return "disabled"
        if self.has_ended:
            return "expired"
        if self.locked_until:
            return "locked"
        if self.must_change_password:
            return "one-time password" if self.password_expires_at else "new password due"
        return "active"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What was done to an account; `by` is a user name, or the role of IT in the database."""

    at: datetime
    action: str
    detail: str | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class SignInTry:
    """A sign-in, good or bad, or a sign-out."""

    at: datetime
    action: str
    workstation: str
    succeeded: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Role:
    """A role, its permissions with what they mean, and the roles its holders may give."""

    name: str
    title: str
    people: int
    permissions: Sequence[str]
    may_give: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made.

    Attributes:
        facility: code of the hospital, None where there is one.
    """

    login: str
    name: str
    profession: str | None = None
    facility: str | None = None
    roles: Sequence[str] = ()
    wards: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """Where accounts are managed, and for what reason.

    Attributes:
        admin_dsn: how the server's administrator connects.
    """

    admin_dsn: str
    database: str
    by: str
    reason: str

    @property
    def words(self) -> str:
        """What is kept with each step.

        Raises:
            RuleBrokenError: nobody stands for it, or it has no reason.
        """
        require_decider(self.by)
        if not self.reason.strip():
            raise RuleBrokenError("Say why: --reason.")
        return f"{self.reason.strip().rstrip('.')}. Decided by {self.by.strip()}."


def create_account(office: Office, new: NewAccount) -> str:
    """Make an account with its roles and wards; return its one-time password.

    Raises:
        RuleBrokenError: the user name is taken, or there is no such role, ward or hospital.
        DatabaseUnavailableError: the server cannot be reached.
    """
    user_id, words = new_id(), office.words
    facts = {"login": new.login, "name": new.name, "profession": new.profession,
             "facility": new.facility}  # fmt: skip
    with _changing(office) as connection:
        given = _value(connection, "SELECT auth.create_account(%s, %s, %s)",
                       user_id, json.dumps(facts), words)  # fmt: skip
        for role in new.roles:
            connection.execute("SELECT auth.give_role(%s, %s, %s)", (user_id, role, words))
        for ward in new.wards:
            connection.execute("SELECT auth.give_ward(%s, %s, %s)", (user_id, ward, words))
    return str(given)


def reset_password(office: Office, login: str) -> str:
    """Return a new one-time password; sessions end, and a lock after wrong passwords with them.

    Raises:
        RuleBrokenError: there is no such person.
    """
    return str(_change(office, "SELECT auth.reset_password(%s, %s)", login))


def unlock(office: Office, login: str) -> None:
    """End a lock after wrong passwords; the password stays.

    Raises:
        RuleBrokenError: there is no such person.
    """
    _change(office, "SELECT auth.unlock_account(%s, %s)", login)


def set_active(office: Office, login: str, *, active: bool) -> None:
    """Disable an account, ending its sessions at once, or enable it again.

    Raises:
        RuleBrokenError: there is no such person, or it is the last administrator.
    """
    _change(office, "SELECT auth.set_account_active(%s, %s, %s)", login, active)


def expire_password(office: Office, login: str) -> None:
    """Have the person choose a new password at the next sign-in; sessions end at once.

    Raises:
        RuleBrokenError: there is no such person.
    """
    _change(office, "SELECT auth.expire_password(%s, %s)", login)


def set_end(office: Office, login: str, valid_until: datetime | None) -> None:
    """Set until when the account is good; None = without end.

    Raises:
        RuleBrokenError: there is no such person, or it is the last administrator.
    """
    _change(office, "SELECT auth.set_account_end(%s, %s, %s)", login, valid_until)


def change_role(office: Office, login: str, role: str, *, given: bool) -> None:
    """Give a role to a person, or take it.

    Raises:
        RuleBrokenError: there is no such person or role, or the roles do not go together.
    """
    call = "give_role" if given else "take_role"
    _change(office, f"SELECT auth.{call}(%s, %s, %s)", login, role)


def change_ward(office: Office, login: str, ward: str, *, given: bool) -> None:
    """Assign a person to a ward, or end that.

    Raises:
        RuleBrokenError: there is no such person, or no such ward in their hospital.
    """
    call = "give_ward" if given else "take_ward"
    _change(office, f"SELECT auth.{call}(%s, %s, %s)", login, ward)


def give_badge(office: Office, login: str, badge: str) -> None:
    """Register a badge for a person; one they had before is good no more.

    Raises:
        RuleBrokenError: there is no such person, or the badge is somebody else's.
    """
    _change(office, "SELECT auth.give_badge(%s, %s, %s)", login, badge)


def take_badge(office: Office, login: str) -> None:
    """Make a person's badge good no more.

    Raises:
        RuleBrokenError: there is no such person, or no badge of theirs.
    """
    _change(office, "SELECT auth.take_badge(%s, %s)", login)


def set_pin_hours(
    admin_dsn: str, hours: int, *, database: str, facility: str | None = None
) -> None:
    """Set for how many hours after the password a badge and its PIN are enough; 0: never.

    Raises:
        RuleBrokenError: there is no such hospital, or none is named of several.
    """
    with administrator(admin_dsn, database) as connection:
        found = connection.execute(
            "SELECT code FROM public.facilities WHERE code = coalesce(%s, code)", (facility,)
        ).fetchall()
        if len(found) != 1:
            raise RuleBrokenError("Say which hospital: --facility.")
        connection.execute(
            "UPDATE public.facilities SET pin_hours = %s WHERE code = %s", (hours, found[0][0])
        )


def accounts(admin_dsn: str, *, database: str) -> list[Account]:
    """Return every account, by user name."""
    with administrator(admin_dsn, database) as connection:
        return [Account(*row) for row in connection.execute(_ACCOUNTS, (None,))]


def account(
    admin_dsn: str, login: str, *, database: str
) -> tuple[Account, list[AccountEvent], list[SignInTry]]:
    """Return an account, what was done to it and its sign-ins, the newest first.

    Raises:
        RuleBrokenError: there is no such person.
    """
    wanted = (login.strip().lower(),)
    with administrator(admin_dsn, database) as connection:
        row = connection.execute(_ACCOUNTS, wanted).fetchone()
        if row is None:
            raise _unknown(login)
        events = [AccountEvent(*each) for each in connection.execute(_EVENTS, wanted)]
        tries = [SignInTry(*each) for each in connection.execute(_SIGN_INS, wanted)]
    return Account(*row), events, tries


def roles(admin_dsn: str, *, database: str) -> list[Role]:
    """Return every role, by name."""
    with administrator(admin_dsn, database) as connection:
        return [Role(*row) for row in connection.execute(_ROLES)]


def _change(office: Office, call: str, login: str, *values: object) -> Any:
    """Return what one function answers that gets the person, values, and the reason."""
    words = office.words
    with _changing(office) as connection:
        user_id = _value(
            connection, "SELECT id FROM public.users WHERE login = %s", login.strip().lower()
        )
        if user_id is None:
            raise _unknown(login)
        return _value(connection, call, user_id, *values, words)


@contextmanager
def _changing(office: Office) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection inside one transaction; refusals of the database are told in words."""
    try:
        with (
            administrator(office.admin_dsn, office.database) as connection,
            connection.transaction(),
        ):
            yield connection
    except psycopg.DatabaseError as error:
        if error.sqlstate == _NO_SESSION:
            raise ConfigurationError(
                "Accounts are managed as administrator of the database server, or by an "
                "administrator who is signed in to the program."
            ) from error
        raise ward_error(error) from error


def _value(connection: psycopg.Connection[Any], statement: str, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]


def _unknown(login: str) -> RuleBrokenError:
    return RuleBrokenError(f"There is no user {login}. `wardctl user list` names them.")
