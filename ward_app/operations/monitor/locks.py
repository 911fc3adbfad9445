"""Who holds what, who waits for whom, and because of whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldLocks:
    """Locks of one kind and mode."""

    kind: str
    mode: str
    locks: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """One who waits for a lock, and one who holds it up; None = nobody connected holds it."""

    pid: int
    role: str | None
    kind: str
    mode: str
    relation: str | None
    waits_s: float
    shape: str
    holder_pid: int | None
    holder_role: str | None
    holder_state: str | None
    holder_s: float | None
    holder_shape: str


@dataclass(frozen=True, slots=True)
class Locks:
    """[N05] Locks by type and mode, and who waits for whom, the longest first."""

    held: tuple[HeldLocks, ...]
    blocked: tuple[Blocked, ...]

    @property
    def longest_s(self) -> float:
        """How long the longest waits; 0 when none does."""
        return max((pair.waits_s for pair in self.blocked), default=0.0)

    @property
    def held_up(self) -> tuple[tuple[Blocked, tuple[Blocked, ...]], ...]:
        """Each holder that waits for nobody itself, with all that wait because of it.

        A holder stands as one of the pairs it is in; those that wait stand once each, the longest
        first. In a ring everybody waits: it is told from the longest on, until the server breaks
        it.
        """
        waiting = {pair.pid for pair in self.blocked}
        first = {one.holder_pid: one for one in self.blocked if one.holder_pid not in waiting}
        holders = list(first.values()) or list(self.blocked[:1])
        return tuple((one, self._because_of(one.holder_pid)) for one in holders)

    def _because_of(self, holder_pid: int | None) -> tuple[Blocked, ...]:
        found = dict[int, Blocked]()
        held = [holder_pid]
        for pid in held:  # grows meanwhile, by each who waits and holds others up
            new = {
                one.pid: one
                for one in self.blocked
                if one.holder_pid == pid and one.pid != holder_pid and one.pid not in found
            }
            found |= new
            held += new
        return tuple(sorted(found.values(), key=lambda one: -one.waits_s))
