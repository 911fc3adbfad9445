"""How figures are shown: facts, bars and tables, the same on paper, in a file and on screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.monitor.advice import ENOUGH_REQUESTS
from ward_app.operations.monitor.kinds import (
    Activity,
    Bloat,
    Cache,
    Connections,
    Figures,
    Host,
    Indexes,
    Kind,
    Replication,
    Size,
    Slow,
)
from ward_app.operations.monitor.lock_words import tree
from ward_app.operations.monitor.locks import Locks
from ward_app.operations.monitor.words import (
    NEVER,
    ago_text,
    count_text,
    duration_text,
    moment_text,
    ms_text,
    percent_text,
)
from ward_app.operations.sizes import size_text

TITLES: Mapping[Kind, str] = {
    Kind.CONNECTIONS: "Connections",
    Kind.SLOW: "Slow statements",
    Kind.INDEXES: "Indexes",
    Kind.BLOAT: "Dead rows and vacuum",
    Kind.LOCKS: "Locks",
    Kind.CACHE: "Memory",
    Kind.SIZE: "Size",
    Kind.REPLICATION: "Replication",
    Kind.ACTIVITY: "Running now",
    Kind.HOST: "The server's computer",
}
# smaller ones cost nothing worth a line
_SHOWN_INDEX_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that is a share of something.

    Attributes:
        share: 0 to 1; None = not known.
        limit: from here on, or below it with `is_low_bad`, it is too much; None = no limit.
    """

    label: str
    share: float | None
    text: str
    limit: float | None = None
    is_low_bad: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether it is beyond its limit."""
        if self.share is None or self.limit is None:
            return False
        return self.share < self.limit if self.is_low_bad else self.share > self.limit

    @property
    def said(self) -> str:
        """Its figure, with what is wrong where it is beyond its limit."""
        if not self.is_bad:
            return self.text
        return f"{self.text}, {'too little' if self.is_low_bad else 'too much'}"


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: names of columns and texts; `numbers`: columns that stand at the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that is shown of one kind."""

    facts: tuple[Fact, ...] = ()
    bars: tuple[Bar, ...] = ()
    tables: tuple[Rows, ...] = ()


def parts_of(kind: Kind, figures: Figures, limits: AlertSettings) -> Parts:
    """Return what is shown of the figures of one kind; tables without rows are left out."""
    made = _OF_KIND[kind](figures, limits)
    return Parts(made.facts, made.bars, tuple(table for table in made.tables if table.rows))


def _connections(found: Connections, limits: AlertSettings) -> Parts:
    text = f"{found.used} of {found.most}, {found.free} free"
    return Parts(
        bars=(
            Bar(
                "Connections in use",
                found.used_percent / 100,
                text,
                limits.connections_percent / 100,
            ),
        ),
        facts=(
            Fact("Active", str(found.active)),
            Fact("Idle", str(found.idle)),
            Fact("Idle in a transaction", str(found.idle_in_transaction)),
            Fact("Average age", duration_text(found.average_age_s)),
        ),
        tables=(
            Rows(
                "Who holds them",
                ("Role", "Workstation", "Connections", "Active"),
                tuple(
                    (one.role or "", one.name or "", str(one.used), str(one.active))
                    for one in found.stations
                ),
                frozenset({2, 3}),
            ),
        ),
    )


def _slow(found: Slow, _limits: AlertSettings) -> Parts:
    rows = tuple(
        (
            one.shape,
            count_text(one.calls),
            ms_text(one.mean_ms),
            ms_text(one.max_ms),
            ms_text(one.total_ms),
            percent_text(one.share_percent),
            one.id or "",
        )
        for one in found.statements
    )
    columns = ("Statement", "Calls", "Mean", "Longest", "Total", "Of all time", "Id")
    return Parts(tables=(Rows("Slowest on average", columns, rows, frozenset(range(1, 6))),))


