"""What of the figures is beyond its limit at this moment: one signal for each thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.backup.good import (
    LOOK_AS_OWNER,
    MOVE_AWAY,
    SET_CLOCK,
    ahead_text,
    only_ahead_text,
)
from ward_app.operations.monitor.advice import ENOUGH_REQUESTS
from ward_app.operations.monitor.kinds import (
    Activity,
    Cache,
    Connections,
    Figures,
    Host,
    Kind,
    Machine,
    Replication,
    Slow,
)
from ward_app.operations.monitor.lock_words import (
    END_THE_HOLDER,
    end_holder,
    ending,
    wanted_text,
)
from ward_app.operations.monitor.locks import Locks
from ward_app.operations.monitor.words import (
    count_text,
    duration_text,
    ms_text,
    percent_text,
)

# what is asked for; sizes, indexes and dead rows are for the report
WATCHED = (
    Kind.CONNECTIONS, Kind.SLOW, Kind.LOCKS, Kind.CACHE, Kind.REPLICATION, Kind.ACTIVITY,
    Kind.HOST,
)  # fmt: skip
_ALMOST_ALL_PERCENT = 97
_DAY_H = 24


class Severity(IntEnum):
    """How bad it is, as Nagios counts; also the exit status of `wardctl alerts check`."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that is beyond its limit.

    Attributes:
        key: the same for the same thing at every look.
        does: what to do, a sentence.
        holds_s: an alert only when it lasts so long.
    """

    key: str
    severity: Severity
    says: str
    does: str
    holds_s: int = 0


def signals(figures: Mapping[Kind, Figures], limits: AlertSettings) -> tuple[Signal, ...]:
    """Return everything that is beyond its limit; what is not known is none."""
    found = ((_OF_KIND[kind], one) for kind, one in figures.items() if kind in _OF_KIND)
    return tuple(signal for judge, one in found for signal in judge(one, limits))


def _connections(found: Connections, limits: AlertSettings) -> Iterator[Signal]:
    """Yield whether connections run out [V04], and a transaction left open [V11]."""
    if found.used_percent > limits.connections_percent:
        is_critical = found.used_percent >= _ALMOST_ALL_PERCENT
        yield Signal(
            "connections",
            Severity.CRITICAL if is_critical else Severity.WARNING,
            f"{found.used} of {found.most} connections are in use.",
            "wardctl monitor --only connections says who holds them.",
        )
    longest = found.longest_idle_in_transaction_s
    if longest is not None and longest > limits.idle_in_transaction_s:
        yield Signal(
            "idle in transaction",
            Severity.WARNING,
            f"A transaction is open and idle for {duration_text(longest)}.",
            "wardctl monitor --only activity says whose; end it.",
        )


def _slow(found: Slow, limits: AlertSettings) -> Iterator[Signal]:
    """Yield which statements take long on average [V08]."""
    for one in found.statements:
        if one.mean_ms is not None and one.mean_ms > limits.slow_ms:
            yield Signal(
                f"slow {one.id}",
                Severity.WARNING,
                f"{one.shape} takes {ms_text(one.mean_ms)} on average.",
                "Look at its plan: wardctl explain.",
            )


def _activity(found: Activity, limits: AlertSettings) -> Iterator[Signal]:
    """Yield the statement that runs longest [V06] [V09]."""
    running = [one for one in found.sessions if one.state == "active"]
    longest = max(running, key=lambda one: one.runs_s, default=None)
    if longest is not None and longest.runs_s > limits.query_s:
        is_critical = longest.runs_s > limits.query_critical_s
        yield Signal(
            "statement",
            Severity.CRITICAL if is_critical else Severity.WARNING,
            f"A statement {'waits for a lock' if longest.is_held_up else 'runs'} for "
            f"{duration_text(longest.runs_s)} (process {longest.pid}, {longest.role}): "
            f"{longest.shape}.",
            END_THE_HOLDER
            if longest.is_held_up
            else f"End it if nobody needs it: {ending(longest.pid, longest.state)}.",
        )


def _locks(found: Locks, limits: AlertSettings) -> Iterator[Signal]:
    """Yield who waits too long for a lock [V11]."""
    if found.longest_s <= limits.lock_s:
        return
    holder, waiting = max(found.held_up, key=lambda pair: pair[1][0].waits_s)
    by = f"process {holder.holder_pid}" if holder.holder_pid else "a prepared transaction"
    yield Signal(
        "lock",
        Severity.WARNING,
        f"Process {waiting[0].pid} waits {duration_text(waiting[0].waits_s)} for "
        f"{wanted_text(waiting[0])}, held up by {by}.",
        end_holder(holder),
    )


def _cache(found: Cache, limits: AlertSettings) -> Iterator[Signal]:
    """Yield whether too little is found in memory [V07]."""
    share = found.hit_percent
    if share is None or found.requests < ENOUGH_REQUESTS or share >= limits.cache_hit_percent:
        return
    yield Signal(
        "memory of the server",
        Severity.WARNING,
        f"{percent_text(share)} of the blocks were found in memory.",
        "See shared_buffers, and tables that are read as a whole: wardctl monitor.",
    )


def _replication(found: Replication, limits: AlertSettings) -> Iterator[Signal]:
    """Yield who is behind [V05], and slots that lost what they should keep."""
    lags = [(one.name, one.lag_s) for one in found.standbys]
    lags += [("This standby", found.lag_s)] if found.lag_s is not None else []
    for name, lag_s in lags:
        if lag_s > limits.lag_s:
            yield Signal(
                f"lag of {name}",
                Severity.WARNING,
                f"{name} is {duration_text(lag_s)} behind.",
                "Look at its disk and network, and for a long statement on it.",
            )
    if not found.is_received:
        yield Signal(
            "standby cut off",
            Severity.CRITICAL,
            "This standby does not receive from its primary.",
            "Look whether the primary runs, and at primary_conninfo.",
        )
    for slot in found.slots:
        if slot.state == "lost":
            yield Signal(
                f"slot {slot.name}",
                Severity.CRITICAL,
                f"The slot {slot.name} lost what it should have kept.",
                "Its standby must be built anew.",
            )


def _host(found: Host, limits: AlertSettings) -> Iterator[Signal]:
    """Yield what is wrong with archive and transaction numbers, then with the computer."""
    archive, age = found.archive, found.wraparound
    if archive.is_on and archive.archived_s is not None and archive.archived_s > limits.wal_s:
        yield Signal(
            "archive is old",
            Severity.WARNING,
            f"The log of changes was last archived {duration_text(archive.archived_s)} ago.",
            "Set archive_timeout = 300, or look why the archive does not take it.",
        )
    if archive.fails:
        yield Signal(
            "archive",
            Severity.CRITICAL,
            "The archive does not take the log of changes.",
            "See the server's log; until then the disk fills.",
        )
    if age.oldest > limits.wraparound_age:
        yield Signal(
            "transaction numbers",
            Severity.CRITICAL,
            f"The oldest row of {age.database} was frozen {count_text(age.oldest)} transactions "
            "ago.",
            f"Run VACUUM (FREEZE) in {age.database}.",
        )
    yield from _machine(found.machine, limits)
    yield from _readiness(found.machine, limits)


def _machine(found: Machine, limits: AlertSettings) -> Iterator[Signal]:
    """Yield what runs out on the server's computer [V01] [V02] [V03]."""
    cpu, memory, disk = (
        found.cpu_percent,
        found.memory_free_percent,
        found.disk_free_percent,
    )
    if cpu is not None and cpu > limits.cpu_percent:
        yield Signal(
            "processors",
            Severity.WARNING,
            f"The processors are busy by {percent_text(cpu)}.",
            "See what runs: wardctl monitor --only activity.",
            limits.cpu_for_s,
        )
    if memory is not None and memory < limits.memory_free_percent:
        yield Signal(
            "memory of the computer",
            Severity.WARNING,
            f"{percent_text(memory)} of the memory are available.",
            "See what else runs there.",
        )
    if disk is not None and disk < limits.disk_free_percent:
        is_critical = disk < limits.disk_free_percent / 2
        yield Signal(
            "disk",
            Severity.CRITICAL if is_critical else Severity.WARNING,
            f"{percent_text(disk)} of the disk of the database are free.",
            "wardctl doctor --explain WDB-305 says what to do; never delete in pg_wal.",
        )


