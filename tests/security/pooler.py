"""A PgBouncer of a test's own, in transaction mode, with one connection to the server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.server_files import free_port
from ward_app.operations.accounts import server_account
from ward_app.operations.pgbouncer_config import USERLIST

# where Debian puts it is not on everybody's path
_PATHS = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
PROGRAM = shutil.which("pgbouncer", path=_PATHS)
_SETTINGS = """\
[databases]
{database} = host={server} port={server_port}

[pgbouncer]
pool_mode = transaction
default_pool_size = 1
min_pool_size = 1
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
listen_addr =
unix_socket_dir = {folder}
listen_port = {port}
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""
# what `wardctl pgbouncer config` says to run, without psql
_USERLIST = USERLIST.removeprefix("COPY (").removesuffix(") TO STDOUT")


class Pooler:
    """Runs until it is stopped; reached through a socket in its folder."""

    def __init__(self, server, database, settings=None, files=()):
        """Start it with `settings(folder, port)`, else with the least there is; with `files`."""
        account = server_account()
        # a path to a socket may have a hundred characters
        self.folder = Path(tempfile.mkdtemp(prefix="pooler-"))
        self.port = free_port()
        with psycopg.connect(server.dsn("postgres")) as admin:
            users = admin.execute(_USERLIST).fetchall()
        # the server's own verifiers: no password is known to the pooler
        self._write("userlist.txt", "".join(f"{line}\n" for (line,) in users))
        for file in files:
            self._write(file.name, file.read_text())
        self._write(
            "pgbouncer.ini",
            settings(self.folder, self.port)
            if settings
            else _SETTINGS.format(
                database=database,
                server=server.socket_dir,
                server_port=server.port,
                folder=self.folder,
                port=self.port,
            ),
        )
        if os.geteuid() == 0:
            for made in (self.folder, *self.folder.iterdir()):
                shutil.chown(made, account)
        self._process = subprocess.Popen(
            [PROGRAM, "-q", str(self.folder / "pgbouncer.ini")],
            user=account if os.geteuid() == 0 else None,
            group=pwd.getpwnam(account).pw_gid if os.geteuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def stop(self):
        """End it and forget it."""
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self.folder)

    def _wait(self):
        """Wait until it answers."""
        own_socket = str(self.folder / f".s.PGSQL.{self.port}")
        while self._process.poll() is None:
            with socket.socket(socket.AF_UNIX) as door:
                if door.connect_ex(own_socket) == 0:
                    return
        raise RuntimeError((self.folder / "pgbouncer.log").read_text())

    def _write(self, name, text):
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600)
