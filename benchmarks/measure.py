"""Timing one thing against its reference, in turn, in the same minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured thing: medians in ms, their ratio, and what was aimed at.

    Attributes:
        target: highest ratio (or, without a reference, highest ms) that was aimed at; None =
            for information.
    """

    name: str
    ours_ms: float
    reference_ms: float | None
    reference: str
    target: float | None

    @property
    def ratio(self) -> float | None:
        """Ours by the reference; None without one."""
        return None if not self.reference_ms else self.ours_ms / self.reference_ms

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none."""
        if self.target is None:
            return None
        return (self.ratio if self.ratio is not None else self.ours_ms) <= self.target


def in_turn(
    ours: Callable[[], object], reference: Callable[[], object], *, rounds: int, warm_up: int = 20
) -> tuple[float, float]:
    """Return the median ms of both, run one after the other so that drift hits both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_up + rounds):
        for work, kept in zip((ours, reference), times, strict=True):
            spent_ms = once_ms(work)
            if turn >= warm_up:
                kept.append(spent_ms)
    return median(times[0]), median(times[1])


def once_ms(work: Callable[[], object]) -> float:
    """Return how long one call took, in ms."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def percentile_95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20)[-1]
