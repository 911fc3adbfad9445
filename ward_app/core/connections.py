"""The few connections of a workstation, and why there is none when there is none."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout
from typing_extensions import override

from ward_app.core.bounded_connection import BoundedConnection
from ward_app.core.database_errors import NoneFreeError
from ward_app.core.events import Events, PoolExhausted, PrimaryMoved
from ward_app.core.hosts import Hosts
from ward_app.core.lending import Loans
from ward_app.core.reading import Reading
from ward_app.core.settings import DatabaseSettings

_LOCK_TIMEOUT_MS = 3_000
# The pool gives up at once: whoever asks next has it try anew, so that no pause of its own is
# still waited out when the server is back.
_RECONNECT_S = 0.0
# The pool tries twice for each connection that it misses; what was refused just now is not asked
# again, or those who wait at a server that hangs would do so one after the other, and long after
# it is back.
_SAME_REFUSAL_S = 0.1
# how long a look at a connection that nobody uses may take
_LOOK_WITHIN_S = 1.0
# how often to look whether waiting any longer makes sense
_GLANCE_S = 0.1
CLOSE_WITHIN_S = 5.0
_CANCEL_WITHIN_S = 1.0


# PgBouncer hands the server's connection to the next client as it is: nothing may outlast a
# transaction, and nothing said at the connecting is passed on
_LOCAL_SETTINGS = f"""
SELECT set_config('statement_timeout', %s, true), set_config('TimeZone', 'UTC', true),
    set_config('lock_timeout', '{_LOCK_TIMEOUT_MS}', true)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStats:
    """The connections of this computer, counted at one moment.

    Attributes:
        total: open ones, and those being opened; never more than `max`.
        idle: open and free.
        in_use: lent to somebody.
        waiting: who waits for one.
        errors: how often a connection could not be made, or none was free in time.
    """

    total: int
    idle: int
    in_use: int
    waiting: int
    max: int
    errors: int

    @property
    def utilisation(self) -> float:
        """The share that is in use, 0 to 1."""
        return self.in_use / self.max


