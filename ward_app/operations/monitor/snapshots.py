"""What was counted at earlier moments: kept in the database, and what grew since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.reading import unhurried
from ward_app.operations.monitor.kinds import Cache, Connections, Machine, Size, Slow
from ward_app.operations.monitor.reading import of_json

_PERIOD = re.compile(r"([1-9][0-9]{0,4})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
# so many points make a line that can be read
_MOST_POINTS = 60
_LONGEST = timedelta(days=3_650)
_LEAST_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was counted at one moment.

    Attributes:
        machine: None = it was not taken on the server's computer.
    """

    taken_at: datetime
    machine: Machine | None
    size: Size
    slow: Slow
    cache: Cache
    connections: Connections


@dataclass(frozen=True, slots=True)
class Growth:
    """How a table, or the whole database with the name "", grew between two moments."""

    name: str
    from_bytes: int
    to_bytes: int
    per_day_bytes: float


@dataclass(frozen=True, slots=True)
class Change:
    """How the mean of a statement changed between the first and the last moment, in ms."""

    id: str
    shape: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Trend:
    """What grew over a time; nothing is said of less than two moments.

    Attributes:
        snapshots: the oldest first.
        growth: of the database first, then of its tables, the fastest first.
        changes: of statements that are among the slowest at both ends.
    """

    snapshots: tuple[Snapshot, ...]
    growth: tuple[Growth, ...]
    changes: tuple[Change, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is something to compare."""
        return len(self.snapshots) > 1


def keep_snapshot(tx: Transaction, snapshot_id: UUID, machine: Machine | None) -> None:
    """Keep what the server counts at this moment; only a monitoring role may.

    Raises:
        NotPermittedError: for anybody else.
    """
    told = None if machine is None else Jsonb(asdict(machine))
    tx.execute("SELECT public.keep_monitor_snapshot(%s, %s)", (snapshot_id, told))


@unhurried
def read_snapshots(tx: Transaction, period: timedelta) -> tuple[Snapshot, ...]:
    """Return what was kept within a time until now, thinned out to some sixty moments.

    Raises:
        NotPermittedError: for nobody of IT and no monitoring role.
    """
    step = max(period / _MOST_POINTS, _LEAST_STEP)
    kept = "SELECT * FROM public.monitor_trend(clock_timestamp() - %s::interval, %s)"
    return tuple(tx.rows(_snapshot, kept, (period, step)))


def trend(snapshots: Sequence[Snapshot]) -> Trend:
    """Return what grew from the first to the last of them."""
    if len(snapshots) < 2:  # noqa: PLR2004 - nothing to compare
        return Trend(tuple(snapshots), (), ())
    first, last = snapshots[0], snapshots[-1]
    days = max((last.taken_at - first.taken_at) / timedelta(days=1), 1e-9)
    before = {table.name: table.bytes for table in first.size.tables}
    tables = [
        _growth(table.name, before[table.name], table.bytes, days)
        for table in last.size.tables
        if table.name in before
    ]
    whole = _growth("", first.size.bytes, last.size.bytes, days)
    fastest = sorted(tables, key=lambda one: one.per_day_bytes, reverse=True)
    return Trend(tuple(snapshots), (whole, *fastest), _changes(first.slow, last.slow))


def period_of(text: str) -> timedelta:
    """Return the time that "30d" or "24h" names.

    Raises:
        RuleBrokenError: it is no number of days or hours.
    """
    found = _PERIOD.fullmatch(text.strip())
    period = timedelta.max if found is None else int(found[1]) * _UNITS[found[2]]
    if period > _LONGEST:
        raise RuleBrokenError(
            "Say the time in days or hours, such as 30d or 24h; ten years at most."
        )
    return period


def _growth(name: str, before: int, after: int, days: float) -> Growth:
    return Growth(name, before, after, (after - before) / days)


def _changes(before: Slow, after: Slow) -> tuple[Change, ...]:
    known = {one.id: one.mean_ms for one in before.statements if one.mean_ms is not None}
    return tuple(
        Change(one.id, one.shape, known[one.id], one.mean_ms)
        for one in after.statements
        if one.id is not None and one.id in known and one.mean_ms is not None
    )


def _snapshot(
    taken_at: datetime, machine: Mapping[str, Any] | None, figures: Mapping[str, Any]
) -> Snapshot:
    return Snapshot(
        taken_at,
        None if machine is None else of_json(Machine, machine),
        of_json(Size, figures["size"]),
        of_json(Slow, figures["slow"]),
        of_json(Cache, {**figures["cache"], "tables": []}),
        of_json(Connections, {**figures["connections"], "stations": []}),
    )
