"""A connection that does not wait for ever."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from typing_extensions import override

# how often a wait lets Ctrl-C through, as psycopg's own do
_WAKE_S = 0.1


class NoAnswerError(psycopg.OperationalError):
    """The server took a statement and neither answered in time nor hung up."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up when the server hangs: nothing else would ever notice.

    Attributes:
        answer_within_s: how long a statement, or the commit, may go without an answer.
    """

    answer_within_s: float = 60

    @override
    def wait(self, gen: PQGen[RV], interval: float = _WAKE_S, timeout: float | None = None) -> RV:
        """Return what `gen` comes to.

        Raises:
            NoAnswerError: no answer in time; the connection is closed, because its answer could
                still come, in place of the next one.
        """
        limit_s = self.answer_within_s if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit_s)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()
            raise NoAnswerError(f"no answer within {limit_s} s") from error
