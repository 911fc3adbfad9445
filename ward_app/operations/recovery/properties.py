"""What belongs to a database itself, and so is in no dump of it: settings, comment, rights, limit.

They go with the name: the database that takes it over gets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

# as pg_dump has it: their values are kept as lists of names that are quoted already
_LISTS = frozenset({
    "local_preload_libraries", "search_path", "session_preload_libraries",
    "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories",
})  # fmt: skip
_EMPTY_LIST = '""'
_ITSELF = """
SELECT shobj_description(oid, 'pg_database'), datconnlimit FROM pg_database WHERE datname = %s
"""
_SETTINGS = """
SELECT r.rolname::text, one.setting
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
    LEFT JOIN pg_roles r ON r.oid = s.setrole
    CROSS JOIN LATERAL unnest(s.setconfig) WITH ORDINALITY one (setting, place)
WHERE d.datname = %s ORDER BY r.rolname NULLS FIRST, one.place
"""
_RIGHTS = """
SELECT a.privilege_type, r.rolname::text, a.is_grantable
FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) a
    LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE d.datname = %s AND a.grantee <> d.datdba ORDER BY r.rolname NULLS FIRST, a.privilege_type
"""


@dataclass(frozen=True, slots=True)
class Properties:
    """What a database has beside its contents.

    Attributes:
        comment: None when there is none.
        limit: of connections; -1: as many as the server takes.
        settings: role (None: everybody), name, value; in the order they were set.
        rights: kind, role (None: everybody) and whether it may be passed on.
    """

    comment: str | None
    limit: int
    settings: tuple[tuple[str | None, str, str], ...]
    rights: tuple[tuple[str, str | None, bool], ...]


def properties(connection: Connection, database: str) -> Properties:
    """Return what the database has beside its contents; it must exist."""
    [(comment, limit)] = connection.execute(_ITSELF, (database,)).fetchall()
    found = connection.execute(_SETTINGS, (database,)).fetchall()
    rights = connection.execute(_RIGHTS, (database,)).fetchall()
    return Properties(
        comment=comment,
        limit=limit,
        settings=tuple(_named(role, setting) for role, setting in found),
        rights=tuple((kind, role, passed_on) for kind, role, passed_on in rights),
    )


def give(connection: Connection, database: str, wanted: Properties) -> tuple[str, ...]:
    """Give them to a database, in the transaction that is open; return what was not taken.

    The rights that it has already stay, so the program's own roles keep theirs.
    """
    refused = []
    for words, statement in _statements(sql.Identifier(database), wanted):
        try:
            with connection.transaction():
                connection.execute(statement)
        except psycopg.Error as error:
            refused.append(f"{words} ({error.diag.message_primary})")
    return tuple(refused)


def _named(role: str | None, setting: str) -> tuple[str | None, str, str]:
    name, _, value = setting.partition("=")
    return role, name, value


def _statements(
    database: sql.Identifier, wanted: Properties
) -> Iterator[tuple[str, sql.Composed]]:
    """Yield each statement, with words for it."""
    yield "its comment", sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, wanted.comment)
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(database, wanted.limit)
    yield "its limit of connections", limit
    for kind, role, passed_on in wanted.rights:
        grant = sql.SQL("GRANT {} ON DATABASE {} TO {} {}").format(
            sql.SQL(kind),
            database,
            sql.Identifier(role) if role else sql.SQL("PUBLIC"),
            sql.SQL("WITH GRANT OPTION" if passed_on else ""),
        )
        yield f"{kind} for {role or 'everybody'}", grant
    for role, name, value in wanted.settings:
        yield f"the setting {name}", _setting(database, role, name, value)


def _setting(database: sql.Identifier, role: str | None, name: str, value: str) -> sql.Composed:
    whose = sql.SQL("DATABASE {}").format(database)
    if role is not None:
        whose = sql.SQL("ROLE {} IN DATABASE {}").format(sql.Identifier(role), database)
    as_names = name in _LISTS and value not in {"", _EMPTY_LIST}
    return sql.SQL("ALTER {} SET {} TO {}").format(
        whose,
        # a name with a dot is two of them
        sql.Identifier(*name.split(".")),
        sql.SQL(value) if as_names else sql.Literal("" if name in _LISTS else value),
    )
