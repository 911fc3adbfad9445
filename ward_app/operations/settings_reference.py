"""What each setting means, and the two files that are made of it: an example and the reference.

Not beside the settings themselves, which the program imports at its start and nobody reads there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import fill
from typing import Any

from ward_app.core.settings import KEYS, Settings
from ward_app.core.settings_aliases import (
    ENCRYPTION_ASKED,
    SECRET_VARIABLES,
    URL_OPTIONS,
    URL_PARTS,
    VARIABLES,
)

MEANINGS = {
    "environment": "What the installation is for. Guards everything that destroys data; where "
    "there are real patients (staging, production) the connection must prove which server it is.",
    "storage.backend": "What the program works on: the ward's own PostgreSQL, or the demo, a "
    "simulated hospital on this computer, as with ward-app --demo.",
    "badge.prefix": "What a badge reader types before each badge. Empty: it types as it comes.",
    "encryption.engine": "What encrypts protected details: the program, or the server.",
    "database.host": "Name or address of the server, or the folder of its socket. Several with "
    "commas between: servers that replicate one another.",
    "database.port": 'Its port; one for all hosts, or one for each, such as "5432,5433".',
    "database.name": "The ward database.",
    "database.user": "This workstation's role, as enrolling it named it.",
    "database.sslmode": "How the server must prove itself. A socket needs no proof.",
    "database.sslrootcert": "File of the authority that signs the server's certificate.",
    "database.sslcert": "File of this workstation's own certificate.",
    "database.sslkey": "File of that certificate's key.",
    "database.allow_insecure": "Care for patients also where the server does not prove itself.",
    "database.connect_timeout_s": "How long to wait for a connection.",
    "database.socket_timeout_s": "After so long without an answer a connection counts as broken. "
    "Must be longer than `query_timeout_ms`.",
    "database.query_timeout_ms": "The server ends a longer statement.",
    "database.via_pgbouncer": "Host and port are those of PgBouncer in transaction mode.",
    "database.direct_url": "Address of the server behind PgBouncer: migrations and what hears "
    "changes go past it.",
    "database.pgbouncer_prepares": "PgBouncer is 1.21 or newer with `max_prepared_statements`.",
    "database.target_session_attrs": "Which of several hosts will do; of one it is not asked.",
    "database.replica_url": "Address of a server that only repeats what the first one has.",
    "database.replica_enabled": "Whether reads that may be a little late go to it.",
    "database.replica_max_lag_s": "A replica that is further behind is not read.",
    "database.pool.profile": "Who holds the pool: gives `min` and `max` where they are not set "
    "(workstation 1 to 4, service 2 to 10, server 5 to 20).",
    "database.pool.min": "Connections that are always open.",
    "database.pool.max": "Connections at most. A workstation's role has six, one of them outside "
    "the pool, so its pool takes 5 at most.",
    "database.pool.timeout_s": "How long work waits for a free connection.",
    "database.pool.idle_s": "Connections above `min` are closed after so long without work.",
    "database.pool.max_uses": "A connection is replaced after so many uses.",
    "database.pool.max_lifetime_s": "A connection is replaced when it is so old.",
    "database.pool.prepared_max": "Prepared statements that each connection keeps.",
    "database.pool.prepare_threshold": "So many uses go before a statement is prepared. Behind "
    "PgBouncer none is, unless `pgbouncer_prepares`.",
    "database.pool.exit_on_idle": "End without waiting for work that still runs; for development.",
    "database.pool.fleet_budget": "Connections that all computers of the hospital may hold "
    "together; `wardctl pool plan` and PgBouncer's settings keep to it.",
    "retry.max": "Tries after the first one.",
    "retry.delay_ms": "Pause before the first of them.",
    "retry.backoff": "Each further pause is so many times as long.",
    "retry.jitter": "Share by which a pause is longer or shorter at random.",
    "retry.deadline_s": "No further try begins after so long.",
    "health.interval_ms": "How often the program looks whether the database answers, a fifth "
    "more or less.",
    "metrics.slow_query_ms": "A statement that takes longer is called slow.",
    "metrics.trace_on_server": "Whether the server is told for which use case it works, as the "
    "application_name “ward-app TRACE”: a slow statement in this program's log is then found in "
    "the server's. Costs a round trip in each transaction.",
    "downtime.copy_interval_s": "How often the encrypted copy of the wards is renewed.",
    "downtime.pack": "Whether the PDF pack of the ward is written. Whoever reads the disk reads "
    "it: turn it on where that is encrypted.",
    "downtime.pack_interval_s": "How often the PDF pack of the ward is written.",
    "downtime.pack_dir": "Folder of the packs. Empty: beside the program's own data.",
    "downtime.keep_h": "Copies and packs older than this are removed.",
    "backup.dir": "Folder of the backups. Empty: beside the program's own data.",
    "backup.archive": "Folder of the kept log of changes. Empty: `wal` in that of the backups.",
    "backup.retention_days": "A backup older than so many days is deleted once a newer one is "
    "verified; the last good one never.",
    "backup.key": 'Where the key of the backups is: "keyring", or the path of a file that only '
    "its owner reads. Production refuses backups without one.",
    "backup.encrypt_log": "Encrypt the kept log of changes too, where there is a key.",
    "backup.compression": "How a backup is made smaller; zstd needs pg_dump 16 or newer.",
    "backup.engine": "What makes the backups: this program with pg_dump, or one that IT set up.",
    "backup.base_engine": "What copies the whole server; found: pgBackRest, where its file names "
    "the stanza, else pg_basebackup.",
    "backup.stanza": "The stanza of pgBackRest, or Barman's name of the server.",
    "backup.pgbackrest_config": "File of pgBackRest; empty: where it looks itself.",
    "backup.offsite.enabled": "Copy each nightly backup to a second place and check it there.",
    "backup.offsite.provider": "How: a folder, rclone, or the provider's own program.",
    "backup.offsite.account": "Storage account of Azure, or profile of the others.",
    "backup.offsite.container": "A folder, `remote:path` of rclone, or a container or bucket.",
    "retention.monitor_d": "A report on the server that `wardctl monitor --keep` kept is removed "
    "by `wardctl retention run` when it is older.",
    "notify.enabled": "Tell by e-mail and webhook how backups went; nothing about patients.",
    "notify.email": "Addresses that are told, with commas between.",
    "notify.webhook": "Address that gets each notice as JSON.",
    "notify.sender": "Address the mail comes from. Empty: ward-app at this computer.",
    "notify.smtp_host": "Mail server.",
    "notify.smtp_port": "Its port.",
    "notify.smtp_security": "How it is spoken to.",
    "notify.smtp_user": "As whom to sign in there. Empty: without signing in.",
    "notify.smtp_credential": "File with that password, which only its owner reads.",
    "alerts.cpu_percent": "IT is told when the server's processors are busier, for `cpu_for_s`.",
    "alerts.cpu_for_s": "How long they must be.",
    "alerts.memory_free_percent": "When less of the server's memory is available.",
    "alerts.disk_free_percent": "When less of the disk of the database is free.",
    "alerts.connections_percent": "When more of the server's connections are in use.",
    "alerts.lag_s": "When a standby is further behind.",
    "alerts.query_s": "When a statement runs longer.",
    "alerts.query_critical_s": "From here on that is critical.",
    "alerts.slow_ms": "When a statement takes longer on average.",
    "alerts.cache_hit_percent": "When less is found in memory, of a hundred thousand blocks or "
    "more.",
    "alerts.lock_s": "When somebody waits longer for a lock.",
    "alerts.idle_in_transaction_s": "When a transaction is open and idle for longer.",
    "alerts.wal_s": "When the last archived piece of the log of changes is older.",
    "alerts.backup_h": "When the last good backup is older.",
    "alerts.drill_d": "When restoring was last tried longer ago.",
    "alerts.wraparound_age": "When the oldest row was frozen more transactions ago.",
    "alerts.clear_after_s": "An alert is over when it has been well for so long.",
}
_UNITS = {
    "_s": "seconds",
    "_ms": "milliseconds",
    "_h": "hours",
    "_d": "days",
    "_percent": "percent",
}
_EXAMPLE_HEAD = """\
# Settings of Ward App. Copy it to config.toml, and take away the # of a line to change it: each
# shows what holds without it. docs/configuration.md says more. A password is never written here:
# `wardctl workstation enrol` puts it into the keyring of the computer.
"""
_REFERENCE_HEAD = """\
# Settings