def _readiness(found: Machine, limits: AlertSettings) -> Iterator[Signal]:
    """Yield whether backup and drill are too old, or were never made [V10]."""
    yield from _backup(found, limits)
    drill_d = found.drill_d
    if drill_d is not None and drill_d > limits.drill_d:
        yield Signal(
            "drill",
            Severity.WARNING,
            f"Restoring was last tried {duration_text(drill_d * 86_400)} ago.",
            "wardctl backup drill.",
        )
    if found.lacks_drill:
        yield Signal(
            "drill",
            Severity.WARNING,
            "No backup of this database was ever restored to try it.",
            "wardctl backup drill.",
        )


def _backup(found: Machine, limits: AlertSettings) -> Iterator[Signal]:
    backup_h, ahead = found.backup_h, found.backups_ahead
    if backup_h is not None and backup_h > limits.backup_h:
        yield Signal(
            "backup",
            Severity.CRITICAL if backup_h > limits.backup_h + _DAY_H else Severity.WARNING,
            f"The last good backup is {duration_text(backup_h * 3_600)} old.",
            "wardctl backup create, then see why the nightly one failed: wardctl backup list.",
        )
    if ahead and backup_h is None:
        yield Signal("backup", Severity.CRITICAL, only_ahead_text(ahead), SET_CLOCK)
    elif ahead:
        yield Signal("backup of a day to come", Severity.WARNING, ahead_text(ahead), MOVE_AWAY)
    if found.lacks_backup:
        yield Signal(
            "backup",
            Severity.CRITICAL,
            found.backup_problem or "There is no verified backup of this database.",
            LOOK_AS_OWNER if found.backup_problem else "wardctl backup create.",
        )


_OF_KIND: Mapping[Kind, Callable[[Any, AlertSettings], Iterator[Signal]]] = {
    Kind.CONNECTIONS: _connections,
    Kind.SLOW: _slow,
    Kind.LOCKS: _locks,
    Kind.CACHE: _cache,
    Kind.REPLICATION: _replication,
    Kind.ACTIVITY: _activity,
    Kind.HOST: _host,
}
