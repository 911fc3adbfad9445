"""What follows from the figures: a sentence on what was found, another on what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.backup.good import (
    LOOK_AS_OWNER,
    MOVE_AWAY,
    SET_CLOCK,
    ahead_text,
    only_ahead_text,
)
from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.kinds import (
    Activity,
    Bloat,
    Cache,
    Connections,
    Figures,
    Host,
    Index,
    Indexes,
    Kind,
    Machine,
    Replication,
    Size,
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
from ward_app.operations.sizes import size_text

# before so many blocks were asked for, a share says nothing
ENOUGH_REQUESTS = 100_000
_LARGE_INDEX_BYTES = 10 * 1024**2
_DEAD_ROWS, _DEAD_PERCENT = 10_000, 20
_FULL_VACUUM_PERCENT = 50
_KEPT_BYTES = 1024**3
_TRY = "Try it: wardctl backup drill."


def advice(kind: Kind, figures: Figures, limits: AlertSettings) -> tuple[Finding, ...]:
    """Return what to say about one part of the report; one good sentence where all is well."""
    return tuple(_OF_KIND[kind](figures, limits))


def _connections(found: Connections, limits: AlertSettings) -> Iterator[Finding]:
    words = f"{found.used} of {found.most} are in use ({percent_text(found.used_percent)})."
    if found.used_percent > limits.connections_percent:
        yield Finding(
            "Connections",
            Level.ERROR,
            words,
            "Look who holds them below, end what is forgotten, then see wardctl pool plan: fewer "
            "connections for each workstation, or PgBouncer.",
            "WDB-104",
        )
    else:
        yield Finding("Connections", Level.GOOD, words)
    longest = found.longest_idle_in_transaction_s
    if longest is not None and longest > limits.idle_in_transaction_s:
        yield Finding(
            "Connections",
            Level.WARNING,
            f"A transaction is open and idle for {duration_text(longest)}.",
            "It holds locks and keeps vacuum away: wardctl monitor --only activity says whose it "
            "is; end it, and set idle_in_transaction_session_timeout.",
            "WDB-302",
        )


def _slow(found: Slow, limits: AlertSettings) -> Iterator[Finding]:
    if not found.is_counted:
        yield Finding(
            "Slow statements",
            Level.INFO,
            "The server does not count statements.",
            "Load it: shared_preload_libraries = 'pg_stat_statements', restart the server, then "
            "CREATE EXTENSION pg_stat_statements.",
        )
        return
    slow = [one for one in found.statements if (one.mean_ms or 0) > limits.slow_ms]
    if slow:
        first = slow[0]
        words = (
            f"{len(slow)} statements take more than {ms_text(limits.slow_ms)} on average; "
            f"{first.shape} takes {ms_text(first.mean_ms)}."
        )
        remedy = "Look at its plan (wardctl explain), and at the missing indexes of this report."
        yield Finding("Slow statements", Level.WARNING, words, remedy, "WDB-301")
    else:
        words = f"None takes more than {ms_text(limits.slow_ms)} on average."
        yield Finding("Slow statements", Level.GOOD, words)


def _indexes(found: Indexes, _limits: AlertSettings) -> Iterator[Finding]:
    for broken in found.invalid:
        yield Finding(
            "Indexes",
            Level.ERROR,
            f"{broken.name} was not finished: it is kept up and never read.",
            f"DROP INDEX CONCURRENTLY {broken.name}, then make it again.",
        )
    for twice in found.duplicate:
        yield Finding(
            "Indexes",
            Level.WARNING,
            f"{twice.name} does the same as {twice.same_as} ({size_text(twice.bytes)}).",
            f"Drop one of them: DROP INDEX CONCURRENTLY {twice.name}.",
        )
    unused = _idle_and_large(found)
    for index in unused:
        yield Finding(
            "Indexes",
            Level.WARNING,
            f"{index.name} was never read and takes {size_text(index.bytes)}.",
            "Drop it if that holds for a month, on every replica too.",
        )
    for table in found.missing:
        yield Finding(
            "Indexes",
            Level.WARNING,
            f"{table.name} ({count_text(table.rows)} rows) is read as a whole in "
            f"{percent_text(table.scan_percent)} of its reads.",
            "Find the statement among the slow ones and look at its plan (wardctl explain): an "
            "index on what it asks for may be missing.",
            "WDB-301",
        )
    if not (found.invalid or found.duplicate or unused or found.missing):
        yield Finding("Indexes", Level.GOOD, "None is missing, idle and large, double or broken.")


def _idle_and_large(found: Indexes) -> list[Index]:
    """Return what may be dropped because nobody reads it; a double one is told as such."""
    twice_made = {one.name for one in found.duplicate}
    return [
        one
        for one in found.unused
        if one.bytes >= _LARGE_INDEX_BYTES
        and not one.serves_foreign_key
        and one.name not in twice_made
    ]


def _bloat(found: Bloat, _limits: AlertSettings) -> Iterator[Finding]:
    if found.settings.get("autovacuum", "on") != "on":
        yield Finding(
            "Vacuum",
            Level.ERROR,
            "autovacuum is off: dead rows stay, and statistics grow old.",
            "Set autovacuum = on and reload the server.",
            "WDB-303",
        )
    bad = [
        one
        for one in found.tables
        if one.dead > _DEAD_ROWS and (one.dead_percent or 0) > _DEAD_PERCENT
    ]
    for table in bad:
        full = (table.dead_percent or 0) > _FULL_VACUUM_PERCENT
        remedy = f"VACUUM (ANALYZE) {table.name}." + (
            " VACUUM FULL gives the disk back, and locks the table meanwhile: at night."
            if full
            else ""
        )
        words = (
            f"{table.name} has {count_text(table.dead)} dead rows beside "
            f"{count_text(table.live)} live ones ({percent_text(table.dead_percent)})."
        )
        yield Finding("Dead rows", Level.WARNING, words, remedy, "WDB-303")
    if not bad:
        yield Finding("Dead rows", Level.GOOD, "No table is full of them.")


def _locks(found: Locks, limits: AlertSettings) -> Iterator[Finding]:
    for holder, waiting in found.held_up:
        longest = waiting[0]
        name = f"Process {holder.holder_pid}" if holder.holder_pid else "A prepared transaction"
        state = f" ({holder.holder_state})" if holder.holder_state else ""
        count = f"{len(waiting)} processes" if len(waiting) > 1 else "1 process"
        yield Finding(
            "Locks",
            Level.WARNING if longest.waits_s > limits.lock_s else Level.INFO,
            f"{name}{state} holds up {count}: {longest.pid} waits "
            f"{duration_text(longest.waits_s)} for {wanted_text(longest)}.",
            end_holder(holder),
            "WDB-302",
        )
    if not found.blocked:
        yield Finding("Locks", Level.GOOD, "Nobody waits for a lock.")


def _cache(found: Cache, limits: AlertSettings) -> Iterator[Finding]:
    share = percent_text(found.hit_percent)
    if found.requests < ENOUGH_REQUESTS:
        words = (
            f"Too little was asked for to judge: {count_text(found.requests)} of "
            f"{count_text(ENOUGH_REQUESTS)} blocks."
        )
        yield Finding("Memory", Level.INFO, words)
    elif (found.hit_percent or 0) < limits.cache_hit_percent:
        size = size_text(found.shared_buffers_bytes)
        yield Finding(
            "Memory",
            Level.WARNING,
            f"{share} were found in memory; {limits.cache_hit_percent} % are wanted.",
            f"shared_buffers is {size}: a quarter of the computer's memory suits it (wardctl "
            "server-config postgresql). Look too for tables that are read as a whole.",
            "WDB-301",
        )
    else:
        yield Finding("Memory", Level.GOOD, f"{share} were found in memory.")


def _size(found: Size, _limits: AlertSettings) -> Iterator[Finding]:
    largest = found.tables[0] if found.tables else None
    words = f"This database takes {size_text(found.bytes)}."
    if largest is not None:
        words += f" The largest table is {largest.name} with {size_text(largest.bytes)}."
    yield Finding("Size", Level.GOOD, words)


def _replication(found: Replication, limits: AlertSettings) -> Iterator[Finding]:
    behind = [(one.name, one.lag_s) for one in found.standbys if one.lag_s > limits.lag_s]
    if found.is_standby and (found.lag_s or 0) > limits.lag_s:
        behind.append(("This standby", found.lag_s or 0))
    for name, lag_s in behind:
        words = f"{name} is {duration_text(lag_s)} behind."
        remedy = "Look at its disk and network, and for a long statement on it."
        yield Finding("Replication", Level.WARNING, words, remedy, "WDB-401")
    if not found.is_received:
        words = "This standby does not receive from its primary."
        remedy = "Look at primary_conninfo, and whether the primary runs."
        yield Finding("Replication", Level.ERROR, words, remedy, "WDB-401")
    for slot in found.slots:
        if slot.state == "lost":
            words = f"The slot {slot.name} lost what it should have kept."
            remedy = "The standby must be built anew: see docs/replicas.md."
            yield Finding("Replication", Level.ERROR, words, remedy, "WDB-401")
        elif not slot.is_active and (slot.kept_bytes or 0) > _KEPT_BYTES:
            kept = size_text(slot.kept_bytes or 0)
            words = f"The slot {slot.name}, which nobody reads, keeps {kept}."
            remedy = f"If it is not needed: SELECT pg_drop_replication_slot('{slot.name}')."
            yield Finding("Replication", Level.WARNING, words, remedy, "WDB-305")
    if not behind and found.is_received:
        count = len(found.standbys)
        words = f"{count} standbys repeat this server." if count else "No standby repeats it."
        if found.is_standby:
            words = f"This standby is {duration_text(found.lag_s or 0)} behind."
        yield Finding("Replication", Level.GOOD, words)


def _activity(found: Activity, limits: AlertSettings) -> Iterator[Finding]:
    for one in found.sessions:
        who, runs = f"Process {one.pid} ({one.role}, {one.client})", duration_text(one.runs_s)
        if one.is_idle_in_transaction and one.runs_s > limits.idle_in_transaction_s:
            yield Finding(
                "Activity",
                Level.WARNING,
                f"{who} holds a transaction open and does nothing for {runs}.",
                f"It holds locks and keeps vacuum away: {ending(one.pid, one.state)}.",
                "WDB-302",
            )
        elif one.state == "active" and one.runs_s > limits.query_s:
            is_critical = one.runs_s > limits.query_critical_s
            yield Finding(
                "Activity",
                Level.ERROR if is_critical else Level.WARNING,
                f"{who} {'waits for a lock' if one.is_held_up else 'runs'} for {runs}: "
                f"{one.shape}.",
                END_THE_HOLDER
                if one.is_held_up
                else f"End it if nobody needs it: {ending(one.pid, one.state)}.",
                "WDB-302" if one.is_held_up else "WDB-304",
            )
    if not found.sessions:
        yield Finding("Activity", Level.GOOD, "Nothing runs at this moment.")
    else:
        words = f"{len(found.sessions)} connections work at this moment."
        yield Finding("Activity", Level.GOOD, words)


def _host(found: Host, limits: AlertSettings) -> Iterator[Finding]:
    yield from _machine(found, limits)
    yield from _backup(found.machine, limits)
    archive, age = found.archive, found.wraparound
    if archive.fails:
        words = "The archive does not take the log of changes, which grows until it does."
        remedy = "Look at the server's log for what archive_command says."
        yield Finding("Archive", Level.ERROR, words, remedy, "WDB-305")
    elif not archive.is_on:
        words = "The log of changes is not archived: a restore goes back to the last backup."
        remedy = "See docs/it/recovery.md for recovery to a minute."
        yield Finding("Archive", Level.INFO, words, remedy)
    if age.oldest > limits.wraparound_age:
        yield Finding(
            "Transaction numbers",
            Level.ERROR,
            f"The oldest row of {age.database} was frozen {count_text(age.oldest)} transactions "
            "ago; at two thousand million the server stops taking changes.",
            f"Run VACUUM (FREEZE) in {age.database}, and end transactions that are open for days.",
            "WDB-303",
        )
    else:
        words = f"The oldest row was frozen {count_text(age.oldest)} transactions ago."
        yield Finding("Transaction numbers", Level.GOOD, words)


def _machine(found: Host, limits: AlertSettings) -> Iterator[Finding]:
    machine = found.machine
    if not machine.is_read:
        words = "Processor, memory and disk are not known: this is not the server's computer."
        yield Finding("Computer", Level.INFO, words, "Run wardctl monitor on it.")
        return
    if (
        machine.disk_free_percent is not None
        and machine.disk_free_percent < limits.disk_free_percent
    ):
        words = f"{percent_text(machine.disk_free_percent)} of the disk are free."
        remedy = "Look at the largest tables, at slots and at the archive; never delete in pg_wal."
        yield Finding("Disk", Level.ERROR, words, remedy, "WDB-305")
    low = machine.memory_free_percent
    if low is not None and low < limits.memory_free_percent:
        words = f"{percent_text(low)} of the memory are available."
        remedy = "Lower work_mem or max_connections, or see what else runs there."
        yield Finding("Memory", Level.WARNING, words, remedy)
    busy = machine.cpu_percent
    if busy is not None and busy > limits.cpu_percent:
        words = f"The processors are busy by {percent_text(busy)}."
        remedy = "See what runs now (wardctl monitor --only activity) and the slow statements."
        yield Finding("Processor", Level.WARNING, words, remedy, "WDB-304")


def _backup(found: Machine, limits: AlertSettings) -> Iterator[Finding]:
    if not found.is_read:
        return  # said once, of the whole computer
    remedy = "Make one: wardctl backup create. Then see why the nightly one failed."
    if found.backups_ahead and found.backup_h is None:
        yield Finding("Backup", Level.ERROR, only_ahead_text(found.backups_ahead), SET_CLOCK)
    elif found.backup_h is None:
        level = Level.ERROR if found.lacks_backup else Level.INFO
        none = "The server's computer knows no verified backup of this database."
        does = LOOK_AS_OWNER if found.backup_problem else "Make one: wardctl backup create."
        yield Finding("Backup", level, found.backup_problem or none, does)
    else:
        if found.backups_ahead:
            words = ahead_text(found.backups_ahead)
            yield Finding("Backup", Level.WARNING, words, MOVE_AWAY)
        old = duration_text(found.backup_h * 3_600)
        is_old = found.backup_h > limits.backup_h
        level = Level.ERROR if is_old else Level.GOOD
        words = f"The last good backup is {old} old."
        yield Finding("Backup", level, words, remedy if is_old else "")
    if found.drill_d is None:
        level = Level.WARNING if found.lacks_drill else Level.INFO
        words = "No backup of this database was ever restored to try it."
        yield Finding("Backup", level, words, _TRY)
    elif found.drill_d > limits.drill_d:
        words = f"Restoring was last tried {duration_text(found.drill_d * 86_400)} ago."
        yield Finding("Backup", Level.WARNING, words, _TRY)


_OF_KIND: Mapping[Kind, Callable[[Any, AlertSettings], Iterator[Finding]]] = {
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