Made by `wardctl config docs`. Every setting is optional; without `database.host` and
`database.user` the program says that nothing is configured.

**What counts**, strongest first:

1. variables of this program: `WARD_ENVIRONMENT`, and `WARD_SECTION__KEY` for all others, such
   as `WARD_DATABASE__PORT` or `WARD_DATABASE__POOL__MAX`;
2. `DATABASE_URL` and the variables of other programs in the tables below; two of them that
   disagree are refused, both named;
3. `config.toml` (`wardctl config check` says where it is); `database.url` there is an address
   that is taken apart, and what disagrees with it is refused;
4. the defaults.

**Secrets** are never settings. The workstation's password is in the keyring of the computer, or
in a file that a passphrase seals; a password in the file, in an address, in {secrets}
is refused. `wardctl config import-url` takes an address with a password
apart: the settings into `config.toml`, the password into the keyring. `{encrypted}=true` refuses
to connect without encryption. `NODE_ENV` is not read: programs that have nothing to do with a
ward set it.

`wardctl config check` tells everything that is wrong at once, `wardctl config example` prints a
`config.toml` with every setting.

## Addresses

`postgresql://user@host:port/name?option=value`, several hosts with commas between:

| in the address | setting |
|---|---|
"""


def example() -> str:
    """Return a `config.toml` with every setting, each as it is without it."""
    return _EXAMPLE_HEAD + "".join(
        f"\n{_heading(section)}{''.join(_example_lines(keys))}" for section, keys in _sections()
    )


def reference() -> str:
    """Return the reference of all settings, in Markdown."""
    head = _REFERENCE_HEAD.format(
        secrets=" or ".join(f"`{name}`" for name in SECRET_VARIABLES), encrypted=ENCRYPTION_ASKED
    )
    parts = (URL_PARTS | URL_OPTIONS).items()
    rows = "".join(f"| `{part}` | `{key}` |\n" for part, key in parts)
    return head + rows + "".join(_table(section, keys) for section, keys in _sections())


def default(key: str) -> Any:
    """Return what holds where a setting is not given."""
    value: Any = Settings()
    for word in key.split("."):
        value = getattr(value, word)
    return value


def written(value: object) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return str(value)


def _sections() -> Iterator[tuple[str, list[str]]]:
    """Yield each section with its keys, the top of the file first."""
    order = sorted(MEANINGS, key=lambda key: _section(key) != "")
    for section, keys in groupby(order, key=_section):
        yield section, list(keys)


def _section(key: str) -> str:
    return key.rpartition(".")[0]


def _heading(section: str) -> str:
    return f"[{section}]\n" if section else ""


def _example_lines(keys: list[str]) -> Iterator[str]:
    for key in keys:
        unit = f" In {_unit(key)}." if _unit(key) else ""
        remark = fill(MEANINGS[key] + unit, 99, initial_indent="# ", subsequent_indent="# ")
        yield f"{remark}\n#{key.rpartition('.')[2]} = {written(default(key))}\n"


def _table(section: str, keys: list[str]) -> str:
    rows = (
        f"| `{key.rpartition('.')[2]}` | `{written(default(key))}` | {_allowed(key)} |"
        f" {_others(key)} | {MEANINGS[key]} |\n"
        for key in keys
    )
    title = f"`[{section}]`" if section else "Top of the file"
    names = "| key | default | may be | other names | meaning |\n|---|---|---|---|---|\n"
    return f"\n## {title}\n\n{names}{''.join(rows)}"


def _allowed(key: str) -> str:
    """Return what a setting may be, in the words that refuse anything else."""
    try:
        KEYS[key](None)
    except ValueError as error:
        unit = _unit(key)
        return f"{error}, in {unit}" if unit else str(error)
    raise AssertionError(key)


def _others(key: str) -> str:
    names = [
        f"`{name}`" + (f" ({alias.unit})" if alias.unit else "")
        for name, alias in VARIABLES.items()
        if alias.key == key
    ]
    return ", ".join(names)


def _unit(key: str) -> str:
    return next((unit for end, unit in _UNITS.items() if key.endswith(end)), "")
