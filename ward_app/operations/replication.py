"""How a server's copies follow it, or how it follows another, and what IT can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from ward_app.operations.bootstrap import administrator
from ward_app.operations.sizes import size_text

LAG_ALARM_S = 10.0
RETAINED_ALARM_BYTES = 1024**3
_SETTINGS = (
    "max_wal_senders", "max_replication_slots", "wal_keep_size", "max_slot_wal_keep_size",
    "wal_receiver_timeout", "synchronous_standby_names", "synchronous_commit",
)  # fmt: skip

# A standby that has replayed all it received has no lag, however long ago that was, unless it
# lost its primary: then nobody knows.
_OWN = """
SELECT pg_is_in_recovery(),
    EXISTS (SELECT FROM pg_stat_wal_receiver),
    CASE WHEN NOT pg_is_in_recovery() OR NOT EXISTS (SELECT FROM pg_stat_wal_receiver) THEN NULL
        WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
"""
_STANDBYS = """
SELECT application_name, coalesce(client_hostname, host(client_addr), ''), state, sync_state,
    coalesce(extract(epoch FROM replay_lag), 0)::float8,
    pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint
FROM pg_stat_replication ORDER BY application_name, 2, pid
"""
_SLOTS = """
SELECT slot_name, active,
    pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                         ELSE pg_current_wal_lsn() END, restart_lsn)::bigint
FROM pg_replication_slots ORDER BY slot_name
"""


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that copies this one.

    Attributes:
        sync_state: "async", "sync", "quorum" or "potential".
        replay_lag_s: between a commit here and there; 0 while there is nothing to copy.
        behind_bytes: what it has not replayed; None = unknown.
    """

    name: str
    address: str
    state: str
    sync_state: str
    replay_lag_s: float
    behind_bytes: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """What keeps the log for a standby until it has taken it; None = nothing is kept."""

    name: str
    active: bool
    retained_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """What one server knows of replication.

    Attributes:
        is_standby: it follows another.
        is_connected: it receives from its primary now; False on a primary.
        lag_s: how far it is behind its primary; None on a primary, and while nobody knows.
        settings: those that bear on replication, as SHOW has them.
    """

    is_standby: bool
    is_connected: bool
    lag_s: float | None
    standbys: tuple[Standby, ...]
    slots: tuple[Slot, ...]
    settings: dict[str, str]


def replication(admin_dsn: str, *, database: str) -> Replication:
    """Return what the server of this address knows of replication.

    Raises:
        ConfigurationError: the role is no administrator of the server.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(admin_dsn, database) as connection:
        return found_on(connection)


def found_on(connection: Connection[Any]) -> Replication:
    """Return what an administrator's connection sees."""
    [(is_standby, is_connected, lag_s)] = connection.execute(_OWN).fetchall()
    # on a standby only those that copy it in turn could be shown, and their places compared
    standbys = () if is_standby else connection.execute(_STANDBYS)
    return Replication(
        is_standby=is_standby,
        is_connected=is_connected,
        lag_s=lag_s,
        standbys=tuple(Standby(*row) for row in standbys),
        slots=tuple(Slot(*row) for row in connection.execute(_SLOTS)),
        settings={name: _shown(connection, name) for name in _SETTINGS},
    )


def hints(found: Replication) -> Iterator[str]:
    """Yield what IT should look at, sentences; none while all is well."""
    if found.is_standby:
        yield from _hints_of_standby(found)
        return
    if not found.standbys:
        yield "No standby copies this server: docs/replicas.md says how one is made."
    for standby in found.standbys:
        if standby.replay_lag_s > LAG_ALARM_S:
            yield (
                f"{standby.name} is {standby.replay_lag_s:.0f} s behind. Look at the network and "
                "at the disks there, and for a long report that holds it up "
                "(max_standby_streaming_delay)."
            )
    yield from _hints_of_slots(found)
    yield from _hints_of_room(found)
    yield from synchronous_advice(found)


def synchronous_advice(found: Replication) -> Iterator[str]:
    """Yield what is wrong with how commits wait for standbys.

    With one of them alone every save hangs as soon as it is away.
    """
    names = found.settings["synchronous_standby_names"].strip()
    if not names:
        return
    synchronous = [one for one in found.standbys if one.sync_state in {"sync", "quorum"}]
    if not synchronous:
        yield (
            "Every save waits: no standby of synchronous_standby_names is connected. Bring one "
            "back, or empty the setting and reload."
        )
    elif len(synchronous) + _potential(found) < 2:  # noqa: PLR2004 - one to spare
        yield (
            f"Every save hangs as soon as {synchronous[0].name} is away, the only synchronous "
            "standby. Add another and set synchronous_standby_names = 'ANY 1 (first, second)', or "
            "empty it."
        )


def _potential(found: Replication) -> int:
    return sum(one.sync_state == "potential" for one in found.standbys)


def _hints_of_standby(found: Replication) -> Iterator[str]:
    if not found.is_connected:
        yield (
            "This standby is not connected to its primary, so nobody can say how far it is "
            "behind. Its log says why; programs read from the primary meanwhile."
        )
    elif found.lag_s is not None and found.lag_s > LAG_ALARM_S:
        yield (
            f"This standby is {found.lag_s:.0f} s behind. Look at the network and at its disks, "
            "and for a long report that holds it up (max_standby_streaming_delay)."
        )


def _hints_of_slots(found: Replication) -> Iterator[str]:
    for slot in found.slots:
        if not slot.active and slot.retained_bytes is not None:
            yield (
                f"Nobody takes what slot {slot.name} keeps ({size_text(slot.retained_bytes)}). "
                "Bring its standby back, or drop the slot before the disk is full: "
                f"SELECT pg_drop_replication_slot('{slot.name}')."
            )
        elif (slot.retained_bytes or 0) > RETAINED_ALARM_BYTES:
            yield f"Slot {slot.name} keeps {size_text(slot.retained_bytes)} on the disk."
    if found.slots and found.settings["max_slot_wal_keep_size"] == "-1":
        yield (
            "A slot may fill the disk: max_slot_wal_keep_size is -1. Set it to what the disk can "
            "spare, such as 20GB."
        )


def _hints_of_room(found: Replication) -> Iterator[str]:
    in_use = {
        "max_wal_senders": len(found.standbys),
        "max_replication_slots": len(found.slots),
    }
    for name, used in in_use.items():
        if used >= int(found.settings[name]):
            yield f"{name} is {found.settings[name]}, all in use: no standby can be added."
    if not found.slots and found.standbys and found.settings["wal_keep_size"] == "0":
        yield (
            "No slot keeps the log for the standbys and wal_keep_size is 0: one that was away "
            "for long must be made anew. Set wal_keep_size = 1GB, or use a slot."
        )


def _shown(connection: Connection[Any], name: str) -> str:
    # the name is one of _SETTINGS, never somebody's input
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return "" if row is None else str(row[0])