def _indexes(found: Indexes, _limits: AlertSettings) -> Parts:
    missing = tuple(
        (one.name, count_text(one.rows), count_text(one.scans), percent_text(one.scan_percent))
        for one in found.missing
    )
    since = f" (counted since {moment_text(found.counted_since)})" if found.counted_since else ""
    unused = tuple(
        (
            one.name,
            one.on_table,
            size_text(one.bytes),
            "deletes look it up" if one.serves_foreign_key else "",
        )
        for one in found.unused
        if one.bytes >= _SHOWN_INDEX_BYTES
    )
    double = tuple((one.name, one.same_as, size_text(one.bytes)) for one in found.duplicate)
    broken = tuple((one.name, one.on_table, size_text(one.bytes)) for one in found.invalid)
    largest = tuple(
        (one.name, one.on_table, size_text(one.bytes), count_text(one.scans))
        for one in found.largest
    )
    table = "Table"
    return Parts(
        tables=(
            Rows("Read as a whole", (table, "Rows", "Times", "Of its reads"), missing,
                 frozenset({1, 2, 3})),
            Rows(f"Never read{since}", ("Index", table, "Size", "Remark"), unused,
                 frozenset({2})),
            Rows("Twice", ("Index", "Same as", "Size"), double, frozenset({2})),
            Rows("Broken", ("Index", table, "Size"), broken, frozenset({2})),
            Rows("Largest", ("Index", table, "Size", "Times read"), largest, frozenset({2, 3})),
        )
    )  # fmt: skip


def _bloat(found: Bloat, _limits: AlertSettings) -> Parts:
    rows = tuple(
        (
            one.name,
            count_text(one.dead),
            count_text(one.live),
            percent_text(one.dead_percent),
            size_text(one.bytes),
            moment_text(one.vacuumed_at),
            moment_text(one.analyzed_at),
        )
        for one in found.tables
    )
    columns = ("Table", "Dead", "Live", "Dead share", "Size", "Vacuumed", "Analysed")
    settings = tuple((name, value) for name, value in sorted(found.settings.items()))
    return Parts(
        tables=(
            Rows("More than 1 000 dead rows", columns, rows, frozenset(range(1, 5))),
            Rows("When vacuum comes by itself", ("Setting", "Value"), settings, frozenset({1})),
        )
    )


def _locks(found: Locks, _limits: AlertSettings) -> Parts:
    held = tuple((one.kind, one.mode, str(one.locks), str(one.waiting)) for one in found.held)
    columns = ("Process", "State", "For", "On", "Statement")
    return Parts(
        tables=(
            Rows("Who waits for whom", columns, tuple(tree(found)), frozenset({2})),
            Rows("Locks", ("Type", "Mode", "Held", "Waited for"), held, frozenset({2, 3})),
        )
    )


def _cache(found: Cache, limits: AlertSettings) -> Parts:
    share = None if found.hit_percent is None else found.hit_percent / 100
    # of a few blocks the share says nothing
    limit = limits.cache_hit_percent / 100 if found.requests >= ENOUGH_REQUESTS else None
    rows = tuple(
        (one.name, percent_text(one.hit_percent), count_text(one.reads), count_text(one.hits))
        for one in found.tables
    )
    columns = ("Table", "In memory", "From the disk", "From memory")
    return Parts(
        bars=(
            Bar("Found in memory", share, percent_text(found.hit_percent), limit, is_low_bad=True),
        ),
        facts=(
            Fact("Blocks asked for", count_text(found.requests)),
            Fact("shared_buffers", size_text(found.shared_buffers_bytes)),
        ),
        tables=(Rows("Read most from the disk", columns, rows, frozenset({1, 2, 3})),),
    )


def _size(found: Size, _limits: AlertSettings) -> Parts:
    most = max((one.bytes for one in found.tables), default=0)
    bars = tuple(
        Bar(one.name, one.bytes / most if most else 0, size_text(one.bytes))
        for one in found.tables
    )
    tables = tuple(
        (
            one.name,
            size_text(one.table_bytes),
            size_text(one.index_bytes),
            "not counted" if one.rows is None else count_text(one.rows),
        )
        for one in found.tables
    )
    databases = tuple((one.name, size_text(one.bytes)) for one in found.databases)
    return Parts(
        facts=(Fact("This database", size_text(found.bytes)),),
        bars=bars,
        tables=(
            Rows("Largest tables", ("Table", "Rows take", "Indexes take", "Rows"), tables,
                 frozenset({1, 2, 3})),
            Rows("Databases", ("Database", "Size"), databases, frozenset({1})),
        ),
    )  # fmt: skip


