"""What a server that answers suffers from: load, locks, bloat, a full disk, replicas behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Connection

from ward_app.core.settings import PoolSettings
from ward_app.operations import replication
from ward_app.operations.findings import Finding, Level
from ward_app.operations.pool_plan import LISTENERS, RESERVED

LONG_S = 60
_BUSY = 20
_NEARLY_ALL = 0.9
_DEAD_ROWS = 10_000
_DEAD_SHARE = 0.2

_CONNECTIONS = """
SELECT count(*) FILTER (WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int,
    (SELECT count(*) FROM pg_roles WHERE rolcanlogin AND rolname ~ '^ws_')
FROM pg_stat_activity
"""
_RUNNING = """
SELECT count(*) FILTER (WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'),
    coalesce(array_agg(pid) FILTER (WHERE state = 'active' AND clock_timestamp() - query_start
        > make_interval(secs => %(long_s)s)), '{}'),
    coalesce(array_agg(pid) FILTER (WHERE state ~ 'idle in transaction'
        AND clock_timestamp() - state_change > make_interval(secs => %(long_s)s)), '{}'),
    count(*) FILTER (WHERE wait_event_type = 'Lock'),
    coalesce((SELECT array_agg(DISTINCT holder) FROM pg_stat_activity waiting,
        unnest(pg_blocking_pids(waiting.pid)) holder), '{}')
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_BLOATED = """
SELECT relid::regclass::text, n_dead_tup, n_live_tup FROM pg_stat_user_tables
WHERE n_dead_tup > %s AND n_dead_tup > %s * (n_live_tup + n_dead_tup) ORDER BY n_dead_tup DESC
"""
# roles that providers make on every server they run
_PROVIDERS = {
    "rds_superuser": "Amazon RDS",
    "cloudsqlsuperuser": "Google Cloud SQL",
    "azure_pg_admin": "Azure Database",
}
_PROVIDER = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)"
_ARCHIVE = """
SELECT current_setting('archive_mode') <> 'off' AND last_failed_time IS NOT NULL
    AND (last_archived_time IS NULL OR last_failed_time > last_archived_time), last_failed_wal
FROM pg_stat_archiver
"""


def connections(connection: Connection[Any], pool: PoolSettings) -> Iterator[Finding]:
    """Yield whether there is room for everybody now, and for all workstations at once."""
    row = connection.execute(_CONNECTIONS).fetchone()
    in_use, there, stations = row if row is not None else (0, 0, 0)
    needed = stations * (pool.max + LISTENERS) + RESERVED
    if in_use > there * _NEARLY_ALL:
        yield _ill("Connections", f"{in_use} of {there} are in use.", "WDB-104", Level.ERROR)
    elif stations and needed > there:
        yield _ill(
            "Connections",
            f"{stations} workstations may need {needed}, and there are {there}.",
            "WDB-104",
        )
    else:
        yield Finding("Connections", Level.GOOD, f"{in_use} of {there} are in use.")


def work(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield what runs too long, what waits for locks, and whether it is too much at once."""
    row = connection.execute(_RUNNING, {"long_s": LONG_S}).fetchone()
    running, long, forgotten, waiting, holders = row if row is not None else (0, [], [], 0, [])
    if running > _BUSY:
        yield _ill("Load", f"{running} statements run at once.", "WDB-304")
    if long:
        words = f"{len(long)} statements run for more than {LONG_S} s (process {_list(long)})."
        yield _ill("Load", words, "WDB-301")
    if forgotten:
        words = (
            f"{len(forgotten)} transactions are open and idle for more than {LONG_S} s "
            f"(process {_list(forgotten)})."
        )
        yield _ill("Locks", words, "WDB-302")
    if waiting:
        words = f"{waiting} statements wait for a lock (held by process {_list(holders)})."
        yield _ill("Locks", words, "WDB-302")
    if not (running > _BUSY or long or forgotten or waiting):
        yield Finding("Load", Level.GOOD, f"{running} statements run, none waits for a lock.")


def bloat(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield which tables are full of dead rows."""
    found = connection.execute(_BLOATED, (_DEAD_ROWS, _DEAD_SHARE)).fetchall()
    for name, dead, live in found:
        words = f"{name} has {dead} dead rows beside {live} live ones."
        yield _ill("Bloat", words, "WDB-303")
    if not found:
        yield Finding("Bloat", Level.GOOD, "No table is full of dead rows.")


def archive(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield whether the archive fails, so that the log of changes fills the disk."""
    row = connection.execute(_ARCHIVE).fetchone()
    if row is not None and row[0]:
        words = f"The archive does not take {row[1]}; the log of changes grows until it does."
        yield _ill("Archive", words, "WDB-305", Level.ERROR)


def replicas(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield who is behind, and how safely what is acknowledged is kept."""
    found = replication.found_on(connection)
    behind = [one for one in found.standbys if one.replay_lag_s > replication.LAG_ALARM_S]
    for standby in behind:
        words = f"{standby.name} is {standby.replay_lag_s:.0f} s behind."
        yield _ill("Replicas", words, "WDB-401")
    if (found.lag_s or 0) > replication.LAG_ALARM_S:
        yield _ill("Replicas", f"This standby is {found.lag_s:.0f} s behind.", "WDB-401")
    elif found.is_standby and not found.is_connected:
        yield _ill("Replicas", "This standby does not receive from its primary.", "WDB-401")
    yield from _acknowledged(found)


def provider(connection: Connection[Any]) -> Iterator[Finding]:
    """Yield who runs the server, where it is a provider: its snapshots are no second copy."""
    for (role,) in connection.execute(_PROVIDER, (list(_PROVIDERS),)):
        yield Finding(
            "Provider",
            Level.INFO,
            f"The server is run by {_PROVIDERS[role]}, whose snapshots lie where the server does.",
            "Keep backups of your own beside them: wardctl backup create.",
        )


def _acknowledged(found: replication.Replication) -> Iterator[Finding]:
    commit = found.settings["synchronous_commit"]
    names = found.settings["synchronous_standby_names"].strip()
    if commit == "off":
        yield Finding(
            "What is acknowledged",
            Level.ERROR,
            "synchronous_commit is off: a crash loses what was acknowledged just before.",
            "Set synchronous_commit = on and reload.",
        )
    problems = list(replication.synchronous_advice(found))
    for words in problems:
        yield Finding("What is acknowledged", Level.WARNING, words)
    if commit == "off" or problems:
        return
    if names and commit != "local":
        words = f"On the disk here and at {names} (synchronous_commit is {commit})."
        yield Finding("What is acknowledged", Level.GOOD, words)
        return
    yield Finding(
        "What is acknowledged",
        Level.INFO,
        f"On the disk of this server alone (synchronous_commit is {commit}, "
        f"synchronous_standby_names is {names or 'empty'}).",
        "With two standbys, synchronous_standby_names = 'ANY 1 (first, second)' keeps it on a "
        "second computer too; never with one alone, whose absence would stop every save.",
    )


def _ill(about: str, says: str, code: str, level: Level = Level.WARNING) -> Finding:
    return Finding(about, level, says, f"See: wardctl doctor --explain {code}.", code)


def _list(pids: list[int]) -> str:
    return ", ".join(str(pid) for pid in pids)


LOOKS: tuple[Callable[[Connection[Any]], Iterator[Finding]], ...] = (
    work, bloat, archive, replicas, provider,
)  # fmt: skip
