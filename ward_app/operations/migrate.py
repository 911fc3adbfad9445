"""Bring a database's schema to another revision, one revision at a time.

Each revision is a transaction of its own: when one fails, everything before it stays. Each attempt
is on record in `public.migration_log`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import RevisionStep
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, pool
from sqlalchemy.exc import DBAPIError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from ward_app.core.errors import (
    CodedError,
    ConfigurationError,
    ConflictError,
    WardError,
)
from ward_app.core.locks import AdvisoryLock
from ward_app.operations import migration_log, migration_refusals, revisions
from ward_app.operations.migration_log import Attempt, Outcome
from ward_app.operations.revisions import (
    BASE,
    HEAD,
    Revision,
    SchemaStatus,
    checksum,
    history,
    status_at,
    through,
)
from ward_app.operations.unready import READ_ONLY

__all__ = ["BASE", "HEAD", "Revision", "SchemaStatus", "history"]

# A migration waits ten seconds for clients to let go of a table, then gives up unharmed.
_AS_OWNER = (
    "-c role=ward_owner -c search_path=pg_catalog -c lock_timeout=10s -c statement_timeout=30s"
)
# Somebody who is charting lets go of it soon: the revision is tried so often, with pauses.
_ATTEMPTS = 3
_PAUSE_S = 2.0
# The schema `public` and the extensions in it are the administrator's.
_CLEAR = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspowner = 'ward_owner'::regrole AND nspname <> 'public'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tableowner = 'ward_owner'
    LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', name);
    END LOOP;
    FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public'
            AND p.proowner IN ('ward_owner'::regrole, 'ward_definer'::regrole)
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', name);
    END LOOP;
    FOR name IN SELECT t.oid::regtype::text FROM pg_type t
        JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
        WHERE t.typnamespace = 'public'::regnamespace AND t.typowner = 'ward_owner'::regrole
    LOOP
        EXECUTE format('DROP TYPE %s CASCADE', name);
    END LOOP;
END $$
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A revision, and what became of it in a database.

    Attributes:
        is_applied: whether the schema has it.
        last: the last attempt to apply or undo it, None before the log was kept.
        is_altered: whether its files are others than when it was applied.
    """

    revision: Revision
    is_applied: bool
    last: Attempt | None
    is_altered: bool

    @property
    def failure(self) -> Attempt | None:
        """The last attempt, if it came to nothing."""
        is_failed = self.last is not None and self.last.outcome in _CAME_TO_NOTHING
        return self.last if is_failed else None


class _TableInUseError(ConflictError):
    """A revision did not get a table; it may the next time."""


_IN_USE = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_CAME_TO_NOTHING = frozenset({Outcome.FAILED, Outcome.INTERRUPTED})
Announce = Callable[[Revision], None]


