"""A private PostgreSQL cluster, made and run with the installed PostgreSQL's own programs.

It listens on a socket in a folder only its account may enter, never on the network. Its superuser
`ward_admin` is whoever owns the cluster (peer); every other role needs its password.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from psycopg.conninfo import make_conninfo
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from ward_app.core import file_lock
from ward_app.core.errors import ConfigurationError
from ward_app.operations import accounts, binaries, cluster_files
from ward_app.operations.server_programs import run_as

ADMIN = "ward_admin"
_PORT = 5432
_DONE = 0
_WAIT_S = 60
_LONGEST_SOCKET = 106
# pg_ctl puts the path between double quotes for a shell
_UNQUOTABLE = set('"$`\\')


class ClusterState(StrEnum):
    """Where a private cluster stands."""

    MISSING = "not created"
    STOPPED = "stopped"
    RUNNING = "running"


class _StillClosingError(ConfigurationError):
    """Backends of a killed server have not left the shared memory yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One private PostgreSQL server with its data.

    Attributes:
        port: only names the socket file; nothing listens on the network.
        bin_dir: folder of `initdb`, `pg_ctl` and `postgres`.
        account: operating system account the server runs as.
        fast_unsafe: nothing is forced to disk. For tests alone: a crash loses everything.
    """

    data_dir: Path
    socket_dir: Path
    port: int
    bin_dir: Path
    account: str
    fast_unsafe: bool = False

    def create(self) -> None:
        """Make the data folder, unless it exists."""
        with self._alone():
            if not self._exists():
                self._initialise()

    def start(self) -> None:
        """Create what is missing and start the server, unless it runs.

        Raises:
            ConfigurationError: the server does not start; the sentence names its log.
        """
        self.create()
        with self._alone():
            if self.status() is ClusterState.RUNNING:
                return
            accounts.private_folder(self.socket_dir, self.account)
            cluster_files.forget_dead_server(self.data_dir, self.socket_dir)
            self._write_files(self.data_dir)
            # After a kill the old server's backends need a moment to notice.
            for attempt in Retrying(
                stop=stop_after_delay(10),
                wait=wait_fixed(0.2),
                retry=retry_if_exception_type(_StillClosingError),
                reraise=True,
            ):
                with attempt:
                    self._start_server()

    def stop(self) -> None:
        """Stop the server after rolling back open transactions, unless it is stopped."""
        if self._exists():
            with self._alone():
                self._stop_server(signal.SIGINT)

    def status(self) -> ClusterState:
        """Return whether the cluster exists and runs."""
        if not self._exists():
            return ClusterState.MISSING
        running = cluster_files.server_pid(self.data_dir) is not None
        return ClusterState.RUNNING if running else ClusterState.STOPPED

    def destroy(self) -> None:
        """Stop the server and remove the cluster with everything in it."""
        if not self._folder.exists():
            return
        with self._alone():
            if self._exists():
                self._stop_server(signal.SIGQUIT)
            shutil.rmtree(self.data_dir, ignore_errors=True)
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            shutil.rmtree(self.keys_dir, ignore_errors=True)
            cluster_files.startup_log(self._folder).unlink(missing_ok=True)
            self._lock_file.unlink(missing_ok=True)
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def dsn(self, dbname: str, user: str = ADMIN) -> str:
        """Return the libpq connection string; every user but `ward_admin` needs a password."""
        host = str(self.socket_dir)
        return make_conninfo(host=host, port=self.port, dbname=dbname, user=user)

    @property
    def keys_dir(self) -> Path:
        """Where recovery copies of its data keys lie: a base backup takes nothing from here."""
        return self._folder / "keys"

    @property
    def _folder(self) -> Path:
        return self.data_dir.parent

    @property
    def _lock_file(self) -> Path:
        return self._folder / "lock"

    def _exists(self) -> bool:
        return (self.data_dir / "PG_VERSION").exists()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from creating, starting or destroying the same cluster."""
        accounts.private_folder(self._folder, self.account)
        with file_lock.held(self._lock_file):
            yield

    def _initialise(self) -> None:
        # Renamed when complete: a killed initdb never leaves half a data folder in place.
        unfinished = self.data_dir.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._must_run(
            "initdb",
            "--pgdata",
            str(unfinished),
            f"--username={ADMIN}",
            "--data-checksums",
            "--encoding=UTF8",
            f"--locale={cluster_files.locale_name()}",
            "--lc-messages=C",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
            *(["--no-sync"] if self.fast_unsafe else []),
        )
        self._write_files(unfinished)
        cluster_files.include_settings(unfinished)
        unfinished.rename(self.data_dir)

    def _write_files(self, data_dir: Path) -> None:
        settings = cluster_files.settings_text(
            socket_dir=self.socket_dir, port=self.port, fast_unsafe=self.fast_unsafe
        )
        cluster_files.write(data_dir, settings=settings, admins=self._admins())

    def _admins(self) -> list[str]:
        return sorted({self.account, accounts.own_name()})

    def _start_server(self) -> None:
        log = cluster_files.startup_log(self._folder)
        log.unlink(missing_ok=True)
        options = ("-D", str(self.data_dir), "-l", str(log), "-w", "-t", str(_WAIT_S), "--silent")
        done = self._run("pg_ctl", "start", *options)
        if done.returncode == _DONE:
            return
        said = cluster_files.last_words(self._folder) or done.stderr.strip()
        # backends of a killed server may have had the very last word, elsewhere
        begun = log.read_text(errors="replace") if log.exists() else ""
        still_closing = "pre-existing shared memory" in f"{begun} {said}"
        kind = _StillClosingError if still_closing else ConfigurationError
        raise kind(f"The private database server does not start. Its log {log} says: {said}")

    def _stop_server(self, how: signal.Signals) -> None:
        """Ask the server to end (SIGINT: roll back first; SIGQUIT: at once) and wait for it."""
        pid = cluster_files.server_pid(self.data_dir)
        if pid is None:
            return
        # Not `pg_ctl stop`: that waits in vain for a killed server nobody has reaped.
        os.kill(pid, how)
        ended = Retrying(
            stop=stop_after_delay(_WAIT_S),
            wait=wait_fixed(0.02),
            retry=retry_if_result(lambda running: running is not None),
        )
        try:
            ended(cluster_files.server_pid, self.data_dir)
        except RetryError as error:
            raise ConfigurationError(
                f"The private database server (process {pid}) does not stop; see its log in "
                f"{self.data_dir / 'log'}."
            ) from error

    def _must_run(self, program: str, *arguments: str) -> None:
        done = self._run(program, *arguments)
        if done.returncode != _DONE:
            said = (done.stderr or done.stdout).strip()
            raise ConfigurationError(f"PostgreSQL's {program} failed: {said}")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_as(self.account, self.bin_dir / program, *arguments)


