"""Configuration of a hospital's PostgreSQL server, as text that IT reviews and installs.

Sizes grow with the server's memory from the usual shares: a quarter for shared buffers, three
quarters expected in the caches. What protects patients' data does not depend on size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from ward_app.core.errors import RuleBrokenError

_LEAST_MB = 256
_MB_OF_UNIT = {"MB": 1, "GB": 1024, "TB": 1024 * 1024}
_AMOUNT = re.compile(r"^\s*(\d{1,6})\s*(MB|GB|TB)\s*$", re.IGNORECASE)
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_PLAIN_FOLDER = re.compile(r"^(/[A-Za-z0-9._-]+)+$")
_LINE_PREFIX = "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h "


@dataclass(frozen=True, slots=True)
class ServerSize:
    """What the server's computer is like.

    Attributes:
        ram_mb: its memory for PostgreSQL, in MiB.
        ssd: whether the data lie on solid-state disks.
        max_connections: what the hospital's workstations need (pool_plan).
    """

    ram_mb: int
    ssd: bool = True
    max_connections: int = 100


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together, `name` to value as the file has it."""

    heading: str
    settings: dict[str, str]


# What must hold on every server with patients' data, whatever its size.
PROTECTING = {
    "ssl": "on",
    "password_encryption": "scram-sha-256",
    "log_statement": "mod",
    "log_connections": "on",
    "log_disconnections": "on",
    # values of patients never reach the log, also not with an error
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "idle_in_transaction_session_timeout": "60s",
}


def read_memory(text: str) -> int:
    """Return the MiB of an amount such as "1GB" or "512MB".

    Raises:
        RuleBrokenError: it is no such amount, or too little for a server.
    """
    found = _AMOUNT.match(text)
    if found is None:
        raise RuleBrokenError("Say the memory with its unit, such as 512MB or 16GB.")
    ram_mb = int(found[1]) * _MB_OF_UNIT[found[2].upper()]
    if ram_mb < _LEAST_MB:
        raise RuleBrokenError(f"A ward server needs {_LEAST_MB}MB of memory or more.")
    return ram_mb


def sections(size: ServerSize) -> tuple[Section, ...]:
    """Return the settings of a server of this size."""
    return (
        Section("Memory", _memory(size.ram_mb)),
        Section(
            "Connections",
            {
                "max_connections": str(size.max_connections),
                "superuser_reserved_connections": "3",
                "tcp_keepalives_idle": "60",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "3",
            },
        ),
        Section(
            "Write-ahead log",
            {"wal_level": "replica", "max_wal_size": "1GB", "min_wal_size": "80MB"},
        ),
        Section(
            "Planner",
            {
                "random_page_cost": "1.1" if size.ssd else "4.0",
                "effective_io_concurrency": "200" if size.ssd else "2",
            },
        ),
        Section(
            "Vacuum",
            {"autovacuum": "on", "autovacuum_max_workers": "3", "autovacuum_naptime": "1min"},
        ),
        Section(
            "Log",
            {
                "log_min_duration_statement": "1000",
                "log_line_prefix": f"'{_LINE_PREFIX}'",
                "log_checkpoints": "on",
                "log_lock_waits": "on",
            },
        ),
        Section("Patients' data", PROTECTING),
    )


def postgresql_conf(
    size: ServerSize, *, certificate: str = "server.crt", key: str = "server.key", ca: str = ""
) -> str:
    """Return the file for the server, to include from its `postgresql.conf`.

    Args:
        size: what its computer is like.
        certificate: file of the server's own certificate, relative to its data folder.
        key: file of that certificate's private key.
        ca: file of the authority that signs the workstations' certificates; "" = they have none.
    """
    files = {"ssl_cert_file": certificate, "ssl_key_file": key, "ssl_ca_file": ca}
    tls = {name: _quoted(file) for name, file in files.items() if file}
    lines = [
        "# PostgreSQL for Ward App. Copy it beside postgresql.conf and add there:",
        "#   include_if_exists = 'ward.conf'",
        "# Check it before the restart: postgres -C shared_buffers -D DATA_FOLDER",
    ]
    for section in (*sections(size), Section("Certificates", tls)):
        lines += ["", f"# {section.heading}"]
        lines += [f"{name} = {value}" for name, value in section.settings.items()]
    return "\n".join(lines) + "\n"