def status(dsn: str) -> SchemaStatus:
    """Return where the database stands.

    Raises:
        SchemaMismatchError: a newer program made its schema.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with _owner(dsn) as connection:
        current = _current(connection)
    return status_at(current)


def standings(dsn: str) -> tuple[Standing, ...]:
    """Return what became of every revision, oldest first.

    Raises: as `status`.
    """
    with _owner(dsn) as connection:
        found = status_at(_current(connection))
        attempts = migration_log.last_attempts(connection)
    return tuple(
        _standing(revision, attempts.get(revision.number), is_applied=is_applied)
        for is_applied, those in ((True, found.applied), (False, found.pending))
        for revision in those
    )


def upgrade(dsn: str, to: str = HEAD, *, announce: Announce | None = None) -> SchemaStatus:
    """Apply every pending revision up to `to`, and return where the database stands then.

    Args:
        dsn: how a member of `ward_migrator`, or the administrator, connects.
        to: revision number, or `head`.
        announce: called with each revision just before it runs, each time it is tried.

    Raises:
        RuleBrokenError: there is no such revision.
        ConflictError: another migration runs, or a table stayed in use.
        ConfigurationError: a revision failed; it changed nothing. Or a right is missing.
    """
    wanted = through(to)
    with migrating(dsn) as work:
        work.open_log()
        for revision in status_at(work.current).pending:
            if revision in wanted:
                work.run(revision, announce, is_upgrade=True)
    return status(dsn)


def downgrade(dsn: str, to: str, *, announce: Announce | None = None) -> SchemaStatus:
    """Undo every revision after `to` (`base`: all), and return where the database stands then.

    Raises: as `upgrade`.
    """
    kept = through(to)
    with migrating(dsn) as work:
        work.open_log()
        for revision in reversed(status_at(work.current).applied):
            if revision not in kept:
                work.run(revision, announce, is_upgrade=False)
    return status(dsn)


def clear(dsn: str) -> None:
    """Drop everything the revisions made, at once and whatever is in it.

    Not by undoing them one by one: that is for going back a step, and keeps what it can.

    Raises:
        ConflictError: another migration runs, or a table stayed in use.
    """
    with migrating(dsn), _owner(dsn) as connection:
        try:
            connection.execute(_CLEAR)
        except psycopg.errors.LockNotAvailable as error:
            raise ConflictError(
                "The database was in use for ten seconds, so nothing was dropped. "
                "Close the programs that use it and try again."
            ) from error


@contextmanager
def _owner(dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    try:
        connection = psycopg.connect(make_conninfo(dsn, options=_AS_OWNER), autocommit=True)
    except psycopg.OperationalError as error:
        raise migration_refusals.of_connection(error, dsn) from error
    with connection:
        yield connection


def _current(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    try:
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return str(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class Work:
    """A migration that holds the lock.

    Attributes:
        config: Alembic's, with an open connection.
        log: the connection that holds the lock. A statement on Alembic's would begin a
            transaction that Alembic then does not commit.
        current: the present revision, None before the first.
    """

    config: Config
    log: psycopg.Connection[tuple[object, ...]]
    current: str | None

    def open_log(self) -> None:
        """Make the log if it is missing, and close what was interrupted.

        Raises:
            ConfigurationError: a right is missing.
        """
        try:
            migration_log.open_log(self.log)
        except psycopg.errors.InsufficientPrivilege as error:
            missing = migration_refusals.missing_right(error)
            raise ConfigurationError(f"Nothing was changed: {missing}") from error

    def run(self, revision: Revision, announce: Announce | None, *, is_upgrade: bool) -> None:
        """Apply a revision or undo it; again, if it did not get a table that was in use."""
        tries = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_fixed(_PAUSE_S),
            retry=retry_if_exception_type(_TableInUseError),
            reraise=True,
        )
        for attempt in tries:
            with attempt:
                if announce is not None:
                    announce(revision)
                with migration_log.logged(
                    self.log, revision.number, is_upgrade=is_upgrade, checksum=checksum(revision)
                ):
                    _step(self.config, revision, is_upgrade=is_upgrade)


@contextmanager
def migrating(dsn: str) -> Iterator[Work]:
    """Yield a migration that nobody else does at the same time.

    Raises:
        ConflictError: somebody else migrates.
        ConfigurationError: the server is a standby.
    """
    with _owner(dsn) as lock:
        if lock.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
            raise ConfigurationError(READ_ONLY)
        try:
            lock.execute("SELECT pg_advisory_lock(%s)", (AdvisoryLock.MIGRATION,))
        except psycopg.errors.LockNotAvailable as error:
            raise ConflictError(
                "Another migration of this database is running. Nothing was changed; wait for "
                "it to end, then look with `wardctl migrate status`."
            ) from error
        with _open(dsn) as connection:
            config = revisions.config()
            config.attributes["connection"] = connection
            yield Work(config, lock, _current(lock))


@contextmanager
def _open(dsn: str) -> Iterator[Connection]:
    conninfo = make_conninfo(dsn, options=_AS_OWNER)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo),
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        yield connection


def _standing(revision: Revision, last: Attempt | None, *, is_applied: bool) -> Standing:
    is_altered = (
        is_applied
        and last is not None
        and last.is_upgrade
        and last.outcome is Outcome.DONE
        and last.checksum != checksum(revision)
    )
    return Standing(revision, is_applied=is_applied, last=last, is_altered=is_altered)


def _step(config: Config, revision: Revision, *, is_upgrade: bool) -> None:
    scripts = revisions.scripts()
    step = RevisionStep(scripts.revision_map, scripts.get_revision(revision.number), is_upgrade)
    config.attributes["has_committed"] = False
    try:
        with EnvironmentContext(config, scripts, fn=lambda _applied, _context: [step]):
            scripts.run_env()
    except (DBAPIError, psycopg.Error, CodedError) as error:
        # a `.sql` file goes straight to the driver
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        is_undone = not config.attributes["has_committed"]
        raise _refusal(revision, cause, is_undone=is_undone) from error


def _refusal(revision: Revision, cause: BaseException, *, is_undone: bool) -> WardError:
    """Return what to say of a revision that failed."""
    if isinstance(cause, _IN_USE):
        return _TableInUseError(
            f"Revision {revision.number} needs a table that was in use for ten seconds. "
            "It changed nothing; run it again when fewer people are signed in."
        )
    why = migration_refusals.reason(cause)
    left = (
        "changed nothing"
        if is_undone
        else "is unfinished; run it again, it takes up what is there"
    )
    said = f"Revision {revision.number} ({revision.title}) failed and {left}: {why}"
    return (
        CodedError(cause.code, said) if isinstance(cause, CodedError) else ConfigurationError(said)
    )
