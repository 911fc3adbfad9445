"""Enrolment: each workstation has a database role of its own, limited to six connections.

The role alone shows nothing of any patient; a person must sign in as well.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from ward_app.core.data_keys import new_private_key, public_half
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.core.station_keys import as_text
from ward_app.operations.bootstrap import administrator
from ward_app.operations.roles import role_exists

_PREFIX = "ws_"
_LONGEST_ROLE = 63
# four in the pool, the listener, one to spare
_CONNECTIONS = 6

_ENTER = """
INSERT INTO public.workstations AS w (id, facility_id, role_name, name, public_key)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (role_name) DO UPDATE
SET facility_id = excluded.facility_id, name = excluded.name, public_key = excluded.public_key,
    enrolled_at = clock_timestamp(), revoked_at = NULL
"""

_ENROLLED = """
SELECT w.role_name, w.name,
    (SELECT count(*) FROM pg_stat_activity a WHERE a.usename = w.role_name),
    w.enrolled_at,
    (SELECT max(s.last_seen_at) FROM public.sessions s WHERE s.workstation = w.role_name)
FROM public.workstations w
WHERE w.revoked_at IS NULL
ORDER BY w.name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a workstation needs to connect and to open its data keys. Both exist nowhere else.

    Attributes:
        private_key: the private half of its own X25519 key, in base64.
    """

    role_name: str
    password: str = field(repr=False)
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnrolledWorkstation:
    """A workstation that may connect, and how many connections it has now.

    Attributes:
        credential_since: when it got the credential it has, aware.
        last_used_at: when somebody signed in was last seen there, aware; None: never.
    """

    role_name: str
    name: str
    connections: int
    credential_since: datetime
    last_used_at: datetime | None


def enrol(
    admin_dsn: str, name: str, *, database: str, facility_code: str | None = None
) -> Enrolment:
    """Give a workstation its role with a new random password, and enter it in the register.

    The server is sent only a verifier of the password, so none of its logs can hold it.

    Args:
        admin_dsn: how the server's administrator connects.
        name: what people call the workstation, such as "Ward 7A desk".
        database: the ward database.
        facility_code: its hospital; None when the database has only one.

    Raises:
        RuleBrokenError: the name or the facility cannot be used.
        ConflictError: a workstation of that name is enrolled.
        DatabaseUnavailableError: the server cannot be reached.
    """
    role_name = role_name_for(name)
    password, private_key = new_password(), new_private_key()
    with administrator(admin_dsn, database) as connection, connection.transaction():
        if role_exists(connection, role_name):
            raise ConflictError(
                f"The workstation {name} is enrolled already (role {role_name}). "
                "Choose another name, or revoke that one first."
            )
        facility_id = _facility(connection, facility_code)
        _create_login(connection, role_name, password)
        public_key = public_half(private_key)
        connection.execute(_ENTER, (new_id(), facility_id, role_name, name, public_key))
    return Enrolment(role_name=role_name, password=password, private_key=as_text(private_key))


def revoke(admin_dsn: str, role_name: str, *, database: str) -> None:
    """Shut a workstation out for good: its role is removed, its connections are cut.

    The register keeps it, with the time; what was done there stays attributed to it.

    Raises:
        RuleBrokenError: no such workstation is enrolled.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        done = connection.execute(
            "UPDATE public.workstations SET revoked_at = clock_timestamp()"
            " WHERE role_name = %s AND revoked_at IS NULL",
            (role_name,),
        )
        if not done.rowcount:
            raise RuleBrokenError(f"No workstation with the role {role_name} is enrolled.")
        # first no new connection, then no old one, then no role
        role = sql.Identifier(role_name)
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(role))
        _cut_off(connection, role_name)
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def new_password() -> str:
    """Return a password nobody has: 192 random bits."""
    return secrets.token_urlsafe(24)


def set_password(admin_dsn: str, role_name: str, password: str, *, database: str) -> None:
    """Make `password` the workstation's only one; what was connected with another is cut off.

    Who was signed in there signs in again. The server is sent only a verifier.

    Raises:
        RuleBrokenError: no such workstation is enrolled.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        with connection.transaction():
            done = connection.execute(
                "UPDATE public.workstations SET enrolled_at = clock_timestamp()"
                " WHERE role_name = %s AND revoked_at IS NULL",
                (role_name,),
            )
            if not done.rowcount:
                raise RuleBrokenError(f"No workstation with the role {role_name} is enrolled.")
            change = sql.SQL("ALTER ROLE {} PASSWORD {}")
            verifier = sql.Literal(_verifier(connection, role_name, password))
            connection.execute(change.format(sql.Identifier(role_name), verifier))
        _cut_off(connection, role_name)


def give_private_key(admin_dsn: str, role_name: str, *, database: str) -> str:
    """Give an enrolled workstation a new key of its own; return its private half, in base64.

    What was wrapped for it before is gone: it needs its data keys again (`wardctl keys wrap`).

    Raises:
        RuleBrokenError: no such workstation is enrolled.
        DatabaseUnavailableError: the server cannot be reached.
    """
    private_key = new_private_key()
    with administrator(admin_dsn, database) as connection:
        done = connection.execute(
            "UPDATE public.workstations SET public_key = %s"
            " WHERE role_name = %s AND revoked_at IS NULL",
            (public_half(private_key), role_name),
        )
    if not done.rowcount:
        raise RuleBrokenError(f"No workstation with the role {role_name} is enrolled.")
    return as_text(private_key)


def enrolled(admin_dsn: str, *, database: str) -> list[EnrolledWorkstation]:
    """Return the workstations that may connect, by name.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return [EnrolledWorkstation(*row) for row in connection.execute(_ENROLLED)]


def role_name_for(name: str) -> str:
    """Return the role of a workstation: `Ward 7A desk` has `ws_ward_7a_desk`.

    Raises:
        RuleBrokenError: the name has no letter or digit of ASCII, or is too long.
    """
    role_name = _PREFIX + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if role_name == _PREFIX or len(role_name) > _LONGEST_ROLE:
        raise RuleBrokenError(
            f"A workstation's name has letters or digits (A to Z, 0 to 9), at most "
            f"{_LONGEST_ROLE - len(_PREFIX)} characters."
        )
    return role_name


def _facility(connection: psycopg.Connection[TupleRow], code: str | None) -> Any:
    """Return the id of the facility with the code, or of the only one."""
    rows = connection.execute("SELECT code, id FROM public.facilities ORDER BY code").fetchall()
    found = [row[1] for row in rows if code in {None, row[0]}]
    if len(found) == 1:
        return found[0]
    codes = ", ".join(row[0] for row in rows)
    raise RuleBrokenError(
        f"Say which hospital the workstation belongs to: {codes}."
        if rows
        else "The database has no hospital yet; a workstation belongs to one."
    )


def _cut_off(connection: psycopg.Connection[TupleRow], role_name: str) -> None:
    """End the connections of a role and wait until they are gone, 5 s at most each."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
        (role_name,),
    )


def _verifier(connection: psycopg.Connection[TupleRow], role_name: str, password: str) -> str:
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role_name.encode(), b"scram-sha-256"
    )
    return verifier.decode()


def _create_login(connection: psycopg.Connection[TupleRow], role_name: str, password: str) -> None:
    create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {} IN ROLE ward_client")
    connection.execute(
        create.format(
            sql.Identifier(role_name),
            sql.Literal(_verifier(connection, role_name, password)),
            sql.Literal(_CONNECTIONS),
        )
    )
