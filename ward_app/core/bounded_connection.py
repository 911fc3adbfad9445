"""A connection that does not wait for ever."""

from __future__ import annotations

from time import monotonic
from traceback import clear_frames
from typing import Any, Self

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from typing_extensions import override

from ward_app.core.reading import Reading

# a statement that was given up can be waited for again, unlike one that failed
_GivenUp = psycopg.errors._WaitTimeout  # noqa: SLF001 - the driver has no other name for it
# how often a wait lets Ctrl-C through, as psycopg's own do
_WAKE_S = 0.1
# until the server has ended a read that nobody waits for
_CANCEL_WITHIN_S = 1.0


class NoAnswerError(psycopg.OperationalError):
    """The server took a statement and neither answered in time nor hung up."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up when the server hangs: nothing else would ever notice.

    Attributes:
        answer_within_s: how long a statement, or the commit, may go without an answer.
        terms: of the read that runs on it; None while nothing does, or a change.
        uses: how often it was lent.
    """

    answer_within_s: float = 60
    terms: Reading | None = None
    uses: int = 0

    @classmethod
    @override
    def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        """Return a connection; one that cannot be made leaves nothing open behind it.

        Raises:
            OperationalError: it cannot be made.
        """
        try:
            return super().connect(conninfo, **kwargs)
        except psycopg.OperationalError as refusal:
            # the driver's frames would hold the socket until the next collection of cycles, and
            # the server a process for it: after a freeze, one for each try of each workstation
            clear_frames(refusal.__traceback__)
            raise

    @override
    def wait(self, gen: PQGen[RV], interval: float = _WAKE_S, timeout: float | None = None) -> RV:
        """Return what `gen` comes to; the server is told to end a read whose terms are over.

        Raises:
            NoAnswerError: no answer in time; the connection is closed, because its answer could
                still come, in place of the next one.
        """
        limit_s = self.answer_within_s if timeout is None else timeout
        until = monotonic() + limit_s
        while True:
            # a read looks up now and then, whether it is still wanted
            within_s = limit_s if self.terms is None else min(_WAKE_S, until - monotonic())
            try:
                return super().wait(gen, interval, max(within_s, 0))
            except _GivenUp as error:
                if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                    raise
                if self.terms is not None and self.terms.is_over:
                    return self._cancelled(gen)
                if monotonic() < until:
                    continue
                self.close()
                raise NoAnswerError(f"no answer within {limit_s} s") from error

    def _cancelled(self, gen: PQGen[RV]) -> RV:
        """Have the server end the statement; return its answer where that came first after all.

        Raises:
            QueryCanceled: it was ended; the connection is as good as before.
            NoAnswerError: it hangs; the connection is closed.
        """
        try:
            self.cancel_safe(timeout=_CANCEL_WITHIN_S)
            return super().wait(gen, _WAKE_S, _CANCEL_WITHIN_S)
        except psycopg.errors.QueryCanceled:
            raise
        except psycopg.OperationalError as error:
            self.close()
            raise NoAnswerError("no answer to a read in time") from error
