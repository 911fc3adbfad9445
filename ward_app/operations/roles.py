"""The server's roles: who owns, who runs functions, who may log in as a group.

Nobody logs in as one of these. People and workstations log in as members of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from ward_app.core.locks import AdvisoryLock

# BYPASSRLS: functions that check access themselves, bulk loads and whole backups cannot run
# under row security (pg_dump stops with "query would be affected by row-level security").
ROLES = {
    "ward_owner": "NOLOGIN",
    "ward_definer": "NOLOGIN BYPASSRLS",
    "ward_client": "NOLOGIN",
    "ward_loader": "NOLOGIN BYPASSRLS",
    "ward_readonly": "NOLOGIN",
    "ward_monitor": "NOLOGIN",
    "ward_backup": "NOLOGIN BYPASSRLS",
    "ward_migrator": "NOLOGIN",
}

_COMMENTS = {
    "ward_owner": "Ward App: owns every table.",
    "ward_definer": "Ward App: owns the functions that check access themselves.",
    "ward_client": "Ward App: what a workstation may do.",
    "ward_loader": "Ward App: bulk loads.",
    "ward_readonly": "Ward App: reading for reports.",
    "ward_monitor": "Ward App: server statistics, no patients.",
    "ward_backup": "Ward App: reads everything, for backups.",
    "ward_migrator": "Ward App: changes the schema.",
}

_MEMBERS = (
    ("pg_monitor", "ward_monitor"),
    # what other connections do, for the report on the server (public.server_figures)
    ("pg_read_all_stats", "ward_definer"),
    ("pg_read_all_data", "ward_backup"),
    ("ward_definer", "ward_owner"),
    ("ward_owner", "ward_migrator"),
    ("ward_definer", "ward_migrator"),
    ("ward_loader", "ward_migrator"),
)

_IS_MEMBER = """
SELECT EXISTS (
    SELECT FROM pg_auth_members
    WHERE roleid = %s::regrole AND member = %s::regrole
)
"""


def create_roles(connection: psycopg.Connection[Any]) -> None:
    """Create every role and membership that is missing.

    Roles belong to the whole server. `connection` is an administrator's, in autocommit mode and
    to the database `postgres`.
    """
    with one_at_a_time(connection):
        for name, attributes in ROLES.items():
            _create_role(connection, name, attributes)
        for group, member in _MEMBERS:
            _add_member(connection, group, member)


@contextmanager
def one_at_a_time(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Wait until no other program makes roles or databases; may be nested.

    The lock counts per database, so every caller is connected to `postgres`.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", (AdvisoryLock.ROLES_AND_DATABASES,))
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (AdvisoryLock.ROLES_AND_DATABASES,))


def role_exists(connection: psycopg.Connection[Any], name: str) -> bool:
    """Whether the server has a role of that name."""
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,))
    return found.fetchone() is not None


def _create_role(connection: psycopg.Connection[Any], name: str, attributes: str) -> None:
    if role_exists(connection, name):
        return
    role = sql.Identifier(name)
    connection.execute(sql.SQL("CREATE ROLE {} {}").format(role, sql.SQL(attributes)))
    comment = sql.Literal(_COMMENTS[name])
    connection.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(role, comment))


def _add_member(connection: psycopg.Connection[Any], group: str, member: str) -> None:
    found = connection.execute(_IS_MEMBER, (group, member)).fetchone()
    if found is not None and not found[0]:
        grant = sql.SQL("GRANT {} TO {}")
        connection.execute(grant.format(sql.Identifier(group), sql.Identifier(member)))
