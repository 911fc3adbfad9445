"""The few connections of a workstation, and why there is none when there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout
from typing_extensions import override

from ward_app.core.bounded_connection import BoundedConnection
from ward_app.core.database_errors import is_lasting_refusal
from ward_app.core.settings import DatabaseSettings

_LOCK_TIMEOUT_MS = 3_000
_RECONNECT_S = 5
# how often to look whether waiting any longer makes sense
_GLANCE_S = 0.25


# PgBouncer hands the server's connection to the next client as it is: nothing may outlast a
# transaction, and nothing said at the connecting is passed on
_LOCAL_SETTINGS = f"""
SELECT set_config('statement_timeout', %s, true), set_config('TimeZone', 'UTC', true),
    set_config('lock_timeout', '{_LOCK_TIMEOUT_MS}', true)
"""


class Connections:
    """A pool that says what kept it from connecting, at once when waiting will not mend it."""

    def __init__(self, settings: DatabaseSettings, password: str | None) -> None:
        self._timeout_s = settings.connect_timeout_s
        self._refused_at = 0.0
        self._refusal: psycopg.OperationalError | None = None
        self._local = _LOCAL_SETTINGS if settings.via_pgbouncer else None
        self._query_timeout_ms = settings.query_timeout_ms
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            kwargs={**_arguments(settings), "password": password},
            connection_class=_telling(self._note, settings.socket_timeout_s),
            configure=_read_committed,
            min_size=settings.pool.min,
            max_size=settings.pool.max,
            max_idle=30,
            max_lifetime=1800,
            # give up soon: the next caller starts afresh instead of waiting out a long back-off
            reconnect_timeout=_RECONNECT_S,
            open=False,
        )

    @contextmanager
    def lent(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection of the pool; what was not committed is rolled back.

        Raises:
            PoolTimeout: none within the time allowed to connect; its text is the server's
                refusal where there was one.
        """
        connection = self._wait()
        try:
            if self._local is not None:
                connection.execute(self._local, (f"{self._query_timeout_ms}",))
            yield connection
        finally:
            with suppress(psycopg.Error):  # a broken connection has nothing left to roll back
                connection.rollback()
            self._pool.putconn(connection)

    def discard_dead(self) -> None:
        """Throw lost connections out, so that nobody is handed one."""
        self._pool.check()

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _wait(self) -> psycopg.Connection[Any]:
        self._pool.open()
        began = monotonic()
        while True:
            left_s = began + self._timeout_s - monotonic()
            try:
                return self._pool.getconn(timeout=min(_GLANCE_S, max(left_s, 0)))
            except PoolTimeout:
                # the pool may still pause after a refusal that came before anybody waited
                since = began - _RECONNECT_S if left_s <= 0 else began
                refusal = self._refusal if self._refused_at >= since else None
                if refusal is not None and (left_s <= 0 or is_lasting_refusal(refusal)):
                    raise PoolTimeout(str(refusal)) from refusal
                if left_s <= 0:
                    raise

    def _note(self, refusal: psycopg.OperationalError) -> None:
        self._refused_at, self._refusal = monotonic(), refusal


def _arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """Return how to connect, with what every statement of the connection is held to."""
    arguments: dict[str, Any] = {**settings.conninfo()}
    if settings.via_pgbouncer:
        # before 1.21 it does not know which server's connection a statement was prepared on
        return arguments | {"prepare_threshold": None}
    options = (
        f"{arguments.get('options', '')} -c lock_timeout={_LOCK_TIMEOUT_MS}"
        # of two moments in one zone Python compares what the clock shows, not when they were
        " -c timezone=UTC"
    )
    return arguments | {"options": options.strip()}


def _read_committed(connection: psycopg.Connection[Any]) -> None:
    # who is signed in is only known for certain in the present state of the database
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED


def _telling(
    note: Callable[[psycopg.OperationalError], None], answer_within_s: int
) -> type[BoundedConnection]:
    """Return a class of connections that tell `note` why they could not be made.

    None of them waits for an answer any longer than `answer_within_s`.
    """

    class Telling(BoundedConnection):
        @classmethod
        @override
        def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
            try:
                connection = super().connect(conninfo, **kwargs)
            except psycopg.OperationalError as refusal:
                note(refusal)
                raise
            connection.answer_within_s = answer_within_s
            return connection

    return Telling
