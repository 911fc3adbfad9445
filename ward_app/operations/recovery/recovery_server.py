"""A server that replays the log into an unpacked base backup, for itself alone.

It has settings, access rules and a socket of its own beside the data folder, so nothing that the
old server's files say (archives, networks, libraries) is done a second time.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from tenacity import Retrying, retry_if_result, wait_fixed

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations import accounts, binaries
from ward_app.operations.cluster import socket_dir_for
from ward_app.operations.cluster_files import data_version, server_pid
from ward_app.operations.server_programs import run_as

# a long log takes hours
_WAIT_S = 7 * 24 * 3600
_ASKED = wait_fixed(0.2)
# what ALTER SYSTEM said on the old server stands above a file, and not above these
_NEVER_THE_OLD = {"archive_mode": "off", "listen_addresses": ""}
_NO_TARGET = {f"recovery_target{what}": "" for what in ("", "_time", "_lsn", "_name", "_xid")}
_STATUS_LINE = 7
_PORT = 5432
_MAP = "recovery"
_SETTINGS = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
hba_file = '{beside}/hba.conf'
ident_file = '{beside}/ident.conf'
hot_standby = off
archive_mode = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
recovery_target_action = 'promote'
"""
_PLAIN = re.compile(r"(/[\w.-]+)+", re.ASCII)
_FATAL = re.compile(r"FATAL:\s+(.*)")
_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryServer:
    """The server of one recovery.

    Attributes:
        data_dir: the new data folder.
        beside: folder with its settings, its log file and the log of changes to replay.
        account: operating system account it runs as.
        admin: its superuser.
    """

    data_dir: Path
    beside: Path
    socket_dir: Path
    bin_dir: Path
    account: str
    admin: str

    @property
    def wal_dir(self) -> Path:
        """Where the log to replay is put."""
        return self.beside / "wal"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.beside / "recovery.log"

    def dsn(self, database: str) -> str:
        """Return how its administrator connects, from this computer alone."""
        return make_conninfo(
            host=str(self.socket_dir), port=_PORT, dbname=database, user=self.admin
        )

    def replay(self, target: dict[str, str], *, fetch: str = "") -> None:
        """Start it, and return when the log is replayed to the target and it takes connections.

        Args:
            target: the setting of the recovery's target; {} for everything there is.
            fetch: brings a file of the log; "" takes it from `wal_dir`.

        Raises:
            ConfigurationError: it ended before that; `log` says why.
        """
        self._write_files()
        (self.data_dir / "recovery.signal").touch()
        self._give_to_account()
        fetch = fetch or f'cp "{self.wal_dir}/%f" "%p"'
        done = run_as(
            self.account, self.bin_dir / "pg_ctl", "start", "-D", str(self.data_dir),
            "-l", str(self.log), "-w", "-t", str(_WAIT_S), "--silent",
            "-o", self._options(fetch, target),
        )  # fmt: skip
        if done.returncode != 0:
            raise self._ended(done.stderr.strip())
        self._wait_for_the_target()

    def stop(self) -> None:
        """Stop it and wait, unless it does not run."""
        run_as(
            self.account, self.bin_dir / "pg_ctl", "stop", "-D", str(self.data_dir),
            "-m", "fast", "-w", "-t", str(_WAIT_S), "--silent",
        )  # fmt: skip

    def remove_files(self) -> None:
        """Remove what lies beside the data folder."""
        shutil.rmtree(self.socket_dir, ignore_errors=True)
        shutil.rmtree(self.beside, ignore_errors=True)

    def last_error(self) -> str:
        """Return what made it end, in its words; "" when it did not say."""
        found = _FATAL.findall(self._said())
        return found[0] if found else ""

    def last_transaction(self) -> str:
        """Return when the last transaction of the log was committed, UTC; "" if there is none."""
        found = _LAST.findall(self._said())
        return found[-1] if found else ""

    def _options(self, fetch: str, target: dict[str, str]) -> str:
        """Return the settings that nothing in the old server's files may change, for a shell."""
        settings = {"config_file": f"{self.beside}/server.conf", "restore_command": fetch}
        # a second target, also an empty one, would be refused after the one that is meant
        others = {name: value for name, value in _NO_TARGET.items() if name not in target}
        return " ".join(
            f"-c {shlex.quote(f'{name}={value}')}"
            for name, value in (settings | _NEVER_THE_OLD | others | target).items()
        )

    def _wait_for_the_target(self) -> None:
        """Return when it is ready; until the target is reached it takes no connections.

        Asking it would fill its log with refusals, so its own note is read.
        """
        Retrying(retry=retry_if_result(lambda ready: not ready), wait=_ASKED)(self._is_ready)

    def _is_ready(self) -> bool:
        if server_pid(self.data_dir) is None:
            raise self._ended("")
        note = (self.data_dir / "postmaster.pid").read_text().split("\n")
        return note[_STATUS_LINE].strip() == "ready"

    def _ended(self, said: str) -> ConfigurationError:
        why = self.last_error() or said
        return ConfigurationError(f"The recovery ended early: {why} ({self.log})")

    def _said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _write_files(self) -> None:
        users = sorted({self.account, accounts.own_name()})
        files = {
            "server.conf": _SETTINGS.format(
                port=_PORT, beside=self.beside, socket_dir=self.socket_dir
            ),
            "hba.conf": f"local all all peer map={_MAP}\n",
            "ident.conf": "".join(f'{_MAP} "{user}" "{self.admin}"\n' for user in users),
        }
        for name, text in files.items():
            (self.beside / name).write_text(text)

    def _give_to_account(self) -> None:
        self.data_dir.chmod(0o700)
        accounts.private_folder(self.socket_dir, self.account)
        if accounts.is_root():
            entry = accounts.entry_of(self.account)
            for top in (self.data_dir, self.beside):
                for path in (top, *top.rglob("*")):
                    os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def recovery_server(data_dir: Path, *, major: int, admin: str) -> RecoveryServer:
    """Return a server for a new data folder, which is made together with one beside it.

    Raises:
        RuleBrokenError: the folder is there, or its name cannot be used.
        ConfigurationError: that version of PostgreSQL is not installed, or the server's account
            cannot get to the folder.
    """
    beside = files_beside(data_dir)
    _require_new(data_dir, beside)
    account = accounts.server_account()
    if not accounts.reachable(data_dir, account):
        raise ConfigurationError(
            f"The account {account}, which the server runs as, cannot reach {data_dir}. Name a "
            "folder below one that it may enter, such as /var/lib/postgresql."
        )
    server = _server(data_dir, major, admin)
    for folder in (data_dir, beside, beside / "wal"):
        folder.mkdir(mode=0o700, parents=folder == data_dir, exist_ok=folder == data_dir)
    return server


