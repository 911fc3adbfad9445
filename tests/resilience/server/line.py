"""How workstations reach the server while something goes wrong, and what it takes to strike."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.resilience.proxy import Proxy
from tests.resilience.server.conftest import OwnServer
from tests.resilience.server.faults import show
from tests.resilience.server.jumping_clock import JumpingClock
from tests.resilience.server.standbys import Standby, let_saves_wait
from tests.security.authority import Authority
from tests.server_files import append, free_port, put, reload
from ward_app.core.settings import PoolSettings

MOUNT, UMOUNT, COPY = shutil.which("mount"), shutil.which("umount"), shutil.which("cp")
SMALL_DISK = "128m"
# four files of it
ROOM_FOR_THE_LOG_BYTES = 64 * 2**20
OVER_NETWORK = "hostssl all +ward_client 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Line:
    """The server, what leads to it and what a fault needs to strike."""

    server: OwnServer
    folder: Path
    waits_s: tuple[int, int]
    stations: int
    changes: dict = field(default_factory=dict)
    crowd: list = field(default_factory=list)
    proxy: Proxy | None = None
    filler: Path | None = None
    authority: Authority | None = None
    clock: JumpingClock | None = None
    standby: Standby | None = None

    def settings(self, station):
        """Return how a workstation reaches the server."""
        return replace(
            self.server.settings(station),
            connect_timeout_s=self.waits_s[0],
            socket_timeout_s=self.waits_s[1],
            pool=PoolSettings(min=1, max=2),
            **self.changes,
        )


@contextmanager
def _directly(_line):
    yield


@contextmanager
def _past_proxy(line):
    cluster, folder = line.server.cluster, line.folder / "p"
    folder.mkdir()
    line.proxy = Proxy(folder, cluster.socket_dir / f".s.PGSQL.{cluster.port}")
    line.changes = {"host": str(folder)}
    yield
    line.proxy.close()


@contextmanager
def _disk(line, size):
    """Yield a disk of its own of so many bytes, such as "128m", that the server may write to."""
    place = line.server.cluster.data_dir.parent / "small"
    place.mkdir()
    owner = pwd.getpwnam(line.server.cluster.account)
    options = f"size={size},mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
    mount = [MOUNT, "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if (
        os.geteuid() != 0
        or not MOUNT
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        place.rmdir()
        pytest.skip("mounting a small disk is not allowed here")
    line.filler = place / "filler"
    try:
        yield place
    finally:
        subprocess.run([UMOUNT, "--lazy", str(place)], check=True)
        place.rmdir()


@contextmanager
def _small_disk(line):
    """Put the test's database on a disk of its own that is soon full.

    On a server that nobody follows: a standby on this computer would write to the same disk,
    over what is there.
    """
    with _by_itself(line), _disk(line, SMALL_DISK) as place:
        dsn = line.server.cluster.dsn("postgres")
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            admin.execute(f"ALTER DATABASE {line.server.name} SET TABLESPACE small")
        yield
        line.server.cluster.stop()


@contextmanager
def _small_log(line):
    """Put the server's log of changes, without which it runs no more, on a disk of its own."""
    server, log = line.server, line.server.cluster.data_dir / "pg_wal"
    kept = log.with_name("pg_wal_kept")
    # else the server comes back for moments, whenever its recovery found a little room
    server.set(restart_after_crash="off")
    server.stop()
    used = sum(file.stat().st_size for file in log.rglob("*") if file.is_file())
    with _disk(line, used + ROOM_FOR_THE_LOG_BYTES) as place:
        subprocess.run([COPY, "-a", log, place / "pg_wal"], check=True)
        log.rename(kept)
        log.symlink_to(place / "pg_wal")
        server.start()
        yield
        server.set(restart_after_crash=None)
        server.stop()
        log.unlink()
        subprocess.run([COPY, "-a", place / "pg_wal", log], check=True)
        shutil.rmtree(kept)


@contextmanager
def _tls(line):
    """Let the server be reached over the network, encrypted, as in a hospital."""
    server, cluster = line.server, line.server.cluster
    folder = cluster.data_dir
    line.authority = Authority(line.folder / "authority")
    put(folder, line.authority.ca, "ca.pem")
    show(line)
    server.set(
        ssl="on",
        ssl_cert_file="server.pem",
        ssl_key_file="server.key",
        listen_addresses="127.0.0.1",
    )
    server.stop()
    server.cluster = replace(cluster, port=free_port())
    server.start()
    [(access,)] = server.ask("SHOW hba_file")
    append(folder, Path(access).name, OVER_NETWORK)
    reload(server.cluster.dsn("postgres"))
    line.changes = {"host": "localhost", "sslrootcert": str(line.authority.ca)}
    yield
    server.set(ssl=None, ssl_cert_file=None, ssl_key_file=None, listen_addresses=None)
    server.stop()


@contextmanager
def _own_clock(line):
    # pytest's own folders are closed to the server's account
    with tempfile.TemporaryDirectory(prefix="ward-clock-") as folder:
        line.clock = JumpingClock(line.server, Path(folder))
        yield
        line.server.stop()


@contextmanager
def _two_servers(line):
    """Let the server be followed by another that has every save too."""
    with _by_itself(line) as first, _standby(first) as second:
        let_saves_wait(first, second.slot)
        line.standby = second
        line.changes = {"host": f"{first.socket_dir},{second.cluster.socket_dir}"}
        yield


@contextmanager
def _by_itself(line):
    """Let a copy of the server take its place, which no standby of other tests follows."""
    with _standby(line.server.cluster) as copy:
        copy.promote()
        copy.give_slot_back()
        line.server.cluster = copy.cluster
        yield copy.cluster


@contextmanager
def _standby(primary):
    folder = Path(tempfile.mkdtemp(prefix="ward-pair-"))
    folder.chmod(0o711)
    standby = Standby(folder, primary, f"ward_{uuid4().hex}")
    standby.make()
    try:
        yield standby
    finally:
        standby.remove()
        shutil.rmtree(folder, ignore_errors=True)


ROUTES = {
    "socket": _directly,
    "proxy": _past_proxy,
    "small disk": _small_disk,
    "small log": _small_log,
    "tls": _tls,
    "own clock": _own_clock,
    "two servers": _two_servers,
}
# of these, a copy of the server is made first
COPIED = ("small disk", "two servers")
