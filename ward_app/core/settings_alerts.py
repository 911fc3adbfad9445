"""Settings of alerts: from where on somebody of IT is told (`wardctl alerts check`)."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.core.settings_keys import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """From where on something is too much, or too little.

    Attributes:
        cpu_percent: of all processors, for `cpu_for_s` seconds.
        memory_free_percent, disk_free_percent: less than this.
        connections_percent: of what the server lets in.
        lag_s: of a standby.
        query_s: how long a statement runs; from `query_critical_s` on it is critical.
        slow_ms: how long a statement takes on average.
        cache_hit_percent: less than this; only after a hundred thousand blocks asked for.
        lock_s: how long somebody waits for a lock.
        idle_in_transaction_s: how long a transaction is open without doing anything.
        wal_s: how old the last archived piece of the log of changes is.
        backup_h: how old the last good backup is.
        drill_d: how long ago restoring was last tried.
        wraparound_age: how many transactions ago the oldest row was frozen.
        clear_after_s: an alert is over when it has been well for so long.
    """

    cpu_percent: int = 80
    cpu_for_s: int = 300
    memory_free_percent: int = 10
    disk_free_percent: int = 20
    connections_percent: int = 90
    lag_s: int = 10
    query_s: int = 5
    query_critical_s: int = 30
    slow_ms: int = 1_000
    cache_hit_percent: int = 99
    lock_s: int = 5
    idle_in_transaction_s: int = 60
    wal_s: int = 900
    backup_h: int = 26
    drill_d: int = 31
    wraparound_age: int = 500_000_000
    clear_after_s: int = 300


ALERT_KEYS = {
    "alerts.cpu_percent": whole(1, 100),
    "alerts.cpu_for_s": whole(0, 86_400),
    "alerts.memory_free_percent": whole(0, 99),
    "alerts.disk_free_percent": whole(0, 99),
    "alerts.connections_percent": whole(1, 100),
    "alerts.lag_s": whole(1, 86_400),
    "alerts.query_s": whole(1, 86_400),
    "alerts.query_critical_s": whole(1, 86_400),
    "alerts.slow_ms": whole(1, 3_600_000),
    "alerts.cache_hit_percent": whole(0, 100),
    "alerts.lock_s": whole(1, 86_400),
    "alerts.idle_in_transaction_s": whole(1, 86_400),
    "alerts.wal_s": whole(1, 604_800),
    "alerts.backup_h": whole(1, 8_760),
    "alerts.drill_d": whole(1, 3_650),
    "alerts.wraparound_age": whole(1_000, 2_000_000_000),
    "alerts.clear_after_s": whole(0, 86_400),
}