def files_beside(data_dir: Path) -> Path:
    """Return the folder beside a new data folder, which is there until the recovery is done."""
    return data_dir.with_name(f"{data_dir.name}.recovery")


def tablespaces_beside(data_dir: Path) -> Path:
    """Return the folder of tablespaces that are put beside a new data folder."""
    return data_dir.with_name(f"{data_dir.name}.tablespaces")


def is_plain(data_dir: Path) -> bool:
    """Whether a new data folder may have this name, which stands in settings and commands."""
    return _PLAIN.fullmatch(str(data_dir)) is not None


def discard(data_dir: Path, confirm: Callable[[str], str]) -> None:
    """End the server of a recovery that was not finished, and remove everything of it.

    Raises:
        RuleBrokenError: none was begun there, or the folder's name was not typed.
        ConfigurationError: its server does not end; nothing was deleted.
        OSError: something cannot be removed; it still counts as unfinished.
    """
    beside = files_beside(data_dir)
    if not beside.is_dir():
        raise RuleBrokenError(f"No unfinished recovery is in {data_dir}: there is no {beside}.")
    pid = server_pid(data_dir)
    runs = f" Its server runs (process {pid}) and is ended." if pid else ""
    question = f"{data_dir} is deleted for good.{runs} Type its name in full to go on"
    if confirm(question) != str(data_dir):
        raise RuleBrokenError("That is not its name. Nothing was changed.")
    server = _server(data_dir, data_version(data_dir), "")
    if pid is not None:
        server.stop()
    if server_pid(data_dir) is not None:
        raise ConfigurationError(
            f"Its server (process {pid}) cannot be ended from here. Nothing was deleted. Run it "
            "as root, or as the account of that server."
        )
    for folder in (tablespaces_beside(data_dir), data_dir):
        if folder.exists():
            shutil.rmtree(folder)
    # what marks it as unfinished goes last
    server.remove_files()


def _server(data_dir: Path, major: int | None, admin: str) -> RecoveryServer:
    beside = files_beside(data_dir)
    return RecoveryServer(
        data_dir=data_dir,
        beside=beside,
        socket_dir=socket_dir_for(beside),
        bin_dir=binaries.server_binaries(major),
        account=accounts.server_account(),
        admin=admin,
    )


def _require_new(data_dir: Path, beside: Path) -> None:
    if not is_plain(data_dir):
        raise RuleBrokenError(
            "Name the new data folder in full, with letters, digits and . _ - only: "
            "/var/lib/postgresql/recovered."
        )
    if beside.exists():
        raise RuleBrokenError(
            f"A recovery into {data_dir} was begun before and not finished. Nothing else was "
            f"touched by it. Remove it: wardctl restore discard {data_dir}. Or name another "
            "folder."
        )
    if data_dir.exists() and any(data_dir.iterdir()):
        raise RuleBrokenError(
            f"{data_dir} is not empty, and nothing is recovered over what is there. Name a new "
            "folder."
        )
