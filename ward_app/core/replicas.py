"""Reads from a replica: only while it is fit, and never older than what one wrote oneself.

Whatever goes wrong here is asked of the primary instead, whose answer counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from ward_app.core.bounded_connection import BoundedConnection
from ward_app.core.connections import Connections
from ward_app.core.database_errors import NoneFreeError, is_lost_connection
from ward_app.core.events import Events
from ward_app.core.own_writes import BEGINNING, Mark, OwnWrites
from ward_app.core.reading import Reading, ReplicaUnfitError
from ward_app.core.replica_state import (
    UNREACHABLE,
    Look,
    ReplicaState,
    unfit,
)
from ward_app.core.settings import DatabaseSettings

# longer than that nobody waits for a replica: the primary is asked
WAIT_S = 0.2
_POLL_S = 0.002
# beside those to the primary: a role's limit counts on each server for itself
_CONNECTIONS = 2

# A standby that has lost its primary has replayed all that it received and would claim no lag.
# What the primary did last may be hours old in a quiet night, so equal positions come first.
_LOOK = """
SELECT pg_is_in_recovery(),
    coalesce(pg_last_wal_replay_lsn() >= '0/0'::pg_lsn + %s::numeric, false),
    CASE WHEN NOT EXISTS (SELECT FROM pg_stat_wal_receiver) THEN NULL
        WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaHealth:
    """How a replica does.

    Attributes:
        latency_ms: until it answered; None = it did not.
        lag_s: how far it is behind; None = unknown.
        reason: why it is not read; "" while it is.
    """

    healthy: bool
    latency_ms: float | None
    lag_s: float | None
    reason: str


class Replica:
    """A standby to read from, and what is known of it."""

    def __init__(
        self,
        connections: Connections,
        *,
        max_lag_s: float,
        events: Events,
    ) -> None:
        self.own_writes = OwnWrites()
        self._connections = connections
        self._max_lag_s = max_lag_s
        self._state = ReplicaState(events.tell)
        self._was_asked = False

    @classmethod
    def of(
        cls, settings: DatabaseSettings, password: str | None, events: Events
    ) -> Replica | None:
        """Return the replica of the settings, None when none is read."""
        there = settings.replica
        if there is None:
            return None
        pool = replace(settings.pool, min=0, max=_CONNECTIONS)
        return cls(
            # what becomes of its own connections is nobody's news
            Connections(replace(there, pool=pool), password, Events()),
            max_lag_s=settings.replica_max_lag_s,
            events=events,
        )

    @property
    def is_serving(self) -> bool:
        """Whether it was fit when it was last asked."""
        return self._state.is_serving

    @contextmanager
    def lent(self, terms: Reading) -> Iterator[BoundedConnection]:
        """Lend a connection to the replica, which has all that this workstation wrote.

        Raises:
            ReplicaUnfitError: it has not, within 0.2 s, or is not fit for another reason.
        """
        mark = self.own_writes.last
        if mark is None or not self._state.is_worth_asking():
            raise ReplicaUnfitError
        soon = replace(terms, until=min(terms.until, monotonic() + WAIT_S))
        try:
            with self._connections.lent(soon) as connection:
                self._wait_until_fit(connection, mark, soon)
                connection.terms = terms
                yield connection
        except psycopg.OperationalError as error:
            self._take_note(error)
            raise

    def health(self) -> ReplicaHealth:
        """Ask the replica how it does, whatever is known of it."""
        try:
            with self._connections.lent() as connection:
                began = monotonic()
                look = _look(connection, BEGINNING)
                latency_ms = (monotonic() - began) * 1000
        except psycopg.OperationalError:
            return ReplicaHealth(healthy=False, latency_ms=None, lag_s=None, reason=UNREACHABLE)
        reason = unfit(look, self._max_lag_s)
        return ReplicaHealth(
            healthy=not reason, latency_ms=latency_ms, lag_s=look.lag_s, reason=reason
        )

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def _wait_until_fit(
        self, connection: psycopg.Connection[Any], mark: Mark, terms: Reading
    ) -> None:
        while True:
            look = _look(connection, mark)
            reason = unfit(look, self._max_lag_s)
            if look.has_own and not reason:
                self._state.serve()
                return
            if terms.is_over:
                break
            self._connections.closing.wait(_POLL_S)
        if reason:
            self._state.leave(reason)
        raise ReplicaUnfitError

    def _take_note(self, error: psycopg.OperationalError) -> None:
        """Leave the replica for a while when it is away, not for what became of one statement."""
        was_asked, self._was_asked = self._was_asked, True
        if isinstance(error, NoneFreeError):
            return
        if isinstance(error, PoolTimeout) and error.__cause__ is None and not was_asked:
            return  # the first connection may still be on its way
        if error.sqlstate is None or is_lost_connection(error):
            self._state.leave(UNREACHABLE)


def _look(connection: psycopg.Connection[Any], mark: Mark) -> Look:
    row = connection.execute(_LOOK, (mark.bytes_written,)).fetchone()
    if row is None:  # a statement without FROM has one row
        raise ReplicaUnfitError
    return Look(*row)
