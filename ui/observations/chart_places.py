"""Where the sets of a chart stand, and which of them are drawn where they stand too close.

Pure functions, no Qt. Far fewer marks than sets fit into a screen's width: of the sets that share
a few pixels those are kept that say something: the first, the last, the extremes, the worst.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple, TypeVar

from ui.observations.chart_axis import Window
from ui.observations.chart_content import longest_join
from ward_app.observations.types import RecordedObservations

# sets that stand closer share one mark, as wide as the smallest mark
BUCKET_PX = 3.0
# below this distance of most sets marks are thinned out
CROWDED_PX = 4.0
_ROUNDING_PX = 1e-6
_MEASURED_AT = attrgetter("occurred_at")
_X = attrgetter("x")

T = TypeVar("T")


class Placed(NamedTuple):
    """A set and its place; there may be thousands, so these are tuples.

    Attributes:
        x: in pixels.
        room: pixels to its nearest neighbour.
        reach: as far to the right as a line may join it to another set, in pixels.
        inside: whether it lies in the window; a neighbour of the window does not.
    """

    recorded: RecordedObservations
    x: float
    room: float
    reach: float
    inside: bool


class Spot(NamedTuple):
    """One value of a set: its place in a row, in pixels, and the points it got."""

    x: float
    y: float
    points: int
    placed: Placed


def placed_sets(
    sets: Sequence[RecordedObservations], window: Window, left: float, width: float
) -> tuple[Placed, ...]:
    """Return the sets of a window, and one on each side of it for their lines, in time order."""
    start, px_per_s = window.start.timestamp(), width / window.length.total_seconds()
    first = bisect_left(sets, window.start, key=_MEASURED_AT)
    until = bisect_right(sets, window.end, key=_MEASURED_AT)
    near = sets[max(first - 1, 0) : until + 1]
    if not near:
        return ()
    places = [left + (one.occurred_at.timestamp() - start) * px_per_s for one in near]
    gaps = [width, *(after - before for before, after in pairwise(places)), width]
    return tuple(
        Placed(
            one,
            x,
            min(room),
            x + longest_join(one).total_seconds() * px_per_s + _ROUNDING_PX,
            window.start <= one.occurred_at <= window.end,
        )
        for one, x, room in zip(near, places, pairwise(gaps), strict=True)
    )


def usual_spacing(sets: Sequence[Placed], width: float) -> float:
    """Return the usual distance of two sets that follow each other: the lower quartile."""
    apart = sorted(after.x - before.x for before, after in pairwise(sets))
    return apart[len(apart) // 4] if apart else width


def runs_of(spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """Yield the values that a line may join: broken where too much time lies between two."""
    run: list[Spot] = []
    for spot in spots:
        if run and spot.x > run[-1].placed.reach:
            yield run
            run = []
        run.append(spot)
    if run:
        yield run


def line_of(run: Sequence[Spot]) -> list[Spot]:
    """Return the values a line must pass to look the same: of each pixel ends and extremes.

    A line through every value of a pixel paints that pixel's column from its lowest to its
    highest value; so does one through these.
    """
    kept: list[Spot] = []
    for bucket in _buckets(run, _X, 1.0):
        if len(bucket) <= 4:  # noqa: PLR2004 - first, last, lowest, highest
            kept += bucket
            continue
        lowest, highest = (pick(bucket, key=lambda spot: spot.y) for pick in (max, min))
        chosen = {id(one) for one in (bucket[0], bucket[-1], lowest, highest)}
        kept += [spot for spot in bucket if id(spot) in chosen]
    return kept


def marks_of(spots: Sequence[Spot]) -> list[Spot]:
    """Return one value for each few pixels: most points first, then farthest out."""
    return [_worst(bucket) for bucket in _buckets(spots, _X, BUCKET_PX)]


def apart(places: Iterable[T], x: Callable[[T], float], step: float) -> list[T]:
    """Return the first of each so many pixels."""
    return [bucket[0] for bucket in _buckets(list(places), x, step)]


def _worst(bucket: Sequence[Spot]) -> Spot:
    if len(bucket) == 1:
        return bucket[0]
    middle = sum([spot.y for spot in bucket]) / len(bucket)
    return max(bucket, key=lambda spot: (spot.points, abs(spot.y - middle)))


def _buckets(things: Sequence[T], x: Callable[[T], float], step: float) -> Iterator[list[T]]:
    """Yield neighbours that begin within the same so many pixels."""
    bucket: list[T] = []
    until = 0.0
    for one in things:
        place = x(one)
        if bucket and place >= until:
            yield bucket
            bucket = []
        if not bucket:
            until = place + step
        bucket.append(one)
    if bucket:
        yield bucket
