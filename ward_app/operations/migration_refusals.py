"""Why a migration could not be run, as sentences: what is missing, and who grants it how."""

from __future__ import annotations

import re

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError, WardError

# a right that is missing: what the server says about it, and what gives it
_GRANTS = (
    (r"permission denied for database (\S+)", "GRANT CREATE ON DATABASE {} TO ward_owner"),
    (r"permission denied for schema (\S+)", "GRANT USAGE, CREATE ON SCHEMA {} TO ward_owner"),
    (r"must be owner of (?:table|view|relation) (\S+)", "ALTER TABLE {} OWNER TO ward_owner"),
    (r"must be owner of schema (\S+)", "ALTER SCHEMA {} OWNER TO ward_owner"),
    (r"must be owner of function (\S+)", "ALTER FUNCTION {} OWNER TO ward_definer"),
)
_PREPARE = "Its administrator prepares it: wardctl init."
# these repeat the value that did not fit
_WITH_VALUES = frozenset({"22003", "22007", "22008", "22P02"})


def of_connection(error: psycopg.OperationalError, dsn: str) -> WardError:
    """Return what to say when the owner's connection was not made."""
    text = str(error)
    if 'permission denied to set role "ward_owner"' in text:
        role = sql.Identifier(_role(dsn, error)).as_string()
        return ConfigurationError(
            f"The role {role} may not change the schema: it is no member of ward_migrator. "
            f"An administrator of the server grants it: GRANT ward_migrator TO {role};"
        )
    if 'role "ward_owner" does not exist' in text:
        return ConfigurationError(f"The server has not the roles of Ward App yet. {_PREPARE}")
    if "unsupported startup parameter" in text:
        return ConfigurationError(
            "This is the address of a pooler. Migrations go straight to the server: say its own "
            "host and port after --dsn (database.direct_url)."
        )
    return DatabaseUnavailableError(f"The ward database does not answer: {error}")


def missing_right(error: psycopg.errors.InsufficientPrivilege) -> str:
    """Return which right is missing and the statement that gives it."""
    said = error.diag.message_primary or str(error)
    for pattern, grant in _GRANTS:
        found = re.search(pattern, said)
        if found is not None:
            return f"{said}. An administrator of the server gives it: {grant.format(found[1])};"
    return f"{said}. {_PREPARE}"


def reason(cause: BaseException) -> str:
    """Return why a revision failed, without anything of the rows that were in its way."""
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return missing_right(cause)
    if isinstance(cause, psycopg.Error) and cause.sqlstate in _WITH_VALUES:
        return f"a value that is there does not fit ({cause.sqlstate})"
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        return cause.diag.message_primary
    return str(cause)


def _role(dsn: str, error: psycopg.OperationalError) -> str:
    if error.pgconn is not None:
        return error.pgconn.user.decode()
    return str(conninfo_to_dict(dsn).get("user") or "you")
