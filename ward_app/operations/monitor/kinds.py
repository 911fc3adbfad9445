"""What the report on the server is made of: ten kinds, each with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ward_app.operations.monitor.locks import Locks


class Kind(StrEnum):
    """One part of the report."""

    CONNECTIONS = "connections"
    SLOW = "slow"
    INDEXES = "indexes"
    BLOAT = "bloat"
    LOCKS = "locks"
    CACHE = "cache"
    SIZE = "size"
    REPLICATION = "replication"
    ACTIVITY = "activity"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Station:
    """Connections of one role; `name` None = it is no workstation's."""

    role: str | None
    name: str | None
    used: int
    active: int


@dataclass(frozen=True, slots=True)
class Connections:
    """[N01] Connections of clients to the whole server.

    Attributes:
        most: what clients may have; what is reserved for administrators is taken off.
        longest_idle_in_transaction_s, average_age_s: None = there is none.
    """

    used: int
    most: int
    active: int
    idle: int
    idle_in_transaction: int
    longest_idle_in_transaction_s: float | None
    average_age_s: float | None
    stations: tuple[Station, ...]

    @property
    def used_percent(self) -> float:
        """Share of the connections in use, 0 to 100."""
        return 100 * self.used / self.most if self.most else 0.0

    @property
    def free(self) -> int:
        """How many more there may be."""
        return max(self.most - self.used, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one statement cost since the counting began; durations in ms.

    Attributes:
        shape: its verb, and the tables and functions in it; never a value.
        share_percent: of the time of all statements.
    """

    id: str | None
    shape: str
    calls: int
    total_ms: float
    mean_ms: float | None
    max_ms: float
    rows: int
    share_percent: float | None


@dataclass(frozen=True, slots=True)
class Slow:
    """[N02] The ten slowest statements by their mean, if the server counts them."""

    is_counted: bool
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """A table that is read as a whole again and again."""

    name: str
    rows: int
    scans: int
    rows_read: int
    scan_percent: float | None


@dataclass(frozen=True, slots=True)
class Index:
    """An index and what it costs.

    Attributes:
        serves_foreign_key: deleting a row that others refer to reads it.
        same_as: the index that does the same; "" where none does.
    """

    name: str
    on_table: str
    bytes: int
    scans: int = 0
    serves_foreign_key: bool = False
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Indexes:
    """[N03] Indexes that are missing, that nobody reads, that exist twice, or are broken.

    Attributes:
        counted_since: when the server's statistics began; None = with the database.
    """

    counted_since: datetime | None
    missing: tuple[ScannedTable, ...]
    unused: tuple[Index, ...]
    duplicate: tuple[Index, ...]
    invalid: tuple[Index, ...]
    largest: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class BloatedTable:
    """A table with dead rows; times None = never."""

    name: str
    live: int
    dead: int
    dead_percent: float | None
    bytes: int
    vacuumed_at: datetime | None
    analyzed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bloat:
    """[N04] [X08] Tables with more than a thousand dead rows, and when vacuum comes by itself."""

    tables: tuple[BloatedTable, ...]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CachedTable:
    """How much of a table was found in memory."""

    name: str
    hits: int
    reads: int
    hit_percent: float | None


@dataclass(frozen=True, slots=True)
class Cache:
    """[N06] How much was found in memory; percent None = nothing was asked for yet."""

    hits: int
    reads: int
    hit_percent: float | None
    shared_buffers_bytes: int
    tables: tuple[CachedTable, ...]

    @property
    def requests(self) -> int:
        """How many blocks were asked for."""
        return self.hits + self.reads


@dataclass(frozen=True, slots=True)
class SizedDatabase:
    """A database of the server."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class SizedTable:
    """A table with its indexes; a partitioned one with all its parts.

    `rows`: about how many; None = nobody counted them yet.
    """

    name: str
    table_bytes: int
    index_bytes: int
    bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Size:
    """[N07] Sizes of the databases and of the ten largest tables of this one."""

    bytes: int
    databases: tuple[SizedDatabase, ...]
    tables: tuple[SizedTable, ...]


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that repeats this one."""

    name: str
    state: str
    sync_state: str
    lag_s: float
    lag_bytes: float


@dataclass(frozen=True, slots=True)
class Slot:
    """What keeps the log of changes for one who may be away.

    Attributes:
        state: as the server says it; "lost" = what was kept is gone. None = never used.
    """

    name: str
    is_active: bool
    state: str | None
    kept_bytes: float | None


@dataclass(frozen=True, slots=True)
class Replication:
    """[N08] Who repeats this server, or how far behind it is itself; None = it is a primary."""

    is_standby: bool
    lag_s: float | None
    is_received: bool
    standbys: tuple[Standby, ...]
    slots: tuple[Slot, ...]

    @property
    def worst_lag_s(self) -> float | None:
        """How far the last one is behind; None where nothing repeats."""
        lags = [standby.lag_s for standby in self.standbys]
        return max([*lags, self.lag_s] if self.lag_s is not None else lags, default=None)


@dataclass(frozen=True, slots=True)
class Activity:
    """[N09] Connections that do something, or hold a transaction open, the longest first."""

    sessions: tuple[Busy, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """What one connection does; `runs_s`: since when, or since when its transaction is idle."""

    pid: int
    role: str | None
    application: str
    client: str
    state: str
    began_at: datetime | None
    runs_s: float
    waits_for: str | None
    shape: str

    @property
    def is_idle_in_transaction(self) -> bool:
        """Whether it holds a transaction open and does nothing."""
        return self.state.startswith("idle in transaction")

    @property
    def is_held_up(self) -> bool:
        """Whether it waits for another's lock."""
        return self.waits_for == "Lock"


@dataclass(frozen=True, slots=True)
class Archive:
    """What becomes of the log of changes; times None = nothing was archived yet."""

    is_on: bool
    archived: int
    failed: int
    archived_at: datetime | None
    archived_s: float | None
    fails: bool


@dataclass(frozen=True, slots=True)
class Wraparound:
    """How many transactions ago the oldest row was last frozen, in the worst database.

    Attributes:
        vacuum_age: from here on vacuum comes whatever the settings say; at two thousand million
            the server stops taking changes.
    """

    database: str
    age: int
    multi_age: int
    vacuum_age: int

    @property
    def oldest(self) -> int:
        """The age that counts; rows that several held locked have numbers of their own."""
        return max(self.age, self.multi_age)


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer the server runs on; None = not known from here.

    Attributes:
        cpu_percent: of all processors, 0 to 100, over half a second.
        disk_free_percent: of the disk of the database, 0 to 100.
        backup_h, drill_d: since the last good one.
        backups_ahead: good backups of a day to come, which do not count.
        backup_problem: why nobody knows whether there is a good one; "" = it is known.
        lacks_backup, lacks_drill: no good one is known, of a database that needs it.
        is_read: somebody on that computer looked.
    """

    cpu_percent: float | None = None
    memory_free_percent: float | None = None
    disk_free_percent: float | None = None
    disk_free_bytes: int | None = None
    disk_bytes: int | None = None
    backup_h: float | None = None
    drill_d: float | None = None
    lacks_backup: bool = False
    lacks_drill: bool = False
    backups_ahead: tuple[str, ...] = ()
    backup_problem: str = ""
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """[N10] The server's computer, its archive and the age of its transactions."""

    started_at: datetime
    archive: Archive
    wraparound: Wraparound
    machine: Machine = field(default_factory=Machine)


Figures = (
    Connections | Slow | Indexes | Bloat | Locks | Cache | Size | Replication | Activity | Host
)
OF_KIND: Mapping[Kind, type[Figures]] = {
    Kind.CONNECTIONS: Connections,
    Kind.SLOW: Slow,
    Kind.INDEXES: Indexes,
    Kind.BLOAT: Bloat,
    Kind.LOCKS: Locks,
    Kind.CACHE: Cache,
    Kind.SIZE: Size,
    Kind.REPLICATION: Replication,
    Kind.ACTIVITY: Activity,
    Kind.HOST: Host,
}