def _replication(found: Replication, _limits: AlertSettings) -> Parts:
    role = "repeats another server" if found.is_standby else "takes changes"
    behind = () if found.lag_s is None else (Fact("Behind", duration_text(found.lag_s)),)
    standbys = tuple(
        (one.name, one.state, one.sync_state, duration_text(one.lag_s), size_text(one.lag_bytes))
        for one in found.standbys
    )
    slots = tuple(
        (
            one.name,
            "yes" if one.is_active else "no",
            one.state or "never used",
            "not known" if one.kept_bytes is None else size_text(one.kept_bytes),
        )
        for one in found.slots
    )
    return Parts(
        facts=(Fact("This server", role), *behind),
        tables=(
            Rows("Standbys", ("Name", "State", "Acknowledges", "Behind", "Not yet repeated"),
                 standbys, frozenset({3, 4})),
            Rows("Slots", ("Name", "Read now", "State", "Keeps"), slots, frozenset({3})),
        ),
    )  # fmt: skip


def _activity(found: Activity, _limits: AlertSettings) -> Parts:
    rows = tuple(
        (
            str(one.pid),
            one.role or "",
            one.application,
            one.client,
            one.state,
            duration_text(one.runs_s),
            one.waits_for or "",
            one.shape,
        )
        for one in found.sessions
    )
    columns = ("Process", "Role", "Program", "From", "State", "For", "Waits for", "Statement")
    return Parts(tables=(Rows("Connections that work", columns, rows, frozenset({0, 5})),))


def _host(found: Host, limits: AlertSettings) -> Parts:
    machine, archive, age = found.machine, found.archive, found.wraparound
    busy = machine.cpu_percent
    memory, disk = machine.memory_free_percent, machine.disk_free_percent
    bars = (
        Bar("Processors busy", _share(busy), percent_text(busy), limits.cpu_percent / 100),
        Bar("Memory available", _share(memory), percent_text(memory),
            limits.memory_free_percent / 100, is_low_bad=True),
        Bar("Disk free", _share(disk), _disk_text(disk, machine.disk_free_bytes),
            limits.disk_free_percent / 100, is_low_bad=True),
        Bar("Oldest transaction", age.oldest / _WRAPAROUND,
            f"{count_text(age.oldest)} of 2 147 million", limits.wraparound_age / _WRAPAROUND),
    )  # fmt: skip
    if not archive.is_on:
        archived = "off"
    elif archive.archived_s is None:
        archived = NEVER
    else:
        archived = f"{duration_text(archive.archived_s)} ago, {archive.failed} failed"
    return Parts(
        bars=bars,
        facts=(
            Fact("Server started", moment_text(found.started_at)),
            Fact("Log of changes archived", archived),
            Fact("Last good backup", ago_text(machine.backup_h, 3_600, looked=machine.is_read)),
            Fact(
                "Restoring last tried", ago_text(machine.drill_d, 86_400, looked=machine.is_read)
            ),
        ),
    )


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _disk_text(percent: float | None, free_bytes: int | None) -> str:
    if percent is None or free_bytes is None:
        return percent_text(percent)
    return f"{percent_text(percent)}, {size_text(free_bytes)}"


_WRAPAROUND = 2_147_483_647
_OF_KIND: Mapping[Kind, Callable[[Any, AlertSettings], Parts]] = {
    Kind.CONNECTIONS: _connections,
    Kind.SLOW: _slow,
    Kind.INDEXES: _indexes,
    Kind.BLOAT: _bloat,
    Kind.LOCKS: _locks,
    Kind.CACHE: _cache,
    Kind.SIZE: _size,
    Kind.REPLICATION: _replication,
    Kind.ACTIVITY: _activity,
    Kind.HOST: _host,
}
