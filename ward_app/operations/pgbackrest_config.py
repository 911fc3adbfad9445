"""Files that set up pgBackRest for the server of a hospital, as text that IT reviews."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ward_app.core.errors import RuleBrokenError

_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._-]+)+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server that is copied, as pgBackRest reaches it on the same computer.

    Attributes:
        data: its data folder.
        user: its administrator, as whom the account of the server is let in.
        socket: folder of its socket; "" where PostgreSQL itself looks.
    """

    stanza: str
    data: str
    user: str
    socket: str = ""


def pgbackrest_conf(server: Server, *, repository: str, days: int) -> str:
    """Return pgBackRest's file; its key is to be added as the last line, and never before.

    Args:
        server: that is copied.
        repository: folder of the copies and the log, best on another disk or computer.
        days: a copy goes when a full one that is older than so many days follows it.

    Raises:
        RuleBrokenError: a folder or a name has signs that would be read otherwise.
    """
    for path in (server.data, repository, *([server.socket] if server.socket else [])):
        _require_plain(path)
    for name in (server.stanza, server.user):
        _require_name(name)
    socket = [f"pg1-socket-path={server.socket}"] if server.socket else []
    lines = [
        "# pgBackRest for Ward App: /etc/pgbackrest/pgbackrest.conf, for the server's account",
        "# alone (mode 0600). Whoever reads it opens the copies. Its last line must be the key:",
        "# repo1-cipher-pass=… Print that, and lock it away: without it nobody opens them.",
        f"[{server.stanza}]",
        f"pg1-path={server.data}",
        f"pg1-user={server.user}",
        *socket,
        "",
        "[global]",
        f"repo1-path={repository}",
        "repo1-retention-full-type=time",
        f"repo1-retention-full={days}",
        "compress-type=zst",
        "process-max=2",
        "start-fast=y",
        "repo1-cipher-type=aes-256-cbc",
    ]
    return "\n".join(lines) + "\n"


def log_conf(stanza: str, config: str = "") -> str:
    """Return the server's settings that hand every change to pgBackRest.

    Args:
        stanza: pgBackRest's name of the server.
        config: pgBackRest's file; "" where it looks itself.

    Raises:
        RuleBrokenError: as `pgbackrest_conf`.
    """
    _require_name(stanza)
    if config:
        _require_plain(config)
    file = f" --config={config}" if config else ""
    lines = [
        "# Every change of the ward database, handed to pgBackRest. Copy it beside",
        "# postgresql.conf and add there: include_if_exists = 'pitr.conf'; then restart.",
        "wal_level = replica",
        "archive_mode = on",
        f"archive_command = 'pgbackrest{file} --stanza={stanza} archive-push %p'",
        "archive_timeout = 300",
        "max_wal_senders = 10",
        "",
        "# Then, as the server's account: pgbackrest stanza-create, pgbackrest check.",
        "# Copies: wardctl backup base. To go back: wardctl restore pitr.",
    ]
    return "\n".join(lines) + "\n"


def _require_plain(path: str) -> None:
    if not _PLAIN_PATH.fullmatch(path):
        raise RuleBrokenError(
            f"Name {path} in full, with letters, digits and . _ - only: /var/lib/pgbackrest."
        )


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise RuleBrokenError(f"{name} has other signs than letters, digits, _ and -.")
