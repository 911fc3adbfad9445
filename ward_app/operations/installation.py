"""What a database says it is for, and the guard around everything that destroys data."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from ward_app.core.environment import Environment
from ward_app.core.errors import DatabaseUnavailableError, NotPermittedError
from ward_app.operations import migrate
from ward_app.operations.bootstrap import administrator
from ward_app.operations.unready import in_sentences

# row security hides the row from the table's owner; before that revision only the owner sees it
_READERS = ("ward_definer", "ward_owner")
_WRITER = "ward_loader"
_NAME = """
INSERT INTO public.installation (id, environment, oldest_client_revision)
SELECT 1, %s, version_num FROM public.alembic_version
ON CONFLICT (id) DO NOTHING
"""
_STAGE = """
UPDATE public.installation SET environment = 'staging' WHERE environment = 'production'
"""
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname"
# what the server answers before the revisions that make and open the table
_TOO_EARLY = (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)


def environment(dsn: str) -> Environment | None:
    """Return what the database is for; None when it does not say (yet).

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    found = (_read_environment(dsn, role) for role in _READERS)
    return next((named for named in found if named is not None), None)


def name_environment(dsn: str, named: Environment) -> None:
    """Say what the database is for, unless it says so already or is too early to say.

    Raises:
        ConfigurationError: the server can only be read.
    """
    with (
        in_sentences(),
        psycopg.connect(make_conninfo(dsn, options=f"-c role={_WRITER}")) as connection,
    ):
        try:
            connection.execute(_NAME, (named.value,))
        except _TOO_EARLY:
            connection.rollback()


def name_staging(admin_dsn: str, database: str) -> bool:
    """Have a copy of production that was just made for staging say so; return whether it does.

    Its screens and pages would look like the ward's own. Never asked of a database that somebody
    uses: production would be told from staging by a wrong address alone.
    """
    with administrator(admin_dsn, database) as connection:
        try:
            return connection.execute(_STAGE).rowcount == 1
        except psycopg.errors.CheckViolation:  # an older schema, which does not know the word
            return False


def require_disposable(dsn: str, *, anyway: bool = False) -> None:
    """Let pass only a database whose data may be destroyed.

    Args:
        dsn: how a member of `ward_migrator`, or the administrator, connects.
        anyway: somebody took it upon themselves.

    Raises:
        NotPermittedError: it is for training, staging or production, or does not say what it is
            for.
    """
    if not anyway and not is_disposable(dsn):
        raise NotPermittedError(
            "This would destroy data, and the database is for "
            f"{environment(dsn) or 'an unnamed purpose'}. "
            "It is allowed for development, demo and test; for another, take a backup and say "
            "--destroy-data."
        )


def require_all_disposable(dsn: str, *, anyway: bool = False) -> None:
    """Let pass only a server of which every database's data may be destroyed.

    Args:
        dsn: how its administrator connects.
        anyway: somebody took it upon themselves; the server is not asked then.

    Raises:
        NotPermittedError: as `require_disposable`, of any of them.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if anyway:
        return
    with in_sentences(), psycopg.connect(dsn) as connection:
        names = [name for (name,) in connection.execute(_DATABASES)]
    for name in names:
        require_disposable(make_conninfo(dsn, dbname=name))


def is_disposable(dsn: str) -> bool:
    """Return whether the data of a database may be destroyed, or there are none yet."""
    if not migrate.status(dsn).applied:
        return True
    named = environment(dsn)
    return named is not None and named.is_disposable


def reset(dsn: str, *, announce: migrate.Announce | None = None) -> migrate.SchemaStatus:
    """Drop everything, apply all revisions, and say again what the database is for."""
    named = environment(dsn)
    migrate.clear(dsn)
    reached = migrate.upgrade(dsn, announce=announce)
    if named is not None:
        name_environment(dsn, named)
    return reached


def _read_environment(dsn: str, role: str) -> Environment | None:
    try:
        with psycopg.connect(make_conninfo(dsn, options=f"-c role={role}")) as connection:
            row = connection.execute("SELECT environment FROM public.installation").fetchone()
    except _TOO_EARLY:
        return None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError(f"The ward database does not answer: {error}") from error
    return Environment(row[0]) if row else None
