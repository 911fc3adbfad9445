"""What only the server's administrator can make: roles, the database, its extensions.

Run once per server; running it again changes nothing. Migrations need no administrator.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError
from ward_app.operations.roles import create_roles, one_at_a_time
from ward_app.operations.unready import in_sentences

DATABASE = "ward"
EXTENSIONS = ("pgcrypto", "btree_gist", "pg_trgm")
# Made where the server offers them; nothing of the program needs them.
OPTIONAL_EXTENSIONS = ("uuid-ossp", "pg_stat_statements")
# what counts statements works only in a server that loaded it when it started
_OFFERED = """
SELECT name FROM pg_available_extensions
WHERE name = ANY (%s) AND installed_version IS NULL AND (name <> 'pg_stat_statements'
    OR current_setting('shared_preload_libraries') ~ '(^|[ ,"])pg_stat_statements')
"""
_MAINTENANCE_DATABASE = "postgres"
_EMPTY = "template0"
_WITH_STRATEGY = 150_000  # PostgreSQL 15; before it, files are copied always
CONNECTING_ROLES = (
    "ward_client",
    "ward_loader",
    "ward_readonly",
    "ward_monitor",
    "ward_backup",
    "ward_migrator",
)
_LOADING_ROLES = ("ward_loader", "ward_migrator")
_SCHEMA_READERS = (*CONNECTING_ROLES, "ward_definer")
_LET_IN = """
SELECT r.rolname::text FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) a
    LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE d.datname = %s AND a.privilege_type = 'CONNECT' AND a.grantee <> d.datdba
    AND r.rolname IS DISTINCT FROM 'ward_backup'
"""
_LET_ADMINISTRATORS_IN = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true")
# Anybody may make large objects by default: hidden storage that no policy or audit sees, that
# stops the backup (its role may not read them) and keeps a role from being dropped.
_MAKERS_OF_LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")


def initialise(admin_dsn: str, database: str = DATABASE, *, is_copy: bool = False) -> None:
    """Make roles, database, extensions and grants, whatever of them is missing.

    Args:
        admin_dsn: how the server's administrator connects; its database does not matter.
        database: name of the database to make.
        is_copy: no station and no report is ever let into it.

    Raises:
        ConfigurationError: the role is no administrator, or an extension is not installed.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn) as connection, one_at_a_time(connection):
        create_roles(connection)
        create_database(admin_dsn, database, is_copy=is_copy)
        with administrator(admin_dsn, database) as inside:
            _create_extensions(inside)
            _open_schema(inside)


def create_database(
    admin_dsn: str, name: str, *, template: str = _EMPTY, is_copy: bool = False
) -> None:
    """Make a database owned by `ward_owner` that lets in our roles only, unless it exists.

    A copy of a `template` does not take over who may connect, so that is set here each time. One
    that `is_copy` lets nobody in until it is closed to stations.
    """
    with administrator(admin_dsn) as connection:
        if not _database_exists(connection, name):
            _create_database(connection, name, template, is_open=not is_copy)
        let_roles_in(connection, name)
        if is_copy:
            close_to_clients(connection, name)
            connection.execute(_LET_ADMINISTRATORS_IN.format(sql.Identifier(name)))


def drop_database(admin_dsn: str, name: str) -> None:
    """Remove a database with everything in it, cutting off whoever is connected."""
    with administrator(admin_dsn) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(name)))


def close_to_clients(connection: psycopg.Connection[Any], name: str) -> None:
    """Let no station and no report into a database: a copy of what is known of patients.

    Administrators may go on, and so may who makes backups: they read everything anyway.
    """
    close = sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {} CASCADE")
    for (role,) in connection.execute(_LET_IN, (name,)).fetchall():
        taker = sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
        connection.execute(close.format(sql.Identifier(name), taker))


def let_roles_in(connection: psycopg.Connection[Any], name: str) -> None:
    """Let the program's roles into a database, and take it from everybody in general."""
    database = sql.Identifier(name)
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        _grant("CONNECT ON DATABASE", database, CONNECTING_ROLES),
        _grant("TEMPORARY ON DATABASE", database, _LOADING_ROLES),
    ):
        connection.execute(statement)


@contextmanager
def administrator(
    admin_dsn: str, database: str = _MAINTENANCE_DATABASE
) -> Iterator[psycopg.Connection[Any]]:
    """Yield an administrator's connection in autocommit mode.

    Raises:
        ConfigurationError: the role may not do what was asked, a part is not installed, or the
            database is not ready for it.
        DatabaseUnavailableError: the server cannot be reached.
    """
    try:
        connection = psycopg.connect(make_conninfo(admin_dsn, dbname=database), autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError(f"The database server does not answer: {error}") from error
    user = connection.info.user
    try:
        with connection, in_sentences():
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"{user} is not an administrator of the database server: {error}"
        ) from error


def _database_exists(connection: psycopg.Connection[Any], name: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
    return found.fetchone() is not None


def _create_database(
    connection: psycopg.Connection[Any], name: str, template: str, *, is_open: bool
) -> None:
    # Half the work of the usual way, which writes a large template to the log page by page.
    as_files = template != _EMPTY and connection.info.server_version >= _WITH_STRATEGY
    create = sql.SQL(
        "CREATE DATABASE {} OWNER ward_owner ENCODING 'UTF8' TEMPLATE {} {} {}"
    ).format(
        sql.Identifier(name),
        sql.Identifier(template),
        sql.SQL("STRATEGY FILE_COPY" if as_files else ""),
        sql.SQL("" if is_open else "ALLOW_CONNECTIONS false"),
    )
    # Another run may have made it in this moment.
    try:
        connection.execute(create)
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return


def _create_extensions(connection: psycopg.Connection[Any]) -> None:
    offered = connection.execute(_OFFERED, (list(OPTIONAL_EXTENSIONS),)).fetchall()
    for name in (*EXTENSIONS, *(name for (name,) in offered)):
        create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public")
        try:
            connection.execute(create.format(sql.Identifier(name)))
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
            raise ConfigurationError(
                f"The database server lacks the extension {name}. "
                "On Debian or Ubuntu it comes with the package postgresql-contrib."
            ) from error


def _open_schema(connection: psycopg.Connection[Any]) -> None:
    """Let our roles look names up in `public`, and only `ward_owner` make new ones there."""
    connection.execute("ALTER SCHEMA public OWNER TO ward_owner")
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute(_grant("USAGE ON SCHEMA", sql.Identifier("public"), _SCHEMA_READERS))
    for maker in _MAKERS_OF_LARGE_OBJECTS:
        revoke = sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC")
        connection.execute(revoke.format(sql.SQL(maker)))


def _grant(what: str, target: sql.Identifier, roles: tuple[str, ...]) -> sql.Composed:
    takers = sql.SQL(", ").join(sql.Identifier(role) for role in roles)
    return sql.SQL("GRANT {} {} TO {}").format(sql.SQL(what), target, takers)
