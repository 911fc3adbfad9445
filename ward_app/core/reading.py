"""How long a read may take, and whether anybody still waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

READ_WITHIN_S = 5.0

_UNHURRIED = "_is_unhurried"
_MAY_LAG = "_may_lag"
F = TypeVar("F", bound=Callable[..., object])


class ReplicaUnfitError(Exception):
    """The replica does not answer this just now; ask the primary."""


def always() -> bool:
    """Return True: who asked waits, however long it takes."""
    return True


@dataclass(frozen=True, slots=True)
class Reading:
    """One read while it runs.

    Attributes:
        until: on the monotonic clock of this computer, in seconds; what was read last is shown
            from then on.
        is_wanted: whether somebody still waits for it; asked from the reading thread.
        may_lag: it may be read from a replica; writing is refused to it everywhere.
    """

    until: float
    is_wanted: Callable[[], bool] = always
    may_lag: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the server need not go on."""
        return monotonic() >= self.until or not self.is_wanted()


def unhurried(read: F) -> F:
    """Mark a read that may take as long as a statement may: a report, a search through years."""
    setattr(read, _UNHURRIED, True)
    return read


def may_lag(read: F) -> F:
    """Mark a read that a replica may answer, a few seconds behind; it can write nowhere.

    For reports, statistics and reviews, which somebody reads at leisure; never for what a nurse
    acts on at the bed.
    """
    setattr(read, _MAY_LAG, True)
    return read


def reading(
    read: Callable[..., object], is_wanted: Callable[[], bool], longest_s: float
) -> Reading:
    """Return the terms of a read that begins now; one that is `unhurried` has `longest_s`."""
    within_s = longest_s if getattr(read, _UNHURRIED, False) else min(READ_WITHIN_S, longest_s)
    return Reading(monotonic() + within_s, is_wanted, getattr(read, _MAY_LAG, False))
