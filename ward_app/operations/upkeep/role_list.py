"""The server's roles that have to do with the ward database; no secret is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ward_app.operations.bootstrap import administrator

_ROLES = """
SELECT r.rolname, r.rolcanlogin,
    array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'superuser' END,
        CASE WHEN r.rolbypassrls THEN 'bypasses row security' END,
        CASE WHEN r.rolcreaterole THEN 'makes roles' END,
        CASE WHEN r.rolcreatedb THEN 'makes databases' END,
        CASE WHEN r.rolreplication THEN 'replication' END], NULL),
    NULLIF(r.rolconnlimit, -1), NULLIF(r.rolvaliduntil, 'infinity'),
    ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
          WHERE m.member = r.oid ORDER BY 1),
    (SELECT count(*) FROM pg_stat_activity a WHERE a.usename = r.rolname),
    coalesce(shobj_description(r.oid, 'pg_authid'), '')
FROM pg_roles r
WHERE r.rolname ~ '^(ward|ws)_' OR r.rolsuper
    OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname ~ '^ward_' AND NOT r.rolname ~ '^pg_'
               AND pg_has_role(r.oid, g.oid, 'MEMBER'))
ORDER BY r.rolcanlogin, 1
"""


@dataclass(frozen=True, slots=True)
class ServerRole:
    """A role that is ours, belongs to one of ours, or may do everything.

    Attributes:
        powers: what it may do past all rights, in words.
        most_connections: None = as many as the server has.
        valid_until: of its password; None = for ever.
        connections: now.
        about: its comment on the server.
    """

    name: str
    can_sign_in: bool
    powers: list[str]
    most_connections: int | None
    valid_until: datetime | None
    member_of: list[str]
    connections: int
    about: str


def server_roles(admin_dsn: str, *, database: str) -> list[ServerRole]:
    """Return the roles, groups first, by name."""
    with administrator(admin_dsn, database) as connection:
        return [ServerRole(*row) for row in connection.execute(_ROLES)]
