"""Whether a replica is fit to be read, as far as is known. Pure, no I/O, any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from ward_app.core.events import Event, ReplicaBack, ReplicaLeft

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 30.0

UNREACHABLE = "It cannot be reached."
NO_STANDBY = "It is not a standby any more."
UNKNOWN_LAG = "Nobody can say how far it is behind: it is not connected to its primary."


@dataclass(frozen=True, slots=True)
class Look:
    """What a replica says of itself.

    Attributes:
        is_standby: it follows a primary; one that was promoted may have gone another way.
        has_own: it has replayed everything that this workstation wrote.
        lag_s: how far it is behind; None = unknown, which is not zero.
    """

    is_standby: bool
    has_own: bool
    lag_s: float | None


def unfit(look: Look, max_lag_s: float) -> str:
    """Return the sentence why nobody should be told what such a replica has; "" = it is fit."""
    if not look.is_standby:
        return NO_STANDBY
    if look.lag_s is None:
        return UNKNOWN_LAG
    if look.lag_s > max_lag_s:
        return f"It is {look.lag_s:.0f} s behind; {max_lag_s:g} s are allowed."
    return ""


class ReplicaState:
    """Reads go to the replica until it is found unfit, and again once it is found fit.

    While it is unfit it is asked after 1 s, then after twice as long each time, up to 30 s.
    """

    def __init__(
        self, tell: Callable[[Event], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._lock = Lock()
        self._is_serving: bool | None = None
        self._retry_at = 0.0
        self._wait_s = FIRST_RETRY_S

    @property
    def is_serving(self) -> bool:
        """Whether it was fit when it was last asked."""
        return self._is_serving is True

    def is_worth_asking(self) -> bool:
        """Return whether it serves, was never asked, or it is time to ask it again."""
        return self._is_serving is not False or self._clock() >= self._retry_at

    def serve(self) -> None:
        """Take note that the replica is fit."""
        with self._lock:
            changed = self._is_serving is False
            self._is_serving = True
            self._wait_s = FIRST_RETRY_S
        if changed:
            self._tell(ReplicaBack())

    def leave(self, reason: str) -> None:
        """Take note that the replica is unfit, and leave it alone for a while."""
        with self._lock:
            changed = self._is_serving is not False
            self._is_serving = False
            self._retry_at = self._clock() + self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_RETRY_S)
        if changed:
            self._tell(ReplicaLeft(reason=reason))
