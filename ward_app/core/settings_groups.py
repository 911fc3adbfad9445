"""Settings of what works beside the database: badges, keys, trying again, health, downtime."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ward_app.core.settings_keys import one_of, text, whole, yes_or_no


class PoolProfile(StrEnum):
    """Who holds the pool; each has a usual size of its own."""

    WORKSTATION = "workstation"
    SERVICE = "service"
    SERVER = "server"


# least and most connections of a pool where the settings name none
POOL_SIZES = {
    PoolProfile.WORKSTATION: (1, 4),
    PoolProfile.SERVICE: (2, 10),
    PoolProfile.SERVER: (5, 20),
}
# its role is limited to six: these, the listener outside the pool
MOST_OF_WORKSTATION = 5


class StorageBackend(StrEnum):
    """What the program works on: a ward's own database, or the simulated hospital beside it."""

    POSTGRESQL = "postgresql"
    DEMO = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """What the program shows when it is started without an option."""

    backend: StorageBackend = StorageBackend.POSTGRESQL


class EncryptionEngine(StrEnum):
    """What encrypts protected details: AES-256-GCM in the client, or pgcrypto in the server."""

    AES_GCM = "aes-gcm"
    PGCRYPTO = "pgcrypto"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionSettings:
    """How protected details are encrypted; what the other engine wrote stays readable.

    Attributes:
        engine: with pgcrypto the key and the values reach the server, in memory and as bound
            parameters.
    """

    engine: EncryptionEngine = EncryptionEngine.AES_GCM


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeSettings:
    """How a badge reader that types like a keyboard is told from a person.

    Attributes:
        prefix: what the reader is set up to type before each badge; nothing else is one then.
            Empty: it types as it comes, and a badge is known by its pace.
    """

    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How often work is tried again that the database could not do just then.

    Attributes:
        max: tries after the first one.
        delay_ms: pause before the first of them.
        backoff: each further pause is so many times as long.
        jitter: share by which a pause is made longer or shorter at random.
        deadline_s: no further try begins after so long.
    """

    max: int = 3
    delay_ms: int = 1_000
    backoff: float = 2.0
    jitter: float = 0.2
    deadline_s: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """How often the program looks whether the database answers."""

    interval_ms: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """What is told of statements.

    Attributes:
        slow_query_ms: from which duration a statement is called slow.
        trace_on_server: whether the server is told which use case it works for. Costs a round
            trip in each transaction.
    """

    slow_query_ms: int = 1_000
    trace_on_server: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeSettings:
    """What a workstation keeps for the time without a server.

    Attributes:
        copy_interval_s: how often its encrypted copy of its wards is renewed.
        pack_interval_s: how often the ward's PDF pack is written.
        pack: whether it is written. It is readable by whoever may read the folder: a decision of
            the site, for workstations with an encrypted disk.
        pack_dir: folder of the packs; empty means one beside the program's own data.
        keep_h: copies and packs older than this are removed.
    """

    copy_interval_s: int = 60
    pack: bool = False
    pack_interval_s: int = 600
    pack_dir: str = ""
    keep_h: int = 24


def pool_problems(profile: PoolProfile, least: int, most: int) -> Iterator[str]:
    """Yield in sentences why a pool cannot have this size."""
    if least > most:
        yield (
            f"database.pool.min is {least} and database.pool.max {most}: the least may not be "
            "more than the most."
        )
    if profile is PoolProfile.WORKSTATION and most > MOST_OF_WORKSTATION:
        yield (
            f"database.pool.max is {most}, and a workstation's role has six connections, one of "
            f"them outside the pool: set it to {MOST_OF_WORKSTATION} or less. A role that may "
            'hold more needs database.pool.profile = "service" or "server".'
        )


STORAGE_KEYS = {"storage.backend": one_of(*StorageBackend)}

POOL_KEYS = {
    "database.pool.profile": one_of(*PoolProfile),
    "database.pool.min": whole(0, 100),
    "database.pool.max": whole(1, 100),
    "database.pool.timeout_s": whole(1, 600),
    "database.pool.idle_s": whole(1, 86_400),
    "database.pool.max_uses": whole(1, 1_000_000),
    "database.pool.max_lifetime_s": whole(1, 86_400),
    "database.pool.prepared_max": whole(0, 10_000),
    "database.pool.prepare_threshold": whole(0, 1_000),
    "database.pool.exit_on_idle": yes_or_no,
    "database.pool.fleet_budget": whole(1, 100_000),
}

DOWNTIME_KEYS = {
    "downtime.copy_interval_s": whole(1, 120),  # never older than two minutes
    "downtime.pack": yes_or_no,
    "downtime.pack_interval_s": whole(1, 3_600),
    "downtime.pack_dir": text,
    "downtime.keep_h": whole(1, 168),
}
