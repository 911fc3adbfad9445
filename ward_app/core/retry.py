"""What is tried again after which failure, and when: one table and one policy.

The unit is a whole use case, never a statement. Commands carry ids made by the client, so one
whose outcome is not known may be repeated like one that certainly failed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg_pool import PoolTimeout

from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.database_errors import is_lasting_refusal
from ward_app.core.errors import OutcomeUnknownError, WardError
from ward_app.core.reading import Reading
from ward_app.core.settings_groups import RetrySettings

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from ward_app.core.connections import Connections

T = TypeVar("T")

# so that two who met in a deadlock do not meet again
_A_MOMENT_S = 0.05


class Remedy(Enum):
    """What may help after a failure."""

    NEVER = "what failed once fails always"
    AT_ONCE = "rolled back for certain: the whole transaction again, a moment later"
    ANEW = "the connection is gone: the whole transaction again on another one"
    LATER = "not connected yet: again after a pause that grows"
    ONCE = "somebody else held it: once more"
    READS_ONCE = "ended by the server: a read once more, a change never"


REMEDIES = {
    "40001": Remedy.AT_ONCE,
    "40P01": Remedy.AT_ONCE,
    "55P03": Remedy.ONCE,
    "53300": Remedy.LATER,
    "57P03": Remedy.LATER,
    "57P01": Remedy.ANEW,
    "57P02": Remedy.ANEW,
    "08001": Remedy.ANEW,
    "08003": Remedy.ANEW,
    "08006": Remedy.ANEW,
    "08007": Remedy.ANEW,
    "25P03": Remedy.ANEW,
    # the server is the primary no more; another may be
    "25006": Remedy.ANEW,
    "57014": Remedy.READS_ONCE,
}
# PgBouncer has codes of its own in the class of broken connections
_CONNECTION_BROKE = "08"
_ONLY_ONCE = frozenset({Remedy.ONCE, Remedy.READS_ONCE})


def remedy(error: BaseException | None, *, is_read: bool) -> Remedy:
    """Return what may help after a driver's error; any that the table does not name: nothing."""
    if not isinstance(error, psycopg.Error) or isinstance(error, NoAnswerError):
        return Remedy.NEVER
    if error.sqlstate is not None:
        broke = error.sqlstate.startswith(_CONNECTION_BROKE)
        found = REMEDIES.get(error.sqlstate, Remedy.ANEW if broke else Remedy.NEVER)
        return Remedy.NEVER if found is Remedy.READS_ONCE and not is_read else found
    return _without_state(error)


def _without_state(error: psycopg.Error) -> Remedy:
    """Return what may help where libpq had no SQLSTATE to tell: connecting, or losing it."""
    if isinstance(error, PoolTimeout):
        # its cause is the server's refusal; without one every connection was busy for too long
        cause = error.__cause__
        refused = isinstance(cause, psycopg.OperationalError) and not is_lasting_refusal(cause)
        return Remedy.LATER if refused else Remedy.NEVER
    return Remedy.ANEW if isinstance(error, psycopg.OperationalError) else Remedy.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how late anything is tried again.

    Attributes:
        repeats: tries after the first one, of each kind of failure.
        delay_s: the first pause; each further one is `backoff` times as long.
        jitter: share by which a pause is longer or shorter at random.
        deadline_s: no try begins later, counted from the first one.
        connect_within_s: the same while there is no connection at all.
        clock: seconds that only grow.
        sleep: waits so many seconds; None: until the program ends, at most.
    """

    repeats: int = 3
    delay_s: float = 1.0
    backoff: float = 2.0
    jitter: float = 0.2
    deadline_s: float = 15.0
    connect_within_s: float = 5.0
    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], None] | None = None

    @classmethod
    def of(cls, settings: RetrySettings, *, connect_within_s: float) -> RetryPolicy:
        """Return the policy of the settings."""
        return cls(
            repeats=settings.max,
            delay_s=settings.delay_ms / 1000,
            backoff=settings.backoff,
            jitter=settings.jitter,
            deadline_s=settings.deadline_s,
            connect_within_s=connect_within_s,
        )


class Course:
    """One use case on its way from failure to failure.

    Attributes:
        unknown: what was told of a try that may have been saved after all; None: there was none.
    """

    def __init__(
        self, policy: RetryPolicy, terms: Reading | None, began: float, connections: Connections
    ) -> None:
        self.unknown: OutcomeUnknownError | None = None
        self._policy, self._terms, self._connections = policy, terms, connections
        self._connected_by = began + policy.connect_within_s
        self._until = began + policy.deadline_s if terms is None else terms.until
        self._met: Counter[Remedy] = Counter()
        self._last = Remedy.NEVER

    def go_on(self, attempt: Callable[[], T], failure: WardError) -> T:
        """Return what `attempt` comes to at last; the first try, made already, was `failure`.

        Raises:
            WardError: of the last try.
        """
        from tenacity import Retrying, retry_if_exception, sleep_using_event

        made = [failure]

        def once_more() -> T:
            if made:
                raise made.pop()
            return attempt()

        return Retrying(
            retry=retry_if_exception(self._may_repeat),
            wait=self._pause_s,
            stop=self._is_too_late,
            sleep=self._policy.sleep or sleep_using_event(self._connections.closing),
            reraise=True,
        )(once_more)

    def _may_repeat(self, error: BaseException) -> bool:
        """Whether another try may help; throws dead connections out of the pool first."""
        if isinstance(error, OutcomeUnknownError):
            self.unknown = error
        found = remedy(error.__cause__, is_read=self._terms is not None)
        if found is Remedy.ANEW:
            self._connections.discard_dead()
        self._last = found
        self._met[found] += 1
        allowed = 1 if found in _ONLY_ONCE else self._policy.repeats
        return found is not Remedy.NEVER and self._met[found] <= allowed

    def _pause_s(self, _state: RetryCallState) -> float:
        policy = self._policy
        if self._last is Remedy.ANEW and self._met[Remedy.ANEW] == 1:
            return 0  # a connection had died unseen; whether the server is there shows the next
        if self._last is not Remedy.LATER:
            return random.uniform(0, _A_MOMENT_S)  # noqa: S311 - no secret
        grown = policy.delay_s * policy.backoff ** (self._met[Remedy.LATER] - 1)
        return grown * random.uniform(1 - policy.jitter, 1 + policy.jitter)  # noqa: S311 - no secret

    def _is_too_late(self, state: RetryCallState) -> bool:
        """Whether nobody waits for a next try, which would begin too late or finds all closed."""
        is_over = self._terms is not None and self._terms.is_over
        until = min(self._until, self._connected_by) if self._last is Remedy.LATER else self._until
        late = self._policy.clock() + state.upcoming_sleep > until
        return late or is_over or self._connections.closing.is_set()