class Connections:
    """A pool that says what kept it from connecting, at once: who asks decides about waiting.

    Attributes:
        closing: set from the moment of `close`; nobody should wait for the server any more.
        query_within_s: the server ends a longer statement.
    """

    def __init__(self, settings: DatabaseSettings, password: str | None, events: Events) -> None:
        self.closing = threading.Event()
        self.query_within_s = settings.query_timeout_ms / 1000
        self._events = events
        self._is_exhaustion_told = False
        self._may_grow = False
        self._settings = settings
        self._hosts = Hosts({**_arguments(settings), "password": password})
        self._local = _LOCAL_SETTINGS if settings.via_pgbouncer else None
        self._refused_at = 0.0
        self._refusal: psycopg.OperationalError | None = None
        self._errors = 0
        self._loans = Loans()
        pool = settings.pool
        self._pool: ConnectionPool[BoundedConnection] = ConnectionPool(
            kwargs=self._how_to_connect,
            connection_class=_telling(self),
            configure=_prepared(settings),
            min_size=pool.min,
            # until `_let_grow`; with none kept open it may grow at once
            max_size=pool.min or pool.max,
            max_idle=pool.idle_s,
            max_lifetime=pool.max_lifetime_s,
            reconnect_timeout=_RECONNECT_S,
            # after a restart the first new connection is not kept waiting by the others
            num_workers=1,
            open=False,
        )
        if not pool.exit_on_idle:
            atexit.register(self.close)

    @contextmanager
    def lent(self, terms: Reading | None = None) -> Iterator[BoundedConnection]:
        """Lend a connection of the pool; what was not committed is rolled back.

        `terms` are those of a read: the server is told to stop when they are over.

        Raises:
            PoolTimeout: the server refused, its refusal being the cause, or did not answer.
            NoneFreeError: every connection was busy all the time.
        """
        connection = self._wait(terms)
        self._loans.begin(connection)
        try:
            connection.terms = terms
            connection.answer_within_s = self._settings.socket_timeout_s
            if self._local is not None:
                connection.execute(self._local, (f"{self._settings.query_timeout_ms}",))
            yield connection
        except psycopg.errors.ReadOnlySqlTransaction:
            # this server is the primary no more; neither are its other connections of any use
            self._pool.drain()
            raise
        finally:
            connection.terms = None
            with suppress(psycopg.Error):  # a broken connection has nothing left to roll back
                connection.rollback()
            connection.answer_within_s = _LOOK_WITHIN_S
            self._take_back(connection)

    def stats(self) -> PoolStats:
        """Return how the connections are used at this moment."""
        found = self._pool.get_stats()
        idle, in_use = found["pool_available"], len(self._loans)
        return PoolStats(
            total=max(found["pool_size"], idle + in_use),
            idle=idle,
            in_use=in_use,
            waiting=found["requests_waiting"],
            max=self._settings.pool.max,
            errors=self._errors,
        )

    def tell_leaks(self) -> list[str]:
        """Return where connections were asked for that are out for over a minute; log them."""
        return self._loans.tell_leaks()

    def discard_dead(self) -> None:
        """Throw lost connections out, so that nobody is handed one."""
        self._pool.check()

    def close(self, within_s: float = CLOSE_WITHIN_S) -> None:
        """Wait for the work that runs, then close every connection; no thread of the pool is left.

        What did not finish in time is ended on the server and rolled back.
        """
        self.closing.set()
        atexit.unregister(self.close)
        for connection in self._loans.wait_until_back(within_s):
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=_CANCEL_WITHIN_S)
        self._pool.close()

    def _wait(self, terms: Reading | None) -> BoundedConnection:
        self._pool.open()
        began = monotonic()
        while True:
            left_s = self._wait_until(began, terms) - monotonic()
            try:
                connection = self._pool.getconn(timeout=min(_GLANCE_S, max(left_s, 0)))
            except PoolTimeout:
                if self._refusal is not None and self._refused_at >= began:
                    self._errors += 1
                    raise PoolTimeout(str(self._refusal)) from self._refusal
                if left_s <= 0 or self.closing.is_set():
                    self._errors += 1
                    if self._is_exhausted:
                        self._tell_exhausted()
                        raise NoneFreeError(f"{self._settings.pool.max} in use") from None
                    raise
            else:
                self._let_grow()
                return connection

    def _let_grow(self) -> None:
        """Let the pool hold more than its least from now on; the first connection is there.

        Before, it would make a second one for whoever waits for the first, and take the two in
        turn: the server would have everything to plan twice. That holds for a least of 1, the
        usual one; with any other the first connection is not alone.
        """
        if not self._may_grow:
            self._may_grow = True
            self._pool.resize(self._settings.pool.min, self._settings.pool.max)

    def _wait_until(self, began: float, terms: Reading | None) -> float:
        """Return how long to wait for a connection: longer for one that somebody has."""
        settings = self._settings
        longest_s = settings.pool.timeout_s if self._is_exhausted else settings.connect_timeout_s
        until = began + longest_s
        return until if terms is None else min(until, terms.until)

    @property
    def _is_exhausted(self) -> bool:
        return len(self._loans) >= self._settings.pool.max

    def _tell_exhausted(self) -> None:
        """Tell it once, until a connection is free again."""
        is_news, self._is_exhaustion_told = not self._is_exhaustion_told, True
        if is_news:
            most = self._settings.pool.max
            self._events.tell(PoolExhausted(pool_size=most, active_connections=len(self._loans)))

    def _take_back(self, connection: BoundedConnection) -> None:
        connection.uses += 1
        if connection.uses >= self._settings.pool.max_uses:
            connection.close()  # the pool replaces it
        self._pool.putconn(connection)
        self._loans.end(connection)
        self._is_exhaustion_told = False

    def just_refused(self) -> psycopg.OperationalError | None:
        """Return the refusal that the server gave just now; None: it was not asked just now."""
        is_new = monotonic() < self._refused_at + _SAME_REFUSAL_S
        return self._refusal if is_new else None

    def note_refusal(self, refusal: psycopg.OperationalError) -> None:
        """Keep why a connection could not be made, for who waits for one."""
        self._refused_at, self._refusal = monotonic(), refusal

    def note_server(self, host: str, port: int) -> None:
        """Try the server first that a connection was just made to."""
        if self._hosts.note(host, port):
            self._events.tell(PrimaryMoved(host=host, port=port))

    def _how_to_connect(self) -> dict[str, Any]:
        return self._hosts.arguments()


def _arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """Return how to connect, with what every statement of the connection is held to."""
    arguments: dict[str, Any] = {
        **settings.conninfo(),
        "prepare_threshold": settings.prepare_threshold,
    }
    if settings.via_pgbouncer:
        return arguments
    options = (
        f"{arguments.get('options', '')} -c lock_timeout={_LOCK_TIMEOUT_MS}"
        # of two moments in one zone Python compares what the clock shows, not when they were
        " -c timezone=UTC"
    )
    return arguments | {"options": options.strip()}


def _prepared(settings: DatabaseSettings) -> Callable[[BoundedConnection], None]:
    """Return what makes a new connection ready."""

    def prepare(connection: BoundedConnection) -> None:
        # who is signed in is only known for certain in the present state of the database
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection.prepared_max = settings.pool.prepared_max

    return prepare


def _telling(told: Connections) -> type[BoundedConnection]:
    """Return a class of connections that say where they were made, or why they could not be.

    They do not try while there is a refusal that the server gave just now.
    """

    class Telling(BoundedConnection):
        @classmethod
        @override
        def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
            refused = told.just_refused()
            if refused is not None:
                raise psycopg.OperationalError(str(refused))
            try:
                connection = super().connect(conninfo, **kwargs)
            except psycopg.OperationalError as refusal:
                told.note_refusal(refusal)
                raise
            connection.answer_within_s = _LOOK_WITHIN_S
            told.note_server(connection.info.host, connection.info.port)
            return connection

    return Telling
