"""Beds for stays of which only the unit is known: the first that is free when each begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStay:
    """A time on a unit.

    Attributes:
        key: names the stay.
        begins_at / ends_at: aware; `ends_at` None = still there.
        moved_from: the stay before it when that was on the same unit, so that the move was one
            from bed to bed; else None.
    """

    key: str
    unit: Hashable
    begins_at: datetime
    ends_at: datetime | None
    moved_from: str | None = None


@dataclass(slots=True)
class _Unit:
    """The beds of one unit, numbered from 1, as time goes on."""

    opened: int = 0
    free: list[int] = field(default_factory=list)
    taken: list[tuple[datetime, int]] = field(default_factory=list)

    def give(self, stay: UnitStay, left_bed: int | None) -> int:
        """Take the lowest free bed but the one just left; open another when there is none."""
        while self.taken and self.taken[0][0] <= stay.begins_at:
            heappush(self.free, heappop(self.taken)[1])
        bed = self._lowest_free(left_bed)
        if stay.ends_at is not None:
            heappush(self.taken, (stay.ends_at, bed))
        return bed

    def _lowest_free(self, left_bed: int | None) -> int:
        found = heappop(self.free) if self.free else None
        if found is not None and found == left_bed:
            found = heappop(self.free) if self.free else None
            heappush(self.free, left_bed)
        if found is None:
            self.opened += 1
            found = self.opened
        return found


def assign_beds(stays: Sequence[UnitStay]) -> dict[str, int]:
    """Return the bed number of every stay, by its key; numbers begin at 1 in every unit.

    A bed left at a minute can be given at that minute. The result depends on the stays alone,
    not on their order or on how many beds a unit has to begin with.
    """
    units: dict[Hashable, _Unit] = defaultdict(_Unit)
    beds: dict[str, int] = {}
    for stay in sorted(stays, key=lambda stay: (stay.begins_at, stay.key)):
        left_bed = beds[stay.moved_from] if stay.moved_from else None
        beds[stay.key] = units[stay.unit].give(stay, left_bed)
    return beds
