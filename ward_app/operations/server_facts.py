"""What a server counts about a database: every workstation may read it, no patient is in it."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.core.database import Transaction

# numbackends counts every connection, which pg_stat_activity hides from a workstation in part
_FACTS = """
SELECT d.datname::text, d.numbackends, d.xact_commit, d.xact_rollback, d.blks_read, d.blks_hit,
    d.deadlocks, pg_database_size(d.datid),
    (SELECT count(*) FROM pg_locks l WHERE NOT l.granted
        AND (l.database = d.datid OR l.locktype IN ('transactionid', 'virtualxid'))),
    CASE WHEN NOT pg_is_in_recovery() THEN NULL
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
FROM pg_stat_database d WHERE d.datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Counts of one database since its server's statistics began.

    Attributes:
        blocks_read: fetched from the disk; cache_hits: found in memory.
        lock_waits: statements that wait for a lock at this moment.
        replication_lag_s: how far behind this server is; None = it is a primary.
    """

    database: str
    active_connections: int
    total_commits: int
    total_rollbacks: int
    blocks_read: int
    cache_hits: int
    deadlocks: int
    size_bytes: int
    lock_waits: int
    replication_lag_s: float | None

    @property
    def cache_hit_percent(self) -> float | None:
        """How much was found in memory, 0 to 100; None before anything was looked for."""
        asked = self.cache_hits + self.blocks_read
        return 100 * self.cache_hits / asked if asked else None


def server_facts(tx: Transaction) -> ServerFacts:
    """Return what the server counts about this database."""
    found = tx.row(ServerFacts, _FACTS)
    assert found is not None  # noqa: S101 - the database that is connected to
    return found
