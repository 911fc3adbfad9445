"""Connections and transactions: the only place that begins or commits.

A transaction proves the signed-in session to PostgreSQL with its first statement and leaves
nothing behind on the connection, so that a pooler in transaction mode may stand in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ward_app.core.errors import (
    ConfigurationError,
    DatabaseUnavailableError,
    OutcomeUnknownError,
    WardError,
)
from ward_app.core.events import Events
from ward_app.core.measures import Measures, use_case
from ward_app.core.metrics import Metrics, metrics_of
from ward_app.core.reading import Reading, ReplicaUnfitError, always, reading
from ward_app.core.settings import DatabaseSettings
from ward_app.core.transaction import Actor, Transaction
from ward_app.core.tuning import Tuning

if TYPE_CHECKING:
    import psycopg

    from ward_app.core.connections import Connections, PoolStats
    from ward_app.core.health import Health, HealthTimer
    from ward_app.core.replicas import Replica
    from ward_app.core.retry import RetryPolicy

P = ParamSpec("P")
T = TypeVar("T")
__all__ = ["Actor", "Database", "Transaction", "load_driver"]


class Database:
    """A PostgreSQL database, entered one transaction at a time.

    Attributes:
        events: what happens to the way there; see `core.events`.
        replica: the standby that reads may go to; None where there is none.
    """

    def __init__(
        self, connections: Connections, policy: RetryPolicy, events: Events, tuning: Tuning
    ) -> None:
        from ward_app.core.health import HealthCheck

        self.events = events
        self.replica: Replica | None = None
        self._connections, self._policy = connections, policy
        self._measures = Measures(events, tuning.metrics.slow_query_ms)
        self._health = HealthCheck(connections, events)
        self._timer: HealthTimer | None = None
        self._traces_on_server = tuning.metrics.trace_on_server
        self._look_every_s = tuning.health.interval_ms / 1000

    @classmethod
    def connect(
        cls,
        settings: DatabaseSettings,
        password: str | None,
        tuning: Tuning | None = None,
    ) -> Database:
        """Return the database of the settings; connections are made on first use.

        Raises:
            ConfigurationError: no server or no user is configured.
        """
        from ward_app.core.connections import Connections
        from ward_app.core.replicas import Replica
        from ward_app.core.retry import RetryPolicy

        tuning, events = tuning or Tuning(), Events()
        policy = RetryPolicy.of(tuning.retry, connect_within_s=settings.connect_timeout_s)
        database = cls(Connections(settings, password, events), policy, events, tuning)
        database.replica = Replica.of(settings, password, events)
        return database

    @contextmanager
    def transaction(
        self, actor: Actor | None, terms: Reading | None = None
    ) -> Iterator[Transaction]:
        """Yield a transaction; commit on success, roll back on any error.

        `actor` None = nobody is signed in yet: only sign-in and server facts are reachable.
        `terms` are those of a read.

        Raises:
            SignInRequiredError: the session has ended.
            ConflictError: a constraint refused the change.
            NotPermittedError: the signed-in person may not do this.
            DatabaseUnavailableError: the server could not be reached; nothing was saved.
            OutcomeUnknownError: the connection broke at the commit; repeating is safe.
        """
        import psycopg

        from ward_app.core.database_errors import ward_error
        from ward_app.core.own_writes import commit

        own = None if self.replica is None else self.replica.own_writes
        try:
            with self._connections.lent(terms) as connection:
                only_reads = terms is not None and terms.may_lag
                with closing(
                    self._proved(connection, actor, only_reads=only_reads)
                ) as transaction:
                    if terms is not None and not only_reads:
                        transaction.know()
                    try:
                        yield transaction
                    except WardError as refusal:
                        if refusal.is_recorded:
                            commit(connection, own)
                        raise
                    commit(connection, own)
        except psycopg.Error as error:
            raise ward_error(error) from error

    def run(
        self,
        actor: Actor | None,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return `work(transaction, ...)`, a change, run in one transaction of its own.

        Repeated as a whole where `core.retry` says that it may help. Commands carry client-made
        ids, so a repeat after a lost answer is the same change.

        Raises:
            WardError: as `transaction`, and whatever `work` raises.
        """
        with use_case():
            return self._tried(None, partial(self._once, actor, None, work, *args, **kwargs))

    def read(
        self,
        actor: Actor | None,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return `work(transaction, ...)`, which changes nothing, within five seconds.

        One that is `unhurried` may take as long as a statement may; one that `may_lag` is asked
        of the replica, where there is one that is fit.

        Raises:
            WardError: as `transaction`, and whatever `work` raises.
        """
        return self.read_while(always, actor, work, *args, **kwargs)

    def read_while(
        self,
        is_wanted: Callable[[], bool],
        actor: Actor | None,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what `read` does; the server stops once `is_wanted`, on this thread, says no.

        Raises:
            WardError: as `read`.
        """
        terms = reading(work, is_wanted, self._connections.query_within_s)
        with use_case():
            if terms.may_lag and self.replica is not None:
                with suppress(ReplicaUnfitError):
                    return self._on_replica(self.replica, actor, terms, work, *args, **kwargs)
            try:
                return self._tried(terms, partial(self._once, actor, terms, work, *args, **kwargs))
            except OutcomeUnknownError as lost:
                from ward_app.core.database_errors import UNREACHABLE

                raise DatabaseUnavailableError(UNREACHABLE) from lost.__cause__

    def look(self) -> Health:
        """Return how the database does now; takes five seconds at most."""
        return self._health.look()

    def keep_looking(self, after: Callable[[], object] = lambda: None) -> None:
        """Look at it again and again, and tell events, until it is closed.

        `after` each look something is done, on the thread that looks.

        Raises:
            RuntimeError: it is looked at already: a second thread would never be stopped.
        """
        from ward_app.core.health import HealthTimer

        if self._timer is not None:
            raise RuntimeError("the database of a program is looked at once")

        def look() -> None:
            self.look()
            after()

        self._timer = HealthTimer(look, self._look_every_s)
        self._timer.start()

    @property
    def metrics(self) -> Metrics:
        """The figures of connections now and of the statements up to now."""
        return metrics_of(self.pool, self._measures.stats())

    @property
    def pool(self) -> PoolStats:
        """How the connections are used at this moment."""
        return self._connections.stats()

    def close(self) -> None:
        """Wait for running work for a while, then close every connection; no thread is left."""
        self._connections.close()
        if self.replica is not None:
            self.replica.close()
        if self._timer is not None:
            self._timer.stop()

    def _proved(
        self, connection: psycopg.Connection[Any], actor: Actor | None, *, only_reads: bool
    ) -> Transaction:
        """Return a transaction in the name of who acts, under the trace of its use case."""
        transaction = Transaction(connection, self._measures)
        if self._traces_on_server:
            transaction.tell_trace()
        transaction.prove(actor, only_reads=only_reads)
        return transaction

    def _once(
        self,
        actor: Actor | None,
        terms: Reading | None,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        with self.transaction(actor, terms) as transaction:
            return work(transaction, *args, **kwargs)

    def _on_replica(
        self,
        replica: Replica,
        actor: Actor | None,
        terms: Reading,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what `work` comes to on the replica.

        Raises:
            ReplicaUnfitError: it failed there, for whatever reason. The primary's answer counts:
                a replica may not know yet of a session or of a right.
        """
        import psycopg

        try:
            with replica.lent(terms) as connection:
                transaction = self._proved(connection, actor, only_reads=True)
                return work(transaction, *args, **kwargs)
        except (psycopg.Error, WardError) as error:
            raise ReplicaUnfitError from error

    def _tried(self, terms: Reading | None, attempt: Callable[[], T]) -> T:
        """Return what `attempt` comes to, sooner or later."""
        began = monotonic()
        try:
            return attempt()
        except WardError as error:
            if error.__cause__ is None:
                raise
            return self._repeat(terms, attempt, error, began)

    def _repeat(
        self, terms: Reading | None, attempt: Callable[[], T], failure: WardError, began: float
    ) -> T:
        """Return what `attempt` comes to; the first one came to `failure`."""
        from ward_app.core.retry import Course

        course = Course(self._policy, terms, began, self._connections)
        try:
            return course.go_on(attempt, failure)
        except (DatabaseUnavailableError, ConfigurationError) as error:
            # an earlier try may have been committed, so "nothing was saved" would be a lie
            raise (course.unknown or error) from error.__cause__


def load_driver() -> None:
    """Import the driver now instead of with the first connection."""
    import_module("ward_app.core.connections")