def pitr_conf(archive: str, key_file: str = "") -> str:
    """Return the settings that keep every change in `archive`, to go back to any moment.

    A file there is never written over; one that is there already must be the same. At most five
    minutes of work are not in the archive yet.

    Args:
        archive: the folder, named in full.
        key_file: with the key that encrypts each file; "": they are not encrypted.

    Raises:
        RuleBrokenError: a path is not named in full, or has signs that a shell would read.
    """
    if not all(_PLAIN_FOLDER.match(path) for path in (archive, key_file or archive)):
        raise RuleBrokenError(
            "Name the archive's folder and the key's file in full, with letters, digits and . _ - "
            "only: /var/lib/ward-archive."
        )
    keep, fetch = _sealing(archive, key_file) if key_file else _copying(archive)
    lines = [
        "# Every change of the ward database, kept to go back to any moment. Copy it beside",
        "# postgresql.conf and add there: include_if_exists = 'pitr.conf'; then restart.",
        f"# The server's account alone may enter {archive}, best on another disk or computer.",
        "wal_level = replica",
        "archive_mode = on",
        f"archive_command = '{keep}'",
        "archive_timeout = 300",
        "max_wal_senders = 10",
        "max_replication_slots = 10",
        "",
        "# To go back: a base backup from before that moment (pg_basebackup -D NEW_FOLDER), an",
        "# empty NEW_FOLDER/recovery.signal, and in NEW_FOLDER/postgresql.conf:",
        f"#   restore_command = '{fetch}'",
        "#   recovery_target_time = '2026-01-31 14:05:00+00'",
        "#   recovery_target_action = 'pause'",
    ]
    return "\n".join(lines) + "\n"


def pg_hba(networks: list[str], *, database: str, certificates: bool = False) -> str:
    """Return the lines of `pg_hba.conf` that let workstations of these networks in, encrypted.

    Args:
        networks: such as "10.20.0.0/16"; only from there.
        database: the ward database.
        certificates: whether each workstation shows its own certificate as well.

    Raises:
        RuleBrokenError: no network, one that is none, or one that means everybody.
    """
    if not networks:
        raise RuleBrokenError("Say from which networks workstations come: --network 10.20.0.0/16.")
    if not _NAME.match(database):
        raise RuleBrokenError("The database's name has letters, digits and _ only.")
    method = "scram-sha-256" + (" clientcert=verify-full" if certificates else "")
    lines = [
        "# Below the administrator's own lines, above every other: the first that fits counts.",
        "# TYPE  DATABASE  USER  ADDRESS  METHOD",
        *(f"hostssl {database} +ward_client {_network(net)} {method}" for net in networks),
        "host all all 0.0.0.0/0 reject",
        "host all all ::/0 reject",
    ]
    return "\n".join(lines) + "\n"


def _copying(archive: str) -> tuple[str, str]:
    """Return the commands that put a file into the archive as it is, and take it out again."""
    kept, part = f"{archive}/%f", f"{archive}/%f.part"
    # the first finds it kept by an earlier try; the others never show half a file
    keep = (
        f"if test -f {kept}; then cmp -s %p {kept}; else"
        f" cp %p {part} && sync {part} && mv {part} {kept} && sync {archive}; fi"
    )
    return keep, f"cp {kept} %p"


def _sealing(archive: str, key_file: str) -> tuple[str, str]:
    """Return the commands that put a file into the archive encrypted, and take it out again."""
    where = f"--archive {archive} --key-file {key_file}"
    return f"wardctl backup wal push %p {where}", f"wardctl backup wal fetch %f %p {where}"


def _memory(ram_mb: int) -> dict[str, str]:
    return {
        "shared_buffers": f"{ram_mb // 4}MB",
        "effective_cache_size": f"{ram_mb * 3 // 4}MB",
        # for each sort of each connection, so it grows slower than the memory
        "work_mem": f"{min(max(ram_mb // 64, 4), 64)}MB",
        "maintenance_work_mem": f"{min(ram_mb // 8, 2048)}MB",
    }


def _quoted(file: str) -> str:
    if "\n" in file or "\r" in file:
        raise RuleBrokenError("A file's name has no line break.")
    return "'" + file.replace("'", "''") + "'"


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text.strip())
    except ValueError:
        raise RuleBrokenError(
            f"{text} is no network. Write its address and its length, such as 10.20.0.0/16."
        ) from None
    if network.prefixlen == 0:
        raise RuleBrokenError(f"{text} means every computer there is. Say the wards' networks.")
    return network
