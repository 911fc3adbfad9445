"""How many connections a hospital needs, and whether its server has them.

A workstation holds the connections of its pool and one more that hears what others change. The
server works on few statements at a time: about two for each core, and one for each disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# of max_connections: administrators, backup, migrations, what watches the server
RESERVED = 20
LISTENERS = 1
MOST_DIRECT = 150
_STEP = 50
_CLASSES = ((8, "20 to 40"), (4, "10 to 20"), (0, "5 to 10"))
# measured: private memory of a server's process that waits
_IDLE_MB = 3.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A hospital's workstations and the server they share.

    Attributes:
        cores: of the server's processors.
        spindles: disks that seek on their own; a solid-state disk counts as one.
        workstations: that run at once.
        pool_max: connections in the pool of each.
        budget: connections that all of them may hold together.
        max_connections: of the server.
        superuser_reserved: of those, kept for the administrator.
        pooled: whether PgBouncer is between, so that only listeners connect directly.
    """

    cores: int
    spindles: int
    workstations: int
    pool_max: int
    budget: int
    max_connections: int
    superuser_reserved: int = 3
    pooled: bool = False

    @property
    def active(self) -> int:
        """How many statements the server works on at once without getting slower."""
        return self.cores * 2 + self.spindles

    @property
    def held(self) -> int:
        """How many connections the workstations hold when all of them are busy."""
        return self.workstations * (self.pool_max + LISTENERS)

    @property
    def needed(self) -> int:
        """How many connections the server must have for everybody."""
        at_server = self.active + self.workstations * LISTENERS if self.pooled else self.held
        return at_server + RESERVED

    @property
    def there(self) -> int:
        """How many connections the server has for others than its administrator."""
        return self.max_connections - self.superuser_reserved

    @property
    def advised(self) -> int:
        """The next round max_connections that is enough."""
        return -(-(self.needed + self.superuser_reserved) // _STEP) * _STEP


def lines(fleet: Fleet) -> Iterator[str]:
    """Yield what the plan comes to, one sentence each."""
    usual = next(words for cores, words in _CLASSES if fleet.cores >= cores)
    yield (
        f"The server works on {fleet.active} statements at once "
        f"({fleet.cores} cores x 2 + {fleet.spindles}); for so many cores {usual} are usual."
    )
    yield (
        f"{fleet.workstations} workstations hold up to {fleet.held} connections: "
        f"{fleet.pool_max} in the pool of each, and {LISTENERS} that hears what others change."
    )
    way = "with PgBouncer between" if fleet.pooled else "directly"
    yield (
        f"The server needs {fleet.needed} {way}, {RESERVED} of them for IT, backup and "
        f"watching: {share(fleet)} % of the {fleet.there} it has, and at most "
        f"{fleet.needed * _IDLE_MB / 1024:.1f} GB of memory."
    )


def problems(fleet: Fleet) -> Iterator[str]:
    """Yield why the server does not have enough, each with what to do; nothing when it does."""
    if fleet.needed > fleet.there:
        yield (
            f"It does not fit: {fleet.needed} of {fleet.there}. Set max_connections to "
            f"{fleet.advised}, or put PgBouncer between: wardctl pgbouncer config."
        )
    pools = fleet.workstations * fleet.pool_max
    if pools > fleet.budget:
        yield (
            f"The pools come to {pools} connections, more than database.pool.fleet_budget "
            f"({fleet.budget}). Make the pools smaller, or raise it."
        )


def advice(fleet: Fleet) -> Iterator[str]:
    """Yield what would be better, though it fits."""
    if fleet.workstations > MOST_DIRECT and not fleet.pooled:
        yield (
            f"Above {MOST_DIRECT} workstations put PgBouncer between (wardctl pgbouncer config); "
            "with it the server needs "
            f"{fleet.active + fleet.workstations * LISTENERS + RESERVED} connections."
        )


def share(fleet: Fleet) -> int:
    """Return how much of the server's connections everybody needs, in percent."""
    return round(100 * fleet.needed / max(fleet.there, 1))
