"""PgBouncer before the bench's server, set up as `wardctl pgbouncer config` would."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.hospital import DATABASE, Hospital
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.pgbouncer_config import USERLIST, PoolerPlace, PoolSizes, ini

PORT = 6432
# where Debian puts it is not on everybody's path
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def pooled(hospital: Hospital) -> Iterator[DatabaseSettings]:
    """Yield the settings of a station behind PgBouncer, which runs until afterwards."""
    assert PROGRAM is not None  # noqa: S101 - who asks has looked
    own = hospital.settings
    with tempfile.TemporaryDirectory(prefix="bench-pooler-") as name:
        folder = Path(name)
        place = PoolerPlace(
            database=DATABASE, server=own.host, server_port=int(own.port), listen="", folder=name
        )
        with hospital.admin() as admin, admin.cursor().copy(USERLIST) as users:
            (folder / "userlist.txt").write_bytes(b"".join(users))
        (folder / "pgbouncer.ini").write_text(ini(place, PoolSizes(clients=500)))
        account = hospital.cluster.account if os.geteuid() == 0 else None
        if account:
            for made in (folder, *folder.iterdir()):
                shutil.chown(made, account)
        process = subprocess.Popen(
            [PROGRAM, "-q", str(folder / "pgbouncer.ini")],
            user=account,
            group=pwd.getpwnam(account).pw_gid if account else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(folder / f".s.PGSQL.{PORT}", process)
            direct = f"host={own.host} port={own.port} dbname={own.name}"
            yield replace(own, host=name, port=PORT, via_pgbouncer=True, direct_url=direct)
        finally:
            process.terminate()
            process.wait()


def _wait(own_socket: Path, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    while process.poll() is None:
        with socket.socket(socket.AF_UNIX) as door:
            if door.connect_ex(str(own_socket)) == 0:
                return
        pause.wait(0.05)
    raise RuntimeError((own_socket.parent / "pgbouncer.log").read_text())