def private_cluster(folder: Path, *, fast_unsafe: bool = False) -> Cluster:
    """Return the cluster that belongs in `folder`, created or not.

    From a root shell, where the server's account cannot reach `folder`, it is kept under
    `/var/lib/ward-app` instead: `whereabouts` says so.

    Raises:
        ConfigurationError: PostgreSQL is not installed, or not the version of the data, or the
            folder's name cannot be used, or this is Windows.
    """
    if sys.platform == "win32":
        raise ConfigurationError(
            "On Windows there is no private cluster. Name the server: --dsn 'host=… user=…'."
        )
    if _UNQUOTABLE & set(str(folder)):
        raise ConfigurationError(
            f"PostgreSQL's programs cannot use the folder {folder} because of its name. "
            "Set WARD_HOME to one without quotation marks, backslash, $ and `."
        )
    account = accounts.server_account()
    if not accounts.reachable(folder, account):
        folder = accounts.system_folder_for(folder)
    data_dir = folder / "data"
    return Cluster(
        data_dir=data_dir,
        socket_dir=socket_dir_for(folder),
        port=_PORT,
        bin_dir=binaries.server_binaries(cluster_files.data_version(data_dir)),
        account=account,
        fast_unsafe=fast_unsafe,
    )


def whereabouts(cluster: Cluster) -> str:
    """Return one sentence: where the data are and as which account the server runs."""
    where = f"The data are in {cluster.data_dir}"
    if accounts.is_root():
        return f"{where}; the server runs as {cluster.account}, because it must not run as root."
    return f"{where}."


def socket_dir_for(folder: Path) -> Path:
    """Return where the socket goes; the system allows 107 bytes for its whole path."""
    if _socket_fits(folder / "socket"):
        return folder / "socket"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    # `private_folder` refuses a folder of that name which somebody else made first.
    shared = Path("/tmp")  # noqa: S108
    parent = runtime if runtime.is_absolute() and runtime.is_dir() else shared
    return parent / f"ward-{accounts.short_hash(folder)}"


def _socket_fits(folder: Path) -> bool:
    # libpq takes a comma in the folder for the end of one server's name
    fits = len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) <= _LONGEST_SOCKET
    return fits and "," not in str(folder)
