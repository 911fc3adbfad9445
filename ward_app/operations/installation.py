"""What a database says it is for, and the guard around everything that destroys data."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from ward_app.core.errors import DatabaseUnavailableError, NotPermittedError
from ward_app.core.settings import Environment
from ward_app.operations import migrate

# row security binds the owner of the table, not the loader
_AS_LOADER = "-c role=ward_loader"
_DISPOSABLE = frozenset({Environment.DEVELOPMENT, Environment.DEMO, Environment.TEST})


def environment(dsn: str) -> Environment | None:
    """Return what the database is for; None when it does not say (yet).

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    try:
        with psycopg.connect(make_conninfo(dsn, options=_AS_LOADER)) as connection:
            row = connection.execute("SELECT environment FROM public.installation").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        # an early revision: nobody could have said so yet
        return None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError(f"The ward database does not answer: {error}") from error
    return Environment(row[0]) if row else None


def name_environment(dsn: str, named: Environment) -> None:
    """Say what the database is for, unless it says so already."""
    with psycopg.connect(make_conninfo(dsn, options=_AS_LOADER)) as connection:
        connection.execute(
            "INSERT INTO public.installation (id, environment, oldest_client_revision)"
            " SELECT 1, %s, version_num FROM public.alembic_version"
            " ON CONFLICT (id) DO NOTHING",
            (named.value,),
        )


def require_disposable(dsn: str, *, anyway: bool = False) -> None:
    """Let pass only a database whose data may be destroyed.

    Args:
        dsn: how a member of `ward_migrator`, or the administrator, connects.
        anyway: somebody took it upon themselves.

    Raises:
        NotPermittedError: it is for training or production, or does not say what it is for.
    """
    if anyway or not migrate.status(dsn).applied:
        return
    named = environment(dsn)
    if named not in _DISPOSABLE:
        raise NotPermittedError(
            f"This would destroy data, and the database is for {named or 'an unnamed purpose'}. "
            "It is allowed for development, demo and test; for another, take a backup and say "
            "--destroy-data."
        )


def reset(dsn: str, *, announce: migrate.Announce | None = None) -> migrate.SchemaStatus:
    """Undo every revision, apply them all again, and say again what the database is for."""
    named = environment(dsn)
    migrate.downgrade(dsn, migrate.BASE)
    reached = migrate.upgrade(dsn, announce=announce)
    if named is not None:
        name_environment(dsn, named)
    return reached
